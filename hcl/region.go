package hcl

import (
	"slices"
	"strings"

	"iorepl/plan"
)

// region is the part of an organization's folder tree that a pair, or one side of it, takes in: all folders that a path with wildcards
// names, what lies below them if it is deep, but not the holes that deeper blocks of the same session cut into it. Case
// is ignored, since most organizations do, and two folders that differ in nothing else are asking for trouble.
type region struct {
	names []string
	deep  bool
	holes [][]string
}

func regionOf(path string, deep bool) region { return region{names: folded(path), deep: deep} }

func folded(path string) []string {
	names := plan.Names(path)
	for i, n := range names {
		names[i] = strings.ToLower(n)
	}
	return names
}

// overlaps reports whether some folder could lie in both regions.
func (r region) overlaps(s region) bool {
	outer, inner := r, s
	if len(outer.names) > len(inner.names) {
		outer, inner = inner, outer
	}
	for i, n := range outer.names {
		if !mayMeet(n, inner.names[i]) {
			return false
		}
	}
	if len(outer.names) == len(inner.names) {
		return !outer.spares(inner) && !inner.spares(outer)
	}
	return outer.deep && !outer.spares(inner)
}

// spares reports whether s lies in a hole of r.
func (r region) spares(s region) bool {
	return slices.ContainsFunc(r.holes, func(hole []string) bool { return covers(hole, s.names) })
}

// same reports whether both start at the same folders.
func (r region) same(s region) bool { return slices.Equal(r.names, s.names) }

// covers reports whether everything that inner names is named by outer or lies below it.
func covers(outer, inner []string) bool {
	if len(outer) > len(inner) {
		return false
	}
	for i, p := range outer {
		q := inner[i]
		if p != "*" && p != q && (strings.Contains(q, "*") || !matchName(p, q)) {
			return false
		}
	}
	return true
}

// mayMeet reports whether one name could match both patterns. It may err towards yes where both have wildcards.
func mayMeet(p, q string) bool {
	pHead, pTail, pWild := ends(p)
	qHead, qTail, qWild := ends(q)
	switch {
	case !pWild:
		return matchName(q, p)
	case !qWild:
		return matchName(p, q)
	}
	n, m := min(len(pHead), len(qHead)), min(len(pTail), len(qTail))
	return pHead[:n] == qHead[:n] && pTail[len(pTail)-m:] == qTail[len(qTail)-m:]
}

// ends are the texts before the first and after the last * of a pattern.
func ends(p string) (head, tail string, wild bool) {
	first := strings.IndexByte(p, '*')
	if first < 0 {
		return p, p, false
	}
	return p[:first], p[strings.LastIndexByte(p, '*')+1:], true
}
