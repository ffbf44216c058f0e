// Package freebusy carries out free_busy sessions: it asks directories who is who, reads what users of one organization publish,
// lets package plan/freebusy decide, and writes what changed into the other organization.
package freebusy

import (
	"context"

	"iorepl/plan/freebusy"
)

// Folder is where an organization keeps what its users publish: the folder SCHEDULE+ FREE BUSY of Exchange 2007 and 2010, or a directory of .ifb
// files. Every method may be called concurrently. Errors answer the predicates of package sync; the methods do their own waiting and
// retrying.
type Folder interface {
	// Groups are the folders of the administrative groups, sorted by name. A directory of files is one group without a name.
	Groups(ctx context.Context) ([]freebusy.Group, error)

	// List calls emit with the messages of a group, in pages, in any order, one call at a time. It returns nil only if every message was
	// emitted. A message that cannot be used has Problem set, and neither DN nor Address if it cannot be told whose it is. A page belongs to emit. An error of emit ends it and is returned.
	List(ctx context.Context, group freebusy.Group, emit func([]freebusy.Message) error) error

	// Read fetches what messages say, one result for each, in order: what they say now, even if they were written again after they
	// were listed. One that vanished is IsGone, one that cannot be understood IsRefused.
	Read(ctx context.Context, messages []freebusy.Message) []freebusy.Slice

	// Write makes messages or replaces them in place, each wholly or not at all, one result for each, in order. Replacing one that
	// is not what was listed any more is IsConflict. IsUnknown: it may have been written all the same.
	Write(ctx context.Context, entries []freebusy.Entry) []error

	// Delete removes messages if they are what was listed, else IsConflict. One that is gone already is a success.
	Delete(ctx context.Context, messages []freebusy.Message) []error
}

// Availability answers when users are not free, whether or not they published it.
type Availability interface {
	// Ask returns one result for each address, in order. An error is about that user alone unless it is the context's. Users about whom the
	// service knows nothing are errors: no data is not free.
	Ask(ctx context.Context, addresses []string, start, end freebusy.Minute) []freebusy.Slice
}
