package mapi

import (
	"bytes"
	"encoding/base64"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// writeMIME takes MimeContent: what it says is the item's content, in place of what was there.
func writeMIME(c *change, e *soap.Element) error {
	o := formOf(c.p, c.it.Class())
	if c.p != Grommunio && o != formMessage && o != formPost && o != formCalendar {
		return refuse("ErrorUnsupportedMimeConversion", "Items of the class %s cannot be made of MIME.", c.it.Class())
	}
	b, ok := data(e)
	if !ok {
		return refuse("ErrorMimeContentInvalidBase64String", "The MIME content is not valid base64.")
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return refuse("ErrorMimeContentInvalid", "The MIME content is empty.")
	}
	class := c.it.Class()
	if !c.creating {
		c.forget()
	}
	if o == formCalendar {
		return c.fromCalendar(b)
	}
	if err := c.fromMIME(b, 0); err != nil {
		return err
	}
	c.mime = true
	if c.p == Grommunio {
		if sent, ok := c.it.props.get(pSent).(filetime); ok {
			c.it.props.set(pReceived, sent)
			c.it.props.set(pCreated, sent)
		}
		if !c.creating {
			c.it.props.set(pClass, "IPM.Note")
		}
		return nil
	}
	if !c.creating {
		c.it.props.set(pClass, class)
	}
	return nil
}

// forget removes what MIME says anew.
func (c *change) forget() {
	it := c.it
	for _, k := range []key{pSubject, pSubjectPrefix, pText, pHTML, pRTF, pTransportHeaders, pMessageID, pInReplyTo, pReferences, pSent,
		pConversationTopic, pConversationIndex, pReadReceipt, pDeliveryReceipt} {
		it.props.delete(k)
	}
	for _, a := range addressees[:2] {
		clearAddressee(a)(c)
	}
	kept := it.props[:0]
	for _, p := range it.props {
		if p.key.Value().Set != setHeaders {
			kept = append(kept, p)
		}
	}
	it.props = kept
	it.recipients, it.attachments = nil, nil
}

// fromMIME reads a message (RFC 5322). Something without a single header field is none.
func (c *change) fromMIME(b []byte, depth int) error {
	p := parsePart(b, "text/plain", depth)
	if len(p.header) == 0 {
		return refuse("ErrorMimeContentInvalid", "The MIME content has no header.")
	}
	c.fromHeader(p.header)
	it := c.it
	switch p.contentType {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		it.props.set(pClass, "IPM.Note.SMIME")
		it.props.set(keptKey("mime:Content-Type"), p.header.get("Content-Type"))
		it.attach(attachment{name: "smime.p7m", contentType: p.contentType, content: p.content(), modified: filetimeOf(c.now)})
		return nil
	case "multipart/signed":
		if protocol := strings.ToLower(p.params["protocol"]); strings.Contains(protocol, "pkcs7-signature") {
			it.props.set(pClass, "IPM.Note.SMIME.MultipartSigned")
			whole := "Content-Type: " + p.header.raw("Content-Type") + "\r\n\r\n" + string(p.body)
			it.attach(attachment{name: "smime.p7m", contentType: "multipart/signed", content: []byte(whole), modified: filetimeOf(c.now)})
			return nil
		}
	}
	m := &bodies{c: c, depth: depth}
	m.walk(p, false, false)
	if m.html != nil {
		it.props.set(pHTML, []byte(crlf(m.html.text())))
	}
	switch {
	case m.text != nil:
		it.props.set(pText, crlf(m.text.text()))
	case m.html == nil:
		it.props.set(pText, "")
	}
	return nil
}

// bodies finds the body among the parts and makes attachments of all else.
type bodies struct {
	c          *change
	depth      int
	text, html *part
	files      int
}

// walk takes a part: choice is one of several forms of the body, inline one that the body shows.
func (m *bodies) walk(p *part, choice, inline bool) {
	body := p.disposition != "attachment" && p.filename == "" && !inline
	switch {
	case p.contentType == "multipart/alternative":
		for _, q := range p.parts {
			m.walk(q, true, false)
		}
	case p.contentType == "multipart/related":
		for i, q := range p.parts {
			m.walk(q, choice, i > 0)
		}
	case len(p.parts) > 0:
		for _, q := range p.parts {
			m.walk(q, choice, false)
		}
	case strings.HasPrefix(p.contentType, "multipart/") && len(bytes.TrimSpace(p.body)) == 0:
	case body && p.contentType == "text/plain" && m.text == nil && (m.html == nil || choice):
		m.text = p
	case body && p.contentType == "text/html" && m.html == nil && (m.text == nil || choice):
		m.html = p
	case p.contentType == "message/rfc822" && m.depth < maxDepth && m.message(p, inline):
	default:
		m.file(p, inline)
	}
}

// message makes an item attachment; false if there is no message in it.
func (m *bodies) message(p *part, inline bool) bool {
	c := &change{it: &Item{profile: m.c.p}, p: m.c.p, now: m.c.now, who: m.c.who, creating: true}
	c.it.props.set(pClass, "IPM.Note")
	c.it.props.set(pCreated, filetimeOf(c.now))
	if c.fromMIME(p.content(), m.depth+1) != nil {
		return false
	}
	c.flagged = true
	c.it.props.set(pFlags, int32(flagRead))
	if c.finishNew(formMessage, true) != nil {
		return false
	}
	name := c.it.text(pSubject)
	if name == "" {
		name = p.filename
	}
	m.c.it.attach(attachment{name: name, contentType: p.contentType, contentID: p.contentID, inline: inline, item: c.it, modified: filetimeOf(c.now)})
	return true
}

// extensions are what the files are called that have no name.
var extensions = map[string]string{"text/plain": ".txt", "text/html": ".htm", "text/calendar": ".ics", "image/jpeg": ".jpg", "image/png": ".png",
	"image/gif": ".gif", "application/pgp-signature": ".asc", "message/rfc822": ".eml"}

func (m *bodies) file(p *part, inline bool) {
	a := attachment{name: p.filename, contentType: p.contentType, charset: p.params["charset"], contentID: p.contentID,
		location: p.header.get("Content-Location"), content: p.content(), modified: filetimeOf(m.c.now)}
	a.inline = inline || p.disposition == "inline" && p.contentID != ""
	if strings.HasPrefix(a.contentType, "multipart/") || a.contentType == "message/rfc822" {
		a.contentType = "application/octet-stream" // it could not be read as what it says it is
	}
	if a.name == "" {
		m.files++
		ext := extensions[p.contentType]
		if ext == "" {
			ext = ".dat"
		}
		number := strconv.Itoa(m.files)
		a.name = "ATT" + "00000"[:max(0, 5-len(number))] + number + ext
	}
	m.c.it.attach(a)
}

// fromHeader reads the header of a message into properties.
func (c *change) fromHeader(h headerFields) {
	it := c.it
	it.props.set(pTransportHeaders, h.text())
	for _, f := range h {
		if name := strings.ToLower(f.name); strings.HasPrefix(name, "x-") && it.props.get(header(name)) == nil {
			it.props.set(header(name), unfold(f.value))
		}
	}
	c.setSubject(decodeWords(h.get("Subject")))
	if all := parseAddresses(h.get("From")); len(all) > 0 {
		it.setAddressee(from, all[0])
		it.setAddressee(sender, all[0])
	}
	if all := parseAddresses(h.get("Sender")); len(all) > 0 {
		it.setAddressee(sender, all[0])
	}
	for _, to := range []struct {
		name string
		as   recipientKind
	}{{"To", toRecipient}, {"Cc", ccRecipient}, {"Bcc", bccRecipient}, {"Reply-To", replyTo}} {
		for _, value := range h.values(to.name) {
			for _, box := range parseAddresses(value) {
				it.recipients = append(it.recipients[:len(it.recipients):len(it.recipients)], recipient{mailbox: box, as: to.as})
			}
		}
	}
	if t, ok := parseDate(h.get("Date")); ok {
		it.props.set(pSent, filetimeOf(t))
	}
	if _, when, ok := strings.Cut(h.get("Received"), ";"); ok {
		if t, ok := parseDate(when); ok {
			it.props.set(pReceived, filetimeOf(t))
		}
	}
	for _, s := range []struct {
		name string
		key  key
	}{{"Message-ID", pMessageID}, {"In-Reply-To", pInReplyTo}, {"References", pReferences}, {"Thread-Topic", pConversationTopic}} {
		if v := strings.Join(strings.Fields(decodeWords(h.get(s.name))), " "); v != "" {
			it.props.set(s.key, v)
		}
	}
	if b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(h.get("Thread-Index"), " ", "")); err == nil && len(b) > 0 {
		it.props.set(pConversationIndex, b)
	}
	c.fromPriorities(h)
}

