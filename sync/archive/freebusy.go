package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	stdsync "sync"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/freebusy/vfreebusy"
)

// FreeBusy is a directory of .ifb and .vfb files, one for each user, named for the user's address. Calendar programs
// subscribe to them where a web server shows the directory: ann@contoso.example is at …/ann@contoso.example.ifb.
type FreeBusy struct {
	s       *Store
	cleaned stdsync.Once
}

// OpenFreeBusy opens a directory of free/busy files. One that does not exist holds nothing and is made by the first write. Of the options Cache
// and MaxItem do not matter.
func OpenFreeBusy(directory string, opts Options) (*FreeBusy, error) {
	s, err := Open(directory, opts)
	if err != nil {
		return nil, fmt.Errorf("free/busy: %w", err)
	}
	return &FreeBusy{s: s}, nil
}

// Close releases the directory.
func (f *FreeBusy) Close() error { return f.s.Close() }

// Groups is a single group without a name.
func (f *FreeBusy) Groups(context.Context) ([]freebusy.Group, error) {
	return []freebusy.Group{{}}, nil
}

// maxFreeBusy is the size in bytes above which a file cannot be one user's free/busy: ten years of it have less.
const maxFreeBusy = 8 << 20

// List reads all files. The version of a message is its file's content. A file is its user's by its name or, if that is no address, by what
// it says itself; one under a user's name that cannot be read has a Problem, and one that can be but makes no sense says nothing.
func (f *FreeBusy) List(ctx context.Context, _ freebusy.Group, emit func([]freebusy.Message) error) error {
	d, err := f.s.openDir("")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.close()
	names, err := d.names()
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !isFreeBusy(n) })
	slices.Sort(names)
	for page := range slices.Chunk(names, 1000) {
		var messages []freebusy.Message
		for _, n := range page {
			if err := ctx.Err(); err != nil {
				return err
			}
			messages = append(messages, f.read(d, n))
		}
		if err := emit(messages); err != nil {
			return err
		}
	}
	return nil
}

func isFreeBusy(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return (ext == ".ifb" || ext == ".vfb") && !strings.HasPrefix(name, ".")
}

// read is a file as a listing shows it.
func (f *FreeBusy) read(d *dir, name string) freebusy.Message {
	data, err := d.readFile(name, maxFreeBusy)
	m := freebusy.Message{Ref: refOf(name, data), Name: name}
	if err != nil {
		m.Problem = err.Error()
	}
	file, _, err := vfreebusy.Read(data)
	m.Address = addressOf(name, file.Address)
	switch {
	case m.Problem != "":
	case err != nil && m.Address == "":
		m.Problem = fmt.Sprintf("%q: %v", d.full(name), err)
	case m.Address == "":
		m.Problem = fmt.Sprintf("%q does not say whose times it has: it lacks an ORGANIZER; or call it by the user's address", d.full(name))
	}
	m.Published, m.Start, m.End, m.Stamp = file.Published, file.Times.Start, file.Times.End, file.Stamp
	return m
}

// addressOf is whose file it is; said is what it says itself.
func addressOf(name, said string) string {
	base, ext := splitExt(name)
	said = strings.ToLower(said)
	if file, _ := encodeName(said, ext); said != "" && fold(file) == fold(name) {
		return said // of some addresses the name is not the whole
	}
	if address := strings.ToLower(decodeName(base)); strings.Contains(address, "@") {
		return address
	}
	return said
}

func refOf(name string, data []byte) string { return plan.SumBytes(data).String() + " " + name }

func nameOf(m *freebusy.Message) string {
	_, name, _ := strings.Cut(m.Ref, " ")
	return name
}

// Read reads files as they are now.
func (f *FreeBusy) Read(ctx context.Context, messages []freebusy.Message) []freebusy.Slice {
	all := make([]freebusy.Slice, len(messages))
	d, err := f.s.openDir("")
	if err == nil {
		defer d.close()
	}
	for i := range messages {
		if all[i].Err = errors.Join(err, ctx.Err()); all[i].Err == nil {
			all[i] = f.slice(d, &messages[i])
		}
	}
	return all
}

func (f *FreeBusy) slice(d *dir, m *freebusy.Message) freebusy.Slice {
	name := nameOf(m)
	data, err := d.readFile(name, maxFreeBusy)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return freebusy.Slice{Err: sync.Errorf(sync.Gone, "%q is gone", d.full(name))}
	case err != nil:
		return freebusy.Slice{Err: err}
	}
	file, notes, err := vfreebusy.Read(data)
	if err != nil {
		return freebusy.Slice{Err: sync.Errorf(sync.Refused, "%q: %w", d.full(name), err)}
	}
	return freebusy.Slice{Times: file.Times, Notes: notes}
}

// unchanged is the content of a file that is what was listed.
func (f *FreeBusy) unchanged(d *dir, m *freebusy.Message) ([]byte, error) {
	name := nameOf(m)
	data, err := d.readFile(name, maxFreeBusy)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, sync.Errorf(sync.Gone, "%q is gone", d.full(name))
	case err != nil:
		return nil, err
	case refOf(name, data) != m.Ref:
		return nil, sync.Errorf(sync.Conflict, "%q was changed in the meantime", d.full(name))
	}
	return data, nil
}

// Write makes or replaces files.
func (f *FreeBusy) Write(ctx context.Context, entries []freebusy.Entry) []error {
	errs := make([]error, len(entries))
	d, err := f.writable()
	if err == nil {
		defer d.close()
	}
	for i := range entries {
		if errs[i] = errors.Join(err, ctx.Err()); errs[i] == nil {
			errs[i] = f.write(d, &entries[i])
		}
	}
	return errs
}

// writable is the directory for a write. The first one removes what an interrupted run left behind.
func (f *FreeBusy) writable() (*dir, error) {
	if _, err := f.s.topForWriting(); err != nil {
		return nil, err
	}
	d, err := f.s.openDir("")
	if err == nil {
		f.cleaned.Do(func() {
			if names, err := d.names(); err == nil {
				d.clean(names)
			}
		})
	}
	return d, err
}

func (f *FreeBusy) write(d *dir, e *freebusy.Entry) error {
	name, _ := encodeName(strings.ToLower(e.Address), ".ifb")
	if e.Message != nil {
		name = nameOf(e.Message)
		if _, err := f.unchanged(d, e.Message); err != nil {
			return err
		}
	} else if d.exists(name) {
		return sync.Errorf(sync.Conflict, "%q was made in the meantime", d.full(name))
	}
	return d.replace(name, vfreebusy.Write(vfreebusy.File{Address: e.Address, Display: e.Display, Times: e.Times, Published: e.Written, Stamp: e.Stamp.Encode()}))
}

// Delete removes files.
func (f *FreeBusy) Delete(ctx context.Context, messages []freebusy.Message) []error {
	errs := make([]error, len(messages))
	d, err := f.writable()
	if err == nil {
		defer d.close()
	}
	for i := range messages {
		if errs[i] = errors.Join(err, ctx.Err()); errs[i] != nil {
			continue
		}
		if _, errs[i] = f.unchanged(d, &messages[i]); errs[i] == nil {
			errs[i] = d.remove(nameOf(&messages[i]))
		}
		if sync.IsGone(errs[i]) || errors.Is(errs[i], fs.ErrNotExist) {
			errs[i] = nil
		}
	}
	return errs
}
