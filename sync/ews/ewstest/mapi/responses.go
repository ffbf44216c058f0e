package mapi

import (
	"strings"

	"iorepl/sync/ews/soap"
)

// readResponses are the answers that a client may offer for an item.
func readResponses(r *reading) *soap.Element {
	names := "ForwardItem"
	switch formOf(r.p, r.it.Class()) {
	case formMessage:
		names = "ReplyToItem ReplyAllToItem ForwardItem"
	case formPost:
		names = "ReplyToItem ForwardItem PostReplyItem"
	case formContact, formList, formTask:
		return nil
	}
	e := soap.T("ResponseObjects")
	for n := range strings.FieldsSeq(names) {
		e.Add(soap.T(n))
	}
	return e
}
