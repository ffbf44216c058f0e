package mapi

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"mime"
	"mime/quotedprintable"
	"strings"

	"iorepl/sync/ews/soap"
)

// canWriteMIME reports whether a server gives the MIME content of such items: up to 2010 SP2 only of messages, posts and
// appointments (MS-OXWSCORE R23093).
func canWriteMIME(p Profile, o form) bool {
	if p == Exchange2016 || p == Grommunio {
		return true
	}
	return o == formMessage || o == formPost || o == formCalendar
}

// readMIME makes MIME anew at each reading, as the real servers do: boundaries differ, what is said does not.
func readMIME(r *reading) *soap.Element {
	return soap.T("MimeContent", soap.Attr{Name: "CharacterSet", Value: "UTF-8"}, r.it.mime())
}

// mime is the item as a message, or as iCalendar if it is an appointment.
func (it *Item) mime() []byte {
	if it.isAppointment() {
		return it.calendar()
	}
	var b bytes.Buffer
	it.writeMessage(&b)
	return b.Bytes()
}

func (it *Item) writeMessage(b *bytes.Buffer) {
	it.writeOtherHeaders(b, true)
	it.writeOwnHeaders(b)
	it.writeOtherHeaders(b, false)
	b.WriteString("MIME-Version: 1.0\r\n")
	if len(it.attachments) == 1 && isClass(it.Class(), "IPM.Note.SMIME") && !it.hasBody() {
		it.writeSecured(b)
		return
	}
	var inline, outside []attachment
	for _, a := range it.attachments {
		if a.inline {
			inline = append(inline, a)
		} else {
			outside = append(outside, a)
		}
	}
	it.writeMixed(b, inline, outside)
}

// writeSecured writes an S/MIME message as it came: its signature holds for those bytes.
func (it *Item) writeSecured(b *bytes.Buffer) {
	a := it.attachments[0]
	if isClass(it.Class(), "IPM.Note.SMIME.MultipartSigned") {
		b.Write(a.content)
		return
	}
	contentType, ok := it.props.get(keptKey("mime:Content-Type")).(string)
	if !ok {
		contentType = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
	}
	b.WriteString("Content-Type: " + contentType + "\r\nContent-Disposition: attachment; filename=smime.p7m\r\n")
	writeBase64(b, a.content)
}

// writeMixed writes the body with what belongs to it: mixed(related(alternative(text, html), inline...), files...).
func (it *Item) writeMixed(b *bytes.Buffer, inline, outside []attachment) {
	if len(outside) == 0 {
		it.writeRelated(b, inline)
		return
	}
	multipart(b, "mixed", func(next func()) {
		next()
		it.writeRelated(b, inline)
		for i := range outside {
			next()
			outside[i].write(b)
		}
	})
}

func (it *Item) writeRelated(b *bytes.Buffer, inline []attachment) {
	if len(inline) == 0 {
		it.writeBody(b)
		return
	}
	multipart(b, "related", func(next func()) {
		next()
		it.writeBody(b)
		for i := range inline {
			next()
			inline[i].write(b)
		}
	})
}

func (it *Item) isAppointment() bool { return formOf(it.profile, it.Class()) == formCalendar }

// writeBody writes the body; that of an appointment in a message is what it is.
func (it *Item) writeBody(b *bytes.Buffer) {
	if it.isAppointment() {
		b.WriteString("Content-Type: text/calendar; charset=\"utf-8\"; method=PUBLISH\r\n")
		writeBase64(b, it.calendar())
		return
	}
	_, isHTML := it.html()
	if !isHTML {
		writeTextPart(b, "text/plain", it.text(pText))
		return
	}
	multipart(b, "alternative", func(next func()) {
		next()
		writeTextPart(b, "text/plain", it.textBody())
		next()
		writeTextPart(b, "text/html", it.htmlBody())
	})
}

func writeTextPart(b *bytes.Buffer, contentType, s string) {
	b.WriteString("Content-Type: " + contentType + "; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	q := quotedprintable.NewWriter(b)
	// A bytes.Buffer does not fail.
	_, _ = q.Write([]byte(s))
	_ = q.Close()
}

// multipart writes a multipart entity with a boundary that is another one each time.
func multipart(b *bytes.Buffer, kind string, parts func(next func())) {
	boundary := "_000_" + rand.Text() + "_"
	b.WriteString("Content-Type: multipart/" + kind + ";\r\n\tboundary=\"" + boundary + "\"\r\n\r\n")
	parts(func() { b.WriteString("\r\n--" + boundary + "\r\n") })
	b.WriteString("\r\n--" + boundary + "--\r\n")
}

// write writes an attachment as a part.
func (a *attachment) write(b *bytes.Buffer) {
	if a.item != nil {
		b.WriteString("Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n")
		if a.contentID != "" {
			b.WriteString("Content-ID: <" + a.contentID + ">\r\n")
		}
		b.WriteString("\r\n")
		a.item.writeMessage(b)
		return
	}
	params := map[string]string{"name": a.name}
	if a.charset != "" {
		params["charset"] = a.charset
	}
	t := mime.FormatMediaType(a.contentType, params)
	if t == "" || strings.HasPrefix(a.contentType, "multipart/") || a.contentType == "message/rfc822" {
		t = mime.FormatMediaType("application/octet-stream", params)
	}
	disposition := "attachment"
	if a.inline {
		disposition = "inline"
	}
	b.WriteString("Content-Type: " + t + "\r\nContent-Disposition: " + mime.FormatMediaType(disposition, map[string]string{"filename": a.name}) + "\r\n")
	if a.contentID != "" {
		b.WriteString("Content-ID: <" + a.contentID + ">\r\n")
	}
	if a.location != "" {
		b.WriteString("Content-Location: " + a.location + "\r\n")
	}
	writeBase64(b, a.content)
}

// writeBase64 ends the header of a part and writes its content in lines.
func writeBase64(b *bytes.Buffer, content []byte) {
	b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	for len(content) > 0 {
		n := min(57, len(content))
		b.WriteString(base64.StdEncoding.EncodeToString(content[:n]) + "\r\n")
		content = content[n:]
	}
}
