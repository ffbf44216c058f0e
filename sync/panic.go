package sync

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a panic of a goroutine, brought to the caller as an error: left alone it would end the process with
// an exit code that means something else.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("internal error: %v", e.Value) }

// Guard makes a panic of f an error.
func Guard(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = &PanicError{Value: v, Stack: debug.Stack()}
			}
		}()
		return f()
	}
}
