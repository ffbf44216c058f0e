package console

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"
)

// clock is a time that moves when it is told to.
type clock struct{ time.Time }

func files(t *testing.T, env map[string]string, now *clock) (c *Console, stderr func() string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	c = New(f, f, func(name string) string { return env[name] }, func() time.Time { return now.Time })
	return c, func() string {
		data, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

func TestPlainProgressIsALineNowAndThen(t *testing.T) {
	now := &clock{time.Unix(0, 0)}
	c, stderr := files(t, nil, now)
	p := c.Progress()
	p.Phase("creating", 100)
	for range 50 {
		now.Time = now.Add(time.Second / 4)
		p.Step(1)
	}
	p.Done()
	if got, want := stderr(), "iorepl: creating: 20 of 100\niorepl: creating: 40 of 100\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQuietSaysOnlyWhatIsWrong(t *testing.T) {
	now := &clock{time.Unix(0, 0)}
	c, stderr := files(t, nil, now)
	c.Configure(Choices{Quiet: true})
	p := c.Progress()
	p.Phase("creating", 2)
	now.Time = now.Add(time.Hour)
	p.Step(1)
	p.Done()
	c.Note("all is well")
	c.Complain("something is wrong")
	if got, want := stderr(), "iorepl: something is wrong\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNoNameSteersTheTerminal(t *testing.T) {
	c, stderr := files(t, nil, &clock{time.Unix(0, 0)})
	c.Complain("%s is wrong:\n  put it right", "a\x1b[2Jb\rc\u202ed\u009b")
	if got, want := stderr(), "iorepl: a\uFFFD[2Jb\uFFFDc\uFFFDd\uFFFD is wrong:\n  put it right\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNotesAreJSONWhereTheLogIs(t *testing.T) {
	c, stderr := files(t, nil, &clock{})
	c.Configure(Choices{JSON: true})
	c.Note("all is well")
	c.Logger().Warn("look")
	for line := range strings.Lines(stderr()) {
		if !strings.HasPrefix(line, "{") || !strings.HasSuffix(line, "}\n") {
			t.Errorf("not JSON: %q", line)
		}
	}
}

func TestFilesGetNoEscapes(t *testing.T) {
	c, _ := files(t, nil, &clock{})
	if c.ColorDiagnostics() || c.Colors().Reset != "" || c.Width() != 0 {
		t.Error("a file is taken for a terminal")
	}
}

// terminal makes the console believe that its stderr is one.
func terminal(w io.Writer, env map[string]string) *Console {
	c := &Console{now: time.Now, noColor: env["NO_COLOR"] != ""}
	c.out, c.err = stream{w, true}, stream{w, true}
	return c
}

func TestNoColorHoldsOnTerminals(t *testing.T) {
	c := terminal(io.Discard, nil)
	if !c.ColorDiagnostics() || c.Colors().Create == "" {
		t.Error("no colour on a terminal")
	}
	c.Configure(Choices{NoColor: true})
	if c.ColorDiagnostics() || c.Colors().Create != "" {
		t.Error("colour despite --no-color")
	}
	c = terminal(io.Discard, map[string]string{"NO_COLOR": "1"})
	if c.ColorDiagnostics() || c.Colors().Create != "" {
		t.Error("colour despite NO_COLOR")
	}
}

// TestLinesDoNotTearTheBar writes from many sides; every line must begin at the left, on a cleared line.
func TestLinesDoNotTearTheBar(t *testing.T) {
	var out strings.Builder
	c := terminal(&out, nil)
	p := c.Progress()
	p.Phase("creating", 4000)
	var wg stdsync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 1000 {
				p.Step(1)
				if i%100 == 0 {
					c.Complain("worker %d at %d", worker, i)
				}
			}
		})
	}
	wg.Wait()
	p.Done()
	lines := strings.Split(out.String(), "\n")
	for _, line := range lines[:len(lines)-1] {
		after := line[strings.LastIndex(line, "\r")+1:]
		if !strings.HasPrefix(after, "iorepl: worker ") {
			t.Errorf("torn: %q", line)
		}
	}
	if len(lines) != 41 {
		t.Errorf("got %d lines, want 40", len(lines)-1)
	}
	if rest := fmt.Sprintf("%q", lines[40]); strings.Contains(rest, "%") && !strings.HasSuffix(lines[40], "\r") {
		t.Errorf("the bar stays: %s", rest)
	}
}
