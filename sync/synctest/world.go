// Package synctest is a small world of organizations in directories for tests of whole runs: users who work with
// files, sessions between organizations, runs that can be killed at any write.
package synctest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
)

// World is some organizations and the sessions between them.
type World struct {
	Dir      string // holds a directory for each organization, and the states and caches
	Orgs     []string
	Sessions []sync.Session
	State    string // name of the state directory; a second one is a second administrator
	rand     *rand.Rand
}

// New makes a world of empty organizations in a temporary directory.
func New(t testing.TB, orgs ...string) *World {
	t.Helper()
	return NewIn(t, "", orgs...)
}

// NewIn makes a world below a directory; "" is the system's temporary directory.
func NewIn(t testing.TB, parent string, orgs ...string) *World {
	t.Helper()
	dir := t.TempDir()
	if parent != "" {
		var err error
		if dir, err = os.MkdirTemp(parent, "iorepl"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
	}
	w := Open(dir, orgs...)
	for _, o := range orgs {
		if err := os.MkdirAll(filepath.Join(w.Dir, o), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// Clone copies the world to an empty directory, with all that its organizations, states and caches hold. It
// draws other random texts than the original.
func (w *World) Clone(t testing.TB, dir string) *World {
	t.Helper()
	if err := copyTree(w.Dir, dir); err != nil {
		t.Fatal(err)
	}
	c := *w
	c.Dir, c.rand = dir, rand.New(rand.NewPCG(w.rand.Uint64(), 0))
	return &c
}

// Open is a world whose organizations are in dir already.
func Open(dir string, orgs ...string) *World {
	return &World{Dir: dir, Orgs: orgs, State: "state", rand: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))}
}

// Session adds a session with one folder block.
func (w *World) Session(name, publisher, from, subscriber, to string, rules plan.Rules) {
	w.Sessions = append(w.Sessions, sync.Session{Name: name, Publisher: publisher, Subscribers: []string{subscriber},
		Blocks: []sync.Block{{Path: from, Source: name + ".hcl:1", Rules: rules, Target: func(string) string { return to }}}})
}

// Rules are those of a plain folder block.
func Rules() plan.Rules { return plan.Rules{Subfolders: true, Limits: plan.DefaultLimits()} }

// Run is how one run differs from a plain one.
type Run struct {
	Hook  func(op, path string) error // see Kill
	Adopt bool
	Force bool // apply although gates are shut
	Stop  chan struct{}
	Now   time.Time // zero: the real time
}

// ErrRefused is returned by Apply if a gate is shut.
var ErrRefused = errors.New("refused by a gate")

// Plan plans and closes everything again.
func (w *World) Plan(r Run) (*plan.Plan, error) {
	p, _, err := w.run(r, false)
	return p, err
}

// Apply plans and applies once, as the command does. After an error of the hook the stores and the state are dropped as
// a killed process drops them.
func (w *World) Apply(r Run) (*plan.Plan, *sync.Report, error) { return w.run(r, true) }

func (w *World) run(r Run, apply bool) (p *plan.Plan, report *sync.Report, err error) {
	state, err := sync.OpenState(filepath.Join(w.Dir, w.State))
	if err != nil {
		return nil, nil, err
	}
	killed := false
	var mu stdsync.Mutex
	hook := func(op, path string) error {
		if r.Hook == nil {
			return nil
		}
		err := r.Hook(op, path)
		if err != nil {
			mu.Lock()
			killed = true
			mu.Unlock()
		}
		return err
	}
	if r.Hook != nil {
		state.SetHook(func(op string) error { return hook(op, "state") })
	}
	defer func() {
		if killed {
			err = errors.Join(err, state.Discard())
		} else {
			err = errors.Join(err, state.Close())
		}
	}()
	stores := map[string]sync.Store{}
	for _, o := range w.Orgs {
		opts := archive.Options{ReadOnly: !w.written(o), Cache: filepath.Join(w.Dir, w.State, "cache", o)}
		if r.Hook != nil {
			opts.Hook = hook
		}
		s, err := archive.Open(filepath.Join(w.Dir, o), opts)
		if err != nil {
			return nil, nil, err
		}
		defer s.Close()
		stores[o] = s
	}
	now := r.Now
	if now.IsZero() {
		now = time.Now()
	}
	run := sync.New(sync.Options{Organizations: stores, Known: w.Orgs, Sessions: w.Sessions, Adopt: r.Adopt, Parallelism: 2,
		State: state, Now: now, Rand: func() string { return fmt.Sprintf("%016x", w.rand.Uint64()) }})
	if p, err = run.Plan(context.Background()); err != nil || !apply {
		return p, nil, err
	}
	if len(p.Refused) > 0 && !r.Force {
		return p, nil, fmt.Errorf("%w: %+v", ErrRefused, p.Refused)
	}
	report, err = run.Apply(context.Background(), p, r.Stop)
	return p, report, err
}

// written reports whether any session writes to an organization.
func (w *World) written(org string) bool {
	for _, s := range w.Sessions {
		for _, sub := range s.Subscribers {
			if sub == org || s.Publisher == org && s.Blocks[0].Rules.TwoWay {
				return true
			}
		}
	}
	return false
}

// Kill returns a hook that stops everything at the n-th write, counted from 0, before it or after its effect, and
// counts the writes into n if it is never reached.
func Kill(n int, after bool) (hook func(op, path string) error, writes func() int) {
	var mu stdsync.Mutex
	count, dead := 0, false
	hook = func(op, path string) error {
		mu.Lock()
		defer mu.Unlock()
		if dead {
			return ErrKilled
		}
		before := strings.HasPrefix(op, "before:")
		if before {
			count++
		}
		if count == n+1 && before != after {
			dead = true
			return ErrKilled
		}
		return nil
	}
	return hook, func() int { mu.Lock(); defer mu.Unlock(); return count }
}

// ErrKilled is the error of every write after a kill.
var ErrKilled = errors.New("killed")

// Path is where a user finds something in an organization.
func (w *World) Path(org string, elem ...string) string {
	return filepath.Join(append([]string{w.Dir, org}, elem...)...)
}

// Put writes a file as a user does.
func (w *World) Put(t testing.TB, org, path, data string) {
	t.Helper()
	file := w.Path(org, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Message is the text of a small message.
func Message(subject, body string) string {
	return "From: Ada <ada@contoso.example>\r\nTo: Board <board@contoso.example>\r\nSubject: " + subject +
		"\r\nDate: Mon, 2 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body + "\r\n"
}

// Tree is what a user sees of an organization: file contents by slash-separated path, and "" for directories, whose paths
// end in "/". Hidden files and directories are left out.
func (w *World) Tree(t testing.TB, org string) map[string]string {
	t.Helper()
	out := map[string]string{}
	root := w.Path(org)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			out[rel+"/"] = ""
			return nil
		}
		b, err := os.ReadFile(path)
		out[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Snapshot copies an organization, with its hidden files and times, and returns a function that puts the copy in its place.
func (w *World) Snapshot(t testing.TB, name string) (restore func()) {
	t.Helper()
	copyTo := filepath.Join(t.TempDir(), "copy")
	if err := copyTree(w.Path(name), copyTo); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		err := errors.Join(os.RemoveAll(w.Path(name)), copyTree(copyTo, w.Path(name)))
		if err != nil {
			t.Fatal(err)
		}
	}
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, b, 0o644); err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chtimes(target, info.ModTime(), info.ModTime())
	})
}
