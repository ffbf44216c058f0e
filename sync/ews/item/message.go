package item

import (
	"bytes"
	"encoding/base64"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"iorepl/sync"
	"iorepl/sync/ews/item/mail"
	"iorepl/sync/ews/soap"
)

// The properties of messages that their MIME says as well.
var (
	receivedTime      = Property{id: 0x0E06, kind: "SystemTime"}
	sentTime          = Property{id: 0x0039, kind: "SystemTime"}
	conversationTopic = Property{id: 0x0070, kind: "String"}
	conversationIndex = Property{id: 0x0071, kind: "Binary"}
	messageFlags      = Property{id: 0x0E07, kind: "Integer"}
	messageClass      = Property{id: 0x001A, kind: "String"}
)

// message is a message or post. If its MIME cannot be read, mime is nil and data is what it is.
type message struct {
	class       string
	data        []byte
	mime        *mail.Message
	subject     string
	importance  string
	sensitivity string
	categories  []string
	properties  map[string]string
	lost        []string // what of it a server that gave no MIME did not give
}

// headerSensitivity are the values of the Sensitivity field (RFC 2156 section 5.3.2).
var headerSensitivity = map[string]string{"Personal": "personal", "Private": "private", "Confidential": "company-confidential"}

func readMessage(src Source, extra []Property) *message {
	e := src.Item
	all := readExtended(e)
	class := e.Value("ItemClass")
	k := KindOf(class)
	m := &message{class: class, properties: keep(all, k, extra), importance: notNormal(e.Value("Importance")),
		sensitivity: notNormal(e.Value("Sensitivity")), categories: stringsAt(e, "Categories")}
	if s := e.Child("Subject"); s != nil {
		m.subject = s.Text
	}
	if c := e.Child("MimeContent"); c != nil {
		m.data = bytesOf(c)
		m.mime, _ = mail.Parse(m.data)
	} else {
		m.mime = composed(src)
		m.lost = lostOf(src, m.mime)
	}
	if m.properties[receivedTime.String()] == "" {
		if t, ok := parseTime(e.Value("DateTimeReceived")); ok {
			m.properties[receivedTime.String()] = formatTime(t)
		}
	}
	if m.mime == nil {
		return m
	}
	m.tell(all)
	return m
}

