package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iorepl/sync/command"
	"iorepl/sync/ews/ewstest"
)

// bin is the program under test.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "iorepl-test")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		bin = filepath.Join(dir, "iorepl.exe")
		if out, err := exec.Command("go", "build", "-o", bin, "iorepl").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// lookAtSources makes go test see on what the results depend, so that it does not take those of an earlier program
// from its cache.
func lookAtSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err == nil && (filepath.Ext(path) == ".go" || d.Name() == "go.mod") {
			_, err = os.Stat(path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a file that was there for a moment
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// laboratory is a lab that runs in the test.
type laboratory struct {
	t                 *testing.T
	contoso, fabrikam *ewstest.Server
	commands          []string // that it printed
	dir               string   // of the configuration
	enter             io.Writer
	printed           screen
	stop              context.CancelFunc
	done              chan error
}

// screen is what is printed, line by line.
type screen chan string

func (s screen) Write(b []byte) (int, error) {
	for line := range strings.SplitSeq(strings.TrimSuffix(string(b), "\n"), "\n") {
		s <- line
	}
	return len(b), nil
}

func start(t *testing.T, o options) *laboratory {
	t.Helper()
	in, enter := io.Pipe()
	l := &laboratory{t: t, enter: enter, printed: make(screen, 10000), done: make(chan error, 1)}
	ctx, stop := context.WithCancel(t.Context())
	l.stop = stop
	o.in, o.out = in, l.printed
	ready := make(chan struct{})
	o.started = func(contoso, fabrikam *ewstest.Server) {
		l.contoso, l.fabrikam = contoso, fabrikam
		close(ready)
	}
	go func() { l.done <- run(ctx, o) }()
	t.Cleanup(func() {
		stop()
		enter.Close()
	})
	select {
	case <-ready:
	case err := <-l.done:
		t.Fatalf("the lab does not start: %v", err)
	}
	for line := range strings.SplitSeq(l.until("The configuration is"), "\n") {
		if words, ok := strings.CutPrefix(strings.TrimSpace(line), "go run . "); ok {
			l.commands = append(l.commands, words)
			l.dir = strings.Trim(words[strings.Index(words, "-c ")+3:], `"`)
		}
	}
	return l
}

// until is what the lab prints up to a line with a text.
func (l *laboratory) until(text string) (all string) {
	l.t.Helper()
	for {
		select {
		case line := <-l.printed:
			all += line + "\n"
			if strings.Contains(line, text) {
				return all
			}
		case <-l.t.Context().Done():
			l.t.Fatalf("the lab printed no %q:\n%s", text, all)
		}
	}
}

// iorepl runs a command as the lab has printed it, and expects some text.
func (l *laboratory) iorepl(line, want string) {
	l.t.Helper()
	words := strings.Fields(strings.ReplaceAll(line, `"`, ""))
	out, err := exec.Command(bin, words...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		l.t.Errorf("iorepl %s: %v, want %q\n%s", line, err, want, out)
	}
}

func TestTheLabsCommandsReplicate(t *testing.T) {
	lookAtSources(t)
	for _, o := range []options{{contoso: "2016", fabrikam: "2010"}, {contoso: "grommunio", fabrikam: "2007"}, {contoso: "2007", fabrikam: "grommunio"}} {
		t.Run(o.contoso+" to "+o.fabrikam, func(t *testing.T) {
			l := start(t, o)
			staff := 0 // people whose free/busy is published
			if o.fabrikam == "2007" || o.fabrikam == "2010" {
				staff = 1
			}
			if len(l.commands) != 4+staff {
				t.Fatalf("the lab prints %q", l.commands)
			}
			l.iorepl(l.commands[0], "contoso: ")
			l.iorepl(l.commands[0], fmt.Sprintf("Configuration is valid: 2 organizations, %s.", command.Count(1+staff, "session")))
			if m := append(l.contoso.Mutations(""), l.fabrikam.Mutations("")...); len(m) > 0 {
				t.Errorf("validate has changed something: %+v", m)
			}
			l.iorepl(l.commands[1], fmt.Sprintf("Plan: %d to create, 0 to update, 0 to delete, %d left alone.", 13+staff, staff))
			l.iorepl(l.commands[2], fmt.Sprintf("Applied: %d done, 0 skipped, 0 failed, 0 left.", 13+staff))
			l.iorepl(l.commands[3], fmt.Sprintf("Plan: 0 to create, 0 to update, 0 to delete, %d left alone.", staff))
			if staff > 0 {
				l.iorepl(l.commands[0], "the Availability service of fabrikam shows anna@contoso.test as published")
				l.iorepl(l.commands[4], "New-MailContact -Name 'carl' -DisplayName 'carl' -ExternalEmailAddress 'carl@contoso.test'")
			}
			if _, err := io.WriteString(l.enter, "\n"); err != nil {
				t.Fatal(err)
			}
			l.until(`anna changed "New travel policy" to "New travel policy, version 2" and wrote "Note 1", and deleted "Summer party"`)
			l.iorepl(l.commands[1], fmt.Sprintf("Plan: 1 to create, %d to update, 1 to delete, %d left alone.", 1+staff, staff))
			l.iorepl(l.commands[2], fmt.Sprintf("Applied: %d done, 0 skipped, 0 failed, 0 left.", 3+staff))
			l.iorepl(l.commands[3], fmt.Sprintf("Plan: 0 to create, 0 to update, 0 to delete, %d left alone.", staff))
			if m := l.contoso.Mutations(""); len(m) > 0 {
				t.Errorf("the publisher was written to: %+v", m)
			}
			var subjects []string
			items, err := l.fabrikam.Items("Partners/Contoso/News")
			for _, it := range items {
				subjects = append(subjects, it.Subject)
			}
			slices.Sort(subjects)
			if want := []string{"New travel policy, version 2", "Note 1", "Welcome, Fabrikam"}; err != nil || !slices.Equal(subjects, want) {
				t.Errorf("at fabrikam there are %q, %v; want %q", subjects, err, want)
			}
			l.stop()
			l.until("The organizations are gone.")
			if err := <-l.done; err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(l.dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the directory %s is still there: %v", l.dir, err)
			}
		})
	}
}

func TestTheLabShowsRequests(t *testing.T) {
	lookAtSources(t)
	dir := filepath.Join(t.TempDir(), "kept")
	l := start(t, options{contoso: "2016", fabrikam: "2016", dir: dir, verbose: true})
	l.iorepl(l.commands[0], "its rights suffice")
	l.until("contoso   iorepl  FindFolder")
	l.until("fabrikam  iorepl  logs in")
	l.stop()
	l.until("gone")
	if err := <-l.done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "lab.hcl")); err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), options{contoso: "2016", fabrikam: "2016", dir: dir, in: strings.NewReader(""), out: io.Discard}); !errors.Is(err, errUsage) {
		t.Errorf("a directory that is not empty: %v", err)
	}
	if err := run(t.Context(), options{contoso: "5.5", fabrikam: "2016"}); !errors.Is(err, errUsage) {
		t.Errorf("a server that there is not: %v", err)
	}
}
