package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheReadmesPlanIsReal runs the configuration of the README's first screen and compares the plan printed there.
func TestTheReadmesPlanIsReal(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(readme), "\r\n", "\n")
	config := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindStringSubmatch(text)
	plan := regexp.MustCompile("(?s)```text\n\\$ iorepl plan\n(.*?)```").FindStringSubmatch(text)
	if config == nil || plan == nil {
		t.Fatal("the README has no configuration or no plan")
	}
	dir := t.TempDir()
	copyTree(t, "quickstart/contoso", filepath.Join(dir, "contoso"))
	if err := os.WriteFile(filepath.Join(dir, "iorepl.hcl"), []byte(config[1]), 0o666); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, 0, "fmt", "--check", "--diff")
	if got := runIn(t, dir, 0, "plan"); got != plan[1] {
		t.Errorf("iorepl plan prints\n%s\nand the README says\n%s", got, plan[1])
	}
}
