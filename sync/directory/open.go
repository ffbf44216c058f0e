package directory

import (
	"context"
	"errors"
	"log/slog"

	"iorepl/sync/scratch"
)

// Options say where a directory is read from: either LDAP or CSV is set.
type Options struct {
	LDAP *LDAP
	CSV  *CSV
	Log  *slog.Logger // progress and what is of interest to somebody who looks for a mistake; nil: nothing is logged
}

// Open reads a whole directory into tables of a DB, which it needs as long as it is used. It fails unless all of it was read; what is wrong with single recipients is in its Problems. Its errors say
// what to change, name the file or the server, and hold no password. A wrong password is tried once.
func Open(ctx context.Context, db *scratch.DB, o Options) (*Directory, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	b := newBuilder(db)
	var err error
	switch {
	case o.LDAP != nil && o.CSV != nil, o.LDAP == nil && o.CSV == nil:
		return nil, errors.New("a directory is read either from LDAP or from a CSV file")
	case o.CSV != nil:
		err = o.CSV.read(ctx, b)
	default:
		err = o.LDAP.read(ctx, b, log)
	}
	if err != nil {
		return nil, err
	}
	d := b.build()
	if err := db.Err(); err != nil {
		return nil, err
	}
	log.Debug("directory read", "recipients", d.Len(), "problems", len(d.problems))
	return d, nil
}
