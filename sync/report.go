package sync

import (
	"cmp"
	"errors"
	"slices"
	stdsync "sync"

	"iorepl/plan"
)

// Report says what became of a plan. It is complete after Apply, whatever happened.
type Report struct {
	FormatVersion string         `json:"format_version"`
	Plan          *plan.Document `json:"plan"`
	Result        string         `json:"result"` // complete, partial, interrupted, refused or failed
	Done          int            `json:"done"`
	Remaining     int            `json:"remaining"` // changes that were not tried
	Skipped       []Outcome      `json:"skipped,omitempty"`
	Failed        []Outcome      `json:"failed,omitempty"`
	Refused       []Outcome      `json:"refused,omitempty"` // what a target will never take
	Reduced       []Outcome      `json:"reduced,omitempty"` // what was carried out, but for what a source cannot give or a target cannot hold of the item
	Error         string         `json:"error,omitempty"`

	mu        stdsync.Mutex
	unsettled map[int]bool // pairs with changes that were not carried out
}

// Outcome is one change that was not carried out, and why.
type Outcome struct {
	plan.DocChange
	Reason string `json:"reason"`
}

func newReport(p *plan.Plan, strict bool) *Report {
	return &Report{FormatVersion: plan.FormatVersion, Plan: p.Document(strict), Remaining: p.Changes.Len(), unsettled: map[int]bool{}}
}

// record notes what became of a change in an organization.
func (r *Report) record(c *plan.Change, org string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.unsettled[c.Pair] = true
	}
	r.note(docChange(c, org), err)
}

// Record notes what became of a change that is none of folders or items.
func (r *Report) Record(c plan.DocChange, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note(c, err)
}

func (r *Report) note(c plan.DocChange, err error) {
	r.Remaining--
	if err == nil {
		r.Done++
		return
	}
	o := Outcome{c, err.Error()}
	switch {
	case IsConflict(err) || IsGone(err):
		r.Skipped = append(r.Skipped, o)
	case IsRefused(err):
		r.Refused = append(r.Refused, o)
	default:
		r.Failed = append(r.Failed, o)
	}
}

// reduce notes what of an item a source cannot give or a target cannot hold.
func (r *Report) reduce(c *plan.Change, org string, lost []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, what := range lost {
		r.Reduced = append(r.Reduced, Outcome{docChange(c, org), what})
	}
}

func docChange(c *plan.Change, org string) plan.DocChange {
	return plan.DocChange{Symbol: c.Action.Symbol(), Action: c.Action, Place: plan.Place{Organization: org, Path: c.Path}, Item: c.Name, Why: c.Why}
}

// settled reports whether all changes of a pair were carried out so far.
func (r *Report) settled(pair int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Remaining == 0 && !r.unsettled[pair]
}

// Finish sorts the report and says how the run ended.
func (r *Report) Finish(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, list := range [][]Outcome{r.Skipped, r.Failed, r.Refused, r.Reduced} {
		slices.SortFunc(list, func(a, b Outcome) int {
			return cmp.Or(cmp.Compare(a.Organization, b.Organization), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Reason, b.Reason))
		})
	}
	switch {
	case err != nil:
		r.Result, r.Error = "failed", err.Error()
	case r.Remaining > 0:
		r.Result = "interrupted"
	case len(r.Skipped)+len(r.Failed) > 0 || r.Plan.Summary.Errors > 0:
		r.Result = "partial"
	default:
		r.Result = "complete"
	}
}

// Complete reports whether all that was planned was done, and everything could be looked at.
func (r *Report) Complete() bool { return r.Result == "complete" }

// IsPanic reports whether err came from a programming error, and returns it.
func IsPanic(err error) (*PanicError, bool) {
	var p *PanicError
	return p, errors.As(err, &p)
}
