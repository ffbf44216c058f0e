package ews

import (
	"context"
	"errors"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// lookUp finds out which messages of a request were made whose answer was lost: by subject and stamp, among the newest of the folder. What
// is not there may still appear, so it keeps that error; it is returned.
func (l *LegacyFreeBusy) lookUp(ctx context.Context, group freebusy.Group, part []*busyWriting, lost error) (missing []*busyWriting) {
	type key struct{ subject, stamp string }
	made := map[key]bool{}
	shape := soap.M("ItemShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties", field("item:Subject"), busyStampPath()))
	enough, rows := errors.New("enough rows"), 0
	whole, err := walkPages(func(offset int) (page[*soap.Element], error) {
		pg, all, err := findPage[*soap.Element](ctx, l.s, placeOf(group), shape, "Descending", offset)
		pg.items = all
		return pg, err
	}, func(newest []*soap.Element) error {
		for _, e := range newest {
			made[key{e.Value("Subject"), busyStampOf(e)}] = true
		}
		if rows += len(newest); rows >= mostRows {
			return enough
		}
		return nil
	})
	switch {
	case errors.Is(err, enough):
		err = nil
	case err == nil && !whole:
		err = errors.New("the folder changed while it was listed")
	}
	for _, w := range part {
		if err == nil && made[key{w.subject, w.entry.Stamp.Encode()}] {
			w.set(nil)
			continue
		}
		w.set(lost)
		missing = append(missing, w)
	}
	if err != nil {
		return nil
	}
	return missing
}

// reread finds out which messages were replaced by a request whose answer was lost. It returns those that are still what they were.
func (l *LegacyFreeBusy) reread(ctx context.Context, part []*busyWriting, lost error) (missing []*busyWriting) {
	before := make([]freebusy.Message, len(part))
	for i, w := range part {
		before[i] = *w.entry.Message
	}
	answers, err := l.get(ctx, before, []*soap.Element{busyStampPath()})
	for i, w := range part {
		if w.set(lost); err != nil || errorOf(answers[i]) != nil {
			continue
		}
		e := firstOf(answers[i].Child("Items"))
		_, seen := splitRef(before[i].Ref)
		switch {
		case e == nil:
		case e.Child("ItemId").Attr("ChangeKey") == seen:
			missing = append(missing, w)
		case busyStampOf(e) == w.entry.Stamp.Encode():
			w.set(nil)
		default:
			w.set(rewritten(before[i]))
		}
	}
	return missing
}

// Delete removes messages that are still what was listed: servers do not compare versions here, so they are read just before. It deletes
// as the store deletes items, recoverably or for good.
func (l *LegacyFreeBusy) Delete(ctx context.Context, messages []freebusy.Message) []error {
	errs := make([]error, len(messages))
	rest := errs
	_ = chunks(messages, batchItems, func(part []freebusy.Message) error {
		l.deletePart(ctx, part, rest[:len(part)])
		rest = rest[len(part):]
		return nil
	})
	return errs
}

func (l *LegacyFreeBusy) deletePart(ctx context.Context, part []freebusy.Message, errs []error) {
	answers, err := l.get(ctx, part, nil)
	var at []int
	for i := range part {
		if errs[i] = err; err != nil {
			continue
		}
		if errs[i] = l.unchanged(answers[i], part[i]); errs[i] == nil {
			at = append(at, i)
		} else if sync.IsGone(errs[i]) {
			errs[i] = nil
		}
	}
	if len(at) == 0 {
		return
	}
	how := "SoftDelete"
	if l.s.opts.HardDelete {
		how = "HardDelete"
	}
	answers, err = l.s.changeEach(ctx, placeOf(freebusy.Group{Name: part[0].Group}), len(at), func(which []int) *soap.Element {
		ids := soap.M("ItemIds")
		for _, n := range which {
			ids.Add(exactID(part[at[n]].Ref))
		}
		return soap.M("DeleteItem", attr("DeleteType", how), ids)
	})
	for n, i := range at {
		if errs[i] = err; err == nil {
			errs[i] = l.explain(errorOf(answers[n]), part[i].Group)
		}
		if sync.IsGone(errs[i]) {
			errs[i] = nil
		}
	}
}
