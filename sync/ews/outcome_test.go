package ews_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

// outcome is how a run ended.
type outcome struct {
	plan   *plan.Plan
	report *sync.Report
	err    error
}

// said is all that an administrator is told of what did not go well.
func (o outcome) said() string {
	var b strings.Builder
	if o.err != nil {
		fmt.Fprintln(&b, o.err)
	}
	if o.plan != nil {
		d := o.plan.Document(false)
		fmt.Fprintln(&b, strings.Join(d.Errors, "\n"))
		for _, r := range d.Refused {
			fmt.Fprintln(&b, r.Gate, r.Message)
		}
		for _, p := range d.Pairs {
			for x := range p.Changes.All() {
				fmt.Fprintln(&b, "planned:", x.Symbol, x.Action, x.Path, x.Item, x.Why)
			}
			for _, l := range p.LeftAlone {
				fmt.Fprintln(&b, "left:", l.Path, l.Why, l.Names)
			}
		}
	}
	if o.report != nil {
		for _, list := range [][]sync.Outcome{o.report.Skipped, o.report.Failed, o.report.Refused} {
			for _, x := range list {
				fmt.Fprintln(&b, x.Path, x.Item, x.Reason)
			}
		}
		fmt.Fprintln(&b, o.report.Error)
	}
	return b.String()
}

// says checks that an administrator is told certain words.
func (o outcome) says(t testing.TB, words ...string) {
	t.Helper()
	contains(t, o.said(), words...)
}

func contains(t testing.TB, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in what is said:\n%s", w, text)
		}
	}
}

var errGate = errors.New("a gate is shut")

// apply is one run of apply. A shut gate ends it.
func (c *chain) apply() outcome { return c.run(true) }

// plan is one run of plan.
func (c *chain) plan() outcome { return c.run(false) }

// complete is an apply that has to do all that it planned.
func (c *chain) complete() outcome {
	c.Helper()
	o := c.apply()
	if o.err != nil || !o.report.Complete() {
		c.Fatalf("the run was not complete:\n%s", o.said())
	}
	return o
}

// settles applies until nothing is left to do.
func (c *chain) settles() {
	c.Helper()
	for range 4 {
		o := c.apply()
		if o.err != nil {
			c.Fatalf("a later run fails:\n%s", o.said())
		}
		if o.plan.Changes.Len() == 0 && o.report.Complete() {
			return
		}
	}
	c.Fatalf("later runs do not come to an end:\n%s", c.plan().said())
}

// quiet checks that there is nothing to do.
func (c *chain) quiet() outcome {
	c.Helper()
	o := c.plan()
	if o.err != nil || o.plan.Changes.Len() > 0 {
		c.Errorf("there is still something to do: %v\n%s", o.plan, o.said())
	}
	return o
}
