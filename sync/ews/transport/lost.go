package transport

import "errors"

// LostError says that a request may have had its effect although no usable answer to it came.
type LostError struct{ Err error }

func (e *LostError) Error() string {
	return "the answer was lost, the request may have been done: " + e.Err.Error()
}

// Unwrap is what happened.
func (e *LostError) Unwrap() error { return e.Err }

// IsLost reports whether a request that failed may have had its effect all the same.
func IsLost(err error) bool {
	var e *LostError
	return errors.As(err, &e)
}
