package soap

import "fmt"

// Limits bound what an answer may hold. Zero means the default.
type Limits struct {
	Bytes    int64 // on the wire, after decompression; 256 MiB
	Elements int   // together with their attributes; 2 million
	Depth    int   // of elements within elements; 64
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 256 << 20
	}
	if l.Elements <= 0 {
		l.Elements = 2_000_000
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	return l
}

// LimitError says that something is larger than Limits allow.
type LimitError struct {
	What  string // "bytes", "elements" or "levels of elements"
	Limit int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the answer has more than %d %s", e.Limit, e.What)
}
