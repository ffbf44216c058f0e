package hcl

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// loader turns parsed files into a Config and collects the mistakes.
type loader struct {
	dir       string
	lookupEnv func(string) (string, bool)
	partial   bool // some files could not be read, so what seems to be missing may be there
	diags     hashihcl.Diagnostics

	orgs    map[string]*Organization
	locals  map[string]*local
	context *hashihcl.EvalContext
	secrets []string // what env() and file() returned

	declared []*declaredFolder
	names    map[string]hashihcl.Range // of sessions
}

func newLoader(dir string, opts Options) *loader {
	l := &loader{dir: dir, lookupEnv: opts.LookupEnv, orgs: map[string]*Organization{}, locals: map[string]*local{}, names: map[string]hashihcl.Range{}}
	if l.lookupEnv == nil {
		l.lookupEnv = os.LookupEnv
	}
	return l
}

// load decodes in the order in which things refer to each other: organizations are known by label before locals are
// evaluated, and both before anything is decoded.
func (l *loader) load(bodies []*hclsyntax.Body) *Config {
	var blocks []*hclsyntax.Block
	for _, body := range bodies {
		l.checkNames("", body)
		for _, b := range body.Blocks {
			if slices.Contains(schemas[""].blocks, b.Type) && len(b.Labels) == schemas[b.Type].labels {
				blocks = append(blocks, b)
			}
		}
	}
	of := func(blockType string) (found []*hclsyntax.Block) {
		for _, b := range blocks {
			if b.Type == blockType {
				found = append(found, b)
			}
		}
		return found
	}
	organizations := map[*hclsyntax.Block]*Organization{}
	for _, b := range of("organization") {
		organizations[b] = l.declareOrganization(b)
	}
	l.newContext()
	l.evaluateLocals(of("locals"))

	cfg := &Config{Dir: l.dir}
	cfg.Settings = l.settings(&hclsyntax.Body{Blocks: of("settings")})
	for _, b := range of("organization") {
		l.organization(b, organizations[b])
	}
	for _, b := range of("public_folders") {
		cfg.PublicFolders = append(cfg.PublicFolders, l.publicFolders(b))
	}
	for _, b := range of("free_busy") {
		cfg.FreeBusy = append(cfg.FreeBusy, l.freeBusy(b))
	}
	for _, label := range slices.Sorted(maps.Keys(l.orgs)) {
		cfg.Organizations = append(cfg.Organizations, l.orgs[label])
	}
	slices.SortStableFunc(cfg.PublicFolders, func(a, b *PublicFolders) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(cfg.FreeBusy, func(a, b *FreeBusy) int { return strings.Compare(a.Name, b.Name) })

	l.checkIDs(cfg.Organizations)
	l.checkArchives(cfg)
	l.checkFolders()
	return cfg
}

func (l *loader) settings(file *hclsyntax.Body) Settings {
	s := Settings{State: filepath.Join(l.dir, ".iorepl"), FullScan: 7 * 24 * time.Hour}
	b := l.only(file, "settings")
	if b == nil {
		return s
	}
	in := l.section(b)
	in.path("state", &s.State)
	in.duration("full_scan", &s.FullScan)
	return s
}

// fail records a mistake: what is wrong, and in the detail why and the next step.
func (l *loader) fail(at hashihcl.Range, summary, detail string, args ...any) {
	l.diags = append(l.diags, &hashihcl.Diagnostic{
		Severity: hashihcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &at,
	})
}

// add takes over what the library found.
func (l *loader) add(diags ...*hashihcl.Diagnostic) {
	for _, d := range diags {
		d.Expression, d.EvalContext = nil, nil
		for _, s := range l.secrets {
			// Shorter ones are more likely to be a part of other words than to be told.
			if len(s) > 3 {
				d.Summary, d.Detail = strings.ReplaceAll(d.Summary, s, hidden), strings.ReplaceAll(d.Detail, s, hidden)
			}
		}
		l.diags = append(l.diags, d)
	}
}
