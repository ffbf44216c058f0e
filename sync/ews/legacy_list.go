package ews

import (
	"context"
	"fmt"
	"strings"
	"time"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync/ews/soap"
)

// subjectPrefix begins the subject of a user's message; the user's part of the legacyExchangeDN follows (MS-OXOPFFB 3.1.4.1.2.2).
const subjectPrefix = "USER-"

// maxListed is how many characters of a string Exchange lists; what is as long may have been longer.
const maxListed = 255

// rowShape asks for what a listing says of a message.
func rowShape() *soap.Element {
	return soap.M("ItemShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties", field("item:Subject"),
		publishStart.path(), publishEnd.path(), rangeTimestamp.path(), publishedBy.path(), busyStampPath()))
}

// List reads a group's folder page by page, as Store.List reads folders: a listing that the folder's changes spoiled begins anew, and no
// message is emitted twice.
func (l *LegacyFreeBusy) List(ctx context.Context, group freebusy.Group, emit func([]freebusy.Message) error) error {
	p := placeOf(group)
	seen := map[plan.Digest]bool{}
	for range maxListings {
		whole, err := walkPages(func(offset int) (page[freebusy.Message], error) {
			pg, rows, err := findPage[freebusy.Message](ctx, l.s, p, rowShape(), "Ascending", offset)
			if err != nil {
				return pg, l.explain(err, group.Name)
			}
			for _, e := range rows {
				id := e.Child("ItemId").Attr("Id")
				if id == "" {
					return pg, fmt.Errorf("the server lists a message without an id (%s)", e.Name)
				}
				if key := plan.Sum("item", id); !seen[key] {
					seen[key] = true
					pg.items = append(pg.items, readRow(e, group.Name))
				}
			}
			return pg, nil
		}, func(messages []freebusy.Message) error {
			if len(messages) == 0 {
				return nil
			}
			return emit(messages)
		})
		if err != nil || whole {
			return err
		}
	}
	return fmt.Errorf("the folder changed %d times while it was listed", maxListings)
}

// readRow reads what rowShape asks for.
func readRow(e *soap.Element, group string) freebusy.Message {
	id := e.Child("ItemId")
	m := freebusy.Message{Ref: itemRef(id.Attr("Id"), id.Attr("ChangeKey")), Group: group, Name: e.Value("Subject"),
		Start: publishStart.minute(e), End: publishEnd.minute(e), Stamp: busyStampOf(e)}
	if t, err := time.Parse(time.RFC3339Nano, rangeTimestamp.text(e)); err == nil {
		m.Published = freebusy.MinuteOf(t)
	}
	m.DN, m.Problem = userOf(m.Name, group, publishedBy.text(e))
	return m
}

// userOf finds whose message it is. Readers look for it by folder and subject, so these count; what the message itself says is used
// where it is the same but for upper case.
func userOf(subject, group, said string) (dn, problem string) {
	if len(subject) < len(subjectPrefix) || !strings.EqualFold(subject[:len(subjectPrefix)], subjectPrefix) {
		return "", fmt.Sprintf("its subject %q is that of no user: it does not begin with %s", subject, subjectPrefix)
	}
	dn = group + subject[len(subjectPrefix):]
	switch at, _, ok := splitDN(dn); {
	case !ok || at != group:
		return "", fmt.Sprintf("its subject %q is that of no user: %s is not followed by /CN=", subject, subjectPrefix)
	case len(subject) >= maxListed:
		return "", fmt.Sprintf("its subject %q is too long to be listed whole", subject)
	case strings.EqualFold(said, dn):
		return said, ""
	}
	return dn, ""
}
