package ewstest

import (
	"slices"
	"strconv"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// findItem is FindItem (MS-OXWSSRCH 3.1.4.2).
func (c *call) findItem() (*soap.Element, error) {
	q, err := c.query()
	if err != nil && refusalOf(err).Whole {
		return nil, err
	}
	return c.each(within(c.req, "ParentFolderIds"), "", func(id *soap.Element) ([]*soap.Element, error) {
		if err != nil {
			return nil, err
		}
		f, err := c.folder(id, c.missingParent())
		if err != nil {
			return nil, err
		}
		if err := c.sees(f); err != nil {
			return nil, err
		}
		if err := c.routed(f, c.missingParent()); err != nil {
			return nil, err
		}
		if c.rights(f)&ReadItems == 0 && !c.grommunio() {
			return nil, fail("ErrorAccessDenied")
		}
		if q.calendar != nil {
			return c.calendarView(f, q)
		}
		return c.findItemsIn(f, q)
	})
}

// query is what a FindItem asks of each folder.
type query struct {
	shape     *soap.Element
	paging    *soap.Element
	calendar  *soap.Element
	keep      filter
	sort      []sortField
	traversal string
	key       string // of the restriction and the sort order
}

func (c *call) query() (*query, error) {
	q := &query{shape: c.req.Child("ItemShape"), traversal: c.req.Attr("Traversal"), calendar: c.req.Child("CalendarView")}
	if err := c.checkShape(q.shape); err != nil {
		return nil, err
	}
	for _, name := range []string{"IndexedPageItemView", "FractionalPageItemView", "ContactsView"} {
		if e := c.req.Child(name); e != nil {
			q.paging = e
		}
	}
	if !c.grommunio() {
		for _, name := range []string{"GroupBy", "DistinguishedGroupBy", "QueryString"} {
			if c.req.Child(name) != nil {
				return nil, failAs("ErrorInvalidOperation", name+" is not imitated.")
			}
		}
	}
	restriction, order := c.req.Child("Restriction"), c.req.Child("SortOrder")
	if q.calendar != nil && (restriction != nil || order != nil) {
		return nil, failAs("ErrorInvalidOperation", "A calendar view goes with neither a restriction nor a sort order.")
	}
	var err error
	if q.keep, err = c.itemFilter(restriction); err != nil {
		return nil, err
	}
	if q.sort, err = c.sortFields(order); err != nil {
		return nil, err
	}
	q.key = fingerprint(restriction) + fingerprint(order)
	return q, nil
}

// checkShape refuses the paths of an m:ItemShape that the server does not know.
func (c *call) checkShape(shape *soap.Element) error {
	for _, p := range within(shape, "AdditionalProperties") {
		if err := mapi.CheckPath(c.profile, p, false); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) findItemsIn(f *folder, q *query) ([]*soap.Element, error) {
	rows := c.rows(f, q)
	p, err := c.pageOf(q.paging, len(rows), c.s.options.PageCap)
	if err != nil {
		return nil, err
	}
	if err := c.tooManyRows(q.paging, len(rows)); err != nil {
		return nil, err
	}
	list := soap.T("Items")
	list.Children = make([]*soap.Element, 0, p.to-p.from)
	for _, r := range rows[p.from:p.to] {
		e, err := c.itemElement(f, r, 0, q.shape, true)
		if err != nil {
			return nil, err
		}
		list.Children = append(list.Children, e)
		if c.grommunio() {
			// It lists edited occurrences as rows of their own.
			for _, o := range r.item.Exceptions() {
				e, err := c.view(f, r, o.Item, true).Element(c.profile, c.s.itemID("ItemId", f, r, o.Index), q.shape, true, nil)
				if err == nil {
					list.Add(e)
				}
			}
		}
	}
	root := soap.M("RootFolder", list)
	if c.grommunio() {
		root.Add(soap.T("Groups"))
	}
	root.Attrs = p.attrs
	return []*soap.Element{root}, nil
}

// itemElement writes an item or one of its occurrences for a shape.
func (c *call) itemElement(f *folder, r *record, occurrence int, shape *soap.Element, listing bool) (*soap.Element, error) {
	item := r.item
	if occurrence != 0 {
		var err error
		if item, err = item.Occurrence(occurrence); err != nil {
			return nil, err
		}
	}
	return c.view(f, r, item, listing).Element(c.profile, c.s.itemID("ItemId", f, r, occurrence), shape, listing, c.attachmentIDs(f, r, occurrence))
}

// calendarView lists appointments with the occurrences of recurring ones between two times (MS-OXWSSRCH 2.2.4.3).
func (c *call) calendarView(f *folder, q *query) ([]*soap.Element, error) {
	start, err1 := time.Parse(time.RFC3339, q.calendar.Attr("StartDate"))
	end, err2 := time.Parse(time.RFC3339, q.calendar.Attr("EndDate"))
	switch {
	case !f.isCalendar():
		return nil, failAs("ErrorCalendarFolderIsInvalidForCalendarView", "The folder is not a calendar folder.")
	case err1 != nil || err2 != nil || q.traversal != "Shallow":
		return nil, failAll("ErrorInvalidRequest")
	case end.Before(start):
		return nil, failAs("ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate is earlier than StartDate.")
	case end.Sub(start) > 2*366*24*time.Hour:
		return nil, failAs("ErrorCalendarViewRangeTooBig", "The specified view range exceeds the maximum range of two years.")
	}
	list := soap.T("Items")
	for _, o := range occurrences(f, start, end) {
		item := o.Item
		if item == nil {
			item = o.record.item
		}
		id := c.s.itemID("ItemId", f, o.record, o.Index)
		e, err := c.view(f, o.record, item, true).Element(c.profile, id, q.shape, true, nil)
		if err != nil {
			return nil, err
		}
		list.Add(e)
	}
	n := len(list.Children)
	view := &soap.Element{Attrs: append(slices.Clone(q.calendar.Attrs), soap.Attr{Name: "Offset", Value: "0"})}
	p, err := c.pageOf(view, n, c.s.options.PageCap)
	if err != nil {
		return nil, err
	}
	list.Children = list.Children[:p.to]
	root := soap.M("RootFolder", list)
	root.Attrs = []soap.Attr{{Name: "TotalItemsInView", Value: strconv.Itoa(n)}, last(p.to == n)}
	return []*soap.Element{root}, nil
}
