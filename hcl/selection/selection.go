// Package selection says which part of a configuration a run is about: what --only names, what the time of the week lets
// run, and what has to be looked at besides because it ends in the same organizations.
package selection

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	hashihcl "github.com/hashicorp/hcl/v2"

	"iorepl/hcl"
	"iorepl/plan"
)

// Selection is what --only names: sessions, and folder pairs of sessions. An empty one is everything.
type Selection []entry

type entry struct {
	session string
	folder  string // publisher path, in plan's notation; "" for all
}

// Parse reads SESSION and SESSION/FOLDER.
func Parse(args []string) Selection {
	var s Selection
	for _, a := range args {
		session, folder, _ := strings.Cut(a, "/")
		path := ""
		for _, name := range plan.Names(strings.Trim(folder, "/")) {
			path = plan.Join(path, name)
		}
		s = append(s, entry{session, path})
	}
	return s
}

// Has reports whether the folder pair with the given publisher folder is selected: it is named, or lies below what is.
func (s Selection) Has(session, publisherPath string) bool {
	return len(s) == 0 || slices.ContainsFunc(s, func(e entry) bool {
		return e.session == session && plan.Within(publisherPath, e.folder)
	})
}

// mayHave reports whether a selected folder pair may be one of a block with wildcards, of which the pattern is given because nobody knows what
// there is of it.
func (s Selection) mayHave(cfg *hcl.Config, session, pattern string) bool {
	for _, f := range cfg.PublicFolders {
		for _, block := range f.Folders {
			if f.Name == session && block.Path == pattern && strings.Contains(pattern, "*") &&
				slices.ContainsFunc(s, func(e entry) bool { return e.session == session && leadsTo(e.folder, block) }) {
				return true
			}
		}
	}
	return false
}

func (s Selection) session(name string) bool {
	return len(s) == 0 || slices.ContainsFunc(s, func(e entry) bool { return e.session == name })
}

// Part is the part of a configuration that a run is about.
type Part struct {
	Sessions []*hcl.PublicFolders // to be looked at; what Wants leaves out is not changed
	FreeBusy []*hcl.FreeBusy
	Resting  []string                                 // selected sessions whose time it is not
	Wants    func(session, publisherPath string) bool // of a block with wildcards the pattern may be asked about, too: whether it may name one that is wanted
}

// Of narrows a configuration. With now, sessions rest outside their schedule and in their quiet hours. An error is about what --only
// names.
func (s Selection) Of(cfg *hcl.Config, now *time.Time) (*Part, error) {
	if err := s.check(cfg); err != nil {
		return nil, err
	}
	p := &Part{}
	runs := func(name string, schedule, quiet []hcl.Window) bool {
		if !s.session(name) {
			return false
		}
		if now != nil && rests(*now, schedule, quiet) {
			p.Resting = append(p.Resting, name)
			return false
		}
		return true
	}
	written := map[*hcl.Organization]bool{}
	running := map[string]bool{}
	for _, f := range cfg.PublicFolders {
		if running[f.Name] = runs(f.Name, f.Schedule, f.QuietHours); running[f.Name] {
			for _, o := range writes(f) {
				written[o] = true
			}
		}
	}
	for _, f := range cfg.FreeBusy {
		if runs(f.Name, f.Schedule, f.QuietHours) {
			p.FreeBusy = append(p.FreeBusy, f)
		}
	}
	slices.Sort(p.Resting)
	for _, f := range cfg.PublicFolders {
		// An item goes by one way where several sessions lead to one organization, so those are looked at together.
		if running[f.Name] || slices.ContainsFunc(writes(f), func(o *hcl.Organization) bool { return written[o] }) {
			p.Sessions = append(p.Sessions, f)
		}
	}
	p.Wants = func(session, publisherPath string) bool {
		return running[session] && (s.Has(session, publisherPath) || s.mayHave(cfg, session, publisherPath))
	}
	return p, nil
}

// rests reports whether a session is outside of its schedule or in its quiet hours.
func rests(now time.Time, schedule, quiet []hcl.Window) bool {
	in := func(w hcl.Window) bool { return w.Contains(now) }
	return len(schedule) > 0 && !slices.ContainsFunc(schedule, in) || slices.ContainsFunc(quiet, in)
}

