package sync

import (
	"bytes"
	"regexp"
)

// retitle adds a text to what people call an item: its name and its subject (MIME), summary (iCalendar) or
// formatted name (vCard). Nothing else of the content changes.
func retitle(p Payload, text string) Payload {
	p.Name += " " + text
	switch p.Format {
	case MIME:
		p.Data = appendToField(p.Data, subjectField, text, "Subject: ")
	case ICalendar, FreeBusy:
		p.Data = appendToField(p.Data, summaryField, escapeText(text), "")
	case VCard:
		p.Data = appendToField(p.Data, nameField, escapeText(text), "")
	}
	return p
}

// A field with its folded lines (RFC 5322 section 2.2.3, RFC 5545 section 3.1).
var (
	subjectField = regexp.MustCompile(`(?im)^Subject:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*`)
	summaryField = regexp.MustCompile(`(?im)^SUMMARY[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*`)
	nameField    = regexp.MustCompile(`(?im)^FN[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*`)
)

// appendToField adds text to the first such field. A MIME header without one gets it as its first line.
func appendToField(data []byte, field *regexp.Regexp, text, missing string) []byte {
	head := data
	if missing != "" {
		if m := headerEnd.FindIndex(data); m != nil {
			head = data[:m[0]]
		}
	}
	newline := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		newline = "\r\n"
	}
	at := field.FindIndex(head)
	switch {
	case at != nil:
		// A folded line of its own keeps encoded words and line lengths as they are.
		return splice(data, at[1], newline+" "+foldSpace(missing)+text)
	case missing != "":
		return splice(data, 0, missing+text+newline)
	}
	return data
}

// foldSpace is what stands after the blank of a folded line: in iCalendar and vCard the blank is not part of the text.
func foldSpace(mimeField string) string {
	if mimeField == "" {
		return " "
	}
	return ""
}

var headerEnd = regexp.MustCompile(`\r?\n\r?\n`)

func splice(data []byte, at int, text string) []byte {
	out := make([]byte, 0, len(data)+len(text))
	out = append(out, data[:at]...)
	out = append(out, text...)
	return append(out, data[at:]...)
}

// escapeText is RFC 5545 section 3.3.11 and RFC 6350 section 3.4.
func escapeText(s string) string {
	return string(regexp.MustCompile(`[\\,;]`).ReplaceAll([]byte(s), []byte(`\$0`)))
}
