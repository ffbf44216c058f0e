// Package mapi is what an Exchange server keeps and does with one item: properties, recipients, attachments and, of
// appointments, the recurrence with its exceptions. Elements and extended properties of EWS are two views of the same
// properties, as they are on a real server. It knows nothing of folders, rights, ids or connections.
//
// An Item may be read by several goroutines at a time while none changes it.
package mapi

import "fmt"

// Profile is the server that is imitated.
type Profile int

// The profiles.
const (
	Exchange2007SP1 Profile = iota
	Exchange2010SP2
	Exchange2016
	Grommunio
)

var profileNames = [...]string{"Exchange 2007 SP1", "Exchange 2010 SP2", "Exchange 2016", "grommunio"}

// String names the product.
func (p Profile) String() string {
	if p < 0 || int(p) >= len(profileNames) {
		return fmt.Sprintf("Profile(%d)", int(p))
	}
	return profileNames[p]
}

// Error is a refusal with the response code that the imitated server gives (MS-OXWSCDATA 2.2.5.24).
type Error struct {
	Code, Message string
	Whole         bool // the server fails the whole request with a SOAP fault
}

// Error is the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

func refuse(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

func fault(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Whole: true}
}
