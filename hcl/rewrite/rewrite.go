// Package rewrite brings files of the configuration into the canonical layout: it prints them, writes them, shows what
// would change, or only says which are not in it.
package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/rogpeppe/go-internal/diff"

	"iorepl/hcl"
)

// Mode is what is done with files that are not in the canonical layout.
type Mode struct {
	Write bool // write them, and print their names
	Check bool // print their names
	Diff  bool // print what would change
}

// Files does that with the files of a configuration. The layout of a file that cannot be parsed is left alone, and the reason is among
// the diagnostics; other files go on. It returns how many files are not in the layout.
func Files(w io.Writer, path string, mode Mode) (unformatted int, files map[string]*hashihcl.File, diags hashihcl.Diagnostics, err error) {
	names, err := hcl.Files(path)
	if err != nil {
		return 0, nil, nil, err
	}
	files = map[string]*hashihcl.File{}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return unformatted, files, diags, err
		}
		out, mistakes := hcl.Format(src, name)
		files[name] = &hashihcl.File{Bytes: src}
		diags = append(diags, mistakes...)
		if mistakes.HasErrors() {
			continue
		}
		if !bytes.Equal(src, out) {
			unformatted++
		}
		if err := mode.handle(w, name, src, out); err != nil {
			return unformatted, files, diags, err
		}
	}
	return unformatted, files, diags, nil
}

func (m Mode) handle(w io.Writer, name string, src, out []byte) error {
	same := bytes.Equal(src, out)
	var errs []error
	print := func(text []byte) {
		_, err := w.Write(text)
		errs = append(errs, err)
	}
	switch {
	case m == Mode{}:
		print(out)
	case same:
	default:
		if m.Diff {
			print(diff.Diff(name, src, name+" (formatted)", out))
		}
		if m.Write {
			errs = append(errs, replace(name, out))
		}
		if m.Write || m.Check && !m.Diff {
			print(fmt.Appendln(nil, name))
		}
	}
	return errors.Join(errs...)
}

// replace writes a file in one step, with the mode that it has; where a link leads to it, the link stays.
func replace(name string, data []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".new")
	if err := os.WriteFile(temporary, data, info.Mode().Perm()); err != nil {
		return err
	}
	if err := os.Rename(temporary, name); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}
