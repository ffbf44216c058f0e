package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
)

const (
	benchFolders = 50
	benchItems   = 500
)

// BenchmarkList lists replicas with a warm cache, beside readdir and lstat of the same files.
func BenchmarkList(b *testing.B) {
	root := filepath.Join(b.TempDir(), "org")
	opts := archive.Options{Cache: filepath.Join(b.TempDir(), "cache"), Now: func() time.Time { return time.Now().Add(time.Hour) }}
	w := newWorld(b, root, opts)
	for i := range benchFolders {
		dir, err := w.CreateFolder(b.Context(), w.must(""), fmt.Sprintf("folder %d", i), "IPF.Note", plan.Stamp{})
		must(b, err)
		var items []sync.NewItem
		for n := range benchItems {
			p := mail(fmt.Sprintf("%d of %d, %0*d", n, i, 4000, 0))
			p.Name, p.Properties = fmt.Sprint("mail ", n), nil
			items = append(items, sync.NewItem{Payload: p, Stamp: stamped(fmt.Sprintf("1;r;contoso;%022d%022d;contoso;fabrikam;%022d", i, n, i), "1;v;%022d;%022d")})
		}
		for _, r := range w.Create(b.Context(), dir, items) {
			must(b, r.Err)
		}
	}
	list := func(b *testing.B, opts archive.Options) {
		s := open(b, root, opts)
		folders, err := s.Folders(b.Context())
		must(b, err)
		count := 0
		for _, f := range folders {
			must(b, s.List(b.Context(), f, func(items []plan.Item) error {
				count += len(items)
				return nil
			}))
		}
		if count != benchFolders*benchItems {
			b.Fatalf("%d items", count)
		}
		must(b, s.Close())
	}
	list(b, opts)
	b.Run("warm", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			list(b, opts)
		}
	})
	b.Run("lstat", func(b *testing.B) {
		for b.Loop() {
			dirs, err := os.ReadDir(root)
			must(b, err)
			for _, d := range dirs {
				files, err := os.ReadDir(filepath.Join(root, d.Name()))
				if err != nil {
					continue
				}
				for _, f := range files {
					if _, err := f.Info(); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			list(b, archive.Options{})
		}
	})
}
