package ews

import (
	"context"
	"strings"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// busyWriting is one message on its way.
type busyWriting struct {
	entry   *freebusy.Entry
	subject string
	err     *error // where the outcome goes
}

// Write makes messages by CreateItem and replaces others in place by UpdateItem, at most 100 in one request. The server compares versions in the
// same step (NeverOverwrite), so that what Outlook wrote meanwhile is never lost; the contract's IsConflict is also the answer for
// one that vanished. A request whose answer was lost is not sent again: what it did is looked up, and what cannot be found is IsUnknown.
//
// IsRefused: a DN that is none of a user of the group. Where nothing can be written at all, as on grommunio, whose EWS does not take
// arrays of binary values, all are IsRefused.
func (l *LegacyFreeBusy) Write(ctx context.Context, entries []freebusy.Entry) []error {
	errs := make([]error, len(entries))
	var updates []*busyWriting
	creates := map[string][]*busyWriting{} // by the group's folder
	var groups []freebusy.Group
	for i := range entries {
		w := &busyWriting{entry: &entries[i], err: &errs[i]}
		if *w.err = l.check(w); *w.err != nil {
			continue
		}
		if w.entry.Message != nil {
			updates = append(updates, w)
			continue
		}
		id := w.entry.Group.ID
		if creates[id] == nil {
			groups = append(groups, w.entry.Group)
		}
		creates[id] = append(creates[id], w)
	}
	_ = chunks(updates, batchItems, func(part []*busyWriting) error {
		l.update(ctx, part)
		return nil
	})
	for _, g := range groups {
		_ = chunks(creates[g.ID], batchItems, func(part []*busyWriting) error {
			l.create(ctx, g, part)
			return nil
		})
	}
	return errs
}

// check finds the subject under which readers look for the user.
func (l *LegacyFreeBusy) check(w *busyWriting) error {
	if l.s.grommunio() {
		return sync.Errorf(sync.Refused, "grommunio takes no free/busy messages over EWS (arrays of binary values), and nothing in it would read them")
	}
	group, user, ok := splitDN(w.entry.DN)
	if !ok || strings.ContainsAny(w.entry.DN, "\r\n\x00") {
		return sync.Errorf(sync.Refused, "%q is not the legacyExchangeDN of a user", w.entry.DN)
	}
	name := w.entry.Group.Name
	if w.entry.Message != nil {
		name = w.entry.Message.Group
	}
	if !strings.EqualFold(group, name) {
		return sync.Errorf(sync.Refused, "%s belongs into folder %s%s, not into %s%s, where no reader looks for it", w.entry.DN, groupPrefix, group, groupPrefix, name)
	}
	w.subject = subjectPrefix + strings.ToUpper(user)
	return nil
}

func (w *busyWriting) set(err error) { *w.err = err }

func (l *LegacyFreeBusy) create(ctx context.Context, group freebusy.Group, part []*busyWriting) {
	messages, err := l.s.changeEach(ctx, placeOf(group), len(part), func(which []int) *soap.Element {
		list := soap.M("Items")
		for _, i := range which {
			post := soap.T("PostItem", soap.T("ItemClass", "IPM.Post"), soap.T("Subject", part[i].subject))
			for _, s := range settings(part[i].entry) {
				if len(s.values) > 0 {
					post.Add(s.element())
				}
			}
			list.Add(post)
		}
		return soap.M("CreateItem", attr("MessageDisposition", "SaveOnly"), soap.M("SavedItemFolderId", folderID(group.ID)), list)
	})
	again := func(part []*busyWriting) { l.create(ctx, group, part) }
	switch {
	case sync.IsUnknown(err):
		// Once the server answered, nothing is still to come of what is not there.
		if missing := l.lookUp(ctx, group, part, err); answered(err) && len(part) > 1 {
			halve(missing, again)
		}
	case tooMuch(err) && len(part) > 1:
		halve(part, again)
	default:
		l.finish(part, messages, err)
	}
}

// halve sends a request again in two parts, since one message can make a server refuse all of them.
func halve(part []*busyWriting, again func([]*busyWriting)) {
	half := (len(part) + 1) / 2
	if len(part) > 0 {
		again(part[:half])
	}
	if len(part) > half {
		again(part[half:])
	}
}

// finish takes what an answer says.
func (l *LegacyFreeBusy) finish(part []*busyWriting, messages []*soap.Element, err error) {
	if fault(err) {
		err = sync.Errorf(sync.Refused, "%w", err)
	}
	for i, w := range part {
		if err != nil {
			w.set(err)
			continue
		}
		switch e := errorOf(messages[i]); {
		case e == nil:
			w.set(nil)
		case w.entry.Message != nil && (sync.IsGone(e) || sync.IsConflict(e)):
			w.set(rewritten(*w.entry.Message))
		case w.entry.Message != nil:
			w.set(l.explain(e, w.entry.Message.Group))
		default:
			w.set(l.explain(e, w.entry.Group.Name))
		}
	}
}

func (l *LegacyFreeBusy) update(ctx context.Context, part []*busyWriting) {
	messages, err := l.s.changeEach(ctx, placeOf(freebusy.Group{Name: part[0].entry.Message.Group}), len(part), func(which []int) *soap.Element {
		var changes []*soap.Element
		for _, i := range which {
			changes = append(changes, soap.T("ItemChange", exactID(part[i].entry.Message.Ref), soap.T("Updates", part[i].fields())))
		}
		return updates("NeverOverwrite", changes...)
	})
	again := func(part []*busyWriting) { l.update(ctx, part) }
	switch {
	case sync.IsUnknown(err):
		if missing := l.reread(ctx, part, err); answered(err) && len(part) > 1 {
			halve(missing, again)
		}
	case tooMuch(err) && len(part) > 1:
		halve(part, again)
	default:
		l.finish(part, messages, err)
	}
}

// fields are the changes that make a message what it is to be: what it is not to have is deleted, also what it does not have.
func (w *busyWriting) fields() []*soap.Element {
	all := []*soap.Element{soap.T("SetItemField", field("item:Subject"), soap.T("Item", soap.T("Subject", w.subject)))}
	for _, s := range settings(w.entry) {
		if len(s.values) == 0 {
			all = append(all, soap.T("DeleteItemField", s.path))
			continue
		}
		all = append(all, soap.T("SetItemField", s.path, soap.T("Item", s.element())))
	}
	return all
}
