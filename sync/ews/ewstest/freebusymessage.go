package ewstest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// FreeBusy is what a message of the legacy free/busy folder says of a user.
type FreeBusy struct {
	Start, End time.Time // publish range
	Published  time.Time // PidTagFreeBusyRangeTimestamp; the zero value is without
	Events     []Event   // Tentative, Busy and OOF; the message holds no others
}

// The properties of such a message (MS-OXOPFFB 2.2.1).
const (
	tagResourceType = 0x6841
	tagPublishStart = 0x6847
	tagPublishEnd   = 0x6848
	tagAddress      = 0x6849
	tagPublished    = 0x6868
	tagCountMonths  = 0x6869
)

// monthPairs are the properties with months and those with their blocks.
var monthPairs = [...]struct {
	months, blocks uint32
	types          []BusyType
}{
	{0x684F, 0x6850, []BusyType{Busy, OOF}}, // merged
	{0x6851, 0x6852, []BusyType{Tentative}},
	{0x6853, 0x6854, []BusyType{Busy}},
	{0x6855, 0x6856, []BusyType{OOF}},
}

// epoch1601 is where publish ranges count their minutes from, in Unix seconds.
var epoch1601 = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// FreeBusyPlace is where the message of a legacyExchangeDN belongs (MS-OXOPFFB 3.1.4.1.2.2): the path of its group's folder, and the subject.
func (s *Server) FreeBusyPlace(dn string) (path, subject string) {
	for i := 0; i+4 <= len(dn); i++ {
		if strings.EqualFold(dn[i:i+4], "/cn=") {
			return s.GroupFolder(dn[:i]), "USER-" + strings.ToUpper(dn[i:])
		}
	}
	return s.GroupFolder(dn), "USER-"
}

// AddFreeBusy publishes a user's free/busy as Outlook does, in a new message for a legacyExchangeDN. It gives the message's id.
func (u *User) AddFreeBusy(dn string, f FreeBusy) (id string, err error) {
	path, subject := u.s.FreeBusyPlace(dn)
	return u.AddItem(path, f.post(dn, subject))
}

// AddFreeBusyOfMany publishes the same for many legacyExchangeDNs of one administrative group, in messages that share what is in them, so that they
// cost little memory and time.
func (u *User) AddFreeBusyOfMany(dns []string, f FreeBusy) error {
	if len(dns) == 0 {
		return nil
	}
	path, subject := u.s.FreeBusyPlace(dns[0])
	return u.folder(path, func(c *call, folder *folder) error {
		first, err := mapi.New(c.profile, f.post(dns[0], subject), c.now, c.author())
		if err != nil {
			return err
		}
		for _, dn := range dns {
			item := first.Clone()
			_, subject := u.s.FreeBusyPlace(dn)
			named := []*soap.Element{
				soap.T("SetItemField", subjectPath, soap.T("PostItem", soap.T("Subject", subject))),
				soap.T("SetItemField", tagPath(tagAddress, "String"), soap.T("PostItem", soap.T("ExtendedProperty", tagPath(tagAddress, "String"), soap.T("Value", dn)))),
			}
			if err := item.Update(c.profile, named, c.now, c.author()); err != nil {
				return err
			}
			if _, err := c.save(folder, "PostItem", item); err != nil {
				return err
			}
		}
		return nil
	})
}

// post is the message of a user.
func (f *FreeBusy) post(dn, subject string) *soap.Element {
	e := soap.T("PostItem", soap.T("ItemClass", "IPM.Post"), soap.T("Subject", subject))
	one := func(tag uint32, kind, value string) {
		e.Add(soap.T("ExtendedProperty", tagPath(tag, kind), soap.T("Value", value)))
	}
	one(tagPublishStart, "Integer", minutes1601(f.Start))
	one(tagPublishEnd, "Integer", minutes1601(f.End))
	one(tagAddress, "String", dn)
	one(tagResourceType, "Integer", "0")
	if !f.Published.IsZero() {
		one(tagPublished, "SystemTime", f.Published.UTC().Format(time.RFC3339))
	}
	for _, p := range monthPairs {
		months, blocks := encodeMonths(f.spans(p.types...))
		if len(months) == 0 {
			continue
		}
		m, b := soap.T("Values"), soap.T("Values")
		for i := range months {
			m.Add(soap.T("Value", strconv.Itoa(int(months[i]))))
			b.Add(soap.T("Value", base64.StdEncoding.EncodeToString(blocks[i])))
		}
		e.Add(soap.T("ExtendedProperty", tagPath(p.months, "IntegerArray"), m), soap.T("ExtendedProperty", tagPath(p.blocks, "BinaryArray"), b))
	}
	return e
}

// spans are the times of some busy types.
func (f *FreeBusy) spans(types ...BusyType) []span {
	var all []span
	for _, e := range f.Events {
		if slices.Contains(types, e.BusyType) {
			all = append(all, span{e.Start, e.End})
		}
	}
	return all
}

