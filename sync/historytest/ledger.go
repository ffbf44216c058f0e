package historytest

import (
	"bytes"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
)

// token names one content that a user wrote: which item, and the how manieth edit of it.
type token struct{ item, edit int }

func (t token) String() string { return fmt.Sprintf("T%d.%d", t.item, t.edit) }

// bigItem is the size of the items that max_size takes out.
const bigItem = 500

// message is the content of a token.
func message(t token, class string, big bool) sync.Payload {
	body := t.String() + "\r\n"
	if big {
		body += strings.Repeat("x", bigItem)
	}
	return sync.Payload{Class: class, Name: fmt.Sprintf("item %d", t.item), Format: sync.MIME,
		Data: fmt.Appendf(nil, "From: <u@a.example>\r\nSubject: item %d\r\n\r\n%s", t.item, body)}
}

// tokenOf reads the token of a content; the zero token is none.
func tokenOf(data []byte) (t token) {
	_, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	line, _, _ := bytes.Cut(body, []byte("\r\n"))
	a, b, ok := strings.Cut(strings.TrimPrefix(string(line), "T"), ".")
	if ok {
		t.item, _ = strconv.Atoi(a)
		t.edit, _ = strconv.Atoi(b)
	}
	return t
}

// ledger is what the users of one organization are owed. A backup of the organization takes it along: what was written after it, the
// administrator gave away.
type ledger struct {
	owed    map[token]int        // how many of their items hold it
	given   map[token]int        // how often somebody replaced or deleted it, seeing it
	removed map[plan.Digest]bool // items that users deleted
}

func newLedger() *ledger {
	return &ledger{owed: map[token]int{}, given: map[token]int{}, removed: map[plan.Digest]bool{}}
}

func (l *ledger) clone() *ledger {
	return &ledger{maps.Clone(l.owed), maps.Clone(l.given), maps.Clone(l.removed)}
}

// write notes that a user made an item that holds t.
func (l *ledger) write(t token) { l.owed[t]++ }

// give notes that a user replaced or deleted an item that held t.
func (l *ledger) give(t token) {
	l.given[t]++
	if l.owed[t]--; l.owed[t] <= 0 {
		delete(l.owed, t)
	}
}
