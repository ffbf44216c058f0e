package ews

import (
	"context"
	"fmt"
	"strconv"
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

// readTokens asks for the change tokens of folders, before any of them is listed. They belong to the mailbox that holds the
// items, so it is asked for each mailbox's folders together. A folder without a token is simply listed.
func (s *Store) readTokens(ctx context.Context, places []*place) error {
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
				s.setToken(p, firstOf(messages[i].Child("Folders")))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) setToken(p *place, e *soap.Element) {
	if e == nil {
		return
	}
	t := token{}
	t.Count, _ = strconv.Atoi(e.Value("TotalCount"))
	for _, x := range e.All("ExtendedProperty") {
		switch path := x.Child("ExtendedFieldURI"); {
		case isTag(path, "0x670a"):
			t.Commit, _ = time.Parse(time.RFC3339Nano, x.Value("Value"))
		case isTag(path, "0x670b"):
			t.Deleted, _ = strconv.Atoi(x.Value("Value"))
		}
	}
	if age := s.opts.Now().Sub(t.Commit); t.Commit.IsZero() || age < settled && age > -settled {
		return // another change may come within what the clock can tell apart
	}
	t.Commit = t.Commit.UTC()
	p.token = t
	if before, ok := s.cache.head(p.folder.Key); ok && t.before(before.Token) {
		p.folder.Rewound = fmt.Sprintf("it was changed last at %s, and at %s when it was listed before",
			t.Commit.Format(time.RFC3339), before.Token.Commit.Format(time.RFC3339))
	}
}

// Refresh has everything listed anew from now on, and reports whether anything was served from memory before.
func (s *Store) Refresh() bool { return s.cache.refresh() }

// Accept takes folders whose change token went back as they are.
func (s *Store) Accept() { s.cache.accept() }