func tagPath(tag uint32, kind string) *soap.Element {
	return soap.T("ExtendedFieldURI", soap.Attr{Name: "PropertyTag", Value: fmt.Sprintf("0x%04X", tag)}, soap.Attr{Name: "PropertyType", Value: kind})
}

func minutes1601(t time.Time) string {
	return strconv.FormatInt((t.Unix()-epoch1601)/60, 10)
}

// FreeBusy reads the message of a legacyExchangeDN, the one published last if there are several, and is strict: an error says what in it is
// against MS-OXOPFFB, and that there is none.
func (s *Server) FreeBusy(dn string) (FreeBusy, error) {
	return act(s.User(""), func(c *call) (FreeBusy, error) {
		path, subject := s.FreeBusyPlace(dn)
		f, err := c.path(path)
		if err != nil {
			return FreeBusy{}, err
		}
		r := c.newestFreeBusy(f, subject)
		if r == nil {
			return FreeBusy{}, fmt.Errorf("there is no message %q", subject)
		}
		return checkFreeBusy(r.item, dn)
	})
}

// checkFreeBusy reads a message strictly.
func checkFreeBusy(it *mapi.Item, dn string) (FreeBusy, error) {
	if n, ok := number(it, tagResourceType); !ok || n != 0 {
		return FreeBusy{}, errors.New("PidTagScheduleInfoResourceType is not 0")
	}
	if v, ok := it.Property(tagPath(tagAddress, "String")); !ok || !strings.EqualFold(v.String(), dn) {
		return FreeBusy{}, fmt.Errorf("PidTagFreeBusyMessageEmailAddress is %q", v.String())
	}
	if v, _ := it.Property(subjectPath); v.String() != strings.ToUpper(v.String()) {
		return FreeBusy{}, fmt.Errorf("the subject %q is not in capitals", v.String())
	}
	if it.Class() != "IPM.Post" {
		return FreeBusy{}, fmt.Errorf("the item class is %s", it.Class())
	}
	f, spans, err := readFreeBusy(it)
	if err != nil {
		return f, err
	}
	if n, ok := number(it, tagCountMonths); ok && (n < 0 || n > 36) {
		return f, fmt.Errorf("PidTagFreeBusyCountMonths is %d", n)
	}
	if merged := union(slices.Concat(spans[2], spans[3])); !slices.Equal(merged, spans[0]) {
		return f, fmt.Errorf("the merged times are %v, those of busy and out of office %v", spans[0], merged)
	}
	for _, e := range f.Events {
		if e.Start.Before(f.Start) || e.End.After(f.End) {
			return f, fmt.Errorf("the time from %s to %s is outside of the publish range", e.Start, e.End)
		}
	}
	return f, nil
}

// readFreeBusy reads a message and the spans of each of monthPairs.
func readFreeBusy(it *mapi.Item) (f FreeBusy, spans [len(monthPairs)][]span, err error) {
	start, ok1 := number(it, tagPublishStart)
	end, ok2 := number(it, tagPublishEnd)
	if !ok1 || !ok2 || end < start {
		return f, spans, errors.New("the publish range is missing or negative")
	}
	f.Start, f.End = time.Unix(start*60+epoch1601, 0).UTC(), time.Unix(end*60+epoch1601, 0).UTC()
	if v, ok := it.Property(tagPath(tagPublished, "SystemTime")); ok {
		if f.Published, err = time.Parse(time.RFC3339, v.String()); err != nil {
			return f, spans, fmt.Errorf("reading the range timestamp: %w", err)
		}
	}
	for i, p := range monthPairs {
		months, has1 := it.Property(tagPath(p.months, "IntegerArray"))
		blocks, has2 := it.Property(tagPath(p.blocks, "BinaryArray"))
		if has1 != has2 {
			return f, spans, fmt.Errorf("one of 0x%04X and 0x%04X is there without the other", p.months, p.blocks)
		}
		if !has1 {
			continue
		}
		var numbers []int64
		for _, m := range months.Elements() {
			n, _ := m.Number()
			numbers = append(numbers, n)
		}
		var values [][]byte
		for _, b := range blocks.Elements() {
			values = append(values, b.Bytes())
		}
		if spans[i], err = decodeMonths(numbers, values); err != nil {
			return f, spans, fmt.Errorf("0x%04X and 0x%04X: %w", p.months, p.blocks, err)
		}
		if len(p.types) == 1 {
			for _, s := range spans[i] {
				f.Events = append(f.Events, Event{Start: s.start, End: s.end, BusyType: p.types[0]})
			}
		}
	}
	slices.SortStableFunc(f.Events, func(a, b Event) int { return a.Start.Compare(b.Start) })
	return f, spans, nil
}

// number is an integer property.
func number(it *mapi.Item, tag uint32) (int64, bool) {
	v, ok := it.Property(tagPath(tag, "Integer"))
	if !ok {
		return 0, false
	}
	return v.Number()
}
