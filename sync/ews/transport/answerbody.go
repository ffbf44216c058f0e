package transport

import (
	"context"
	"io"

	"iorepl/sync/ews/soap"
)

// answerBody is the body of an answer, bounded in size and time. Closing it leaves the connection usable if little is left.
type answerBody struct {
	io.ReadCloser
	trip    *trip
	limit   int64
	watched context.Context
	size    int64
	begin   []byte // for the wire log
	err     error
	closed  bool
}

// maxDrained is how much of an unwanted answer is read so that its connection can go on.
const maxDrained = 256 << 10

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size += int64(n)
	if b.trip.exchange != nil {
		if room := maxTraced - len(b.begin); room > 0 {
			b.begin = append(b.begin, p[:min(n, room)]...)
		}
	}
	switch {
	case b.size > b.limit:
		err = &soap.LimitError{What: "bytes", Limit: b.limit}
	case err != nil && err != io.EOF && context.Cause(b.watched) != nil:
		err = context.Cause(b.watched)
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func (b *answerBody) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	_, _ = io.CopyN(io.Discard, b, maxDrained)
	err := b.ReadCloser.Close()
	b.trip.end(b.begin, b.size, b.err)
	return err
}
