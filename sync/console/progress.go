package console

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"iorepl/sync"
)

// bar is the progress of one phase. Console.mu guards it.
type bar struct {
	drawn *progressbar.ProgressBar // nil: none, or plain lines
	name  string
	total int
	steps int
	said  time.Time // when the last plain line was written
}

func (b *bar) clear() {
	if b.drawn != nil {
		_ = b.drawn.Clear() // what comes after is more important than a line that stayed
	}
}

// interval is how often a plain line says how far the run is.
const interval = 5 * time.Second

// Progress shows how far a run is: as a bar where stderr is a terminal, else as a plain line now and then, and not at
// all if the user wants quiet.
func (c *Console) Progress() sync.Progress {
	if c.Quiet() {
		return silent{}
	}
	return progress{c}
}

type silent struct{}

func (silent) Phase(string, int) {}
func (silent) Step(int)          {}
func (silent) Done()             {}

type progress struct{ *Console }

func (p progress) Phase(name string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.clear()
	p.bar = bar{name: name, total: total, said: p.now()}
	if !p.err.escapes || p.choices.JSON || total == 0 {
		return
	}
	// The bar of an unknown length would draw itself from a goroutine of its own, between other lines: no changes of its spinner.
	p.bar.drawn = progressbar.NewOptions(max(total, -1),
		progressbar.OptionSetWriter(p.err.Writer),
		progressbar.OptionSetDescription(name),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionEnableColorCodes(false),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetSpinnerChangeInterval(0),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
}

func (p progress) Step(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.steps += n
	if p.bar.drawn != nil {
		_ = p.bar.drawn.Add(n) // it complains of more steps than were announced, which is harmless
		return
	}
	if now := p.now(); now.Sub(p.bar.said) >= interval && !p.choices.JSON {
		p.bar.said = now
		if p.bar.total > 0 {
			fmt.Fprintf(p.err, "iorepl: %s: %d of %d\n", p.bar.name, p.bar.steps, p.bar.total)
		} else {
			fmt.Fprintf(p.err, "iorepl: %s: %d\n", p.bar.name, p.bar.steps)
		}
	}
}

func (p progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar.clear()
	p.bar = bar{}
}
