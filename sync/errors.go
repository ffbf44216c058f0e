package sync

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Kind is what an error of a store means for the item or folder that it is about.
type Kind int

// The kinds of error that are more than "did not work this time".
const (
	_        Kind = iota
	Conflict      // it is not in the state that was planned against
	Gone          // it does not exist
	Exists        // there is one of that name
	Refused       // the store will never take or give it
	Denied        // the account may not
	Unknown       // the write may have happened
	Damaged       // the source cannot give it, now or later
)

// Error is an error of a store with its kind.
type Error struct {
	Kind Kind
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error of a kind; the format is that of fmt.Errorf.
func Errorf(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Err: fmt.Errorf(format, args...)}
}

func isKind(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

// IsConflict reports whether something is not in the state that was planned against.
func IsConflict(err error) bool { return isKind(err, Conflict) }

// IsGone reports whether the item or folder does not exist.
func IsGone(err error) bool { return isKind(err, Gone) }

// IsExists reports whether a folder of that name is there already.
func IsExists(err error) bool { return isKind(err, Exists) }

// IsRefused reports whether a store will never take or give the item as it is.
func IsRefused(err error) bool { return isKind(err, Refused) }

// IsDamaged reports whether the source cannot give what is to be copied, now or later.
func IsDamaged(err error) bool { return isKind(err, Damaged) }

// IsDenied reports whether the account lacks a right.
func IsDenied(err error) bool { return isKind(err, Denied) }

// IsUnknown reports whether a write may have happened although it failed.
func IsUnknown(err error) bool { return isKind(err, Unknown) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
