// Package console is what the program knows of the terminal: what goes to which stream, colour, width,
// progress and log. The result goes to stdout and everything else to stderr, where no two lines tear each other, nor
// the progress bar, whoever writes them. NO_COLOR, TERM=dumb and a stream that is not a terminal hold for all of it.
package console

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	stdsync "sync"
	"time"

	"golang.org/x/term"

	"iorepl/plan"
)

// Console is the two output streams of the process.
type Console struct {
	out, err stream
	width    int
	noColor  bool // the environment asks for it
	now      func() time.Time

	mu      stdsync.Mutex // guards what follows, and writing to stderr
	choices Choices
	bar     bar
}

type stream struct {
	io.Writer
	escapes bool // it is a terminal that obeys escape sequences
}

// Choices are what the command line says about output.
type Choices struct {
	NoColor bool
	Quiet   bool // nothing is said unless something is wrong
	Level   slog.Level
	JSON    bool // log and notes are JSON
}

// New finds out what the streams are. Until Configure is called, warnings are logged as text.
func New(stdout, stderr *os.File, env func(string) string, now func() time.Time) *Console {
	look := func(f *os.File) stream {
		return stream{f, env("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) && enableEscapes(f)}
	}
	c := &Console{out: look(stdout), err: look(stderr), now: now, noColor: env("NO_COLOR") != "", choices: Choices{Level: slog.LevelWarn}}
	if c.err.escapes {
		c.width, _, _ = term.GetSize(int(stderr.Fd()))
	}
	return c
}

// Configure sets what the command line chose.
func (c *Console) Configure(choices Choices) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.choices = choices
}

func (c *Console) chosen() Choices {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.choices
}

// Stdout takes the result.
func (c *Console) Stdout() io.Writer { return c.out }

// Stderr takes whole lines; each Write keeps clear of the progress bar.
func (c *Console) Stderr() io.Writer { return lines{c} }

type lines struct{ c *Console }

func (l lines) Write(b []byte) (int, error) {
	l.c.mu.Lock()
	defer l.c.mu.Unlock()
	l.c.bar.clear()
	return l.c.err.Write(b)
}

// Quiet reports whether nothing is to be said about what went well.
func (c *Console) Quiet() bool { return c.chosen().Quiet }

// Width is that of the terminal to which diagnostics go, 0 if there is none.
func (c *Console) Width() int { return c.width }

// ColorDiagnostics reports whether escape sequences may go to stderr.
func (c *Console) ColorDiagnostics() bool { return c.err.escapes && !c.noColor && !c.chosen().NoColor }

// Colors are those of a plan on stdout.
func (c *Console) Colors() plan.Colors {
	if !c.out.escapes || c.noColor || c.chosen().NoColor {
		return plan.Colors{}
	}
	return plan.Colors{Create: "\x1b[32m", Update: "\x1b[33m", Delete: "\x1b[31m", Dim: "\x1b[2m", Bold: "\x1b[1m", Reset: "\x1b[0m"}
}

// Logger writes to stderr what the chosen level lets through.
func (c *Console) Logger() *slog.Logger { return c.logger(c.chosen().Level) }

func (c *Console) logger(level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if c.chosen().JSON {
		return slog.New(slog.NewJSONHandler(c.Stderr(), options))
	}
	return slog.New(slog.NewTextHandler(c.Stderr(), options))
}

// Note says something on stderr that the user should know about a run that goes well.
func (c *Console) Note(format string, args ...any) {
	if !c.Quiet() {
		c.say(slog.LevelInfo, fmt.Sprintf(format, args...))
	}
}

// Complain says on stderr what is wrong.
func (c *Console) Complain(format string, args ...any) {
	c.say(slog.LevelError, fmt.Sprintf(format, args...))
}

func (c *Console) say(level slog.Level, text string) {
	if c.chosen().JSON {
		c.logger(level).Log(context.Background(), level, text)
		return
	}
	lines := strings.Split(text, "\n") // commands to run stand on lines of their own
	for i := range lines {
		lines[i] = plan.Printable(lines[i])
	}
	fmt.Fprintf(c.Stderr(), "iorepl: %s\n", strings.Join(lines, "\n"))
}
