package hcl

import (
	"os"
	"path/filepath"
	"testing"

	"iorepl/plan"
)

func TestOneFolderOfAWildcardMayHaveItsOwnBlock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "main.hcl")
	if err := os.WriteFile(path, []byte(`
organization "contoso" {
  archive {
    path = "contoso"
  }
}
organization "fabrikam" {
  archive {
    path = "fabrikam"
  }
}
public_folders "x" {
  publisher   = organization.contoso
  subscribers = [organization.fabrikam]
  folder "Projects/*" {
    to = "Partner/*"
  }
  folder "Projects/X" {
    deletions = "items"
  }
}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, diags := Load(path, Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	x := c.PublicFolders[0].Folders[1]
	if got := x.Target("Projects/X"); got != "Partner/X" || x.Rules.Deletions != plan.DeleteItems {
		t.Errorf("Projects/X goes to %q with deletions %s", got, x.Rules.Deletions)
	}
}
