package ews_test

import (
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
)

// TestAnAnswerThatSaysNothingCertainIsNoRefusal: what fails with a code that may pass is tried again by the next run, whoever the code is about.
func TestAnAnswerThatSaysNothingCertainIsNoRefusal(t *testing.T) {
	for _, operation := range []string{"CreateItem", "UpdateItem"} {
		for _, code := range []string{"ErrorNoPublicFolderServerAvailable", "ErrorMadeUpTomorrow"} {
			t.Run(operation+"/"+code, func(t *testing.T) {
				c := news(t, modern, modern, nil)
				c.complete()
				c.retitle("a", c.id("a", "News", "one"), "uno")
				c.post("a", "News", "four")
				remove := c.servers["b"].Inject(ewstest.Fault{Operation: operation, Times: -1, Action: ewstest.Fail{Code: code, Whole: true}})
				out := c.apply()
				remove()
				if out.err != nil || out.report.Complete() || len(out.report.Refused) > 0 {
					t.Errorf("the run calls itself complete:\n%s", out.said())
				}
				out.says(t, code)
				c.complete()
				c.holds("b", "Copies/News", "uno", "two", "three", "four")
			})
		}
	}
}

// TestAReplicaThatCannotBeChangedIsReplaced: servers differ in what they let be changed of an item that is there. What its users own stays as it is.
func TestAReplicaThatCannotBeChangedIsReplaced(t *testing.T) {
	for _, fail := range []ewstest.Fail{{Code: "ErrorInvalidPropertySet"}, {Code: "ErrorMimeContentConversionFailed", Whole: true}} {
		t.Run(fail.Code, func(t *testing.T) {
			c := news(t, modern, modern, func(r *plan.Rules) { r.TwoWay = true })
			c.complete()
			c.post("b", "Copies/News", "theirs")
			c.complete()
			c.retitle("a", c.id("a", "News", "one"), "uno")
			c.retitle("a", c.id("a", "News", "theirs"), "changed")
			theirs := c.id("b", "Copies/News", "theirs")
			remove := c.servers["b"].Inject(ewstest.Fault{Operation: "UpdateItem", Times: -1, Action: fail})
			out := c.apply()
			remove()
			if out.err != nil || len(out.report.Refused) != 1 {
				t.Errorf("%v:\n%s", out.err, out.said())
			}
			c.holds("b", "Copies/News", "uno", "two", "three", "theirs")
			if got := c.id("b", "Copies/News", "theirs"); got != theirs {
				t.Error("the item of the subscriber's users was replaced")
			}
			c.quiet() // until it changes
			c.retitle("a", c.id("a", "News", "changed"), "changed again")
			c.complete()
			c.holds("b", "Copies/News", "uno", "two", "three", "changed again")
			c.quiet()
		})
	}
}

// TestOneItemThatCannotBeReadKeepsNoOtherBack: a server that fails at a whole request is asked for less at a time.
func TestOneItemThatCannotBeReadKeepsNoOtherBack(t *testing.T) {
	for _, code := range []string{"ErrorInternalServerError", "ErrorInvalidRequest", "ErrorContentConversionFailed"} {
		t.Run(code, func(t *testing.T) {
			c := news(t, modern, modern, nil)
			c.servers["a"].Inject(ewstest.Fault{Operation: "GetItem", Times: -1, When: func(r ewstest.Request) bool { return r.IDs > 1 },
				Action: ewstest.Fail{Code: code, Whole: true}})
			c.complete()
			c.holds("b", "Copies/News", "one", "two", "three")
		})
	}
}
