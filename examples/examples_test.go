package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// links is how many applies it takes until everything has arrived, for examples that are chains.
var links = map[string]int{"hub": 2, "free-busy-star": 2}

// first is what the first apply of an example needs, as its comments say.
var first = map[string][]string{"two-way": {"--adopt"}}

// elsewhere are examples whose organizations are servers that nobody here has: they are formatted and validated with an environment.
var elsewhere = map[string][]string{"free-busy-exchange": {"CONTOSO_PASSWORD=secret", "FABRIKAM_PASSWORD=secret"}}

// TestExamplesRunAsTheyAre formats, validates, plans and applies every example, until a plan is empty.
func TestExamplesRunAsTheyAre(t *testing.T) {
	lookAtSources(t)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files, _ := filepath.Glob(filepath.Join(e.Name(), "*.hcl")); len(files) == 0 {
			continue // not a configuration; lab has a test of its own
		}
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			copyTree(t, e.Name(), dir)
			runIn(t, dir, 0, "fmt", "--check", "--diff")
			if environment := elsewhere[e.Name()]; environment != nil {
				runWith(t, environment, dir, 0, "validate")
				return
			}
			runIn(t, dir, 0, "validate")
			runIn(t, dir, 0, "validate", "--online")
			runIn(t, dir, 2, append([]string{"plan", "--detailed-exitcode"}, first[e.Name()]...)...)
			for i := range max(links[e.Name()], 1) {
				args := []string{"apply"}
				if i == 0 {
					args = append(args, first[e.Name()]...)
				}
				out := runIn(t, dir, 0, args...)
				if !strings.Contains(out, " 0 skipped, 0 failed, 0 left.") {
					t.Errorf("apply %d:\n%s", i+1, out)
				}
			}
			runIn(t, dir, 0, "plan", "--detailed-exitcode")
			if out := runIn(t, dir, 0, "apply"); !strings.HasSuffix(out, "No changes.\n") {
				t.Errorf("last apply:\n%s", out)
			}
		})
	}
}

// copyTree leaves out what an earlier run in the checkout has made.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	files, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", from).Output()
	if err != nil || len(files) == 0 { // not a checkout
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		return
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(files), "\x00"), "\x00") {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(to, rel)
		if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func runIn(t *testing.T, dir string, code int, args ...string) (stdout string) {
	t.Helper()
	return runWith(t, nil, dir, code, args...)
}

// runWith adds to the environment.
func runWith(t *testing.T, environment []string, dir string, code int, args ...string) (stdout string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "iorepl"), args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), environment...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the exit code says it all
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("iorepl %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, out.String(), errs.String())
	}
	return out.String()
}
