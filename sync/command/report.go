package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
)

// tell prints the result, as JSON or as text if there is any, and writes it to the file of --report, whatever err is. It returns err
// and what it could not do.
func (j *Job) tell(result any, text func() error, hasText bool, err error) error {
	switch {
	case j.JSON:
		if e := writeJSON(j.Console.Stdout(), result); e != nil {
			err = errors.Join(err, fmt.Errorf("printing the result: %w", e))
		}
	case hasText && !j.Console.Quiet():
		if e := text(); e != nil {
			err = errors.Join(err, fmt.Errorf("printing the result: %w", e))
		}
	}
	return errors.Join(err, WriteReport(j.Report, result))
}

// writeJSON writes a result, the changes of the folder pairs in its plan one at a time: there may be a million.
func writeJSON(w io.Writer, result any) error {
	doc, hole := &plan.Document{}, marker()
	switch r := result.(type) {
	case *plan.Document:
		doc, result = r, r.Hollow(hole)
	case *sync.Report:
		if r.Plan != nil {
			doc, r.Plan = r.Plan, r.Plan.Hollow(hole)
			defer func() { r.Plan = doc }()
		}
	}
	var around bytes.Buffer
	if err := encodeJSON(&around, "", result); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	rest := around.Bytes()
	for i := range doc.Pairs {
		if doc.Pairs[i].Changes.Len() == 0 {
			continue
		}
		before, after, _ := bytes.Cut(rest, []byte(strconv.Quote(hole)))
		if _, err := out.Write(before); err != nil {
			return err
		}
		if err := writeChanges(out, string(before[bytes.LastIndexByte(before, '\n')+1:]), doc.Pairs[i].Changes); err != nil {
			return err
		}
		rest = after
	}
	if _, err := out.Write(rest); err != nil {
		return err
	}
	return out.Flush()
}

// writeChanges writes the elements of an array, each on lines of its own that begin with indent, but for the first one.
func writeChanges(w *bufio.Writer, indent string, changes plan.DocChanges) error {
	var b bytes.Buffer
	between := ""
	for c := range changes.All() {
		b.Reset()
		if err := encodeJSON(&b, indent, c); err != nil {
			return err
		}
		if _, err := w.WriteString(between + strings.TrimSuffix(b.String(), "\n")); err != nil {
			return err
		}
		between = ",\n" + indent
	}
	return nil
}

func encodeJSON(w io.Writer, indent string, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent(indent, "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// WriteReport writes a result as JSON to a file, in one step, so that who watches it never reads half of it. An empty path is
// no report.
func WriteReport(path string, result any) error {
	if path == "" {
		return nil
	}
	written := writtenFirst(path)
	f, err := os.Create(written)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	err = errors.Join(writeJSON(f, result), f.Close())
	if err == nil && written != path {
		err = os.Rename(written, path)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// writtenFirst is the file that becomes the report, or the report itself where it is a pipe or a device, which is not replaced.
func writtenFirst(path string) string {
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		return path + ".new"
	}
	return path
}

// CheckReport fails if WriteReport would find no place for its file. It leaves a report that is there as it is. An empty path is no report.
func CheckReport(path string) error {
	if path == "" {
		return nil
	}
	written := writtenFirst(path)
	if written == path { // opening a pipe would wait for its reader
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a directory", path)
		}
		return nil
	}
	f, err := os.OpenFile(written, os.O_WRONLY, 0) // of a run that ended while it wrote there
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = f.Close()
		}
		return err
	}
	// A name of its own, since another run may be about to write its report there.
	if f, err = os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*"); err != nil {
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			err = fmt.Errorf("making a file in %s: %w", filepath.Dir(path), e.Err)
		}
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
