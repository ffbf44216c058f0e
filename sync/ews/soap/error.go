package soap

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is what a server says instead of doing what it was asked for.
type Error struct {
	Code    string        // a response code such as "ErrorItemNotFound", or the faultcode of a fault without one
	Message string        // for people
	Detail  string        // what the server adds: properties, violations of the schema; "" if nothing
	Class   Class         // what to do
	BackOff time.Duration // how long the server wants to be left alone; 0 if it does not say
	Whole   bool          // a fault: nothing of the request was answered
}

func (e *Error) Error() string {
	s := e.Code
	if e.Message != "" {
		s += ": " + strings.TrimRight(e.Message, ". \t\r\n")
	}
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	return s
}

// ClassOf is the class of the *Error that err is or wraps; Unknown if there is none.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return Unknown
}

// IsThrottled reports whether the server wants less work, later.
func IsThrottled(err error) bool { return ClassOf(err) == Throttled }

// IsTransient reports whether the same request may work later.
func IsTransient(err error) bool { return ClassOf(err) == Transient }

// IsConflict reports whether something was not in the expected state.
func IsConflict(err error) bool { return ClassOf(err) == Conflict }

// IsGone reports whether something was not found where it was looked for.
func IsGone(err error) bool { return ClassOf(err) == Gone }

// IsExists reports whether there is one of that name already.
func IsExists(err error) bool { return ClassOf(err) == Exists }

// IsDenied reports whether the account lacks a right.
func IsDenied(err error) bool { return ClassOf(err) == Denied }

// IsPermanent reports whether the server will never take or give this item as it is.
func IsPermanent(err error) bool { return ClassOf(err) == Permanent }

// IsFull reports whether there is no room to write.
func IsFull(err error) bool { return ClassOf(err) == Full }

// IsFault reports whether the request was wrong.
func IsFault(err error) bool { return ClassOf(err) == Fault }

// IsMisrouted reports whether another public folder mailbox may hold what this one did not: ask anew where it is, once.
func IsMisrouted(err error) bool {
	var e *Error
	return errors.As(err, &e) && rerouted[e.Code]
}

// IsTooMuch reports whether less in one request may work.
func IsTooMuch(err error) bool {
	var e *Error
	return errors.As(err, &e) && oversized[e.Code]
}

// ErrorOf is what a response message says: nil for a success and for a warning, since that comes with a result, but an *Error
// for the warning that a batch ended before this part of it (ErrorBatchProcessingStopped).
func ErrorOf(message *Element) error {
	if message == nil {
		return errors.New("the answer lacks a response message")
	}
	code := message.Value("ResponseCode")
	switch class := message.Attr("ResponseClass"); {
	case class == "Success", class == "" && code == "NoError":
		return nil
	case class == "Warning" && code != "ErrorBatchProcessingStopped":
		return nil
	case class == "" && code == "":
		return fmt.Errorf("the response message %s says neither success nor error", message.Name)
	}
	e := &Error{Code: code, Message: message.Value("MessageText")}
	e.addDetail(message.Child("MessageXml"))
	e.classify()
	return e
}

// classify finds the class for the code.
func (e *Error) classify() {
	e.Class = codes[e.Code]
	if e.Code == "" {
		e.Code = "no response code"
	}
}
