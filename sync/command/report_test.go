package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

// TestResultsAreWrittenAsTheyAreEncoded: that changes are written one at a time does not show, and the result is as it was.
func TestResultsAreWrittenAsTheyAreEncoded(t *testing.T) {
	j := job(t)
	dir := filepath.Join(filepath.Dir(j.State), "a")
	for _, folder := range []string{"Empty", "More", "News"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o777); err != nil {
			t.Fatal(err)
		}
		j.Sessions = append(j.Sessions, j.Sessions[0])
		s := &j.Sessions[len(j.Sessions)-1]
		s.Name, s.Blocks = folder, []sync.Block{s.Blocks[0]}
		s.Blocks[0].Path, s.Blocks[0].Target = folder, func(p string) string { return folder + " of a" }
		for i := range 3 * len(folder) % 7 {
			text := fmt.Sprintf("Subject: <b> \"%d\" \\ é\r\n\r\nText\r\n", i)
			if err := os.WriteFile(filepath.Join(dir, folder, fmt.Sprintf("<%d>.eml", i)), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	o, err := j.open(t.Context(), "plan", false)
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	p, err := o.plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.changes() < 8 {
		t.Fatalf("%d changes", p.changes())
	}
	for _, result := range []any{p.doc, &sync.Report{Plan: p.doc, Result: "complete"}, &sync.Report{}, &plan.Document{}, "a text"} {
		var want, got, again bytes.Buffer
		if err := encodeJSON(&want, "", result); err != nil {
			t.Fatal(err)
		}
		if err := writeJSON(&got, result); err != nil {
			t.Fatal(err)
		}
		if err := encodeJSON(&again, "", result); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() || again.String() != want.String() {
			t.Errorf("%T: got\n%s\nwant\n%s\nand afterwards it is\n%s", result, &got, &want, &again)
		}
	}
}

func TestCheckingAReportLeavesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.json")
	names := func() (names []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	if err := CheckReport(path); err != nil || len(names()) != 0 {
		t.Errorf("without a report: %v, and then there is %q", err, names())
	}
	for _, name := range []string{"report.json", "report.json.new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := CheckReport(path); err != nil {
			t.Errorf("with %s: %v", name, err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, name)); string(b) != name {
			t.Errorf("%s holds %q, %v", name, b, err)
		}
	}
	if err := WriteReport(path, "text"); err != nil || len(names()) != 1 {
		t.Errorf("got %v, and there is %q", err, names())
	}
	for _, bad := range []string{dir, filepath.Join(dir, "none", "report.json")} {
		if CheckReport(bad) == nil {
			t.Errorf("%s can be written", bad)
		}
	}
	if err := CheckReport(os.DevNull); err != nil {
		t.Error(err)
	}
}
