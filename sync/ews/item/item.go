package item

import (
	"errors"
	"fmt"

	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// Source is an item as a server gave it, with what has to be fetched beside it.
type Source struct {
	Item                  *soap.Element     // as GetItem gives it with Shape
	Attachments           []*soap.Element   // t:FileAttachment and t:ItemAttachment as GetAttachment gives them, in order
	Occurrences           []*soap.Element   // modified occurrences as GetItem gives them with Shape
	OccurrenceAttachments [][]*soap.Element // of each of Occurrences; may be shorter
}

// Writing is what has to be sent to make an item.
type Writing struct {
	Create      *soap.Element      // for CreateItem's m:Items, without stamp
	Attachments []*soap.Element    // for CreateAttachment after it; empty where Create holds them as MIME
	Deleted     []int              // InstanceIndex of occurrences to delete after the create
	Modified    []OccurrenceChange // occurrences to change after the create, by index
	Notes       []string           // what this server cannot hold, for the report
}

// OccurrenceChange is a change of one occurrence of a recurring appointment.
type OccurrenceChange struct {
	Index       int             // InstanceIndex, from 1
	Updates     []*soap.Element // children of t:Updates; may be empty
	Attachments []*soap.Element // for CreateAttachment
}

// entry is an item between elements and formats.
type entry interface {
	payload() sync.Payload
	write(soap.Server) (Writing, error)
	fields(soap.Server) (fields, []string)
}

// Payload converts an item. Version is left to the caller. It is an error if the server said something of it that cannot be
// understood, such as a recurrence pattern that nobody knows.
func Payload(src Source, s soap.Server, extra []Property) (sync.Payload, error) {
	if src.Item == nil {
		return sync.Payload{}, errors.New("the server gave no item")
	}
	var en entry
	var err error
	switch k := KindOf(src.Item.Value("ItemClass")); k {
	case Contact:
		en = readContact(src, extra)
	case List:
		en = readList(src, extra)
	case Appointment:
		en, err = readEvent(src, extra)
	case Task:
		en, err = readTask(src, extra)
	case Note:
		en = readNote(src, extra)
	default:
		en = readMessage(src, extra)
	}
	if err != nil {
		return sync.Payload{}, err
	}
	return finish(en.payload(), src.Item), nil
}

// finish adds what is not in the format.
func finish(p sync.Payload, e *soap.Element) sync.Payload {
	p.Modified = timeAt(e, "LastModifiedTime")
	if len(p.Properties) == 0 {
		p.Properties = nil
	}
	p.Content = sync.ContentOf(p)
	return p
}

// kindFormats are the formats of kinds.
var kindFormats = map[Kind]sync.Format{Message: sync.MIME, Post: sync.MIME, Contact: sync.VCard, List: sync.VCard, Appointment: sync.ICalendar,
	Task: sync.ICalendar, Note: sync.ICalendar}

// parse reads a payload.
func parse(p sync.Payload) (entry, error) {
	k := KindOf(p.Class)
	if p.Format != kindFormats[k] {
		return nil, fmt.Errorf("a %s file cannot be of the class %s, which is a %s", p.Format, p.Class, k)
	}
	p.Properties = canonicalProperties(p.Properties, k)
	switch k {
	case Contact:
		return parseContact(p)
	case List:
		return parseList(p)
	case Appointment:
		return parseEvent(p)
	case Task:
		return parseTask(p)
	case Note:
		return parseNote(p)
	}
	return parseMessage(p), nil
}

// Write converts a payload for a server. An error means that this item can never be held there, and says why.
func Write(p sync.Payload, s soap.Server) (Writing, error) {
	en, err := parse(p)
	if err != nil {
		return Writing{}, err
	}
	w, err := en.write(s)
	if err != nil {
		return Writing{}, err
	}
	w.Notes = append(unreadable(p.Properties), w.Notes...)
	return w, nil
}

// Canonical is what p becomes by being written to an Exchange and read back, as far as that can be known. It makes payloads of
// different stores comparable. What cannot be written is itself.
func Canonical(p sync.Payload) sync.Payload {
	en, err := parse(p)
	if err != nil {
		return p
	}
	c := en.payload()
	c.Modified, c.Version = p.Modified, p.Version
	if len(c.Properties) == 0 {
		c.Properties = nil
	}
	c.Content = sync.ContentOf(c)
	return c
}
