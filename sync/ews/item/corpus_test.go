package item

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iorepl/sync"
)

// corpus calls f with every file that people really wrote.
func corpus(t *testing.T, f func(t *testing.T, p sync.Payload)) {
	root := filepath.Join("..", "..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the files of %s are not here", root)
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		p := sync.Payload{Name: d.Name(), Format: sync.Format(strings.TrimPrefix(filepath.Ext(path), ".")), Modified: now}
		switch p.Format {
		case sync.MIME:
			p.Class = "IPM.Note"
		case sync.ICalendar:
			p.Class = "IPM.Appointment"
		case sync.VCard:
			p.Class = "IPM.Contact"
		default:
			return nil
		}
		if p.Data, err = os.ReadFile(path); err != nil {
			return err
		}
		t.Run(d.Name(), func(t *testing.T) { f(t, p) })
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRealFilesComeBack(t *testing.T) {
	corpus(t, func(t *testing.T, p sync.Payload) {
		want := Canonical(p)
		if d := diff(want, Canonical(want)); d != "" {
			t.Errorf("not idempotent: %s", d)
		}
		for _, w := range worlds {
			got, writing, err := w.through(t, p)
			if err != nil {
				t.Logf("%s: %v", w.profile, err)
				continue
			}
			if d := diff(want, got); d != "" && len(writing.Notes) == 0 {
				t.Errorf("%s: %s", w.profile, d)
			} else if d != "" {
				t.Logf("%s: %q %s", w.profile, writing.Notes, d)
			}
		}
	})
}
