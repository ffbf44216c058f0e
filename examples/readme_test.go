package examples

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// chapter is a part of the README from a line that begins with two marks to the next one.
func chapter(t *testing.T, title string) string {
	t.Helper()
	_, text, ok := strings.Cut(readme(t), "\n## "+title+"\n")
	if !ok {
		t.Fatalf("the README has no chapter %q", title)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// configure makes a directory of what the quickstart has and of the first configuration of a text.
func configure(t *testing.T, text string) (dir string) {
	t.Helper()
	config := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindStringSubmatch(text)
	if config == nil {
		t.Fatal("the README has no configuration")
	}
	dir = t.TempDir()
	copyTree(t, "quickstart", dir)
	if err := os.Remove(filepath.Join(dir, "quickstart.hcl")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "iorepl.hcl"), []byte(config[1]), 0o666); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, 0, "fmt", "--check", "--diff")
	return dir
}

// compare runs a command and compares what it prints with what a text shows below it. Both are washed before.
func compare(t *testing.T, text, dir string, washed func(string) string, args ...string) {
	t.Helper()
	line := "$ iorepl " + strings.Join(args, " ")
	_, shown, ok := strings.Cut(text, "```text\n"+line+"\n")
	shown, _, closed := strings.Cut(shown, "```")
	if !ok || !closed {
		t.Fatalf("the README does not show %q", line)
	}
	if got := runIn(t, dir, 0, args...); washed(got) != washed(shown) {
		t.Errorf("%s prints\n%s\nand the README says\n%s", line, got, shown)
	}
}

func unwashed(text string) string { return text }

// TestTheReadmesPlanIsReal runs the configuration of the README's first screen and compares the plan printed there.
func TestTheReadmesPlanIsReal(t *testing.T) {
	compare(t, readme(t), configure(t, readme(t)), unwashed, "plan")
}

// TestTheReadmesFreeBusyIsReal does it for the chapter about free/busy, whose plan was printed in another month.
func TestTheReadmesFreeBusyIsReal(t *testing.T) {
	text := chapter(t, "Free/busy")
	dir := configure(t, text)
	compare(t, text, dir, countMonths(t), "plan")
	compare(t, text, dir, unwashed, "validate", "--online")
}

var month = regexp.MustCompile(`\b\d{4}-\d\d\b`)

// countMonths replaces the months of a text by how many come between them and the first one.
func countMonths(t *testing.T) func(string) string {
	return func(text string) string {
		number := func(name string) int {
			m, err := time.Parse("2006-01", name)
			if err != nil {
				t.Fatal(err)
			}
			return m.Year()*12 + int(m.Month())
		}
		first := number(month.FindString(text))
		return month.ReplaceAllStringFunc(text, func(name string) string { return fmt.Sprint("month ", number(name)-first) })
	}
}

// TestTheReadmesMessagesAreThePrograms looks for what two chapters quote, in their tables of symptoms, in the texts of the program.
func TestTheReadmesMessagesAreThePrograms(t *testing.T) {
	texts := sourceTexts(t)
	for _, c := range []struct {
		chapter, begin string
		columns, of    int
		least          int
	}{
		{"Free/busy", "\n### When it does not work\n", 3, 2, 20},
		{"Running it", "\n| message | cause and next step |\n", 2, 1, 12},
	} {
		_, table, _ := strings.Cut(chapter(t, c.chapter), c.begin)
		table, _, _ = strings.Cut(table, "\n### ")
		found := 0
		for line := range strings.Lines(table) {
			cells := strings.Split(line, "|")
			if len(cells) != c.columns+2 {
				continue
			}
			for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[c.of], -1) {
				for part := range strings.SplitSeq(strings.ReplaceAll(quoted[1], ": ", "…"), "…") { // what is wrapped stands elsewhere
					if part = strings.TrimSpace(part); strings.Contains(part, " ") && !strings.HasPrefix(part, "validate ") {
						found++
						if !strings.Contains(texts, part) {
							t.Errorf("%s: the program does not print %q", c.chapter, part)
						}
					}
				}
			}
		}
		if found < c.least {
			t.Errorf("%s: %d messages are in the table", c.chapter, found)
		}
	}
}

// sourceTexts are all string constants of the program, each sum of them as one.
func sourceTexts(t *testing.T) string {
	t.Helper()
	lookAtSources(t)
	var all strings.Builder
	for _, dir := range []string{"../plan", "../sync", "../hcl"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
						all.WriteString(text)
					}
				case *ast.BinaryExpr: // its operands follow
				case *ast.Ident:
				default:
					all.WriteByte('\n')
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
