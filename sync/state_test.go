package sync_test

import (
	"os"
	"strings"
	"testing"

	"iorepl/sync/synctest"
)

func TestADamagedStateIsAnErrorThatSaysWhatToDo(t *testing.T) {
	for name, damage := range map[string]func(b []byte) []byte{
		"cut":   func(b []byte) []byte { return b[:len(b)/2] },
		"short": func(b []byte) []byte { return b[:100] },
		"junk": func(b []byte) []byte {
			for i := 8192; i < len(b); i++ {
				b[i] = 0xA5
			}
			return b
		},
		"other": func([]byte) []byte { return []byte(strings.Repeat("not a database\n", 1000)) },
	} {
		t.Run(name, func(t *testing.T) {
			rules := synctest.Rules()
			rules.TwoWay = true
			w := synctest.New(t, "a", "b")
			w.Session("s", "a", "News", "b", "News", rules)
			w.Put(t, "a", "News/one.eml", synctest.Message("one", "text"))
			apply(t, w, synctest.Run{})
			file := w.Path(w.State, "state.db")
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = w.Plan(synctest.Run{})
			if err == nil || !strings.Contains(err.Error(), "state.db") || !strings.Contains(err.Error(), "remove it") {
				t.Fatalf("got %v", err)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			wantEmpty(t, w)
		})
	}
}
