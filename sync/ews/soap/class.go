package soap

import "fmt"

// Class is what an error means for what to do next.
type Class int

// The classes of errors.
const (
	Unknown   Class = iota // a code that says nothing certain: not done this time
	Throttled              // the server has too much to do: later, and less at a time
	Transient              // may pass by itself
	Conflict               // not in the expected state: read it again and decide
	Gone                   // it does not exist, or not where it was looked for
	Exists                 // there is one of that name
	Denied                 // the account lacks a right, or a mailbox
	Permanent              // this item will never be taken or given as it is
	Full                   // no room: nothing more can be written there
	TooNew                 // RequestServerVersion is above what the server or the mailbox knows
	Fault                  // the request is wrong
)

var classNames = [...]string{"unknown", "throttled", "transient", "conflict", "gone", "exists", "denied", "permanent", "full", "too new", "fault"}

func (c Class) String() string {
	if c < 0 || int(c) >= len(classNames) {
		return fmt.Sprintf("Class(%d)", int(c))
	}
	return classNames[c]
}
