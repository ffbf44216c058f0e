package ewstest

import "maps"

// Snapshot is the state of all folders and items at one time. Taking one copies nothing but a table of folders.
type Snapshot struct{ state *state }

// Snapshot keeps the present state.
func (s *Server) Snapshot() *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Snapshot{s.state.share()}
}

// Restore puts a state back, as a database is restored from a backup: ids are as they were, and change keys and change
// tokens go back. Later changes get change keys again that others had before. Accounts, contacts, calendars, faults and the log stay. A
// snapshot can be restored any number of times, but only to the server that it is of.
func (s *Server) Restore(snap *Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = &state{counter: snap.state.counter, folders: maps.Clone(snap.state.folders), gen: s.state.gen + 1, rev: s.state.rev}
}

// Replicate makes new folders known to all hierarchy mailboxes; see Options.LateHierarchy.
func (s *Server) Replicate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, f := range s.state.folders {
		if f.late {
			s.state.edit(id).late = false
		}
	}
}

// Expire forgets what grommunio holds in its cache only: attachments that CreateAttachment made. On other profiles nothing happens.
func (s *Server) Expire() {
	if s.options.Profile != Grommunio {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, f := range s.state.folders {
		for i, r := range f.items {
			item := r.item.Clone()
			if !item.Flush() {
				continue
			}
			n := *r
			n.item = item
			s.state.edit(id).items[i] = &n
		}
	}
}
