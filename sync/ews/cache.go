package ews

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	stdsync "sync"
	"time"

	"iorepl/plan"
)

// A folder whose change token is the one that it had when it was last listed is not listed again: what was listed then is remembered, one
// file a folder. That is a matter of speed alone. A file counts only while the token is the same and the listing is not older
// than Options.FullScan; a folder that was written to is listed anew; and once a folder turns out to have changed under a token
// that did not move, the organization's tokens are not believed any more.

// token tells whether a folder changed (PR_LOCAL_COMMIT_TIME_MAX, PR_DELETED_COUNT_TOTAL, number of items). Its zero value tells nothing.
type token struct {
	Commit  time.Time
	Deleted int
	Count   int
}

// before reports whether t is of an earlier state than other.
func (t token) before(other token) bool {
	return !t.Commit.IsZero() && (t.Commit.Before(other.Commit) || t.Deleted < other.Deleted)
}

// remembered is the head of a file.
type remembered struct {
	Token  token
	Listed time.Time
	Sum    plan.Digest // of all items, in any order
	Items  int
}

const cacheFormat = "iorepl listing 1\n"

type cache struct {
	dir string // "" for none
	max time.Duration
	now func() time.Time

	mu      stdsync.Mutex
	fresh   bool                 // nothing is served any more
	served  bool                 // something was, since refresh was last called
	written map[plan.Digest]bool // folders that were written to
	rewound map[plan.Digest]bool // folders that are of an earlier state than the one after the last run that wrote to them
	pending map[string]string    // files whose folder went back, with what replaces them if that is accepted
}

func openCache(dir string, max time.Duration, now func() time.Time) (*cache, error) {
	c := &cache{dir: dir, max: max, now: now, written: map[plan.Digest]bool{}, rewound: map[plan.Digest]bool{}, pending: map[string]string{}}
	if dir == "" {
		return c, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.distrust()); err == nil {
		c.fresh = true
	}
	return c, nil
}

// distrust is a file that says that this organization's tokens do not tell what changed.
func (c *cache) distrust() string { return filepath.Join(c.dir, "untrusted") }

func (c *cache) path(folder plan.Digest) string { return filepath.Join(c.dir, folder.String()+".list") }

// forget drops what is remembered of a folder that is about to be written to.
func (c *cache) forget(folder plan.Digest) {
	c.mu.Lock()
	first := !c.written[folder]
	c.written[folder] = true
	c.mu.Unlock()
	if first && c.dir != "" {
		_ = os.Remove(c.path(folder))
	}
}

// refresh has everything listed anew from now on, and reports whether anything was not.
func (c *cache) refresh() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	served := c.served
	c.fresh, c.served = true, false
	return served
}

// head reads what is remembered of a folder.
func (c *cache) head(folder plan.Digest) (h remembered, ok bool) {
	if c.dir == "" {
		return h, false
	}
	f, err := os.Open(c.path(folder))
	if err != nil {
		return h, false
	}
	defer f.Close()
	h, _, err = readHead(f)
	return h, err == nil
}

func readHead(f *os.File) (h remembered, d *gob.Decoder, err error) {
	r := bufio.NewReader(f)
	format := make([]byte, len(cacheFormat))
	if _, err := io.ReadFull(r, format); err != nil || string(format) != cacheFormat {
		return h, nil, errors.New("no listing")
	}
	d = gob.NewDecoder(r)
	return h, d, d.Decode(&h)
}

// serve emits what is remembered, if that is what the folder holds. It is read twice, so that nothing is emitted of a damaged file.
func (c *cache) serve(folder plan.Folder, t token, emit func([]plan.Item) error) (bool, error) {
	c.mu.Lock()
	usable := c.dir != "" && !c.fresh && !c.written[folder.Key] && t != (token{})
	c.mu.Unlock()
	h, ok := c.head(folder.Key)
	if !usable || !ok || h.Token != t || c.now().Sub(h.Listed) > c.max || c.now().Before(h.Listed) {
		return false, nil
	}
	sum := &listSum{}
	if err := c.each(folder.Key, func(items []plan.Item) error { sum.add(items); return nil }); err != nil || sum.digest() != h.Sum || sum.n != h.Items {
		return false, nil
	}
	c.mu.Lock()
	c.served = true
	c.mu.Unlock()
	return true, c.each(folder.Key, emit)
}

