package freebusy

import (
	"context"
	"errors"
	"fmt"

	"iorepl/plan/freebusy"
	"iorepl/sync/directory"
)

// listing is what an organization keeps, as far as a run asked for it. It is read once, whatever sessions it is part of.
type listing struct {
	groups   []freebusy.Group
	err      error
	messages map[string]*listed // by the group's name
}

type listed struct {
	pages [][]freebusy.Message
	err   error
}

// groups are the groups of an organization.
func (r *Run) groups(ctx context.Context, o *Organization) ([]freebusy.Group, error) {
	l := r.listings[o.ID]
	if l == nil {
		l = &listing{messages: map[string]*listed{}}
		l.groups, l.err = o.Folder.Groups(ctx)
		r.listings[o.ID] = l
	}
	return l.groups, l.err
}

// messages are those of a group, in the pages in which they were listed.
func (r *Run) messages(ctx context.Context, o *Organization, g freebusy.Group) ([][]freebusy.Message, error) {
	l := r.listings[o.ID]
	m := l.messages[g.Name]
	if m == nil {
		m = &listed{}
		m.err = o.Folder.List(ctx, g, func(page []freebusy.Message) error {
			m.pages = append(m.pages, page)
			return nil
		})
		l.messages[g.Name] = m
	}
	return m.pages, m.err
}

// directory opens the directory of an organization once.
func (r *Run) directory(ctx context.Context, o *Organization) (*directory.Directory, error) {
	if d := r.directories[o.ID]; d != nil {
		return d.Directory, d.err
	}
	d, err := o.Directory(ctx)
	if err == nil {
		for _, p := range d.Problems() {
			r.note("directory of " + o.ID + ": " + p)
		}
	}
	r.directories[o.ID] = &opened{d, err}
	return d, err
}

// owners are who has the name of a message in an organization today.
func owners(d *directory.Directory, m *freebusy.Message) []*directory.Recipient {
	if m.DN != "" {
		return d.ByDN(m.DN)
	}
	return d.ByAddress(m.Address)
}

// published finds what the publisher's folder holds of whom: of each mailbox what its user published, of each contact what iorepl brought. Of
// several messages of one recipient the one published last counts.
func (r *Run) published(ctx context.Context, pt *part) (map[*directory.Recipient]*freebusy.Message, error) {
	groups, err := r.groups(ctx, pt.publisher)
	if err != nil {
		return nil, err
	}
	all := map[*directory.Recipient][]*freebusy.Message{}
	for _, g := range groups {
		if g.Name != "" && !inGroups(g.Name, pt.session.AdminGroups) {
			continue
		}
		if g.Problem != "" {
			return nil, fmt.Errorf("%s: %s", g.Name, g.Problem)
		}
		pages, err := r.messages(ctx, pt.publisher, g)
		if err != nil {
			return nil, err
		}
		for _, page := range pages {
			for i := range page {
				if u := pt.owner(&page[i]); u != nil {
					all[u] = append(all[u], &page[i])
				}
			}
		}
	}
	newest := make(map[*directory.Recipient]*freebusy.Message, len(all))
	for u, messages := range all {
		newest[u] = freebusy.Newest(messages)
		for range messages[1:] {
			pt.Leave(u.Address, "there is an older message of the same user at "+pt.Publisher+", which does not count", false)
		}
	}
	return newest, nil
}

// owner says whose times a message of the publisher tells, nil if it tells nobody's whom the session is about.
func (pt *part) owner(m *freebusy.Message) *directory.Recipient {
	stamp, err := freebusy.ParseStamp(m.Stamp)
	brought := err == nil && stamp.For == pt.Publisher
	if brought && !stamp.Passed(pt.Subscriber) {
		pt.passed[stamp.User] = true
	}
	if m.Problem != "" {
		pt.Leave(m.Name, m.Problem, false)
		return nil
	}
	found := owners(pt.users, m)
	if len(found) != 1 {
		why := "the directory of " + pt.Publisher + " knows nobody of this name"
		if len(found) > 1 {
			why = "the directory of " + pt.Publisher + " knows several of this name, so that it cannot be told whose times they are"
		}
		pt.Leave(m.Name, why, false)
		return nil
	}
	u := found[0]
	if !pt.session.selects(u) {
		return nil
	}
	rewritten := m.Published != stamp.Written // by the user or the user's server, who keep the stamp
	switch {
	case errors.Is(err, freebusy.ErrNewerStamp):
		pt.Leave(u.Address, "the message at "+pt.Publisher+": "+err.Error(), false)
	case u.Kind == directory.Mailbox && brought && !rewritten:
		pt.Leave(u.Address, "what there is at "+pt.Publisher+" came there when they had no mailbox, and is not published as theirs", false)
	case u.Kind == directory.Mailbox:
		return u
	case !brought || rewritten:
		pt.Leave(u.Address, "is a contact of "+pt.Publisher+", whose times iorepl did not bring there", false)
	case stamp.Passed(pt.Subscriber):
		pt.Leave(u.Address, "came from "+pt.Subscriber+" itself", false)
	default:
		return u
	}
	return nil
}
