package freebusy_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	stdsync "sync"

	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// message is what a folder keeps.
type message struct {
	id, version int
	freebusy.Message
	times freebusy.Times
	err   error // of reading it
}

// point is a moment at which something can go wrong.
type point struct {
	op    string // list, read, write or delete
	when  string // before or after its effect
	what  string // DN, address or group
	stamp bool   // there is a stamp on the message that is changed
}

// folder is a free/busy folder, or a directory of files, in memory.
type folder struct {
	files    bool
	groups   map[string]string // with their problems
	fault    func(point) error // nil for none
	reads    int               // batches that were read
	messages map[int]*message

	mu   stdsync.Mutex
	next int
}

func (f *folder) trouble(op, when, what string, stamp bool) error {
	if f.fault == nil {
		return nil
	}
	return f.fault(point{op, when, what, stamp})
}

func (f *folder) Groups(context.Context) ([]freebusy.Group, error) {
	if err := f.trouble("groups", "before", "", false); err != nil {
		return nil, err
	}
	if f.files {
		return []freebusy.Group{{}}, nil
	}
	var all []freebusy.Group
	for _, name := range slices.Sorted(maps.Keys(f.groups)) {
		all = append(all, freebusy.Group{Name: name, ID: "id of " + name, Problem: f.groups[name]})
	}
	return all, nil
}

func (f *folder) List(_ context.Context, g freebusy.Group, emit func([]freebusy.Message) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.trouble("list", "before", g.Name, false); err != nil {
		return err
	}
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(f.messages))) {
		if m := f.messages[id]; m.Group == g.Name {
			m.Ref = fmt.Sprint(m.id, "@", m.version)
			if err := emit([]freebusy.Message{m.Message}); err != nil {
				return err
			}
		}
	}
	return f.trouble("list", "after", g.Name, false)
}

// at is the message of a Ref, which may have been changed since.
func (f *folder) at(ref string) (m *message, current bool) {
	var id, version int
	if _, err := fmt.Sscanf(ref, "%d@%d", &id, &version); err != nil {
		panic(err)
	}
	m = f.messages[id]
	return m, m != nil && m.version == version
}

func (f *folder) Read(ctx context.Context, messages []freebusy.Message) []freebusy.Slice {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	all := make([]freebusy.Slice, len(messages))
	for i := range messages {
		m, _ := f.at(messages[i].Ref)
		err := cmp.Or(ctx.Err(), f.trouble("read", "before", messages[i].Key(), false))
		switch {
		case err != nil:
			all[i].Err = err
		case m == nil:
			all[i].Err = sync.Errorf(sync.Gone, "the message is gone")
		default:
			all[i].Times, all[i].Err = m.times.Clip(m.times.Start, m.times.End), m.err
		}
	}
	return all
}

func (f *folder) Write(ctx context.Context, entries []freebusy.Entry) []error {
	f.mu.Lock()
	defer f.mu.Unlock()
	errs := make([]error, len(entries))
	for i := range entries {
		if errs[i] = ctx.Err(); errs[i] == nil {
			errs[i] = f.write(&entries[i])
		}
	}
	return errs
}

func (f *folder) write(e *freebusy.Entry) error {
	key := (&freebusy.Message{DN: e.DN, Address: e.Address}).Key()
	stamped := e.Message != nil && e.Message.Stamp != ""
	if err := f.trouble("write", "before", key, stamped); err != nil {
		return err
	}
	switch {
	case e.Message != nil:
		m, current := f.at(e.Message.Ref)
		if !current {
			return sync.Errorf(sync.Conflict, "the message was rewritten")
		}
		m.version++
		m.Published, m.Start, m.End, m.Stamp, m.times, m.err = e.Written, e.Times.Start, e.Times.End, e.Stamp.Encode(), e.Times, nil
	case f.files:
		if f.key(key) != nil {
			return sync.Errorf(sync.Conflict, "there is such a file")
		}
		f.add(message{Message: freebusy.Message{Address: e.Address, Name: e.Address + ".ifb", Published: e.Written, Stamp: e.Stamp.Encode()}, times: e.Times})
	default:
		if !strings.HasPrefix(e.DN, e.Group.Name+"/cn=") || e.Group.ID != "id of "+e.Group.Name {
			return errors.New("not the group of the DN")
		}
		f.add(message{Message: freebusy.Message{Group: e.Group.Name, DN: e.DN, Name: subject(e.DN), Published: e.Written, Stamp: e.Stamp.Encode()}, times: e.Times})
	}
	return f.trouble("write", "after", key, stamped)
}

func subject(dn string) string {
	_, user, _ := strings.Cut(strings.ToUpper(dn), "/CN=")
	return "USER-/CN=" + user
}

func (f *folder) Delete(ctx context.Context, messages []freebusy.Message) []error {
	f.mu.Lock()
	defer f.mu.Unlock()
	errs := make([]error, len(messages))
	for i := range messages {
		if errs[i] = cmp.Or(ctx.Err(), f.trouble("delete", "before", messages[i].Key(), messages[i].Stamp != "")); errs[i] != nil {
			continue
		}
		m, current := f.at(messages[i].Ref)
		switch {
		case m == nil:
			continue
		case !current:
			errs[i] = sync.Errorf(sync.Conflict, "the message was rewritten")
			continue
		}
		delete(f.messages, m.id)
		errs[i] = f.trouble("delete", "after", messages[i].Key(), messages[i].Stamp != "")
	}
	return errs
}

// add puts a message into the folder.
func (f *folder) add(m message) *message {
	f.next++
	m.id, m.Start, m.End = f.next, m.times.Start, m.times.End
	f.messages[m.id] = &m
	return &m
}

// key is the message of a name that was published last, nil if there is none.
func (f *folder) key(key string) (found *message) {
	for _, m := range f.messages {
		if len(m.DN+m.Address) == len(key) && strings.EqualFold(m.DN+m.Address, key) &&
			(found == nil || m.Published > found.Published || m.Published == found.Published && m.id > found.id) {
			found = m
		}
	}
	return found
}
