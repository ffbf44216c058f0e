package archive_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/storetest"
)

func TestStore(t *testing.T) {
	for _, cached := range []bool{false, true} {
		name := "without a cache"
		if cached {
			name = "with a cache"
		}
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Harness {
				root := filepath.Join(t.TempDir(), "org")
				var opts archive.Options
				if cached {
					opts.Cache = filepath.Join(t.TempDir(), "cache")
					opts.Now = func() time.Time { return time.Now().Add(time.Hour) } // everything is at rest at once
				}
				s := open(t, root, opts)
				return storetest.Harness{Store: s, Exact: true, CasePairs: true, User: user{root},
					Reopen: func(t *testing.T) sync.Store {
						s.Close()
						s = open(t, root, opts)
						return s
					}}
			})
		})
	}
}

func open(t testing.TB, root string, opts archive.Options) *archive.Store {
	t.Helper()
	s, err := archive.Open(root, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// user works with the files of an archive. The names of folders in these tests are those of their directories.
type user struct{ root string }

func (u user) path(f plan.Folder, it plan.Item) string {
	return filepath.Join(u.root, filepath.FromSlash(f.Path), it.ID)
}

func (u user) Add(t *testing.T, f plan.Folder, name string, data []byte) {
	write(t, filepath.Join(u.root, filepath.FromSlash(f.Path), name+".eml"), string(data))
}

func (u user) Edit(t *testing.T, f plan.Folder, it plan.Item, data []byte) {
	tick(t)
	write(t, u.path(f, it), string(data))
}

func (u user) Copy(t *testing.T, f plan.Folder, it plan.Item, to plan.Folder) {
	data, err := os.ReadFile(u.path(f, it))
	must(t, err)
	write(t, u.path(to, it), string(data))
}

func (u user) Move(t *testing.T, f plan.Folder, it plan.Item, to plan.Folder) {
	tick(t)
	must(t, os.Rename(u.path(f, it), u.path(to, it)))
}

func (u user) Remove(t *testing.T, f plan.Folder, it plan.Item) { must(t, os.Remove(u.path(f, it))) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, name, data string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o777))
	must(t, os.WriteFile(name, []byte(data), 0o666))
}

// tick waits until the file system's clock has moved on. What is written within one tick, of up to 10 ms, cannot be told apart by its time, and a
// store whose clock is ahead takes all files for being at rest.
func tick(t testing.TB) {
	t.Helper()
	probe := filepath.Join(t.TempDir(), "clock")
	now := func() int64 {
		must(t, os.WriteFile(probe, nil, 0o666))
		info, err := os.Stat(probe)
		must(t, err)
		return info.ModTime().UnixNano()
	}
	for first := now(); now() == first; {
	}
}
