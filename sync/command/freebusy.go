package command

import (
	"context"
	"errors"
	"fmt"

	"iorepl/sync"
	"iorepl/sync/freebusy"
	"iorepl/sync/freebusy/contacts"
)

// freeBusy prepares the sessions of free/busy. What has to be closed after them goes to closers. Organizations that are not open are asked
// for their directories alone, unless they could not be opened: of those nothing is asked.
func (j *Job) freeBusy(stores map[string]sync.Store, unopened map[string]error, closers *[]func() error) *freebusy.Run {
	organizations := map[string]*freebusy.Organization{}
	for _, s := range j.FreeBusy {
		for _, id := range append([]string{s.Publisher}, s.Subscribers...) {
			if organizations[id] != nil {
				continue
			}
			o, err := &freebusy.Organization{ID: id}, unopened[id]
			if err == nil {
				o, err = j.Holds(id, stores[id])
			}
			if err != nil {
				o = &freebusy.Organization{ID: id, Unopened: err}
			}
			if o.Close != nil {
				*closers = append(*closers, o.Close)
			}
			organizations[id] = o
		}
	}
	run := freebusy.New(freebusy.Options{Organizations: organizations, Sessions: j.FreeBusy, Parallelism: j.Parallelism,
		Progress: j.Console.Progress(), Log: j.Console.Logger(), Now: j.Now})
	*closers = append(*closers, run.Close)
	return run
}

// Contacts prints the contacts that organizations lack for sessions of free/busy: those of one organization, or of all if it is "".
// It asks the directories alone; an error names those that it could not read, after what the others tell. Format and unit are those of package contacts.
func (j *Job) Contacts(ctx context.Context, organization, format, unit string) (err error) {
	var closers []func() error
	run := j.freeBusy(nil, nil, &closers)
	defer func() { err = errors.Join(err, closeAll(closers)) }()
	all, unread := run.Missing(ctx)
	if all == nil && unread != nil {
		return unread
	}
	for _, n := range run.Notes() {
		j.Console.Note("%s", n)
	}
	var wanted []contacts.Contact
	for _, c := range all {
		if organization == "" || c.Organization == organization {
			wanted = append(wanted, c)
		}
	}
	if err := contacts.Write(j.Console.Stdout(), format, unit, wanted); err != nil {
		return fmt.Errorf("printing the contacts: %w", err)
	}
	j.Console.Note("%s missing", Count(len(wanted), "contact"))
	if unread != nil {
		return fmt.Errorf("contacts of sessions with these are not among them: %w", unread)
	}
	return nil
}
