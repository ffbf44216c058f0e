package ews

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/soap"
)

// tokenShape asks for what tells whether a folder changed. The tags are those that Microsoft names for this purpose.
func tokenShape() *soap.Element {
	return soap.M("FolderShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties", field("folder:TotalCount"),
		soap.T("ExtendedFieldURI", attr("PropertyTag", "0x670A"), attr("PropertyType", "SystemTime")),
		soap.T("ExtendedFieldURI", attr("PropertyTag", "0x670B"), attr("PropertyType", "Integer"))))
}

// settled is how long ago a folder's last change must be for its token to be believed.
const settled = 5 * time.Second

// readTokens asks for the change tokens of folders, before any of them is listed. A folder without a token is simply listed.
func (s *Store) readTokens(ctx context.Context, places []*place) error {
	return s.eachToken(ctx, places, func(p *place, t token) {
		if age := s.opts.Now().Sub(t.Commit); age < settled && age > -settled {
			return // another change may come within what the clock can tell apart
		}
		p.token = t
		if before := s.cache.latest(p.folder.Key); t.before(before) {
			s.cache.rewind(p.folder.Key)
			p.folder.Rewound = fmt.Sprintf("it was changed last at %s, and at %s when it was looked at before",
				t.Commit.Format(time.RFC3339), before.Commit.Format(time.RFC3339))
		}
	})
}

// Settle asks for the change tokens of the folders that were written to, so that an answer from before that is known for one: of a backup,
// or of a server that lags behind. Without them nothing but this is lost.
func (s *Store) Settle(ctx context.Context) {
	var places []*place
	s.mu.Lock()
	for _, p := range s.places {
		if s.cache.wrote(p.folder.Key) {
			places = append(places, p)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(places, func(a, b *place) int { return strings.Compare(a.folder.Path, b.folder.Path) })
	if err := s.eachToken(ctx, places, func(p *place, t token) { s.cache.settle(p.folder.Key, t) }); err != nil {
		s.opts.Log.Info("what the folders are like after the run is not known", "error", err)
	}
}

// eachToken asks for tokens and calls do with those that there are. They belong to the mailbox that holds the items, so it is asked for each
// mailbox's folders together.
func (s *Store) eachToken(ctx context.Context, places []*place, do func(*place, token)) error {
	if s.opts.Cache == "" {
		return nil
	}
	boxes := map[string][]*place{}
	var order []string
	for _, p := range places {
		if boxes[p.box] == nil {
			order = append(order, p.box)
		}
		boxes[p.box] = append(boxes[p.box], p)
	}
	for _, box := range order {
		err := chunks(boxes[box], batchFolders, func(part []*place) error {
			ids := soap.M("FolderIds")
			for _, p := range part {
				ids.Add(folderID(p.id))
			}
			messages, err := s.ask(ctx, part[0], len(part), soap.M("GetFolder", tokenShape(), ids))
			if err != nil {
				return fmt.Errorf("asking whether folders changed: %w", err)
			}
			for i, p := range part {
				if t := tokenOf(firstOf(messages[i].Child("Folders"))); !t.Commit.IsZero() {
					do(p, t)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tokenOf reads what the server says of a folder.
func tokenOf(e *soap.Element) (t token) {
	if e == nil {
		return t
	}
	t.Count, _ = strconv.Atoi(e.Value("TotalCount"))
	for _, x := range e.All("ExtendedProperty") {
		switch path := x.Child("ExtendedFieldURI"); {
		case isTag(path, "0x670a"):
			t.Commit, _ = time.Parse(time.RFC3339Nano, x.Value("Value"))
		case isTag(path, "0x670b"):
			t.Deleted, _ = strconv.Atoi(x.Value("Value"))
		}
	}
	t.Commit = t.Commit.UTC()
	return t
}

// Refresh has everything listed anew from now on, and reports whether anything was served from memory before.
func (s *Store) Refresh() bool { return s.cache.refresh() }

// Accept takes folders whose change token went back as they are.
func (s *Store) Accept() { s.cache.accept() }
