package historytest

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"

	"iorepl/sync/memstore"
)

// known reports whether an archive has written down, and confirmed, what it knows of an item under the name of its file. What a write that
// failed or died left unconfirmed is not what an edited file goes back to.
func (d *directory) known(f memstore.Found) (confirmed bool) {
	log, _ := os.ReadFile(d.full(f.Path, ".items.jsonl"))
	for line := range bytes.Lines(log) {
		var l struct {
			File                    string
			Confirmed               bool
			Confirm, Removed, Moved []string
		}
		if json.Unmarshal(line, &l) != nil {
			break // torn
		}
		switch {
		case l.File == f.Item.ID:
			confirmed = l.Confirmed
		case slices.Contains(l.Confirm, f.Item.ID):
			confirmed = true
		case slices.Contains(append(l.Removed, l.Moved...), f.Item.ID):
			confirmed = false
		}
	}
	return confirmed
}

// keeps reports whether an item is the same wherever its file goes: it carries a stamp, its file is as the program wrote and confirmed it, and
// there was never another one of that content.
func (d *directory) keeps(f memstore.Found) bool {
	disturbed := len(d.h.events[tokenOf(f.Payload.Data).item]) > 0
	return !d.h.applying && f.Item.Stamp.Origin != "" && !disturbed && d.known(f) && !d.edited[f.Item.Key]
}

// aftermath looks, after something was done by hand, which other files are another item by that. What is known of a file that was moved lies
// in the folder that it came from until an archive writes in the new one; and of two files with the same bytes, one of which
// an archive wrote, the other is the item once the first is gone, and so it is with two directories.
func (d *directory) aftermath() func() {
	before, folders := d.look().items, d.look().folders
	return func() {
		d.changed()
		for _, f := range folders {
			if now, err := d.folder(f.Path); err == nil && now.Key != f.Key {
				d.h.touched[f.Key], d.h.touched[now.Key] = true, true
			}
		}
		after := map[string]memstore.Found{}
		for _, f := range d.look().items {
			after[d.full(f.Path, f.Item.ID)] = f
		}
		for _, f := range before {
			now, ok := after[d.full(f.Path, f.Item.ID)]
			if !ok || now.Item.Key == f.Item.Key || !bytes.Equal(now.Payload.Data, f.Payload.Data) {
				continue
			}
			if !d.h.applying && !d.copied && d.known(f) {
				d.h.fail("/%s/%s at %s became another item", f.Path, f.Item.ID, d.name)
			}
			d.h.note("  which makes /%s/%s at %s another item", f.Path, f.Item.ID, d.name)
			d.h.left(tokenOf(f.Payload.Data).item, "another item, by what was done to another file")
			d.h.touched[f.Item.Key], d.h.touched[now.Item.Key] = true, true
		}
	}
}
