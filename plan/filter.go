package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// Filters change what goes into the comparison, on both sides, and never its result: what a filter takes out is
// neither copied nor counted as gone.

const whyOnTheWay = "items filtered by include"

// folderOut says why a filter takes a folder out, by its path below the pair's root, or "", and whether its items belong to the pair.
// A folder on the way to an included one belongs to the pair without its items.
func (r *Rules) folderOut(relative string) (why string, items bool) {
	if relative == "" {
		return "", len(r.Include) == 0 || matchesAny(r.Include, "")
	}
	if !r.Subfolders {
		return "filtered by subfolders", false
	}
	for p := relative; p != ""; p = Parent(p) {
		if matchesAny(r.Exclude, p) {
			return "filtered by exclude", false
		}
	}
	if len(r.Include) == 0 {
		return "", true
	}
	for p := relative; p != ""; p = Parent(p) {
		if matchesAny(r.Include, p) {
			return "", true
		}
	}
	for _, g := range r.Include {
		if leadsTo(relative, g) {
			return "", false
		}
	}
	return "filtered by include", false
}

func matchesAny(globs []string, path string) bool {
	for _, g := range globs {
		if ok, _ := doublestar.Match(g, path); ok {
			return true
		}
	}
	return false
}

// leadsTo reports whether a folder below path can match the glob.
func leadsTo(path, glob string) bool {
	pathParts, globParts := strings.Split(path, "/"), strings.Split(glob, "/")
	for i, p := range pathParts {
		if i >= len(globParts) {
			return false
		}
		if globParts[i] == "**" {
			return true
		}
		if ok, _ := doublestar.Match(globParts[i], p); !ok {
			return false
		}
	}
	return len(globParts) > len(pathParts)
}

// itemOut says why a filter takes an item out, or "". now bounds modified_within.
func (r *Rules) itemOut(it *Item, now time.Time) string {
	if len(r.Classes) > 0 && !slices.ContainsFunc(r.Classes, func(g string) bool { return matchesClass(g, it.Class) }) {
		return "filtered by classes"
	}
	if r.MaxSize > 0 && it.Size > r.MaxSize {
		return "filtered by max_size"
	}
	if r.ModifiedWithin > 0 && !it.Modified.IsZero() && now.Sub(it.Modified) > r.ModifiedWithin {
		return "filtered by modified_within"
	}
	return ""
}
