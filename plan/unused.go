package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Globs that match nothing are often misspelled. A glob may stand for many folder pairs, as where a session has it for all of its folders, and
// is of use if it matches in one of them; so a plan tells of it once for a session, and only where all of them were seen whole.

// globUse is what the globs of a pair's filters matched.
type globUse struct {
	matched map[glob]bool
	near    map[glob]string // a folder whose path differs from what would match in case alone
	classed bool            // some item was held against classes
	partial bool            // some folder may hold others that the account may not see
}

// glob is one text of include, exclude or classes.
type glob struct{ attribute, text string }

// globs are those of the rules.
func (r *Rules) globs() (all []glob) {
	for _, list := range []struct {
		attribute string
		texts     []string
	}{{"include", r.Include}, {"exclude", r.Exclude}, {"classes", r.Classes}} {
		for _, text := range list.texts {
			all = append(all, glob{list.attribute, text})
		}
	}
	return all
}

// folder notes which globs match a folder, by its path below the pair's root.
func (u *globUse) folder(globs []glob, relative string) {
	for _, g := range globs {
		if g.attribute == "classes" || u.matched[g] {
			continue
		}
		if ok, _ := doublestar.Match(g.text, relative); ok {
			u.match(g)
		} else if ok, _ := doublestar.Match(strings.ToLower(g.text), strings.ToLower(relative)); ok && u.near[g] == "" {
			if u.near == nil {
				u.near = map[glob]string{}
			}
			u.near[g] = relative
		}
	}
}

// class notes which globs match the class of an item.
func (u *globUse) class(r *Rules, class string) {
	u.classed = true
	for _, text := range r.Classes {
		if g := (glob{"classes", text}); !u.matched[g] && matchesClass(text, class) {
			u.match(g)
		}
	}
}

func (u *globUse) match(g glob) {
	if u.matched == nil {
		u.matched = map[glob]bool{}
	}
	u.matched[g] = true
}

// tellUnused adds a note for each glob that matched nothing in any pair of its session.
func (p *Plan) tellUnused() {
	type use struct {
		session string
		glob    glob
	}
	idle := map[use]bool{} // false: it matched, or that cannot be told
	near := map[use]string{}
	tried := map[use]bool{} // there was something that it could match
	for _, pair := range p.Pairs {
		unknown := len(pair.Couples) == 0 || len(pair.Failed) > 0 || pair.globs.partial
		for _, g := range pair.Rules.globs() {
			u := use{pair.Session, g}
			before, known := idle[u]
			idle[u] = (before || !known) && !unknown && !pair.globs.matched[g]
			tried[u] = tried[u] || g.attribute != "classes" || pair.globs.classed
			if near[u] == "" {
				near[u] = pair.globs.near[g]
			}
		}
	}
	for i, pair := range p.Pairs {
		if pair.Skip {
			continue
		}
		for _, g := range pair.Rules.globs() {
			u := use{pair.Session, g}
			if !idle[u] || !tried[u] {
				continue
			}
			idle[u] = false // once
			p.Left = append(p.Left, Left{Pair: i, Side: Publisher, Path: pair.Root[Publisher], Why: g.unused(near[u])})
		}
	}
}

// unused says that the glob matches nothing.
func (g glob) unused(near string) string {
	if g.attribute == "classes" {
		return fmt.Sprintf("classes %q matches no item", g.text)
	}
	why := fmt.Sprintf("%s %q matches no folder", g.attribute, g.text)
	if near != "" {
		why += fmt.Sprintf("; did you mean %q? Upper and lower case differ", near)
	}
	return why
}

// matchesClass reports whether a glob of classes matches a class; case does not matter.
func matchesClass(text, class string) bool {
	ok, _ := doublestar.Match(strings.ToLower(text), strings.ToLower(class))
	return ok
}

// useGlobs notes what the pair's globs match among its folders.
func (m *folderMatcher) useGlobs() {
	m.globs = globUse{}
	globs := m.Rules.globs()
	for side, folders := range m.in.Folders {
		m.globs.partial = m.globs.partial || slices.ContainsFunc(folders, func(f Folder) bool { return f.Problem != "" })
		for i := range folders {
			m.globs.folder(globs, m.place[side][&folders[i]])
		}
	}
}