// fromPriorities reads what a header says of importance, sensitivity, categories and receipts.
func (c *change) fromPriorities(h headerFields) {
	it := c.it
	word := strings.ToLower(h.get("Importance"))
	if word == "" {
		word = map[byte]string{'1': "high", '2': "high", '4': "low", '5': "low"}[(h.get("X-Priority") + " ")[0]]
	}
	if n, ok := map[string]int32{"low": 0, "normal": 1, "high": 2}[word]; ok {
		it.props.set(pImportance, n)
	}
	if n, ok := map[string]int32{"personal": 1, "private": 2, "company-confidential": 3}[strings.ToLower(h.get("Sensitivity"))]; ok {
		it.props.set(pSensitivity, n)
	}
	var categories []string
	for _, value := range h.values("Keywords") {
		for _, k := range strings.Split(decodeWords(value), ",") {
			if k = strings.TrimSpace(k); k != "" {
				categories = append(categories, k)
			}
		}
	}
	if len(categories) > 0 {
		it.props.set(pCategories, categories)
	}
	if h.get("Disposition-Notification-To") != "" {
		it.props.set(pReadReceipt, true)
	}
	if h.get("Return-Receipt-To") != "" {
		it.props.set(pDeliveryReceipt, true)
	}
}

// parseDate reads a date of a header, as far as FILETIME has it.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	t, err := mail.ParseDate(s)
	if err != nil {
		if i := strings.LastIndexByte(s, '('); i > 0 {
			t, err = mail.ParseDate(strings.TrimSpace(s[:i]))
		}
	}
	return t, err == nil && t.Year() >= 1601 && t.Year() <= 9999
}