func (c *cache) each(folder plan.Digest, emit func([]plan.Item) error) error {
	f, err := os.Open(c.path(folder))
	if err != nil {
		return err
	}
	defer f.Close()
	_, d, err := readHead(f)
	for err == nil {
		var page []plan.Item
		if err = d.Decode(&page); err == nil && len(page) > 0 {
			err = emit(page)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// accept takes folders that went back as they are now.
func (c *cache) accept() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, temporary := range c.pending {
		_ = os.Rename(temporary, path)
		delete(c.pending, path)
	}
	for folder := range c.rewound {
		_ = os.Remove(c.settledPath(folder))
	}
}

func (c *cache) close() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, temporary := range c.pending {
		_ = os.Remove(temporary)
	}
	return nil
}

// keeper writes down a listing while it is read. A failure to do so costs speed and nothing else.
type keeper struct {
	c      *cache
	folder plan.Folder
	token  token
	pages  *os.File // the pages, without a head
	out    *gob.Encoder
	sum    listSum
}

// begin starts to write down a listing that is read after its token was.
func (c *cache) begin(folder plan.Folder, t token) *keeper {
	k := &keeper{c: c, folder: folder, token: t}
	if c.dir == "" || t == (token{}) {
		return k
	}
	f, err := os.CreateTemp(c.dir, "pages-*")
	if err != nil {
		return k
	}
	k.pages = f
	return k
}

func (k *keeper) add(items []plan.Item) error {
	if k.pages == nil {
		return nil
	}
	k.sum.add(items)
	if k.out == nil {
		k.out = gob.NewEncoder(k.pages)
	}
	if err := k.out.Encode(items); err != nil {
		k.abandon()
	}
	return nil
}

func (k *keeper) abandon() {
	if k.pages != nil {
		_ = k.pages.Close()
		_ = os.Remove(k.pages.Name())
		k.pages = nil
	}
}

// done takes the listing for whole. It also notices a folder that changed although its token did not.
func (k *keeper) done() error {
	if k.pages == nil {
		return nil
	}
	defer k.abandon()
	h := remembered{Token: k.token, Listed: k.c.now(), Sum: k.sum.digest(), Items: k.sum.n}
	before, known := k.c.head(k.folder.Key)
	if known && before.Token == h.Token && before.Sum != h.Sum {
		k.c.mistrust(k.folder.Path)
		return nil
	}
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	if k.c.written[k.folder.Key] {
		return nil
	}
	temporary, err := k.file(h)
	if err != nil {
		return nil
	}
	if path := k.c.path(k.folder.Key); known && h.Token.before(before.Token) {
		k.c.pending[path] = temporary
	} else {
		_ = os.Rename(temporary, path)
	}
	return nil
}

// file puts the head before the pages. The decoder of the head must not read on into the pages' stream, so both are one gob stream.
func (k *keeper) file(h remembered) (string, error) {
	f, err := os.CreateTemp(k.c.dir, "listing-*")
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(f)
	_, err = w.WriteString(cacheFormat)
	out := gob.NewEncoder(w)
	if err == nil {
		err = out.Encode(h)
	}
	if err == nil {
		_, err = k.pages.Seek(0, io.SeekStart)
	}
	in := gob.NewDecoder(bufio.NewReader(k.pages))
	for err == nil {
		var page []plan.Item
		if err = in.Decode(&page); errors.Is(err, io.EOF) {
			err = nil
			break
		}
		if err == nil {
			err = out.Encode(page)
		}
	}
	if e := w.Flush(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// mistrust ends the use of tokens in this organization.
func (c *cache) mistrust(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh = true
	_ = os.WriteFile(c.distrust(), fmt.Appendf(nil, "Folder %q had changed although its change token had not. Folders are always listed; remove this file to trust the tokens again.\n", path), 0o600)
}

// listSum digests items in any order.
type listSum struct {
	sum plan.Digest
	n   int
}

func (l *listSum) add(items []plan.Item) {
	for i := range items {
		it := &items[i]
		d := plan.Sum("listed", string(it.Key[:]), string(it.Version[:]), it.ID, it.Stamp.Origin, it.Stamp.Version, it.Stamp.Mark, it.Class, it.Name)
		for b := range l.sum {
			l.sum[b] ^= d[b]
		}
		l.n++
	}
}

func (l *listSum) digest() plan.Digest { return l.sum }
