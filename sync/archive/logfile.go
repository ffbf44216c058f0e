package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// maxLog is the size of a log beyond which something is wrong: it has room for millions of items.
const maxLog = 4 << 30

// keptLogs is how many parsed logs stay in memory, so that the batches of a folder do not parse its log again each.
const keptLogs = 8

// logStat looks at the log; an error that is fs.ErrNotExist, with a zero stat, if there is none.
func (d *dir) logStat() (fileStat, error) {
	f, err := d.openFile(itemsFile)
	if err != nil {
		return fileStat{}, err
	}
	defer f.Close()
	return statFile(f)
}

// readLog is the log of a folder.
func (s *Store) readLog(d *dir) (*itemLog, error) { return s.logFrom(d, nil) }

// logFrom is the log of a folder whose cache is loaded already.
func (s *Store) logFrom(d *dir, cache *listCache) (*itemLog, error) {
	st, err := d.logStat()
	if errors.Is(err, fs.ErrNotExist) {
		return newLog(), nil
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	l := s.logs[d.rel]
	s.mu.Unlock()
	if l != nil && l.stat == st {
		return l, nil
	}
	if cache == nil {
		cache = s.loadCache(d.rel)
	}
	if cache.items != nil && cache.hasLog && cache.log == st {
		cache.items.stat = st
		return cache.items, nil
	}
	data, err := d.readFile(itemsFile, maxLog)
	if err != nil {
		return nil, err
	}
	if l, err = parseLog(data); err != nil {
		return nil, fmt.Errorf("%q is damaged: %w; restore it from a backup, or delete that line, set \"items\" in %q to 0, and link its item again with apply --adopt",
			d.full(itemsFile), err, d.full(folderFile))
	}
	if int64(len(data)) != st.size {
		if st, err = d.logStat(); err != nil || int64(len(data)) != st.size {
			return nil, fmt.Errorf("%q: %w", d.full(itemsFile), errChanging)
		}
	}
	l.stat = st
	return l, nil
}

// keepLog keeps a log in memory for the next batch.
func (s *Store) keepLog(rel string, l *itemLog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = append(slices.DeleteFunc(s.used, func(r string) bool { return r == rel }), rel)
	s.logs[rel] = l
	if len(s.used) > keptLogs {
		delete(s.logs, s.used[0])
		s.used = s.used[1:]
	}
}

func (s *Store) dropLog(rel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.logs, rel)
	s.used = slices.DeleteFunc(s.used, func(r string) bool { return r == rel })
}

// hasOrphans reports whether some entry has no file among names.
func (l *itemLog) hasOrphans(names []string) bool {
	missing := len(l.records)
	for _, n := range names {
		if l.records[n] != nil {
			missing--
		}
	}
	return missing > 0
}
