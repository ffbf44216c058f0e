package archive

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"

	"github.com/emersion/go-ical"
	"github.com/emersion/go-message/textproto"
	"github.com/emersion/go-vcard"

	"iorepl/sync"
)

// formatOf is the format that a file's extension promises, "" if it is none of an item.
func formatOf(file string) sync.Format {
	i := strings.LastIndexByte(file, '.')
	if i <= 0 || len(file)-i != 4 {
		return ""
	}
	ext := file[i+1:]
	switch {
	case strings.EqualFold(ext, "eml"):
		return sync.MIME
	case strings.EqualFold(ext, "ics"):
		return sync.ICalendar
	case strings.EqualFold(ext, "vcf"):
		return sync.VCard
	case strings.EqualFold(ext, "ifb"), strings.EqualFold(ext, "vfb"):
		return sync.FreeBusy
	}
	return ""
}

// isItem reports whether a file of that name is an item.
func isItem(file string) bool { return !hidden(file) && formatOf(file) != "" }

// classes are the item classes of files of which nothing else is known. A cached listing keeps them by number, so new ones go last.
var classes = []string{"", "IPM.Note", "IPM.Appointment", "IPM.Task", "IPM.StickyNote", "IPM.Contact", "IPM.DistList",
	"IPM.Microsoft.ScheduleData.FreeBusy"}

const (
	_ byte = iota
	classNote
	classAppointment
	classTask
	classSticky
	classContact
	classList
	classFreeBusy
)

// sniff is the class of a file by its format and its first bytes.
func sniff(f sync.Format, data []byte) byte {
	switch f {
	case sync.ICalendar:
		for line := range bytes.Lines(data) {
			kind, ok := cutFold(line, "BEGIN:")
			if !ok {
				continue
			}
			switch strings.ToUpper(string(bytes.TrimSpace(kind[:min(len(kind), 20)]))) {
			case "VEVENT":
				return classAppointment
			case "VTODO":
				return classTask
			case "VJOURNAL":
				return classSticky
			case "VFREEBUSY":
				return classFreeBusy
			}
		}
		return classAppointment
	case sync.VCard:
		for line := range bytes.Lines(data) {
			if kind, ok := cutFold(line, "KIND:"); ok && strings.EqualFold(string(bytes.TrimSpace(kind)), "group") {
				return classList
			}
		}
		return classContact
	case sync.FreeBusy:
		return classFreeBusy
	}
	return classNote
}

func cutFold(line []byte, prefix string) ([]byte, bool) {
	if len(line) < len(prefix) || !strings.EqualFold(string(line[:len(prefix)]), prefix) {
		return nil, false
	}
	return line[len(prefix):], true
}

// maxDecode bounds what is given to the decoders, whose memory and time grow faster than their input. Of more,
// only the beginning must look right.
const maxDecode = 8 << 20

// check reports why data is not what its format promises, nil if some program can open it.
func check(f sync.Format, data []byte) (err error) {
	defer func() {
		if p := recover(); p != nil { // hostile input: the decoders are not ours
			err = fmt.Errorf("cannot be decoded: %v", p)
		}
	}()
	if len(bytes.TrimSpace(data)) == 0 {
		return fmt.Errorf("is empty")
	}
	text := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch f {
	case sync.MIME:
		return checkMessage(text)
	case sync.ICalendar, sync.VCard, sync.FreeBusy:
		// There are calendars that are called .vcf, and programs that open them.
		if begins(text, "VCARD") {
			return checkCard(text)
		}
		if begins(text, "VCALENDAR") {
			return checkCalendar(text)
		}
		return fmt.Errorf("begins with neither BEGIN:VCALENDAR nor BEGIN:VCARD")
	}
	return fmt.Errorf("has no known format (%q)", f)
}

func begins(text []byte, kind string) bool {
	first, _, _ := bytes.Cut(bytes.TrimSpace(text[:min(len(text), 1024)]), []byte("\n"))
	return strings.EqualFold(string(bytes.TrimSpace(first)), "BEGIN:"+kind)
}

func checkCard(text []byte) error {
	if len(text) > maxDecode {
		return nil
	}
	if _, err := vcard.NewDecoder(bytes.NewReader(text)).Decode(); err != nil {
		return fmt.Errorf("is not a vCard: %w", err)
	}
	return nil
}

func checkCalendar(text []byte) error {
	if len(text) > maxDecode {
		return nil
	}
	c, err := ical.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		return fmt.Errorf("is not an iCalendar object: %w", err)
	}
	if len(c.Children) == 0 {
		return fmt.Errorf("is an iCalendar object without a component")
	}
	return nil
}

// checkMessage takes every message that has a header, and also one whose header is damaged if a single line of it can be
// made out, since mail programs open those.
func checkMessage(text []byte) error {
	head := text[:min(len(text), 1<<20)]
	if h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(head))); err == nil && h.Len() > 0 {
		return nil
	}
	for line := range bytes.Lines(bytes.TrimLeft(head, " \t\r\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		if ok && isFieldName(bytes.TrimRight(name, " \t")) {
			return nil
		}
	}
	return fmt.Errorf("is not a message: it has no line of a header")
}

// isFieldName reports whether a header field may be called that (RFC 5322 section 2.2).
func isFieldName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(name) > 0
}
