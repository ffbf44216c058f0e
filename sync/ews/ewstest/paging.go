package ewstest

import (
	"strconv"

	"iorepl/sync/ews/soap"
)

// rowsAsked is how many rows of each listing a request asks for, 0 if it does not say.
func rowsAsked(req *soap.Element) int {
	for _, view := range req.Children {
		if n, err := strconv.Atoi(view.Attr("MaxEntriesReturned")); err == nil {
			return n
		}
	}
	return 0
}

// page is a part of a listing.
type page struct {
	from, to int
	attrs    []soap.Attr
}

// pageOf finds the part of n rows that a paging element asks for; it may be nil. No more than limit rows are given; 0 is no limit, and less is none even for faults
// (MS-OXWSSRCH 2.2.4.15).
func (c *call) pageOf(view *soap.Element, n, limit int) (page, error) {
	if c.pageLimit > 0 && limit >= 0 {
		limit = c.pageLimit
	}
	most := n
	if view != nil && view.Attr("MaxEntriesReturned") != "" {
		m, err := strconv.Atoi(view.Attr("MaxEntriesReturned"))
		if err != nil || m <= 0 {
			return page{}, fail("ErrorInvalidPagingMaxRows")
		}
		most = m
	}
	wanted := most
	if limit > 0 && most > limit {
		most = limit
	}
	count := soap.Attr{Name: "TotalItemsInView", Value: strconv.Itoa(n)}
	switch {
	case view == nil:
		p := page{to: min(n, most)}
		if p.to < n {
			p.attrs = append(p.attrs, soap.Attr{Name: "IndexedPagingOffset", Value: strconv.Itoa(p.to)})
		}
		p.attrs = append(p.attrs, count, last(p.to == n))
		return p, nil
	case view.Is("FractionalPageItemView"), view.Is("FractionalPageFolderView"):
		a, err1 := strconv.Atoi(view.Attr("Numerator"))
		b, err2 := strconv.Atoi(view.Attr("Denominator"))
		if err1 != nil || err2 != nil || b <= 0 || a < 0 || a > b {
			return page{}, failAs("ErrorInvalidFractionalPagingParameters", "The fractional paging parameters are invalid.")
		}
		p := page{from: int(int64(n) * int64(a) / int64(b))}
		p.to = min(n, p.from+most)
		p.attrs = []soap.Attr{{Name: "NumeratorOffset", Value: strconv.Itoa(p.to)}, {Name: "AbsoluteDenominator", Value: strconv.Itoa(n)}, count,
			last(p.to == n)}
		return p, nil
	}
	offset, err := strconv.Atoi(view.Attr("Offset"))
	if err != nil || offset < 0 {
		return page{}, failAs("ErrorInvalidIndexedPagingParameters", "The indexed paging parameters are invalid.")
	}
	at := func(next int) soap.Attr { return soap.Attr{Name: "IndexedPagingOffset", Value: strconv.Itoa(next)} }
	if view.Attr("BasePoint") == "End" {
		p := page{to: max(n-offset, 0)}
		p.from = max(p.to-most, 0)
		if c.grommunio() {
			p.from = p.to
		}
		p.attrs = []soap.Attr{at(n - p.from), count, last(p.from == 0)}
		return p, nil
	}
	p := page{from: min(offset, n)}
	p.to = min(n, p.from+most)
	next := p.to
	if c.grommunio() && offset > n {
		next = offset + wanted
	}
	p.attrs = []soap.Attr{at(next), count, last(p.to == n)}
	return p, nil
}

// tooManyRows refuses a page of n rows that is more than the policy allows: clients that say they are older than 2010 SP1 do not know
// partial pages.
func (c *call) tooManyRows(view *soap.Element, n int) error {
	limit := c.s.options.PageCap
	wanted, err := c.pageOf(view, n, -1)
	switch {
	case err != nil || limit <= 0 || wanted.to-wanted.from <= limit:
		return err
	case c.rank < rank2010:
		return failAll("ErrorServerBusy")
	case c.rank < rank2010SP1 || c.s.options.WholePages:
		return fail("ErrorExceededFindCountLimit")
	}
	return nil
}

func last(is bool) soap.Attr {
	return soap.Attr{Name: "IncludesLastItemInRange", Value: boolText(is)}
}
