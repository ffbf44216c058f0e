package plan

import "slices"

// Pair is one publisher folder and its subscriber folder with everything below them.
type Pair struct {
	Session string
	Source  string    // "file:line" of the configuration that asked for it
	Org     [2]string // organization ids, by Side
	Root    [2]string // paths of the two root folders; the subscriber's may differ from the configured one, see CoupleFolders
	Rules   Rules

	Digest  Digest   // see PairOf; zero until both roots exist
	Skip    bool     // left out of the run, and only looked at
	Unseen  bool     // one of the organizations cannot be looked at, so that nothing is known of the pair
	Trusted bool     // two-way: the markers of both roots and the state's agree
	First   bool     // the target's root is not linked yet: nothing was ever replicated
	Adopt   bool     // link equal items that neither side knows to be replicas
	Failed  []string // why the listing is incomplete; such a pair gets no deletions
	Waits   string   // why no folder is made, renamed, stamped or deleted in this run; "" if nothing keeps it
	Couples []Couple
	Counts  Counts
	Learn   []Learned // two-way: what state is to remember although nothing is written

	kin   *Kin // of two-way pairs
	globs globUse
	lost  map[loss]int // replicas that are gone at a side, while the other one holds what they were made of

	stranger string // an organization that stamps name and the configuration does not know: the first of them
}

// Learned is a memory to be recorded.
type Learned struct {
	Identity Digest
	Memory   Memory
}

// Counts are what gates measure a plan against.
type Counts struct {
	Items    [2]int // items in the pair, by side
	Replicas [2]int // replicas of the other side's items, by the side they lie in
	Users    [2]int // items of the side's users
	Stamped  [2]int // stamps that name the other side, or an unknown one: of items, and of the target of a first run
	Strange  [2]int // those of them that name an organization that the configuration does not know
	Foreign  [2]int // replicas that came from the other side by another pair, or by this one when its roots were others
}

// Couple is a folder of one side and what it corresponds to at the other.
type Couple struct {
	Folder [2]*Folder // nil: not there
	Want   [2]string  // the path it will have after the plan's folder changes
	Origin Side       // the side whose folder the other one is a replica of
	Linked bool       // the replica existed before and was linked: it is never deleted
	Gone   bool       // the counterpart is gone; it is made again only if an item needs it
	Items  bool       // items are replicated, not only the folder
	Waits  string     // why the folder is not made at the subscriber in this run, nor anything put there; "" if it may be

	counterpart Digest // Gone: identity of the folder that was there

	tangled   bool    // one side's folder lies in what corresponds to a folder that lies in the other side's
	taken     [2]bool // its place at that side is another folder's
	elsewhere [2]bool // another pair of the run makes the folder at that side
	moves     [2]bool // the plan renames or moves the folder at that side
	count     [2]int  // items seen, by side
	users     [2]int  // items of the side's users
	again     bool    // state remembers the origin, and its replica has lost its stamp
	leaving   [2]int  // items that the plan deletes or moves to another folder
	blocked   [2]bool // items that cannot be read: they stay
	vanished  [2]int  // what the plan deletes of that side's users because the folder of its replicas is not found at the other side
}

// comesElsewhere reports whether another pair has made, or makes in this run, the counterpart of the folder that a couple has at from. If
// not, this pair makes it.
func (p *Pair) comesElsewhere(c *Couple, from Side) bool {
	if p.kin == nil || p.Skip {
		return false
	}
	to := from.Other()
	f := p.identity(from, c.Folder[from].Key)
	there, ok := p.kin.at(f, p.Org[to])
	if !ok {
		p.kin.claim(f, p.Org[to])
		return false
	}
	return !slices.ContainsFunc(p.Couples, func(o Couple) bool { return o.Folder[to] != nil && o.Folder[to].Key == there.Key })
}

func (p *Pair) identity(side Side, key Digest) Identity { return Identity{Born: p.Org[side], Key: key} }

// folderIdentity is the identity of a couple's folder at a side, by which stamps remember where an item lay.
func (p *Pair) folderIdentity(couple int, side Side) Digest {
	if f := p.Couples[couple].Folder[side]; f != nil {
		return p.identity(side, f.Key).Digest()
	}
	return Digest{}
}

// standing is what an item's or folder's stamp makes of it in the place where it was found.
type standing int

const (
	own     standing = iota // it belongs to its users
	ours                    // replica made by this pair
	foreign                 // replica made by another pair
	newer                   // stamped by a newer program: not to be touched
)

// stand reads a stamp found at side.
func (p *Pair) stand(s Stamp, side Side) (standing, Origin) {
	if s.Origin == "" {
		return own, Origin{}
	}
	o, err := ParseOrigin(s.Origin)
	return p.standing(o, err, side), o
}

// standing judges what ParseOrigin said of a stamp found at side.
func (p *Pair) standing(o Origin, err error, side Side) standing {
	switch {
	case err == ErrNewerStamp:
		return newer
	case err != nil || o.For != p.Org[side] || o.Born == p.Org[side]:
		return own // void: it came back by mail, file or backup
	case o.From == p.Org[side.Other()] && o.Pair == p.Digest && !p.Digest.IsZero():
		return ours
	}
	return foreign
}
