package plan

import "time"

// Item is what a listing says of one item.
type Item struct {
	ID       string    // how its store addresses it; may change when it moves
	Key      Digest    // its stable identity in its organization
	Version  Digest    // this state of the item; every edit gives another
	Content  Digest    // what it says, equal in any store for equal contents; zero: unknown without reading
	Class    string    // item class, such as IPM.Post
	Name     string    // what a person calls it: subject or file name
	Size     int64     // bytes
	Modified time.Time // when it was last modified; zero: not known
	Stamp    Stamp
	Problem  string // why it cannot be read, or ""; it exists all the same
}

// Folder is what a walk says of one folder.
type Folder struct {
	ID      string // how its store addresses it
	Key     Digest // its stable identity in its organization
	Path    string // from the root, see Join; "" is the root
	Class   string // folder class (PR_CONTAINER_CLASS), such as IPF.Note
	Stamp   Stamp
	Marker  string // random text on the root folders of two-way pairs; "" if none
	Problem string // why its items cannot be listed (no right to read it, say), or ""
	Rewound string // how it shows that it is an older state of itself, as after a restored backup; "" if it does not
}

// classUnknown reports whether the folder can be read so little that not even its class is known.
func (f *Folder) classUnknown() bool { return f.Problem != "" && f.Class == "" }

// ClassAfter is the class that the folder gets when it follows another one, whose class may not be known.
func (f *Folder) ClassAfter(leader *Folder) string {
	if leader.classUnknown() {
		return f.Class
	}
	return leader.Class
}
