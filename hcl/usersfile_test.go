package hcl

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

func TestUsersFilesOfWindowsAreRead(t *testing.T) {
	for name, e := range map[string]encoding.Encoding{
		"UTF-8":         unicode.UTF8,
		"UTF-8, marked": unicode.UTF8BOM,
		"UTF-16":        unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, big":   unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			users, err := e.NewEncoder().String("Ann@contoso.example\r\n# nobody\r\n*@sales.contoso.example # all of sales\r\n")
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{"users.txt": users, "main.hcl": `
organization "a" {
  archive { path = "a" }
  directory {
    csv { path = "a.csv" }
  }
}
organization "b" {
  archive { path = "b" }
  directory {
    csv { path = "b.csv" }
  }
}
free_busy "one" {
  publisher   = organization.a
  subscribers = [organization.b]
  users_file  = "users.txt"
}
`}
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c, _, diags := Load(dir, Options{})
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if want := []string{"ann@contoso.example", "*@sales.contoso.example"}; !slices.Equal(c.FreeBusy[0].Users, want) {
				t.Errorf("got %q, want %q", c.FreeBusy[0].Users, want)
			}
		})
	}
}
