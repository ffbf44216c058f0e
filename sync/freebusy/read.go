package freebusy

import (
	"context"

	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// read fetches the times of candidates from where the session takes them.
func (r *Run) read(ctx context.Context, pt *part, batch []*freebusy.Candidate) []freebusy.Read {
	var slices []freebusy.Slice
	if pt.session.Source == FromAvailability {
		addresses := make([]string, len(batch))
		for i, c := range batch {
			addresses[i] = c.User.Address
		}
		slices = pt.publisher.Availability.Ask(ctx, addresses, pt.Start, pt.End)
	} else {
		messages := make([]freebusy.Message, len(batch))
		for i, c := range batch {
			messages[i] = *c.Source
		}
		slices = pt.publisher.Folder.Read(ctx, messages)
	}
	all := make([]freebusy.Read, len(batch))
	for i, s := range slices {
		for _, n := range s.Notes {
			r.note(pt.Publisher + ": " + batch[i].User.Address + ": " + n)
		}
		all[i] = freebusy.Read{Times: s.Times, Err: s.Err, Passing: passing(s.Err)}
	}
	return all
}

// passing reports whether an error may be gone the next time.
func passing(err error) bool {
	return err != nil && !sync.IsRefused(err) && !sync.IsGone(err) && !sync.IsDenied(err)
}
