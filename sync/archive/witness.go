package archive

import (
	"fmt"
	"io/fs"
	"slices"
)

// The two files beside the items vouch for each other, so that the loss of one of them (a backup without hidden files, a slip of somebody's
// hand) is not taken for items of users, to which all replicas would be added once more.
//
// A log whose folder has no key is one that lost its record: the key is written before the log. A record counts, in Items, lines that the log has:
// the count is raised after the lines are on the disk, and lowered before a shorter log takes the place of a longer one, so that a process
// killed anywhere leaves no count that is too high.

// readBeside reads both files of a folder, and remembers the entries that have no file.
func (w *walker) readBeside(d *dir, n *node, st fileStat, entries []fs.DirEntry) {
	lock := w.s.lockOf(n.rel)
	lock.RLock()
	defer lock.RUnlock()
	var err error
	if n.rec, err = d.readFolder(); err != nil {
		n.bad, n.problem = err.Error(), err.Error()
		return
	}
	hasLog := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == itemsFile })
	if !hasLog && n.rec.Items == 0 {
		return
	}
	log, err := d.logStat()
	if err == nil && n.rec.Key.IsZero() && log.size > 0 {
		n.problem = fmt.Sprintf("%q is missing, by which %q is known to belong here; restore it from a backup, or remove such files here and below and link the items again with apply --adopt",
			d.full(folderFile), d.full(itemsFile))
		return
	}
	head := w.s.loadHead(n.rel)
	if err == nil && head.hasLog && !head.orphans && head.dir == st.asDir() && log == head.log {
		return
	}
	l, err := w.s.readLog(d)
	if err == nil {
		err = d.missing(n.rec, l)
	}
	if err != nil {
		n.unknown = err.Error()
		return
	}
	w.collectOrphans(n, l, entries)
}

// missing is an error if the log lacks lines that the record counts.
func (d *dir) missing(rec folderRecord, l *itemLog) error {
	if l.lines >= rec.Items {
		return nil
	}
	now, err := d.readFolder()
	switch {
	case err != nil:
		return err
	case l.lines >= now.Items:
		return nil
	case now.Items != rec.Items:
		return fmt.Errorf("%q: %w", d.full(itemsFile), errChanging)
	}
	what := fmt.Sprintf("has lost lines: it has %d, and had %d", l.lines, now.Items)
	if l.stat == (fileStat{}) {
		what = "is missing"
	}
	return fmt.Errorf("%q %s, and with it which items are replicas of which; restore it from a backup, or set \"items\" in %q to 0 and link the items again with apply --adopt",
		d.full(itemsFile), what, d.full(folderFile))
}

// witness counts the lines of a log that is on the disk. What fails here, the next write does.
func (b *batch) witness() {
	if b.n.void || b.n.rec.Key.IsZero() || b.l.lines <= b.n.rec.Items {
		return
	}
	if err := b.count(b.l.lines); err != nil {
		b.failed = true
	}
}

// count writes how many lines the log has at least.
func (b *batch) count(lines int) error {
	n := *b.n
	n.rec.Items = lines
	if err := b.s.writeFolder(b.d, &n); err != nil {
		return err
	}
	b.n = &n
	return nil
}

// emptyLog takes the entries away from a copied folder with the record rec, which stays that of a copy.
func (b *batch) emptyLog(rec *folderRecord) error {
	if rec.Items > 0 {
		rec.Items = 0
		data, err := rec.marshal()
		if err != nil {
			return err
		}
		if err := b.d.replace(folderFile, data); err != nil {
			return err
		}
	}
	if err := b.d.replace(itemsFile, nil); err != nil {
		return err
	}
	b.s.dropLog(b.n.rel)
	return nil
}