// writes are the organizations that a session writes to.
func writes(f *hcl.PublicFolders) []*hcl.Organization {
	if slices.ContainsFunc(f.Folders, func(f *hcl.Folder) bool { return f.Rules.TwoWay }) {
		return append([]*hcl.Organization{f.Publisher}, f.Subscribers...)
	}
	return f.Subscribers
}

// Published reports whether the whole configuration only ever reads an organization.
func Published(cfg *hcl.Config, o *hcl.Organization) bool {
	return !slices.ContainsFunc(cfg.PublicFolders, func(f *hcl.PublicFolders) bool { return slices.Contains(writes(f), o) }) &&
		!slices.ContainsFunc(cfg.FreeBusy, func(f *hcl.FreeBusy) bool { return slices.Contains(f.Subscribers, o) })
}

// WithoutFolders reports whether the whole configuration asks an organization for its users' availability at most.
func WithoutFolders(cfg *hcl.Config, o *hcl.Organization) bool {
	return Published(cfg, o) && !slices.ContainsFunc(cfg.PublicFolders, func(f *hcl.PublicFolders) bool { return f.Publisher == o }) &&
		!slices.ContainsFunc(cfg.FreeBusy, func(f *hcl.FreeBusy) bool { return f.Publisher == o && f.Source != "availability" })
}

// WithExchange reports whether an organization of the configuration is an Exchange one.
func WithExchange(cfg *hcl.Config) bool {
	return slices.ContainsFunc(cfg.Organizations, func(o *hcl.Organization) bool { return o.EWS != nil })
}

// Properties are the named properties that folders of an organization ask for, sorted.
func Properties(cfg *hcl.Config, o *hcl.Organization) []string {
	var names []string
	for _, f := range cfg.PublicFolders {
		if f.Publisher == o || slices.Contains(f.Subscribers, o) {
			for _, folder := range f.Folders {
				names = append(names, folder.Rules.Properties...)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// check reports what there is not in the configuration.
func (s Selection) check(cfg *hcl.Config) error {
	folders := map[string][]*hcl.Folder{}
	var names []string
	for _, f := range cfg.PublicFolders {
		folders[f.Name] = f.Folders
		names = append(names, f.Name)
	}
	for _, f := range cfg.FreeBusy {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	for _, e := range s {
		switch {
		case !slices.Contains(names, e.session):
			return fmt.Errorf("--only names a session %q, and there are %s", e.session, strings.Join(names, ", "))
		case e.folder != "" && folders[e.session] == nil:
			return fmt.Errorf("--only narrows a session of public folders to one of them, and session %q is about free/busy; name it alone", e.session)
		case e.folder != "" && !slices.ContainsFunc(folders[e.session], func(f *hcl.Folder) bool { return leadsTo(e.folder, f) }):
			var blocks []string
			for _, f := range folders[e.session] {
				blocks = append(blocks, strconv.Quote(f.Label))
			}
			return fmt.Errorf("--only narrows a run to whole folder blocks, and none of session %q is %q or lies below it; there are %s",
				e.session, e.folder, strings.Join(blocks, ", "))
		}
	}
	return nil
}

// leadsTo reports whether a folder that the block names may be the given one or lie below it.
func leadsTo(folder string, block *hcl.Folder) bool {
	pattern, names := plan.Names(block.Path), plan.Names(folder)
	if len(names) > len(pattern) {
		return false
	}
	// What is below the given folder is not known: the rest of the pattern stands for itself.
	for _, name := range pattern[len(names):] {
		folder = plan.Join(folder, name)
	}
	return block.Matches(folder)
}

// Place is where something stands in the configuration, as "file:line" relative to its directory.
func Place(cfg *hcl.Config, at hashihcl.Range) string {
	name := at.Filename
	if abs, err := filepath.Abs(name); err == nil {
		if rel, err := filepath.Rel(cfg.Dir, abs); err == nil {
			name = rel
		}
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(name), at.Start.Line)
}
