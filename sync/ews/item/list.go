package item

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"iorepl/sync"
	"iorepl/sync/ews/item/content"
	"iorepl/sync/ews/soap"
)

// list is a distribution list.
type list struct {
	base
	name, fileAs string
	members      []member
}

// member is one of a list: a person, by address.
type member struct {
	name, address string
	routing       string // SMTP, EX ...
}

// noAddress stands for a member of which only the name is known, such as a list in the same folder.
const noAddress = "urn:x-iorepl:no-address"

// oneOffMembers are a list's members as every version keeps them (PidLidDistributionListOneOffMembers).
var oneOffMembers = Property{set: setAddress, id: 0x8054, kind: "BinaryArray"}

func readList(src Source, extra []Property) *list {
	l := &list{}
	e := src.Item
	all := l.read(e, src.Attachments, List, extra)
	l.subject = ""
	l.name, l.fileAs = e.Value("DisplayName"), e.Value("FileAs")
	for _, m := range e.Child("Members").All("Member") {
		box := m.Child("Mailbox")
		l.members = append(l.members, member{box.Value("Name"), box.Value("EmailAddress"), box.Value("RoutingType")})
	}
	if len(l.members) == 0 {
		var ids []string
		_ = json.Unmarshal([]byte(all[oneOffMembers]), &ids)
		for _, id := range ids {
			if m, ok := oneOff(fromBase64(id)); ok {
				l.members = append(l.members, m)
			}
		}
	}
	l.normalize()
	return l
}

func (l *list) normalize() {
	if l.name == "" {
		l.name = l.fileAs
	}
	if l.fileAs == "" {
		l.fileAs = l.name
	}
	l.members = slices.DeleteFunc(l.members, func(m member) bool { return m.name == "" && m.address == "" })
	for i := range l.members {
		m := &l.members[i]
		if m.routing == "" {
			m.routing = "SMTP"
		}
		if m.name == m.address {
			m.name = ""
		}
	}
}

// oneOff reads a one-off entry id: a name and an address (MS-OXCDATA 2.2.5.1).
func oneOff(id []byte) (member, bool) {
	const head = 4 + 16 + 4
	if len(id) < head {
		return member{}, false
	}
	wide := binary.LittleEndian.Uint16(id[22:])&0x8000 != 0
	rest := id[head:]
	next := func() string {
		var s string
		if wide {
			var units []uint16
			for len(rest) >= 2 {
				u := binary.LittleEndian.Uint16(rest)
				rest = rest[2:]
				if u == 0 {
					break
				}
				units = append(units, u)
			}
			return string(utf16.Decode(units))
		}
		s, tail, _ := strings.Cut(string(rest), "\x00")
		rest = []byte(tail)
		return strings.ToValidUTF8(s, "?")
	}
	m := member{name: next(), routing: next(), address: next()}
	return m, m.address != ""
}

func (l *list) payload() sync.Payload {
	return sync.Payload{Class: l.class, Name: l.fileAs, Format: sync.VCard, Data: l.encode(), Properties: l.properties}
}

func (l *list) encode() []byte {
	v := card()
	v.Add(content.New("KIND", "group"), content.New("FN", content.Escape(l.name)))
	if l.fileAs != l.name {
		v.AddText("X-FILE-AS", l.fileAs)
	}
	for _, m := range l.members {
		uri := "mailto:" + m.address
		switch {
		case m.address == "":
			uri = noAddress
		case !strings.EqualFold(m.routing, "SMTP"):
			uri = strings.ToLower(m.routing) + ":" + m.address
		}
		v.Add(content.New("MEMBER", uri, "X-CN", m.name))
	}
	l.putCard(v)
	return content.Encode(v)
}

func parseList(p sync.Payload) (*list, error) {
	v, notes, err := parseCard(p)
	if err != nil {
		return nil, err
	}
	l := &list{}
	l.class, l.properties, l.notes = p.Class, p.Properties, notes
	seen := map[string]bool{}
	for _, line := range v.Lines {
		switch {
		case line.Name == "FN" && l.name == "":
			l.name = oneLineText(line.Text())
		case line.Name == "X-FILE-AS" && l.fileAs == "":
			l.fileAs = oneLineText(line.Text())
		case line.Name == "N", line.Name == "X-ADDRESSBOOKSERVER-KIND":
		case line.Name == "MEMBER" && line.Value == noAddress:
			l.members = append(l.members, member{name: line.Param("X-CN")})
		case line.Name == "MEMBER":
			scheme, address, ok := strings.Cut(oneLineText(line.Text()), ":")
			if !ok || address == "" || strings.EqualFold(scheme, "urn") {
				l.notes = append(l.notes, fmt.Sprintf("a member of the list is no address: %s", line.Value))
				l.more = append(l.more, line)
				continue
			}
			m := member{line.Param("X-CN"), address, strings.ToUpper(scheme)}
			if m.routing == "MAILTO" {
				m.routing = "SMTP"
			}
			l.members = append(l.members, m)
		default:
			l.takeCard(line, seen)
		}
	}
	l.components = v.Components
	l.normalize()
	return l, nil
}

func (l *list) write(s soap.Server) (Writing, error) {
	if s.Grommunio || s.Version < soap.Exchange2010 {
		return Writing{}, fmt.Errorf("%s makes no distribution lists over EWS", s)
	}
	f, notes := l.fields(s)
	w := Writing{Create: f.create("DistributionList"), Notes: notes}
	var more []string
	w.Attachments, more = attachments(l.files, s)
	w.Notes = append(w.Notes, more...)
	return w, nil
}

func (l *list) fields(s soap.Server) (f fields, notes []string) {
	f, notes = l.base.fields(s)
	f.text("contacts:DisplayName", "DisplayName", l.name)
	f.text("contacts:FileAs", "FileAs", l.fileAs)
	members := soap.T("Members")
	for _, m := range l.members {
		name := m.name
		if name == "" {
			name = m.address
		}
		if m.address == "" {
			notes = append(notes, fmt.Sprintf("a member without an address: %q", m.name))
			continue
		}
		members.Add(soap.T("Member", soap.T("Mailbox", soap.T("Name", name), soap.T("EmailAddress", m.address),
			soap.T("RoutingType", m.routing), soap.T("MailboxType", "OneOff"))))
	}
	if len(members.Children) > 0 {
		f.put("distributionlist:Members", members)
	}
	return f, notes
}
