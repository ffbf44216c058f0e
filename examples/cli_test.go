// Package examples holds the tests of the program as its users run it: scripts for the command line, in testdata/script, and every
// example.
package examples

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"iorepl/sync"
)

// bin is the directory of the program under test.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if bin, err = os.MkdirTemp("", "iorepl-test"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(bin)
		build := exec.Command("go", "build", "-o", bin, "iorepl")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// lookAtSources makes go test see on what the results depend, so that it does not take those of an earlier program
// from its cache: it takes note of files that a test looks at, and not of what the build in TestMain read.
func lookAtSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case filepath.Ext(path) == ".go" || strings.Contains(path, "completion") || d.Name() == "go.mod":
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommandLine runs the scripts. Beside what testscript knows there are:
//
//	exits CODE iorepl ARG...       run the program and expect an exit code
//	messages N DIR [WORD...]       make N messages, the words in their text
//	recipients N TYPE FILE         make a CSV file of N recipients, who are all contoso.example's users or contacts for them
//	utf16 FILE COPY                make a copy in UTF-16 with a byte order mark, as Windows PowerShell does
//	busy N DIR                     make the .ifb files of N such users, who are busy for years
//	digest VAR                     set VAR to the digest of the plan that was printed last
//	field FILE PATH VALUE          expect a value in a JSON file ("stdout" too; of "stderr" the first line), as summary.create
//	remember NAME DIR              take note of a tree
//	unchanged NAME DIR             expect it to be as noted
//	hold DIR                       be another run that uses a state directory, until the script ends
//	expand FILE                    put environment variables into a file
//	interrupt COUNT FILE           when FILE exists, send COUNT interrupts to the run that holds .iorepl
func TestCommandLine(t *testing.T) {
	lookAtSources(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			now := time.Now().UTC()
			e.Setenv("TZ", "UTC")
			// Two days, for scripts that run over midnight.
			e.Setenv("TODAY", strings.ToLower(now.Format("Mon")+","+now.AddDate(0, 0, 1).Format("Mon")))
			e.Setenv("OTHERDAYS", strings.ToLower(now.AddDate(0, 0, 3).Format("Mon")+","+now.AddDate(0, 0, 4).Format("Mon")))
			e.Values["trees"] = map[string]map[string]string{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"messages":   messages,
			"recipients": recipients,
			"utf16":      utf16Copy,
			"busy":       busy,
			"digest":     digest,
			"field":      field,
			"remember":   func(ts *testscript.TestScript, _ bool, args []string) { trees(ts)[args[0]] = tree(ts, args[1]) },
			"unchanged":  unchanged,
			"hold":       hold,
			"interrupt":  interrupt,
			"expand":     expand,
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func messages(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	dir := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(dir, 0o777))
	for i := range n {
		text := fmt.Sprintf("From: a@contoso.example\r\nSubject: Number %d\r\n\r\nText %d %s\r\n", i, i, strings.Join(args[2:], " "))
		ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("number %04d.eml", i)), []byte(text), 0o666))
	}
}

func recipients(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := "DisplayName,RecipientType,PrimarySmtpAddress,LegacyExchangeDN\n"
	for i := range n {
		text += fmt.Sprintf("User %02d,%s,user%02[1]d@contoso.example,/o=X/ou=A/cn=Recipients/cn=user%02[1]d\n", i, args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o666))
}

func utf16Copy(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n"))) {
		data = binary.LittleEndian.AppendUint16(data, unit)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o666))
}

func busy(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	dir := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(dir, 0o777))
	const text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Contoso//Groupware 4.2//EN\r\nBEGIN:VFREEBUSY\r\nDTSTART:20200101T000000Z\r\nDTEND:20900101T000000Z\r\n" +
		"FREEBUSY:20200101T000000Z/20890101T000000Z\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
	for i := range n {
		ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("user%02d@contoso.example.ifb", i)), []byte(text), 0o666))
	}
}

var printedDigest = regexp.MustCompile(`Digest: (\S{22})\n`)

func digest(ts *testscript.TestScript, _ bool, args []string) {
	m := printedDigest.FindStringSubmatch(ts.ReadFile("stdout"))
	if m == nil {
		ts.Fatalf("no digest on stdout")
	}
	ts.Setenv(args[0], m[1])
}

func field(ts *testscript.TestScript, _ bool, args []string) {
	var v any
	text := ts.ReadFile(args[0])
	if args[0] == "stderr" {
		text, _, _ = strings.Cut(text, "\n")
	}
	ts.Check(json.Unmarshal([]byte(text), &v))
	for name := range strings.SplitSeq(args[1], ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i, err := strconv.Atoi(name)
			ts.Check(err)
			v = in[i]
		default:
			ts.Fatalf("%s: nothing has a field %q", args[1], name)
		}
	}
	if got := fmt.Sprint(v); got != args[2] {
		ts.Fatalf("%s is %q, want %q", args[1], got, args[2])
	}
}

func trees(ts *testscript.TestScript) map[string]map[string]string {
	return ts.Value("trees").(map[string]map[string]string)
}

// tree is the content of a directory, with the times of its files.
func tree(ts *testscript.TestScript, dir string) map[string]string {
	out := map[string]string{}
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return nil
		}
		if err != nil || d.IsDir() {
			out[path] = "directory"
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			out[path] = info.ModTime().String() + string(data)
		}
		return err
	}))
	return out
}

func unchanged(ts *testscript.TestScript, neg bool, args []string) {
	if maps.Equal(trees(ts)[args[0]], tree(ts, args[1])) == neg {
		ts.Fatalf("%s: changed is %v", args[1], !neg)
	}
}

func hold(ts *testscript.TestScript, _ bool, args []string) {
	l, err := sync.Acquire(ts.MkAbs(args[0]), sync.Holder{Process: os.Getpid(), Host: "elsewhere", Command: "iorepl apply", Since: time.Unix(0, 0).UTC()})
	ts.Check(err)
	ts.Defer(func() { ts.Check(l.Release()) })
}

// interrupt works beside the script, whose next line starts the run.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	awaited, lock := ts.MkAbs(args[1]), ts.MkAbs(".iorepl/lock.json")
	done := make(chan error, 1)
	go func() {
		for range 12_000 { // a minute, for machines that do much else
			time.Sleep(5 * time.Millisecond)
			if _, err := os.Stat(awaited); err != nil {
				continue
			}
			var h sync.Holder
			data, err := os.ReadFile(lock)
			if err == nil {
				err = json.Unmarshal(data, &h)
			}
			if err != nil {
				done <- err
				return
			}
			p, err := os.FindProcess(h.Process)
			for range count {
				if err == nil {
					err = p.Signal(syscall.SIGINT)
				}
				time.Sleep(20 * time.Millisecond)
			}
			done <- nil // a second signal may find the process gone
			return
		}
		done <- fmt.Errorf("%s did not appear", awaited)
	}()
	ts.Defer(func() { ts.Check(<-done) })
}

// expand puts environment variables into a file.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}
