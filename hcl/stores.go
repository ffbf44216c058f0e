package hcl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// byPlace sorts organizations as the configuration has them, so that the later one of two is the mistake.
func byPlace(orgs []*Organization) []*Organization {
	return slices.SortedStableFunc(slices.Values(orgs), func(a, b *Organization) int {
		if c := strings.Compare(a.Range.Filename, b.Range.Filename); c != 0 {
			return c
		}
		return a.Range.Start.Byte - b.Range.Start.Byte
	})
}

// checkIDs reports organizations that stamps could not tell apart.
func (l *loader) checkIDs(orgs []*Organization) {
	first := map[string]*Organization{}
	for _, o := range byPlace(orgs) {
		if other := first[o.ID]; other != nil {
			l.fail(o.Range, "Two organizations with one id", "Stamps name organizations by id, and organization %q (%s) has the id %q too. Give one of them another id.",
				other.Label, at(other.Range), o.ID)
			continue
		}
		first[o.ID] = o
	}
}

// checkArchives reports directories that lie in one another, of archives and of the state.
func (l *loader) checkArchives(cfg *Config) {
	type directory struct {
		o    *Organization
		path string
	}
	state := resolve(cfg.Settings.State)
	var seen []directory
	for _, o := range byPlace(cfg.Organizations) {
		if o.Archive == nil || o.Archive.Path == "" {
			continue
		}
		d := directory{o, resolve(o.Archive.Path)}
		for _, other := range seen {
			nested := true
			switch {
			case sameDirectory(d.path, other.path):
				l.fail(o.Range, "Two organizations in one directory", "The archive of organization %q (%s) has the same path. Give each a directory of its own.",
					other.o.Label, at(other.o.Range))
			case inside(d.path, other.path) || inside(other.path, d.path):
				l.fail(o.Range, "Archive inside an archive", "Of the archives of this organization and of %q (%s) one lies in the other, where its folders would be taken for the other's. Put them side by side.",
					other.o.Label, at(other.o.Range))
			default:
				nested = false
			}
			if nested {
				break
			}
		}
		if inside(state, d.path) || inside(d.path, state) {
			l.fail(o.Range, "State inside an archive", "The state (%s) and the archive of organization %q (%s) lie in one another. Move one of them; state in a settings block says where the state is.",
				cfg.Settings.State, o.Label, o.Archive.Path)
		}
		seen = append(seen, d)
	}
}

// resolve follows symbolic links in what exists of a path.
func resolve(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(resolve(parent), filepath.Base(path))
}

func sameDirectory(a, b string) bool {
	if a == b {
		return true
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// inside reports whether path is dir or lies in it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
