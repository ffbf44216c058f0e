package freebusy

import "iorepl/plan"

// Message is one user's free/busy as a listing shows it: a message of the legacy folder, or an .ifb file.
type Message struct {
	Ref       string // how the store addresses it in the version that was seen
	Group     string // legacy folder: "/o=…/ou=…", as the group folder says it
	DN        string // legacy folder: legacyExchangeDN of the user; "" for files
	Address   string // files: SMTP address of the user; "" in the legacy folder
	Name      string // what it is called: the subject, or the file's name
	Published Minute // when it was published (PidTagFreeBusyRangeTimestamp), 0 if it does not say
	Start     Minute // publish range
	End       Minute
	Stamp     string // as it is stored; "" for what iorepl did not write
	Problem   string // why it cannot be used, for people; "" if it can
}

// Group is a folder that holds the free/busy messages of one administrative group. A directory of files is a single group without a name.
type Group struct {
	Name    string // "/o=…/ou=…", "" for a directory of files
	ID      string // how the store addresses it
	Problem string // why it cannot be listed, for people; "" if it can
}

// Entry is what is to be written: the whole message, or the whole file.
type Entry struct {
	Message *Message // the one to replace in place; nil: a new one
	Group   Group    // where a new one goes
	DN      string   // legacy folder: legacyExchangeDN under which it is found
	Address string   // SMTP address of the user
	Display string   // the user's name, for files
	Times   Times
	Written Minute // range timestamp
	Stamp   Stamp
}

// Slice is one user's times as read from a source, with what is odd about them, or why there are none.
type Slice struct {
	Times Times
	Notes []string // what was put right while it was read, for people
	Err   error
}

// Content is the digest that the stamp of an entry holds.
func (e *Entry) Content() plan.Digest { return e.Times.Digest() }
