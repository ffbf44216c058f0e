package killtest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync/synctest"
)

const rounds = 15

// TestNothingIsLostOrDoubledWhenTheProgramIsKilledAtRandomMoments kills the program itself while its users go on working.
func TestNothingIsLostOrDoubledWhenTheProgramIsKilledAtRandomMoments(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the signal KILL")
	}
	program := filepath.Join(t.TempDir(), "iorepl")
	if out, err := exec.Command("go", "build", "-o", program, "iorepl").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	for _, direction := range []string{"one-way", "two-way"} {
		t.Run(direction, func(t *testing.T) {
			t.Parallel()
			h := &hunt{users: newUsers(t, synctest.New(t, "a", "b"), twoWay), program: program, direction: direction,
				rand: rand.New(rand.NewPCG(20, 26)), said: map[string]map[string]string{"a": {}, "b": {}}}
			h.run()
		})
	}
}

// hunt is a series of killed runs. Every user edits only what was born in the own organization, so that there is one right end.
type hunt struct {
	*users
	program   string
	direction string
	rand      *rand.Rand
	said      map[string]map[string]string // by organization: path and text of the items born there
	next      int

	// settled are those of said that a complete run has seen. Only they are deleted: of what a killed run made in a two-way
	// pair nothing is remembered, and if its origin is gone by the next run, it is left alone.
	settled map[string]map[string]string
}

func (h *hunt) run() {
	t := h.t
	t.Helper()
	h.must(os.WriteFile(filepath.Join(h.Dir, "iorepl.hcl"), []byte(fmt.Sprintf(configuration, h.direction)), 0o644))
	for range 15 {
		h.work("a")
	}
	whole := h.duration()

	killed := 0
	for round := range rounds {
		if round == rounds/2 {
			h.complete() // from here on both sides have items of their own, which a first run would not take
		}
		h.work("a")
		if h.direction == "two-way" && round >= rounds/2 {
			h.work("b")
		}
		before := bytesAndTimes(t, h.World, "a")
		after := time.Duration(h.rand.Int64N(int64(whole)))
		began := time.Now()
		switch code := h.applyAndKill(after); code {
		case -1:
			killed++
		case 0:
			whole = min(whole, time.Since(began)) // it was measured when the machine was slower
		default:
			t.Fatalf("round %d: apply, to be killed after %v, ended with exit code %d", round, after, code)
		}
		if diff := cmp.Diff(before, bytesAndTimes(t, h.World, "a")); diff != "" && h.direction == "one-way" {
			t.Fatalf("round %d: the publisher was written to:\n%s", round, diff)
		}
	}
	if killed == 0 {
		t.Fatal("no run was killed before its end: nothing was tried")
	}
	h.complete()
	t.Logf("%d of %d runs were killed, each within %v", killed, rounds, whole)

	want := map[string]string{}
	for _, born := range h.said {
		for path, text := range born {
			want[path] = text
		}
	}
	for _, org := range h.Orgs {
		if diff := cmp.Diff(want, items(t, h.Path(org))); diff != "" {
			t.Errorf("%s (-written by users +found):\n%s", org, diff)
		}
	}
	if out, err := h.command(h.Dir, "plan", "--detailed-exitcode").CombinedOutput(); err != nil {
		t.Errorf("the plan after a complete apply is not empty: %v\n%s", err, out)
	}
}

const configuration = `
organization "a" {
  archive { path = "a" }
}
organization "b" {
  archive { path = "b" }
}
public_folders "tree" {
  publisher   = organization.a
  subscribers = [organization.b]
  direction   = %q
  deletions   = "items-and-folders"
  folder "News" {}
  limits {
    deletions = "100%%"
    updates   = "100%%"
  }
}
`

// work is what an organization's users do between two runs: twenty new items in ten folders, some edits, a few deletions.
func (h *hunt) work(org string) {
	h.t.Helper()
	born := h.said[org]
	put := func(path string) {
		h.next++
		text := synctest.Message(path, fmt.Sprintf("text %d of %s", h.next, org))
		h.write(org, path, text)
		born[path] = text
	}
	for i := range 20 {
		put(fmt.Sprintf("News/Folder %d/%s %d.eml", i%10, org, h.next))
	}
	for _, path := range h.some(born, 5) {
		put(path)
	}
	for _, path := range h.some(h.settled[org], 2) {
		h.remove(org, path)
		delete(born, path)
		delete(h.settled[org], path)
	}
}

// some picks items.
func (h *hunt) some(from map[string]string, n int) []string {
	paths := slices.Sorted(maps.Keys(from))
	h.rand.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	return paths[:min(n, len(paths))]
}

func (h *hunt) command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(h.program, append([]string{name, "-c", dir}, args...)...)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	return cmd
}

func (h *hunt) complete() {
	h.t.Helper()
	h.applyIn(h.Dir)
	h.settled = map[string]map[string]string{"a": maps.Clone(h.said["a"]), "b": maps.Clone(h.said["b"])}
}

func (h *hunt) applyIn(dir string) {
	h.t.Helper()
	if out, err := h.command(dir, "apply").CombinedOutput(); err != nil {
		h.t.Fatalf("apply: %v\n%s", err, out)
	}
}

// duration is how long an uninterrupted run takes, in a copy of the world.
func (h *hunt) duration() time.Duration {
	h.t.Helper()
	w := h.Clone(h.t, filepath.Join(h.t.TempDir(), "copy"))
	start := time.Now()
	h.applyIn(w.Dir)
	return time.Since(start)
}

// applyAndKill returns the exit code, -1 if the program was killed before its end.
func (h *hunt) applyAndKill(after time.Duration) int {
	h.t.Helper()
	cmd := h.command(h.Dir, "apply")
	h.must(cmd.Start())
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		h.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}
