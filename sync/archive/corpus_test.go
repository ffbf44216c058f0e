package archive_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
)

// TestRealFilesTravelWhole copies what people really sent, damaged or not, from one archive to another.
func TestRealFilesTravelWhole(t *testing.T) {
	corpus := filepath.Join("..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("the files of %s are not here", corpus)
	}
	from := newWorld(t, corpus, archive.Options{ReadOnly: true})
	to := newWorld(t, filepath.Join(t.TempDir(), "org"), archive.Options{})
	files := 0
	must(t, filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); ext == ".eml" || ext == ".ics" || ext == ".vcf" {
			files++
		}
		return err
	}))
	folders, err := from.Folders(t.Context())
	must(t, err)
	for _, f := range folders {
		target := to.must("")
		if f.Path != "" {
			target, err = to.CreateFolder(t.Context(), to.must(plan.Parent(f.Path)), plan.Base(f.Path), f.Class, plan.Stamp{})
			must(t, err)
		}
		items := from.items(f)
		var made []sync.NewItem
		for i, r := range from.Read(t.Context(), f, items) {
			if r.Err != nil {
				t.Errorf("reading %s/%s: %v", f.Path, items[i].ID, r.Err)
				continue
			}
			made = append(made, sync.NewItem{Payload: r.Payload})
		}
		for i, r := range to.Create(t.Context(), target, made) {
			if r.Err != nil {
				t.Errorf("writing %s: %v", made[i].Name, r.Err)
			} else if r.Item.Content != made[i].Content {
				t.Errorf("%s has another content digest", made[i].Name)
			}
		}
	}
	must(t, to.Close())
	must(t, filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(corpus, path)
		switch filepath.Ext(path) {
		case ".eml", ".ics", ".vcf":
			files--
			want, err := os.ReadFile(path)
			must(t, err)
			got, err := os.ReadFile(filepath.Join(to.root, rel))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s did not travel byte for byte: %v", rel, err)
			}
			a, err := os.Stat(path)
			must(t, err)
			if b, err := os.Stat(filepath.Join(to.root, rel)); err != nil || !a.ModTime().Equal(b.ModTime()) {
				t.Errorf("%s has another time", rel)
			}
		}
		return err
	}))
	if files != 0 {
		t.Errorf("%d files not seen", files)
	}
}
