// Package hcl is the configuration language: what the admin wants to have replicated, read from files, checked as a
// whole and turned into plain values. Every mistake is reported in one go, as a diagnostic with file, line, snippet
// and the next step. It connects to nothing, and no secret that it reads can be printed.
//
// It shares its name with the library that it builds on, which is imported as hashihcl everywhere.
package hcl

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Options are what Load takes from the process around it.
type Options struct {
	// LookupEnv looks up environment variables for env(); nil: os.LookupEnv.
	LookupEnv func(string) (string, bool)
}

// Load reads one file, or all *.hcl files of one directory as one configuration. It returns all mistakes at once,
// sorted by place, and the files that it read, for WriteDiagnostics. The Config is nil if there is an error among the
// diagnostics. A file with a syntax error is not looked into any further; what would depend on it in other files is not
// reported as missing.
func Load(path string, opts Options) (*Config, map[string]*hashihcl.File, hashihcl.Diagnostics) {
	files := map[string]*hashihcl.File{}
	names, err := Files(path)
	if err != nil {
		return nil, files, hashihcl.Diagnostics{unreadable(path, err)}
	}
	dir := path
	if len(names) == 1 && names[0] == path {
		dir = filepath.Dir(path)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, files, hashihcl.Diagnostics{unreadable(path, err)}
	}
	l := newLoader(dir, opts)
	var bodies []*hclsyntax.Body
	for _, name := range names {
		src, err := readLimited(name, maxFileSize)
		if err != nil {
			l.partial = true
			l.diags = append(l.diags, unreadable(name, err))
			continue
		}
		file, diags := parse(src, name)
		files[name] = file
		l.add(diags...)
		if diags.HasErrors() {
			l.partial = true
			continue
		}
		bodies = append(bodies, file.Body.(*hclsyntax.Body))
	}
	cfg := l.load(bodies)
	sortDiagnostics(l.diags)
	if l.diags.HasErrors() {
		return nil, files, l.diags
	}
	return cfg, files, l.diags
}

// Files returns the files that Load would read, sorted: path itself, or the *.hcl files in it if it is a directory.
// Hidden files and what editors leave behind are not among them.
func Files(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".hcl") && !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "#") && !e.IsDir() {
			names = append(names, filepath.Join(path, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: %w", path, errNoFiles)
	}
	return names, nil
}

// WriteDiagnostics prints diagnostics with snippets of the files they are about, wrapped at width if that is
// positive. What stands where a password belongs is blotted out in the snippets, and control characters are replaced.
func WriteDiagnostics(w io.Writer, cfgFiles map[string]*hashihcl.File, diags hashihcl.Diagnostics, width int, color bool) {
	shown := map[string]*hashihcl.File{}
	for _, d := range diags {
		if d.Subject == nil || shown[d.Subject.Filename] != nil {
			continue
		}
		if f := cfgFiles[d.Subject.Filename]; f != nil {
			shown[d.Subject.Filename] = &hashihcl.File{Body: f.Body, Nav: f.Nav, Bytes: blot(f.Bytes)}
		}
	}
	out := hashihcl.NewDiagnosticTextWriter(w, shown, uint(max(width, 0)), color)
	for _, d := range diags {
		// The values of variables, which the writer would print, may be secrets.
		plain := *d
		plain.Expression, plain.EvalContext = nil, nil
		if out.WriteDiagnostic(&plain) != nil {
			return
		}
	}
}

// maxFileSize bounds what is read as configuration and by file().
const maxFileSize = 1 << 20

var (
	errNoFiles  = errors.New("no *.hcl files in this directory")
	errTooLarge = fmt.Errorf("larger than %d kB", maxFileSize>>10)
)

func readLimited(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s: %w", name, errTooLarge)
	}
	return b, err
}

func unreadable(path string, err error) *hashihcl.Diagnostic {
	d := &hashihcl.Diagnostic{
		Severity: hashihcl.DiagError,
		Summary:  "Configuration cannot be read",
		Detail:   fmt.Sprintf("%v. Give a file, or a directory with *.hcl files, that this account may read.", err),
	}
	if errors.Is(err, fs.ErrNotExist) {
		d.Summary = "Configuration not found"
		d.Detail = fmt.Sprintf("There is no %s. Give a file, or a directory with *.hcl files.", path)
	}
	return d
}

// sortDiagnostics orders by place; those without one come first.
func sortDiagnostics(diags hashihcl.Diagnostics) {
	sort.SliceStable(diags, func(i, j int) bool {
		a, b := diags[i].Subject, diags[j].Subject
		switch {
		case a == nil || b == nil:
			return a == nil && b != nil
		case a.Filename != b.Filename:
			return a.Filename < b.Filename
		}
		return a.Start.Byte < b.Start.Byte
	})
}
