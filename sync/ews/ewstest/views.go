package ewstest

import (
	"cmp"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// views are listings that were searched or sorted already, so that paging through a large folder does it once.
type views struct {
	mu  stdsync.Mutex
	all []*listing // the most recently used last
}

// listing is the rows of a folder in one of its revisions.
type listing struct {
	folder, rev uint64
	key         string
	rows        []*record
}

// maxViews is how many listings are kept.
const maxViews = 8

func (v *views) get(folder, rev uint64, key string) ([]*record, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, l := range v.all {
		if l.folder == folder && l.rev == rev && l.key == key {
			v.all = append(slices.Delete(v.all, i, i+1), l)
			return l.rows, true
		}
	}
	return nil, false
}

func (v *views) put(folder, rev uint64, key string, rows []*record) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all = slices.DeleteFunc(v.all, func(l *listing) bool { return l.folder == folder && l.rev != rev })
	if len(v.all) == maxViews {
		v.all = slices.Delete(v.all, 0, 1)
	}
	v.all = append(v.all, &listing{folder, rev, key, rows})
}

// rows are the items of a folder that a query asks for, in its order. They must not be changed.
func (c *call) rows(f *folder, q *query) []*record {
	rows := f.items
	switch q.traversal {
	case "SoftDeleted":
		if q.keep != nil {
			return nil // a restriction finds nothing there
		}
		rows = f.dumpster
	case "Associated":
		rows = f.associated
	}
	if q.keep == nil && len(q.sort) == 0 {
		return rows
	}
	key := q.traversal + " " + q.key
	if kept, ok := c.s.views.get(f.id, f.rev, key); ok {
		return kept
	}
	if q.keep != nil {
		var found []*record
		for _, r := range rows {
			if q.keep(c.view(f, r, r.item, true)) {
				found = append(found, r)
			}
		}
		rows = found
	}
	if len(q.sort) > 0 {
		rows = c.sorted(f, rows, q.sort)
	}
	c.s.views.put(f.id, f.rev, key, rows)
	return rows
}

// sortField is a t:FieldOrder.
type sortField struct {
	path    *soap.Element
	descend bool
}

func (c *call) sortFields(order *soap.Element) ([]sortField, error) {
	if order == nil {
		return nil, nil
	}
	var all []sortField
	for _, o := range order.All("FieldOrder") {
		if len(o.Children) != 1 {
			return nil, failAll("ErrorSchemaValidation")
		}
		if err := mapi.CheckPath(c.profile, o.Children[0], true); err != nil {
			return nil, err
		}
		all = append(all, sortField{o.Children[0], o.Attr("Order") == "Descending"})
	}
	return all, nil
}

// sorted is a sorted copy. Rows without a property come first, as in MAPI tables.
func (c *call) sorted(f *folder, rows []*record, fields []sortField) []*record {
	type keyed struct {
		r    *record
		keys []mapi.Value
		has  []bool
	}
	all := make([]keyed, len(rows))
	values, has := make([]mapi.Value, len(rows)*len(fields)), make([]bool, len(rows)*len(fields))
	for i, r := range rows {
		at, to := i*len(fields), (i+1)*len(fields)
		k := keyed{r, values[at:to:to], has[at:to:to]}
		view := c.view(f, r, r.item, true)
		for j, s := range fields {
			k.keys[j], k.has[j] = view.Property(s.path)
		}
		all[i] = k
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		for j, s := range fields {
			n := 0
			switch {
			case a.has[j] && b.has[j]:
				n = mapi.Compare(a.keys[j], b.keys[j])
			case a.has[j]:
				n = 1
			case b.has[j]:
				n = -1
			}
			if s.descend {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return cmp.Compare(a.r.id, b.r.id)
	})
	sorted := make([]*record, len(all))
	for i, k := range all {
		sorted[i] = k.r
	}
	return sorted
}

// fingerprint is a text that two elements share if they say the same.
func fingerprint(e *soap.Element) string {
	if e == nil {
		return "-"
	}
	var b strings.Builder
	var write func(*soap.Element)
	write = func(e *soap.Element) {
		b.WriteString("<" + e.Name)
		for _, a := range e.Attrs {
			b.WriteString(" " + a.Name + "=" + a.Value)
		}
		b.WriteString(">" + e.Text)
		for _, c := range e.Children {
			write(c)
		}
		b.WriteString("</>")
	}
	write(e)
	return b.String()
}

// occurrence is an appointment, or one of a recurring one, with its record.
type occurrence struct {
	mapi.Occurrence
	record *record
}

// occurrences are those that overlap [start, end), in order.
func occurrences(f *folder, start, end time.Time) []occurrence {
	var all []occurrence
	for _, r := range f.items {
		for _, o := range r.item.View(start, end) {
			all = append(all, occurrence{o, r})
		}
	}
	slices.SortStableFunc(all, func(a, b occurrence) int { return a.Start.Compare(b.Start) })
	return all
}
