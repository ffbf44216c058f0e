package command

import "testing"

func TestALineCanBeRun(t *testing.T) {
	for want, words := range map[string][]string{
		`iorepl apply -c C:\work\main.hcl`:             {"iorepl", "apply", "-c", `C:\work\main.hcl`},
		`iorepl apply --only "news/Old, and done" ""`:  {"iorepl", "apply", "--only", "news/Old, and done", ""},
		"iorepl apply --only 'news/$(reboot) `now`'":   {"iorepl", "apply", "--only", "news/$(reboot) `now`"},
		`iorepl apply --only "news/Ann's \"private\""`: {"iorepl", "apply", "--only", `news/Ann's "private"`},
	} {
		if got := Line(words); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
