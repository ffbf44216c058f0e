package selection

import (
	"strings"
	"testing"
)

const staff = `
organization "old" {
  ews {
    url      = "https://old.example/EWS/Exchange.asmx"
    username = "OLD\\iorepl"
    password = env("PASSWORD")
  }
  directory {
    csv { path = "old.csv" }
  }
}
organization "new" {
  ews {
    url      = "https://new.example/EWS/Exchange.asmx"
    username = "NEW\\iorepl"
    password = env("PASSWORD")
  }
  directory {
    csv { path = "new.csv" }
  }
}
organization "both" {
  ews {
    url      = "https://both.example/EWS/Exchange.asmx"
    username = "BOTH\\iorepl"
    password = env("PASSWORD")
  }
  directory {
    csv { path = "both.csv" }
  }
}
free_busy "asked" {
  publisher   = organization.new
  subscribers = [organization.old]
}
free_busy "read" {
  publisher   = organization.both
  subscribers = [organization.old]
  source      = "legacy-folder"
}
`

// TestWithoutFolders: only who is asked for availability, and for nothing else, needs no public folders.
func TestWithoutFolders(t *testing.T) {
	t.Setenv("PASSWORD", "secret")
	cfg := loadText(t, staff)
	for _, o := range cfg.Organizations {
		if got, want := WithoutFolders(cfg, o), o.Label == "new"; got != want {
			t.Errorf("organization %s: got %v, want %v", o.Label, got, want)
		}
	}
	cfg = loadText(t, staff+"public_folders \"news\" {\n  publisher   = organization.new\n  subscribers = [organization.both]\n  folder \"News\" {}\n}\n")
	for _, o := range cfg.Organizations {
		if WithoutFolders(cfg, o) {
			t.Errorf("organization %s publishes folders, or is written to", o.Label)
		}
	}
}

func TestOnlyNamesSessionsOfFreeBusyAlone(t *testing.T) {
	t.Setenv("PASSWORD", "secret")
	cfg := loadText(t, staff)
	if part, err := Parse([]string{"asked"}).Of(cfg, nil); err != nil || len(part.FreeBusy) != 1 || part.FreeBusy[0].Name != "asked" {
		t.Errorf("got %+v, %v", part, err)
	}
	if _, err := Parse([]string{"asked/ann"}).Of(cfg, nil); err == nil || !strings.Contains(err.Error(), `session "asked" is about free/busy; name it alone`) {
		t.Errorf("got %v", err)
	}
}
