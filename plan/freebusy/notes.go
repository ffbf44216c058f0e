package freebusy

import "fmt"

// MaxNotes is how many notes are kept of one message or file; there may be as many as blocks or lines.
const MaxNotes = 8

// Notes are what was odd about one message or file while it was read, for people. The zero value is none.
type Notes struct {
	first []string
	more  int
}

// Add notes something; the format is that of fmt.Sprintf.
func (n *Notes) Add(format string, args ...any) {
	if len(n.first) == MaxNotes {
		n.more++
		return
	}
	n.first = append(n.first, fmt.Sprintf(format, args...))
}

// All are the first MaxNotes, and a line that counts the others.
func (n *Notes) All() []string {
	if n.more == 0 {
		return n.first
	}
	return append(n.first[:len(n.first):len(n.first)], fmt.Sprintf("and %d more of the kind", n.more))
}
