package mapi

import "slices"

// exception is what an edited occurrence has otherwise than its master.
type exception struct {
	index       int
	set         bag
	removed     []key
	recipients  []recipient
	attachments []attachment
	people      bool // recipients are its own
	files       bool // attachments are its own
}

func (x *exception) size() int {
	n := 0
	for _, p := range x.set {
		n += 8 + size(p.value)
	}
	for _, a := range x.attachments {
		n += a.size()
	}
	return n
}

// difference is what an edited occurrence has otherwise than the plain one.
func difference(index int, plain, edited *Item) exception {
	x := exception{index: index}
	for _, p := range edited.props {
		if old := plain.props.get(p.key); old == nil || !sameValue(old, p.value) {
			x.set = append(x.set, p)
		}
	}
	for _, p := range plain.props {
		if edited.props.get(p.key) == nil {
			x.removed = append(x.removed, p.key)
		}
	}
	if !slices.Equal(plain.recipients, edited.recipients) {
		x.people, x.recipients = true, edited.recipients
	}
	if !slices.EqualFunc(plain.attachments, edited.attachments, func(a, b attachment) bool { return a.number == b.number && a.name == b.name }) {
		x.files, x.attachments = true, edited.attachments
	}
	return x
}

// sameValue compares what is stored; what is no value of a property is the same if it is the same object.
func sameValue(a, b any) bool {
	if kindOf(a) == 0 || kindOf(b) == 0 {
		return a == b
	}
	if s, ok := a.(string); ok {
		return s == b
	}
	return kindOf(a) == kindOf(b) && Compare(Value{a}, Value{b}) == 0
}
