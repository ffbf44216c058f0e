package ews

import (
	"context"
	stdsync "sync"

	"iorepl/plan"
	"iorepl/sync/ews/soap"
)

// An item's key is its PR_SOURCE_KEY where listings show it, else its id. Some servers show it of single items alone, so what was just
// written has a key only once it is known what a listing would say.

type keys struct {
	mu    stdsync.Mutex
	known bool
	byID  bool // listings do not show source keys
}

// learn takes note of a row of a listing.
func (k *keys) learn(row *soap.Element) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.known {
		k.known, k.byID = true, sourceKeyOf(row) == ""
	}
}

func (k *keys) state() (known, byID bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known, k.byID
}

func sourceKeyOf(e *soap.Element) string {
	for _, x := range e.All("ExtendedProperty") {
		if path := x.Child("ExtendedFieldURI"); isTag(path, "0x65e0") {
			return x.Value("Value")
		}
	}
	return ""
}

// rekey gives items that were read one by one the keys that a listing of their folder gives them.
func (s *Store) rekey(ctx context.Context, p *place, items []plan.Item) error {
	if known, _ := s.keys.state(); !known && len(items) > 0 {
		if _, err := s.page(ctx, p, 0); err != nil {
			return err
		}
	}
	if _, byID := s.keys.state(); byID {
		for i := range items {
			id, _ := splitRef(items[i].ID)
			items[i].Key = plan.Sum("item", id)
		}
	}
	return nil
}
