package ews

import (
	"context"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
)

// readMessages is how many messages one request asks for. A user's few months take some kilobytes; where they take more than the server or
// the limits of an answer allow, fewer are asked for.
const readMessages = 500

// Read fetches messages by GetItem, since listings cut what it is about, 500 in one request. What they say is what they say now: users publish all the
// time.
func (l *LegacyFreeBusy) Read(ctx context.Context, messages []freebusy.Message) []freebusy.Slice {
	out := make([]freebusy.Slice, len(messages))
	rest := out
	_ = chunks(messages, readMessages, func(part []freebusy.Message) error {
		l.readPart(ctx, part, rest[:len(part)])
		rest = rest[len(part):]
		return nil
	})
	return out
}

func (l *LegacyFreeBusy) readPart(ctx context.Context, part []freebusy.Message, out []freebusy.Slice) {
	answers, err := l.get(ctx, part, contentPaths())
	if tooBig(err) && len(part) > 1 {
		l.readPart(ctx, part[:len(part)/2], out[:len(part)/2])
		l.readPart(ctx, part[len(part)/2:], out[len(part)/2:])
		return
	}
	for i := range part {
		if out[i].Err = err; err != nil {
			continue
		}
		e, err := l.present(answers[i], part[i])
		if err == nil {
			out[i].Times, out[i].Notes, err = decodeMessage(e)
		}
		out[i].Err = err
		answers[i] = nil
	}
}

// get asks for properties of messages. Of those that the server was too busy for it asks again.
func (l *LegacyFreeBusy) get(ctx context.Context, part []freebusy.Message, fields []*soap.Element) ([]*soap.Element, error) {
	shape := soap.M("ItemShape", soap.T("BaseShape", "IdOnly"))
	if len(fields) > 0 {
		shape.Add(soap.T("AdditionalProperties", fields))
	}
	return l.s.askEach(ctx, nil, len(part), func(which []int) *soap.Element {
		ids := soap.M("ItemIds")
		for _, i := range which {
			ids.Add(itemID(part[i].Ref))
		}
		return soap.M("GetItem", shape, ids)
	})
}

// present is the message in a part of an answer to get.
func (l *LegacyFreeBusy) present(answer *soap.Element, m freebusy.Message) (*soap.Element, error) {
	if err := errorOf(answer); err != nil {
		return nil, l.explain(err, m.Group)
	}
	e := firstOf(answer.Child("Items"))
	if e == nil {
		return nil, sync.Errorf(sync.Gone, "there is no such message")
	}
	return e, nil
}

// unchanged says that the message in a part of an answer to get is what was listed, or why it is not.
func (l *LegacyFreeBusy) unchanged(answer *soap.Element, m freebusy.Message) error {
	e, err := l.present(answer, m)
	if err != nil {
		return err
	}
	if _, seen := splitRef(m.Ref); e.Child("ItemId").Attr("ChangeKey") != seen {
		return rewritten(m)
	}
	return nil
}

// rewritten is the error for a message that Outlook, the server or another program wrote after it was listed.
func rewritten(m freebusy.Message) error {
	return sync.Errorf(sync.Conflict, "message %q was rewritten in the meantime", m.Name)
}
