package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// Approval is what the command line allows an apply to do.
type Approval struct {
	Expect    plan.Digest // zero: any plan
	Allow     []plan.Gate // gates that may be shut
	StopAfter time.Duration
}

// Apply plans and carries the plan out. soft, when done, ends it after what is under way; its cause says why. ctx
// ends it at once.
func (j *Job) Apply(ctx, soft context.Context, a Approval) (err error) {
	report := &sync.Report{FormatVersion: plan.FormatVersion, Result: "failed"}
	shown := false // whether the plan is on stdout already
	defer func() {
		if err != nil {
			report.Error = err.Error()
		}
		if errors.Is(err, ErrInterrupted) || errors.Is(err, errTime) {
			report.Result = "interrupted"
		}
		err = j.tell(report, func() error { return j.result(report) }, shown, err)
	}()
	if a.StopAfter > 0 {
		var cancel context.CancelFunc
		soft, cancel = context.WithTimeoutCause(soft, a.StopAfter, errTime)
		defer cancel()
	}
	for _, name := range j.Resting {
		j.Console.Note("session %s: outside its schedule or in its quiet hours, skipped", name)
	}
	o, err := j.open(soft, "apply", false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	p, err := o.plan(soft)
	if err != nil {
		return ended(err, 0)
	}
	report.Plan, report.Remaining = p.doc, p.changes()
	if !j.JSON && !j.Console.Quiet() {
		if err := p.doc.WriteText(j.Console.Stdout(), j.Console.Colors()); err != nil {
			return fmt.Errorf("printing the plan: %w", err)
		}
	}
	if err := j.approve(p.doc, a); err != nil {
		report.Result = "refused"
		return err
	}
	report, err = o.apply(ctx, soft, p)
	shown = true
	return j.outcome(ctx, soft, report, err)
}

// apply carries out what was planned: folders first.
func (o *opened) apply(ctx, soft context.Context, p *planned) (*sync.Report, error) {
	report, err := o.run.Apply(ctx, p.folders, soft.Done())
	report.Plan = p.doc
	report.Remaining += p.busy.Changes()
	if err == nil {
		err = o.busy.Apply(ctx, soft.Done(), report)
	}
	report.Finish(err)
	return report, err
}

// approve refuses a plan that is not the expected one, or that shuts a gate without leave.
func (j *Job) approve(doc *plan.Document, a Approval) error {
	if !a.Expect.IsZero() && a.Expect != doc.Digest {
		hint := "look at it with plan, and approve it by its own digest"
		if len(j.Resting) > 0 {
			hint = "sessions were left out because of the time: " + strings.Join(j.Resting, ", ")
		}
		return fmt.Errorf("%w: the plan is not the expected one, its digest is %s and not %s; %s. "+
			"A digest of plan --strict needs apply --strict, and the other way round", ErrRefused, doc.Digest, a.Expect, hint)
	}
	if slices.ContainsFunc(doc.Refused, func(r plan.Refusal) bool { return !slices.Contains(a.Allow, r.Gate) }) {
		return j.refusal(doc)
	}
	return nil
}

// refusal says what shut which gate, and the way through.
func (j *Job) refusal(doc *plan.Document) error {
	var gates []string
	for _, r := range doc.Refused {
		j.Console.Complain("gate %s of %s: %s", r.Gate, r.Session, r.Message)
		gates = append(gates, string(r.Gate))
	}
	slices.Sort(gates)
	gates = slices.Compact(gates)
	again := slices.Clone(j.Again)
	if j.Adopt {
		again = append(again, "--adopt")
	}
	if j.Strict {
		again = append(again, "--strict")
	}
	again = append(again, "--expect-plan", doc.Digest.String())
	for _, g := range gates {
		again = append(again, "--allow", g)
	}
	_, noun, _ := strings.Cut(Count(len(gates), "gate"), " ")
	return fmt.Errorf("%w: shut by %s %s; if the plan is what you want: %s", ErrRefused, noun, strings.Join(gates, ", "), Line(again))
}

// ended makes of the end that soft brought what the exit code is to say.
func ended(err error, left int) error {
	if !errors.Is(err, errTime) {
		return err
	}
	if left > 0 {
		return fmt.Errorf("%w: %w, %s left", ErrPartial, err, Count(left, "change"))
	}
	return fmt.Errorf("%w: %w", ErrPartial, err)
}

// outcome is the error that says how applying ended.
func (j *Job) outcome(ctx, soft context.Context, r *sync.Report, err error) error {
	for _, o := range r.Refused {
		j.Console.Note("refused for good: %s: %s", where(o), o.Reason)
	}
	for _, o := range r.Reduced {
		j.Console.Note("not all of it can be held there: %s: %s", where(o), o.Reason)
	}
	for _, o := range r.Skipped {
		j.Console.Complain("skipped: %s: %s", where(o), o.Reason)
	}
	for _, o := range r.Failed {
		j.Console.Complain("not done: %s: %s", where(o), o.Reason)
	}
	_, panicked := sync.IsPanic(err)
	cause := context.Cause(soft)
	switch {
	case panicked:
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w at once, %s left", ErrInterrupted, Count(r.Remaining, "change"))
	case err != nil && r.Done > 0:
		return fmt.Errorf("%w: %w", ErrPartial, err)
	case err != nil:
		return err
	case errors.Is(cause, ErrInterrupted):
		return fmt.Errorf("%w, %s left", ErrInterrupted, Count(r.Remaining, "change"))
	case cause != nil && r.Remaining > 0:
		return ended(cause, r.Remaining)
	case !r.Complete():
		return fmt.Errorf("%w: %d skipped, %d failed, %d left, %s while planning", ErrPartial,
			len(r.Skipped), len(r.Failed), r.Remaining, Count(r.Plan.Summary.Errors, "error"))
	}
	return nil
}

// where says which change it is, and where.
func where(o sync.Outcome) string {
	switch {
	case o.FreeBusy:
		return fmt.Sprintf("%s free/busy of %q in %s", o.Action, o.Item, o.Organization)
	case o.Item != "":
		return fmt.Sprintf("%s %q in %s", o.Action, o.Item, o.Shown())
	}
	return fmt.Sprintf("%s %s", o.Action, o.Shown())
}

// result is the last line of an apply.
func (j *Job) result(r *sync.Report) error {
	text := "No changes.\n"
	if r.Plan.Summary.Create+r.Plan.Summary.Update+r.Plan.Summary.Delete > 0 {
		text = fmt.Sprintf("Applied: %d done, %d skipped, %d failed, %d left.\n", r.Done, len(r.Skipped), len(r.Failed), r.Remaining)
		if n := len(r.Refused); n > 0 {
			text = strings.TrimSuffix(text, ".\n") + fmt.Sprintf("; %d refused for good.\n", n)
		}
	}
	_, err := fmt.Fprint(j.Console.Stdout(), text)
	return err
}
