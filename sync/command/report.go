package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
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

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// WriteReport writes a result as JSON to a file, in one step, so that who watches it never reads half of it. An empty path is
// no report.
func WriteReport(path string, result any) error {
	if path == "" {
		return nil
	}
	written := path
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() { // a pipe or a device is not replaced
		written = path + ".new"
	}
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
