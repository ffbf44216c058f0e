package archive

import (
	"context"

	"iorepl/plan"
	"iorepl/sync"
)

// Read fetches items. What travels are the bytes of the files, whatever a decoder thinks of them, as long as some
// program can open them.
func (s *Store) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []sync.ReadResult {
	results := make([]sync.ReadResult, len(items))
	fail := func(err error) []sync.ReadResult {
		for i := range results {
			results[i].Err = err
		}
		return results
	}
	s.tree.RLock()
	defer s.tree.RUnlock()
	n, err := s.resolve(ctx, folder)
	if err != nil {
		return fail(err)
	}
	lock := s.lockOf(n.rel)
	lock.RLock()
	defer lock.RUnlock()
	d, err := s.openDir(n.rel)
	if err != nil {
		return fail(s.vanished(n, err))
	}
	defer d.close()
	l, err := s.readLog(d)
	if err != nil {
		return fail(err)
	}
	for i, item := range items {
		if err := ctx.Err(); err != nil {
			results[i].Err = err
			continue
		}
		st, data, err := s.load(d, n, l, item, true)
		if err != nil {
			results[i].Err = err
			continue
		}
		format := formatOf(item.ID)
		if err := check(format, data); err != nil {
			results[i].Err = sync.Errorf(sync.Refused, "item %q %w", d.full(item.ID), err)
			continue
		}
		results[i].Payload = sync.Payload{Class: st.item.Class, Name: st.item.Name, Format: format, Data: data,
			Modified: st.item.Modified, Properties: st.known, Version: st.item.Version, Content: st.item.Content}
	}
	return results
}
