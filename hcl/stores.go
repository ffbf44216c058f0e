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
	l.checkFreeBusyDirectories(cfg, state)
}

// checkFreeBusyDirectories reports directories of .ifb files that lie where something else does, apart from the archive that they belong to.
func (l *loader) checkFreeBusyDirectories(cfg *Config, state string) {
	clash := func(a, b string) bool { return sameDirectory(a, b) || inside(a, b) || inside(b, a) }
	chosen := func(o *Organization) bool {
		return o.Archive != nil && o.Archive.FreeBusy != o.Archive.defaultFreeBusy()
	}
	for i, o := range byPlace(cfg.Organizations) {
		if !chosen(o) {
			continue
		}
		path := resolve(o.Archive.FreeBusy)
		if clash(path, state) {
			l.fail(o.Range, "State among free/busy files", "The state (%s) and the free/busy files of organization %q (%s) lie in one another. Move one of them; state in a settings block says where the state is.",
				cfg.Settings.State, o.Label, o.Archive.FreeBusy)
		}
		for k, other := range byPlace(cfg.Organizations) {
			switch {
			case k == i || other.Archive == nil || other.Archive.Path == "":
			case k < i && chosen(other) && clash(path, resolve(other.Archive.FreeBusy)):
				l.fail(o.Range, "Free/busy files of two organizations", "The free/busy files of this organization and of %q (%s) are in one directory, or one lies in the other, where those of one would be taken for the other's. Give each a directory of its own in free_busy.",
					other.Label, at(other.Range))
			case inside(path, resolve(other.Archive.Path)):
				l.fail(o.Range, "Free/busy files inside an archive", "The free/busy files of this organization lie in the archive of %q (%s). Put them side by side.", other.Label, at(other.Range))
			}
		}
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
