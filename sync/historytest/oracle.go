package historytest

import (
	"iorepl/plan"
	"iorepl/sync/memstore"
)

// oracle knows what users did, and nothing of how the program decides.
type oracle struct {
	h       *History
	edits   map[int]int           // edits of each item so far
	sites   map[token]site        // where an edit was made
	written map[token]plan.Digest // the item in which a token was first written
	writers map[int]map[string]bool
	times   map[token]int64      // when, in seconds
	events  map[int][]string     // what may leave more or fewer of an item than one on each side
	missing map[int]bool         // items of which users took one away somewhere
	copies  map[plan.Digest]bool // items that users made by copying
	fresh   map[int]bool         // items that users edited since the last complete run
	moved   map[int]bool         // items whose files were renamed since then, and which the program has to find again
	touched map[plan.Digest]bool // items and folders that users changed during the apply under way
	folders map[string]bool      // organizations whose folders users moved or removed
	void    bool                 // nothing was remembered yet, some backup was restored, or the state lost or changed, and no complete run has been since
}

// site is where and over what a user wrote.
type site struct {
	org     string
	key     plan.Digest
	path    string
	replica bool
	over    token
}

func (o *oracle) init(h *History) {
	*o = oracle{h: h, void: true, edits: map[int]int{}, sites: map[token]site{}, written: map[token]plan.Digest{}, writers: map[int]map[string]bool{}, times: map[token]int64{},
		events: map[int][]string{}, missing: map[int]bool{}, copies: map[plan.Digest]bool{}, touched: map[plan.Digest]bool{},
		folders: map[string]bool{}, fresh: map[int]bool{}, moved: map[int]bool{}}
	h.rights = rights{claims: map[spot]claim{}, ever: map[spot]bool{}}
}

func (o *oracle) newItem() token {
	t := token{len(o.edits) + 1, 1}
	o.edits[t.item] = 1
	return t
}

func (o *oracle) newEdit(item int) token {
	o.edits[item]++
	return token{item, o.edits[item]}
}

// wrote notes that a user's item holds t.
func (o *oracle) wrote(org *organization, key plan.Digest, t token, _ plan.Stamp) {
	org.write(t)
	o.touched[key] = true
	if _, ok := o.written[t]; !ok {
		o.written[t] = key
		if o.writers[t.item] == nil {
			o.writers[t.item] = map[string]bool{}
		}
		o.writers[t.item][org.name] = true
		for _, f := range org.All() {
			if f.Item.Key == key {
				o.times[t] = f.Payload.Modified.Unix()
			}
		}
	}
}

// gave notes that a user replaced t in an item.
func (o *oracle) gave(org *organization, key plan.Digest, t token) {
	org.give(t)
	o.touched[key] = true
}

func (o *oracle) deletedBy(org *organization, f memstore.Found) {
	t := tokenOf(f.Payload.Data)
	org.give(t)
	org.removed[f.Item.Key] = true
	o.touched[f.Item.Key] = true
	o.left(t.item, "deleted")
}

// disturb notes that there may be more or fewer of an item from now on.
func (o *oracle) disturb(item int, why string) { o.events[item] = append(o.events[item], why) }

// left notes that an item is not where it was: a counterpart may be deleted for that.
func (o *oracle) left(item int, why string) {
	o.disturb(item, why)
	o.missing[item] = true
}

func (o *oracle) folderMoved(org string) { o.folders[org], o.h.meddled = true, true }

// picture is an organization at one moment.
type picture struct {
	items   map[plan.Digest]memstore.Found
	folders map[plan.Digest]plan.Folder
	lists   map[plan.Digest]plan.Permissions

	inherits func(path string) bool // the folder has no list of its own, now
}

func (h *History) picture() map[string]picture {
	out := map[string]picture{}
	for _, name := range h.names {
		p := picture{map[plan.Digest]memstore.Found{}, map[plan.Digest]plan.Folder{}, h.lists(name), h.orgs[name].inherits}
		for _, f := range h.orgs[name].All() {
			p.items[f.Item.Key] = f
		}
		for _, f := range h.orgs[name].Folders() {
			p.folders[f.Key] = f
		}
		out[name] = p
	}
	return out
}
