package ewstest

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// writer writes answers in the manner of a profile.
type writer struct {
	*bufio.Writer
	profile Profile
	raw     bool // some characters that XML forbids go out as they are
}

// prefixes of the envelope's namespace.
func (w writer) soapPrefix() string {
	switch w.profile {
	case Exchange2007SP1:
		return "soap"
	case Grommunio:
		return "SOAP"
	default:
		return "s"
	}
}

func versionInfo(p Profile) string {
	b := buildOf(p)
	prefix := "h"
	if p == Exchange2007SP1 {
		prefix = "t"
	}
	return fmt.Sprintf(`<%s:ServerVersionInfo MajorVersion="%d" MinorVersion="%d" MajorBuildNumber="%d" MinorBuildNumber="%d" Version="%s" xmlns:%s="%s"/>`,
		prefix, b.major, b.minor, b.build, b.revision, b.version, prefix, soap.Types)
}

// envelope writes a good answer.
func (w writer) envelope(body *soap.Element) {
	p := w.soapPrefix()
	fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><%s:Envelope xmlns:%s="%s"><%s:Header>%s</%s:Header><%s:Body>`,
		p, p, envelopeSpace, p, versionInfo(w.profile), p, p)
	w.element(body, true)
	fmt.Fprintf(w, `</%s:Body></%s:Envelope>`, p, p)
}

// fault writes a SOAP fault as the profile's server words it.
func (w writer) fault(r *mapi.Error, extra []*soap.Element) {
	p := w.soapPrefix()
	switch w.profile {
	case Exchange2007SP1:
		fmt.Fprintf(w, `<?xml version="1.0"?><soap11:Envelope xmlns:soap11="%s"><soap11:Header>%s</soap11:Header><soap11:Body><soap11:Fault>`+
			`<faultcode>soap11:Client</faultcode><faultstring>`, envelopeSpace, versionInfo(w.profile))
		w.text(r.Message)
		w.WriteString(`</faultstring>`)
		w.detail(r, extra)
		w.WriteString(`</soap11:Fault></soap11:Body></soap11:Envelope>`)
	case Grommunio:
		fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><%s:Envelope xmlns:%s="%s"><%s:Body><%s:Fault><faultcode>%s</faultcode><faultstring>`,
			p, p, envelopeSpace, p, p, r.Code)
		w.text(r.Message)
		fmt.Fprintf(w, `</faultstring></%s:Fault></%s:Body></%s:Envelope>`, p, p, p)
	default:
		fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="%s"><s:Body><s:Fault><faultcode xmlns:a="%s">a:%s</faultcode>`+
			`<faultstring xml:lang="en-US">`, envelopeSpace, soap.Types, r.Code)
		w.text(r.Message)
		w.WriteString(`</faultstring>`)
		w.detail(r, extra)
		w.WriteString(`</s:Fault></s:Body></s:Envelope>`)
	}
}

// errorsSpace is the namespace of what is said about errors.
const errorsSpace = "http://schemas.microsoft.com/exchange/services/2006/errors"

func (w writer) detail(r *mapi.Error, extra []*soap.Element) {
	message := r.Message
	if r.Code == "ErrorSchemaValidation" && w.profile != Exchange2007SP1 {
		message = "The request failed schema validation."
	}
	fmt.Fprintf(w, `<detail><e:ResponseCode xmlns:e="%s">%s</e:ResponseCode><e:Message xmlns:e="%s">`, errorsSpace, r.Code, errorsSpace)
	w.text(message)
	w.WriteString(`</e:Message>`)
	switch {
	case w.profile == Exchange2007SP1 && r.Code == "ErrorSchemaValidation":
		fmt.Fprintf(w, `<e:Line xmlns:e="%s">1</e:Line><e:Position xmlns:e="%s">1</e:Position>`, errorsSpace, errorsSpace)
	case len(extra) > 0:
		fmt.Fprintf(w, `<t:MessageXml xmlns:t="%s">`, soap.Types)
		for _, e := range extra {
			w.element(e, false)
		}
		w.WriteString(`</t:MessageXml>`)
	}
	w.WriteString(`</detail>`)
}

// element writes an element of EWS; the top one declares the prefixes. Namespaces of other services are declared where they
// appear.
func (w writer) element(e *soap.Element, top bool) {
	prefix := ""
	switch e.Space {
	case soap.Types:
		prefix = "t:"
	case soap.Messages:
		prefix = "m:"
	}
	w.WriteByte('<')
	w.WriteString(prefix)
	w.WriteString(e.Name)
	if prefix == "" {
		w.WriteString(` xmlns="`)
		w.text(e.Space)
		w.WriteByte('"')
	}
	if top {
		fmt.Fprintf(w, ` xmlns:m="%s" xmlns:t="%s"`, soap.Messages, soap.Types)
	}
	for _, a := range e.Attrs {
		w.WriteByte(' ')
		w.WriteString(a.Name)
		w.WriteString(`="`)
		w.text(a.Value)
		w.WriteByte('"')
	}
	if len(e.Children) == 0 && e.Text == "" && len(e.Data) == 0 {
		w.WriteString("/>")
		return
	}
	w.WriteByte('>')
	if len(e.Data) > 0 {
		b := base64.NewEncoder(base64.StdEncoding, w)
		b.Write(e.Data)
		b.Close()
	}
	w.text(e.Text)
	for _, c := range e.Children {
		w.element(c, false)
	}
	w.WriteString("</")
	w.WriteString(prefix)
	w.WriteString(e.Name)
	w.WriteByte('>')
}

// text writes text and attribute values. What XML 1.0 forbids goes out as a character reference, as Exchange does it; grommunio
// leaves it out.
func (w writer) text(s string) {
	start := 0
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		var with string
		switch {
		case r == '&':
			with = "&amp;"
		case r == '<':
			with = "&lt;"
		case r == '>':
			with = "&gt;"
		case r == '"':
			with = "&quot;"
		case r == '\r':
			with = "&#xD;"
		case r == '\t' || r == '\n' || r >= ' ' && r != 0xfffe && r != 0xffff && (r != utf8.RuneError || n > 1):
			i += n
			continue
		case r == utf8.RuneError:
			with = "\uFFFD"
		case w.raw && r == 1:
			with = "\x01"
		case w.profile != Grommunio:
			with = "&#x" + strings.ToUpper(strconv.FormatInt(int64(r), 16)) + ";"
		}
		w.WriteString(s[start:i])
		w.WriteString(with)
		i += n
		start = i
	}
	w.WriteString(s[start:])
}
