package item

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync"
	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// world is a server that is imitated, as far as one item goes.
type world struct {
	profile mapi.Profile
	server  soap.Server
}

var worlds = []world{
	{mapi.Exchange2007SP1, soap.Server{Version: soap.Exchange2007SP1, Major: 8, Minor: 1}},
	{mapi.Exchange2010SP2, soap.Server{Version: soap.Exchange2010SP2, Major: 14, Minor: 2}},
	{mapi.Exchange2016, soap.Server{Version: soap.Exchange2016, Major: 15, Minor: 1}},
	{mapi.Grommunio, soap.Server{Version: soap.Exchange2016, Major: 15, Grommunio: true}},
}

const who = "Iore Plicator <iorepl@contoso.example>"

var now = time.Date(2026, 11, 22, 10, 11, 12, 0, time.UTC)

// wire sends an element and receives it.
func wire(t testing.TB, e *soap.Element) *soap.Element {
	t.Helper()
	var b bytes.Buffer
	if _, err := (soap.Envelope{Body: e}).Message().WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	got, err := soap.DecodeEnvelope(&b, soap.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return got.Body
}

// sent receives changes.
func sent(t testing.TB, changes []*soap.Element) []*soap.Element {
	t.Helper()
	if len(changes) == 0 {
		return nil
	}
	return wire(t, soap.T("Updates", changes)).Children
}

// create makes an item with all that a writing asks for.
func (w world) create(t testing.TB, writing Writing) (*mapi.Item, error) {
	t.Helper()
	it, err := mapi.New(w.profile, wire(t, writing.Create), now, who)
	if err != nil {
		return nil, err
	}
	attach := func(it *mapi.Item, files []*soap.Element) error {
		for _, f := range files {
			if _, err := it.AddAttachment(w.profile, wire(t, f), now); err != nil {
				return fmt.Errorf("attachment %s: %w", f.Value("Name"), err)
			}
		}
		return nil
	}
	if err := attach(it, writing.Attachments); err != nil {
		return nil, err
	}
	for _, n := range writing.Deleted {
		if err := it.DeleteOccurrence(n, now); err != nil {
			return nil, err
		}
	}
	for _, m := range writing.Modified {
		if len(m.Updates) > 0 {
			if err := it.UpdateOccurrence(w.profile, m.Index, sent(t, m.Updates), now, who); err != nil {
				return nil, fmt.Errorf("occurrence %d: %w", m.Index, err)
			}
		}
		if len(m.Attachments) > 0 {
			o, err := it.Occurrence(m.Index)
			if err != nil {
				return nil, err
			}
			if err := attach(o, m.Attachments); err != nil {
				return nil, err
			}
		}
	}
	return it, nil
}

// read is the item as a payload.
func (w world) read(t testing.TB, it *mapi.Item, extra ...Property) sync.Payload {
	t.Helper()
	shape := wire(t, Shape(KindOf(it.Class()), w.server, extra, true))
	attachmentID := func(n int) *soap.Element {
		return soap.T("AttachmentId", soap.Attr{Name: "Id", Value: strconv.Itoa(n)})
	}
	get := func(it *mapi.Item, id string) (*soap.Element, []*soap.Element) {
		view := it.In(mapi.Surroundings{Occurrence: func(n int) *soap.Element {
			return soap.T("ItemId", soap.Attr{Name: "Id", Value: "occurrence " + strconv.Itoa(n)})
		}})
		e, err := view.Element(w.profile, soap.T("ItemId", soap.Attr{Name: "Id", Value: id}), shape, false, attachmentID)
		if err != nil {
			t.Fatal(err)
		}
		e = wire(t, e)
		ids, _ := Needs(e)
		var files []*soap.Element
		for _, id := range ids {
			n, _ := strconv.Atoi(id)
			f, err := it.AttachmentAt(w.profile, []int{n}, wire(t, AttachmentShape(true)), nil)
			if err != nil {
				f, err = it.AttachmentAt(w.profile, []int{n}, wire(t, AttachmentShape(false)), nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, wire(t, f))
		}
		return e, files
	}
	var src Source
	src.Item, src.Attachments = get(it, "item")
	_, occurrences := Needs(src.Item)
	for _, id := range occurrences {
		n, _ := strconv.Atoi(strings.TrimPrefix(id, "occurrence "))
		o, err := it.Occurrence(n)
		if err != nil {
			t.Fatal(err)
		}
		e, files := get(o, id)
		src.Occurrences = append(src.Occurrences, e)
		src.OccurrenceAttachments = append(src.OccurrenceAttachments, files)
	}
	p, err := Payload(src, w.server, extra)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// through writes a payload to a server and reads it back.
func (w world) through(t testing.TB, p sync.Payload, extra ...Property) (sync.Payload, Writing, error) {
	t.Helper()
	writing, err := Write(p, w.server)
	if err != nil {
		return sync.Payload{}, writing, err
	}
	it, err := w.create(t, writing)
	if err != nil {
		return sync.Payload{}, writing, err
	}
	return w.read(t, it, extra...), writing, nil
}

// diff compares what payloads say.
func diff(want, got sync.Payload) string {
	type said struct {
		Class, Format, Data string
		Properties          map[string]string
	}
	return cmp.Diff(said{want.Class, string(want.Format), string(want.Data), want.Properties}, said{got.Class, string(got.Format), string(got.Data), got.Properties})
}
