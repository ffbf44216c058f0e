package plan

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
)

// DocChanges are the changes of one folder pair of a document, which are made from the plan's as they are read. In JSON they are an array.
type DocChanges struct {
	pair    *Pair
	changes *Changes
	instead string // of the changes, in JSON
}

// Len is how many there are.
func (d DocChanges) Len() int {
	if d.changes == nil {
		return 0
	}
	return d.changes.Len()
}

// IsZero reports whether there are none.
func (d DocChanges) IsZero() bool { return d.Len() == 0 }

// All are the changes in order.
func (d DocChanges) All() iter.Seq[DocChange] {
	return func(yield func(DocChange) bool) {
		if d.changes == nil {
			return
		}
		for c := range d.changes.All() {
			if !yield(DocChange{Symbol: c.Action.Symbol(), Action: c.Action, Place: Place{d.pair.Org[c.Side], c.Path}, Item: c.Name,
				Why: c.Why, Detail: c.Detail, Warning: c.Warning, Conflict: c.Clash, Old: c.Old, New: c.New}) {
				return
			}
		}
	}
}

// Hollow is the document with an array of one text in the place of the changes of each pair that has any: who writes the document as JSON
// can put them there one at a time.
func (d *Document) Hollow(text string) *Document {
	hollow := *d
	hollow.Pairs = slices.Clone(d.Pairs)
	for i := range hollow.Pairs {
		hollow.Pairs[i].Changes.instead = text
	}
	return &hollow
}

// MarshalJSON writes an array of DocChange.
func (d DocChanges) MarshalJSON() ([]byte, error) {
	if d.instead != "" {
		return json.Marshal([]string{d.instead})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // whoever encodes the document escapes what it wants to
	err := e.Encode(slices.AppendSeq(make([]DocChange, 0, d.Len()), d.All()))
	return b.Bytes(), err
}
