package ewstest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	stdsync "sync"

	"iorepl/sync/ews/soap"
)

// Linter checks documents with the program xmllint against Microsoft's schemas, one of each shape.
type Linter struct {
	program, dir string
	mu           stdsync.Mutex
	known        map[string]error    // by set and shape
	waiting      map[string][][]byte // by set: what Collect took
}

// NewLinter makes a Linter. Dir holds the sets Exchange2007_SP1, Exchange2010_SP2 and interop-mit, each with a soap-wrapper.xsd. It is
// false where the program or the schemas are not there.
func NewLinter(dir string) (*Linter, bool) {
	program, err := exec.LookPath("xmllint")
	if err != nil {
		return nil, false
	}
	for _, set := range []string{"Exchange2007_SP1", "Exchange2010_SP2", "interop-mit"} {
		if _, err := os.Stat(filepath.Join(dir, set, "soap-wrapper.xsd")); err != nil {
			return nil, false
		}
	}
	return &Linter{program: program, dir: dir, known: map[string]error{}, waiting: map[string][][]byte{}}, true
}

// Xmllint is the Check of a Linter, for Options.Validate. It is nil, so that nothing is checked, where there can be no Linter.
func Xmllint(dir string) func(version string, envelope []byte) error {
	if l, ok := NewLinter(dir); ok {
		return l.Check
	}
	return nil
}

// schemaSet is the set for a RequestServerVersion, and the envelope to check against it. The newest set does not hold the Availability service, which
// is as it was in 2010.
func schemaSet(version string, envelope []byte) (set string, check []byte) {
	switch {
	case version == "" || strings.HasPrefix(version, "Exchange2007"):
		return "Exchange2007_SP1", envelope
	case strings.HasPrefix(version, "Exchange2010"):
		return "Exchange2010_SP2", envelope
	case bytes.Contains(envelope, []byte("GetUserAvailabilityRe")):
		return "Exchange2010_SP2", bytes.Replace(envelope, []byte(`Version="`+version+`"`), []byte(`Version="Exchange2010_SP2"`), 1)
	default:
		return "interop-mit", envelope
	}
}

// Check says at once what is wrong with an envelope of a version. It takes tens of milliseconds for each shape.
func (l *Linter) Check(version string, envelope []byte) error {
	set, envelope := schemaSet(version, envelope)
	shape, err := shapeOf(set, envelope)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err, ok := l.known[shape]; ok {
		return err
	}
	cmd := exec.Command(l.program, "--nonet", "--noout", "--huge", "--schema", filepath.Join(l.dir, set, "soap-wrapper.xsd"), "-")
	cmd.Stdin = bytes.NewReader(envelope)
	err = outcomeOf(cmd)
	l.known[shape] = err
	return err
}

// Collect keeps an envelope for Finish, unless there was one of its shape. Its error is always nil.
func (l *Linter) Collect(version string, envelope []byte) error {
	set, envelope := schemaSet(version, envelope)
	shape, err := shapeOf(set, envelope)
	if err != nil {
		shape = string(envelope)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.known[shape]; !ok {
		l.known[shape] = nil
		l.waiting[set] = append(l.waiting[set], bytes.Clone(envelope))
	}
	return nil
}

// Finish checks all that was collected and gives an error for each envelope that is not valid, with its text. It is much
// faster than Check.
func (l *Linter) Finish() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	dir, err := os.MkdirTemp("", "xmllint")
	if err != nil {
		return []error{fmt.Errorf("making a directory for xmllint: %w", err)}
	}
	defer os.RemoveAll(dir)
	var all []error
	for set, documents := range l.waiting {
		args := []string{"--nonet", "--noout", "--huge", "--schema", filepath.Join(l.dir, set, "soap-wrapper.xsd")}
		var names []string
		for i, d := range documents {
			name := filepath.Join(dir, fmt.Sprintf("%s-%d.xml", set, i))
			if err := os.WriteFile(name, d, 0o600); err != nil {
				return append(all, fmt.Errorf("writing for xmllint: %w", err))
			}
			names = append(names, name)
		}
		out, _ := exec.Command(l.program, append(args, names...)...).CombinedOutput()
		for i, name := range names {
			if strings.Contains(string(out), name+" validates\n") {
				continue
			}
			var why []string
			for line := range strings.Lines(string(out)) {
				if strings.HasPrefix(line, name) {
					why = append(why, strings.TrimSpace(strings.TrimPrefix(line, name)))
				}
			}
			all = append(all, fmt.Errorf("against %s: %s\n%s", set, strings.Join(why, "; "), documents[i]))
		}
	}
	l.waiting = map[string][][]byte{}
	return all
}

// outcomeOf runs xmllint on one document.
func outcomeOf(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit):
		return fmt.Errorf("xmllint: %s", strings.TrimSpace(string(out)))
	default:
		return fmt.Errorf("running xmllint: %w", err)
	}
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	freely = regexp.MustCompile(`^[A-Za-z0-9+/=\s]{24,}$`)
)

// shapeOf is the same for envelopes that a schema takes for alike: it leaves out ids, numbers and text that only people read.
func shapeOf(set string, envelope []byte) (string, error) {
	env, err := readEnvelope(bytes.NewReader(envelope))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(set)
	for _, h := range env.header {
		b.WriteString(shapeOfOne(h))
	}
	b.WriteString(shapeOfOne(env.body))
	return b.String(), nil
}

func shapeOfOne(e *soap.Element) string {
	var b strings.Builder
	b.WriteString("<" + e.Space + ":" + e.Name)
	for _, a := range e.Attrs {
		v := digits.ReplaceAllString(a.Value, "0")
		switch a.Name {
		case "Id", "ChangeKey", "RecurringMasterId", "OccurrenceId", "PropertyName", "HeaderName", "Value":
			v = "?"
			if a.Value == "" {
				v = ""
			}
		}
		b.WriteString(" " + a.Name + "=" + v)
	}
	b.WriteString(">")
	switch e.Name {
	case "Subject", "Body", "DisplayName", "Value", "Name", "String":
		// Any text does.
	default:
		if text := e.Text; freely.MatchString(text) {
			b.WriteString("base64")
		} else if len(text) < 64 {
			b.WriteString(digits.ReplaceAllString(text, "0"))
		}
	}
	// Two of a kind are another shape than one, but three are like two.
	before, run := "", 0
	for _, c := range e.Children {
		one := shapeOfOne(c)
		if one != before {
			before, run = one, 0
		}
		if run++; run <= 2 {
			b.WriteString(one)
		}
	}
	b.WriteString("</>")
	return b.String()
}
