package freebusy

import (
	"context"
	"fmt"
	"slices"

	"iorepl/plan"
	"iorepl/plan/freebusy"
	"iorepl/sync/directory"
	"iorepl/sync/scratch"
)

// listing is what an organization keeps, as far as a run asked for it. It is read once, whatever sessions it is part of.
type listing struct {
	groups   []freebusy.Group
	err      error
	listed   map[string]error // why a group could not be listed, by its name; nil if it was
	messages *scratch.Table   // by the digest of the key, the group's place in groups, and a number
	count    int
	ours     map[string]int // messages that came from other organizations of the run
}

// listing asks for the groups of an organization once.
func (r *Run) listing(ctx context.Context, o *Organization) (*listing, error) {
	l := r.listings[o.ID]
	if l == nil {
		l = &listing{listed: map[string]error{}, messages: r.scratch.Table(), ours: map[string]int{}}
		l.groups, l.err = o.Folder.Groups(ctx)
		r.listings[o.ID] = l
	}
	return l, l.err
}

// list lists the messages of a group once. Those of a group that could not be listed must not be used.
func (r *Run) list(ctx context.Context, o *Organization, l *listing, group int) error {
	g := l.groups[group]
	if err, ok := l.listed[g.Name]; ok {
		return err
	}
	err := o.Folder.List(ctx, g, func(page []freebusy.Message) error {
		for i := range page {
			m := &page[i]
			digest := plan.Sum(m.Key())
			l.messages.Put(numbers(digest[:], group, l.count), encodeMessage(m))
			l.count++
			if stamp, err := freebusy.ParseStamp(m.Stamp); err == nil && stamp.For == o.ID && r.Organizations[stamp.From] != nil {
				l.ours[stamp.From]++
			}
		}
		return r.scratch.Err()
	})
	l.listed[g.Name] = err
	return err
}

// found is the message that counts of those that the subscriber holds under a key, nil if there is none.
func (r *Run) found(pt *part, key string) (newest *freebusy.Message) {
	digest := plan.Sum(key)
	for _, value := range pt.held.messages.Scan(digest[:]) {
		if m := r.decodeMessage(value); newest == nil || m.Newer(newest) {
			newest = m
		}
	}
	return newest
}

// directory opens the directory of an organization once.
func (r *Run) directory(ctx context.Context, o *Organization) (*directory.Directory, error) {
	if d := r.directories[o.ID]; d != nil {
		return d.Directory, d.err
	}
	d, err := o.Directory(ctx, &r.scratch)
	if err == nil {
		problems := d.Problems()
		if p := d.WithoutDN(); p != "" && r.asksForDNs(o) {
			problems = append(slices.Clip(problems), p)
		}
		for _, p := range problems {
			r.note("directory of " + o.ID + ": " + p)
		}
	}
	r.directories[o.ID] = &opened{d, err}
	return d, err
}

// asksForDNs reports whether some session looks for people of an organization by their legacyExchangeDN: in the legacy folder, or by their
// administrative group.
func (r *Run) asksForDNs(o *Organization) bool {
	return slices.ContainsFunc(r.Sessions, func(s Session) bool {
		return slices.Contains(s.Subscribers, o.ID) && !o.Files || s.Publisher == o.ID && (s.Source == FromLegacyFolder || len(s.AdminGroups) > 0)
	})
}

// published finds what the publisher's folder holds of whom: of each mailbox what its user published, of each contact what iorepl brought.
func (r *Run) published(ctx context.Context, pt *part) error {
	l, err := r.listing(ctx, pt.publisher)
	if err != nil {
		return err
	}
	var groups []int
	for i, g := range l.groups {
		if g.Name != "" && !inGroups(g.Name, pt.session.AdminGroups) {
			continue
		}
		if g.Problem != "" {
			return fmt.Errorf("%s: %s", g.Name, g.Problem)
		}
		if err := r.list(ctx, pt.publisher, l, i); err != nil {
			return err
		}
		groups = append(groups, i)
	}
	for key, value := range l.messages.Scan(nil) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !slices.Contains(groups, numberAt(key, 1)) {
			continue
		}
		if u := pt.owner(r.decodeMessage(value)); u != nil {
			pt.published.Put(numbers(nil, u.Number, numberAt(key, 0)), key)
		}
	}
	return nil
}

// publishedBy is the message that counts of those of a recipient, with its key in the listing: the one published last. It is nil if there
// is none.
func (r *Run) publishedBy(pt *part, u *directory.Recipient) (newest *freebusy.Message, source []byte) {
	for _, key := range pt.published.Scan(numbers(nil, u.Number)) {
		m := r.source(pt, key)
		if newest != nil {
			pt.Leave(u.Address, "there is an older message of the same user at "+pt.Publisher+", which does not count", false)
		}
		if newest == nil || m.Newer(newest) {
			newest, source = m, key
		}
	}
	return newest, source
}

// source is a message of the publisher by its key in the listing.
func (r *Run) source(pt *part, key []byte) *freebusy.Message {
	return r.decodeMessage(r.listings[pt.publisher.ID].messages.Get(key))
}