// tell writes into the header what the server says outside of it, so that any program sees it.
func (m *message) tell(all map[Property]string) {
	if m.subject != "" && m.mime.Text("Subject") == "" {
		m.mime.SetText("Subject", m.subject)
	}
	m.mime.Set("Importance", strings.ToLower(m.importance))
	m.mime.Set("X-Priority", "")
	m.mime.Set("Sensitivity", headerSensitivity[m.sensitivity])
	m.mime.SetKeywords(m.categories)
	if topic := all[conversationTopic]; topic != "" {
		m.mime.SetText("Thread-Topic", topic)
	}
	if index := fromBase64(all[conversationIndex]); len(index) > 0 {
		m.mime.Set("Thread-Index", base64.StdEncoding.EncodeToString(index))
	}
	// What was never sent has no date, although servers write one.
	if sent, ok := parseTime(all[sentTime]); ok {
		m.mime.Set("Date", sent.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	} else if len(all) > 0 {
		m.mime.Set("Date", "")
	}
	m.fromHeader()
}

// parseMessage reads a payload.
func parseMessage(p sync.Payload) *message {
	m := &message{class: p.Class, data: p.Data, subject: p.Name, properties: maps.Clone(p.Properties)}
	if m.properties == nil {
		m.properties = map[string]string{}
	}
	m.mime, _ = mail.Parse(p.Data)
	if m.mime != nil {
		m.fromProperties()
		m.fromHeader()
		if class := m.mime.SecureClass(); class != "" && strings.EqualFold(m.class, "IPM.Note") {
			m.class = class // with any other, a server shows nothing of it but a file
		}
	}
	if m.properties[receivedTime.String()] == "" {
		for _, t := range []time.Time{m.received(), p.Modified} {
			if !t.IsZero() && t.Year() >= 1601 && t.Year() < 4500 {
				m.properties[receivedTime.String()] = formatTime(t)
				break
			}
		}
	}
	return m
}

// received is when the message was received by its header, or sent.
func (m *message) received() time.Time {
	if m.mime == nil {
		return time.Time{}
	}
	if t := m.mime.Received(); !t.IsZero() {
		return t
	}
	return m.mime.Date()
}

// fromProperties puts properties into the header that it has fields for.
func (m *message) fromProperties() {
	if topic := m.properties[conversationTopic.String()]; topic != "" && !m.mime.Has("Thread-Topic") {
		m.mime.SetText("Thread-Topic", topic)
	}
	if index := fromBase64(m.properties[conversationIndex.String()]); len(index) > 0 && !m.mime.Has("Thread-Index") {
		m.mime.Set("Thread-Index", base64.StdEncoding.EncodeToString(index))
	}
	if sent, ok := parseTime(m.properties[sentTime.String()]); ok && m.mime.Date().IsZero() {
		m.mime.Set("Date", sent.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	}
}

// fromHeader takes from the header what it says of importance and the like, and out of the properties what it says too.
func (m *message) fromHeader() {
	switch word := strings.ToLower(m.mime.Get("Importance")); {
	case word == "high", word == "" && strings.HasPrefix(m.mime.Get("X-Priority"), "1"), word == "" && strings.HasPrefix(m.mime.Get("X-Priority"), "2"):
		m.importance = "High"
	case word == "low", word == "" && strings.HasPrefix(m.mime.Get("X-Priority"), "4"), word == "" && strings.HasPrefix(m.mime.Get("X-Priority"), "5"):
		m.importance = "Low"
	}
	for s, word := range headerSensitivity {
		if strings.EqualFold(m.mime.Get("Sensitivity"), word) {
			m.sensitivity = s
		}
	}
	m.categories = m.mime.Keywords()
	m.subject = m.mime.Text("Subject")
	for _, p := range []Property{conversationTopic, conversationIndex, sentTime} {
		delete(m.properties, p.String())
	}
}

// payload is the message in its format, as a server keeps it.
func (m *message) payload() sync.Payload {
	p := sync.Payload{Class: m.class, Name: m.subject, Format: sync.MIME, Data: m.data, Properties: m.properties, Lost: m.lost}
	if m.mime != nil {
		m.mime.Flatten()
		p.Data = m.mime.Encode()
	}
	return p
}

// element is the element that a server makes such an item of.
func (m *message) element(s soap.Server) string {
	if below(m.class, "IPM.Post") && !s.Grommunio {
		return "PostItem"
	}
	return "Message"
}

func (m *message) write(s soap.Server) (Writing, error) {
	if len(bytes.TrimSpace(m.data)) == 0 {
		return Writing{}, errors.New("the message is empty")
	}
	f, notes := m.fields(s)
	// Not a draft; it can only be said when the item is made.
	f.putProperty(messageFlags, strconv.Itoa(1))
	return Writing{Create: f.create(m.element(s)), Notes: notes}, nil
}

func (m *message) fields(s soap.Server) (f fields, notes []string) {
	data := m.data
	if m.mime != nil {
		data = m.mime.Encode()
	}
	f.put("item:MimeContent", soap.T("MimeContent", data))
	if below(m.class, "IPM.Schedule") || below(m.class, "IPM.Document") {
		// No element of a new item fits such a class; its property does.
		f.putProperty(messageClass, m.class)
	} else {
		f.text("item:ItemClass", "ItemClass", m.class)
	}
	f.put("item:Sensitivity", soap.T("Sensitivity", orNormal(m.sensitivity)))
	f.put("item:Importance", soap.T("Importance", orNormal(m.importance)))
	if len(m.categories) > 0 {
		f.put("item:Categories", stringList("Categories", m.categories))
	}
	notes = f.putProperties(m.properties, s)
	if m.mime == nil {
		return f, notes
	}
	if sent := m.mime.Date(); !sent.IsZero() {
		f.putProperty(sentTime, formatTime(sent))
	}
	if topic := m.mime.Text("Thread-Topic"); topic != "" {
		f.putProperty(conversationTopic, topic)
	}
	if index := fromBase64(m.mime.Get("Thread-Index")); len(index) > 0 && !s.Grommunio {
		f.putProperty(conversationIndex, base64.StdEncoding.EncodeToString(index))
	}
	return f, notes
}
