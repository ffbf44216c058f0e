package freebusy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Month is what changes in one month: how many intervals come and go, those counted that start in it.
type Month struct {
	Month   string `json:"month"` // such as 2026-11
	Added   int    `json:"added,omitempty"`
	Removed int    `json:"removed,omitempty"`
}

// Months compares what was there with what is to be there, within the range of the latter.
func Months(old, now Times) []Month {
	old = old.Clip(now.Start, now.End)
	count := map[Minute]*Month{}
	at := func(m Minute) *Month {
		start := m.MonthStart(0)
		if count[start] == nil {
			count[start] = &Month{Month: start.Time().Format("2006-01")}
		}
		return count[start]
	}
	for k := range now.Of {
		was, is := old.Of[k], now.Of[k]
		for len(was) > 0 || len(is) > 0 {
			order := -1
			switch {
			case len(was) == 0:
				order = 1
			case len(is) > 0:
				order = compareIntervals(was[0], is[0])
			}
			if order < 0 {
				at(was[0].Start).Removed++
			}
			if order > 0 {
				at(is[0].Start).Added++
			}
			if order <= 0 {
				was = was[1:]
			}
			if order >= 0 {
				is = is[1:]
			}
		}
	}
	var all []Month
	for _, m := range count {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b Month) int { return cmp.Compare(a.Month, b.Month) })
	return all
}

// monthsText is what people read: "2026-11: 12 more, 3 less".
func monthsText(months []Month) string {
	var parts []string
	for _, m := range months {
		switch {
		case m.Removed == 0:
			parts = append(parts, fmt.Sprintf("%s: %d more", m.Month, m.Added))
		case m.Added == 0:
			parts = append(parts, fmt.Sprintf("%s: %d less", m.Month, m.Removed))
		default:
			parts = append(parts, fmt.Sprintf("%s: %d more, %d less", m.Month, m.Added, m.Removed))
		}
	}
	return strings.Join(parts, ", ")
}
