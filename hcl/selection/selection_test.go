package selection

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iorepl/hcl"
)

const configuration = `
organization "a" {
  archive { path = "a" }
}
organization "b" {
  archive { path = "b" }
}
organization "c" {
  archive { path = "c" }
}
public_folders "ab" {
  publisher   = organization.a
  subscribers = [organization.b]
  quiet_hours = ["mon 12:00-13:00"]
  folder "News" {}
  folder "Projects/*/Docs" { to = "P/*" }
}
public_folders "ac" {
  publisher   = organization.a
  subscribers = [organization.c]
  folder "/Other" {}
}
public_folders "cb" {
  publisher   = organization.c
  subscribers = [organization.b]
  schedule    = ["tue 00:00-24:00"]
  folder "Other" { to = "From C" }
}
`

func load(t *testing.T) *hcl.Config { return loadText(t, configuration) }

func loadText(t *testing.T, configuration string) *hcl.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "main.hcl")
	if err := os.WriteFile(path, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, diags := hcl.Load(path, hcl.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return cfg
}

func TestOnlyNamesWhatIsThere(t *testing.T) {
	cfg := load(t)
	for arg, mistake := range map[string]string{
		"ab":                    "",
		"ab/":                   "",
		"ab/News":               "",
		"ab//News/":             "",
		"ab/Projects":           "",
		"ab/Projects/X":         "",
		"ab/Projects/X/Docs":    "",
		"ab/News/Sub":           `none of session "ab" is "News/Sub" or lies below it; there are "News", "Projects/*/Docs"`,
		"ab/Projects/X/Docs/Y":  "whole folder blocks",
		"ab/Projects/X/Letters": "whole folder blocks",
		"ac/New":                `there are "/Other"`,
		"ab/New":                "whole folder blocks",
		"ax":                    `a session "ax", and there are ab, ac, cb`,
	} {
		_, err := Parse([]string{arg}).Of(cfg, nil)
		if got := err != nil; got != (mistake != "") || got && !strings.Contains(err.Error(), mistake) {
			t.Errorf("--only %s: got %v, want %q", arg, err, mistake)
		}
	}
}

func TestPartOfAConfiguration(t *testing.T) {
	cfg := load(t)
	monday := time.Date(2025, 11, 17, 12, 30, 0, 0, time.UTC)
	tests := []struct {
		name              string
		only              []string
		now               *time.Time
		looked            string
		resting           string
		wanted, notWanted [][2]string
	}{
		{name: "everything", looked: "ab ac cb", wanted: [][2]string{{"ab", "News"}, {"cb", "Other"}}},
		{name: "sessions into one organization are looked at together", only: []string{"ab/News"}, looked: "ab cb",
			wanted: [][2]string{{"ab", "News"}}, notWanted: [][2]string{{"ab", "Projects/X/Docs"}, {"cb", "Other"}}},
		{name: "nothing else is", only: []string{"ac"}, looked: "ac", wanted: [][2]string{{"ac", "Other"}}},
		{name: "quiet hours and schedule", now: &monday, looked: "ac", resting: "ab cb",
			wanted: [][2]string{{"ac", "Other"}}, notWanted: [][2]string{{"ab", "News"}}},
		{name: "what is not selected does not rest", only: []string{"ac"}, now: &monday, looked: "ac"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Parse(tt.only).Of(cfg, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, s := range p.Sessions {
				names = append(names, s.Name)
			}
			if got := strings.Join(names, " "); got != tt.looked {
				t.Errorf("looked at: got %s, want %s", got, tt.looked)
			}
			if got := strings.Join(p.Resting, " "); got != tt.resting {
				t.Errorf("resting: got %s, want %s", got, tt.resting)
			}
			for _, w := range slices.Concat(tt.wanted, tt.notWanted) {
				if got, want := p.Wants(w[0], w[1]), slices.Contains(tt.wanted, w); got != want {
					t.Errorf("wants %v: got %v, want %v", w, got, want)
				}
			}
		})
	}
}

func TestPublishedIsWhatIsNeverWritten(t *testing.T) {
	cfg := load(t)
	for i, want := range []bool{true, false, false} {
		if got := Published(cfg, cfg.Organizations[i]); got != want {
			t.Errorf("organization %s: got %v, want %v", cfg.Organizations[i].Label, got, want)
		}
	}
}

func TestPlaceIsRelativeToTheConfiguration(t *testing.T) {
	cfg := load(t)
	if got, want := Place(cfg, cfg.PublicFolders[0].Range), "main.hcl:11"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOnlyAsksAboutPatternsToo(t *testing.T) {
	for arg, want := range map[string]bool{"ab": true, "ab/Projects/X": true, "ab/Projects/X/Docs": true, "ab/News": false, "ac": false} {
		part, err := Parse([]string{arg}).Of(load(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := part.Wants("ab", "Projects/*/Docs"); got != want {
			t.Errorf("--only %s: got %v", arg, got)
		}
	}
}
