package ewsworld

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/transport"
)

// organization is one end of a replication.
type organization interface {
	// open gives the store that a run works with; cache is a directory of its own. A store that could write is opened even where nothing is to
	// be written, so that the server's log shows who tries.
	open(ctx context.Context, cache string) (sync.Store, error)
	// hand gives the store that a user works with.
	hand() (sync.Store, error)
	// save keeps the present state and returns what puts it back.
	save() (restore func() error, err error)
}

// clock goes on by a second each time that it is asked, and by as much as somebody sleeps.
type clock struct {
	mu stdsync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Second)
	return c.t
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return ctx.Err()
}

// kind is a server that is imitated.
type kind struct {
	name    string
	profile ewstest.Profile
}

var (
	ex2007 = kind{"2007 SP1", ewstest.Exchange2007SP1}
	ex2010 = kind{"2010 SP2", ewstest.Exchange2010SP2}
	ex2016 = kind{"2016", ewstest.Exchange2016}
	gromm  = kind{"grommunio", ewstest.Grommunio}

	kinds = []kind{ex2007, ex2010, ex2016, gromm}
)

// exchange is an organization on a server.
type exchange struct {
	kind
	server  *ewstest.Server
	clock   *clock
	url     string // of the web site
	name    string
	account string // SMTP address that runs act under
	rights  ewstest.Rights
	once    stdsync.Once
	user    *ews.Store
	err     error
}

const password = "secret"

// newExchange starts a server whose account iorepl has rights on all public folders, and where anna owns them.
func newExchange(t testing.TB, name string, k kind, rights ewstest.Rights) *exchange {
	t.Helper()
	e := &exchange{kind: k, name: name, clock: newClock(), account: "iorepl@" + name + ".test", rights: rights}
	o := ewstest.Options{Profile: k.profile, Domain: name + ".test", Now: e.clock.now, Routing: k == ex2016}
	if linter != nil {
		o.Validate = linter.Collect
	}
	e.server = ewstest.New(o)
	t.Cleanup(e.server.Close)
	e.server.AddUser("iorepl", password, e.account)
	e.server.AddUser("anna", password, e.anna())
	if err := e.grant(""); err != nil {
		t.Fatal(err)
	}
	var err error
	if e.url, err = e.server.Start(k == ex2016); err != nil {
		t.Fatal(err)
	}
	return e
}

// anna is the user's address.
func (e *exchange) anna() string { return "anna@" + e.name + ".test" }

// grant gives the program and the user their rights on a folder, since not every server hands them down.
func (e *exchange) grant(path string) error {
	return errors.Join(e.server.SetPermission(path, e.account, e.rights), e.server.SetPermission(path, e.anna(), ewstest.Owner))
}

// options are those of an account. A server that wants requests to be routed is found by Autodiscover, which tells where to.
func (e *exchange) options(who string) ews.Options {
	o := ews.Options{Now: e.clock.now, FullScan: 24 * time.Hour, Transport: transport.Config{Password: password, Proxy: "direct", Now: e.clock.now, Sleep: e.clock.sleep}}
	if e.kind != ex2016 {
		o.Transport.URL, o.Transport.Username = e.url+"/EWS/Exchange.asmx", strings.ToUpper(e.name)+`\`+who
		return o
	}
	o.Autodiscover = who + "@" + e.name + ".test"
	o.Transport.Username, o.Transport.CertificateSHA256 = o.Autodiscover, fmt.Sprintf("%x", sha256.Sum256(e.server.Certificate().Raw))
	o.Transport.LookupSRV = func(context.Context, string) ([]string, error) { return nil, errors.New("there is no DNS") }
	o.Transport.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(e.url, "https://"))
	}
	return o
}

func (e *exchange) open(ctx context.Context, cache string) (sync.Store, error) {
	o := e.options("iorepl")
	o.Cache = cache
	s, err := ews.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (e *exchange) hand() (sync.Store, error) {
	who := "anna"
	if e.rights == ewstest.Owner { // there are folders that anna cannot see, since not every server hands rights down
		who = "iorepl"
	}
	e.once.Do(func() { e.user, e.err = ews.Open(context.Background(), e.options(who)) })
	return e.user, e.err
}

func (e *exchange) save() (func() error, error) {
	s := e.server.Snapshot()
	return func() error { e.server.Restore(s); return nil }, nil
}

// directory is an organization in a directory.
type directory struct{ path, copies string }

func newDirectory(t testing.TB) *directory {
	t.Helper()
	return &directory{t.TempDir(), t.TempDir()}
}

func (d *directory) open(_ context.Context, cache string) (sync.Store, error) {
	s, err := archive.Open(d.path, archive.Options{Cache: filepath.Join(cache, "archive")})
	if err != nil {
		return nil, err
	}
	return sync.Canonical(s, item.Canonical), nil
}

func (d *directory) hand() (sync.Store, error) { return archive.Open(d.path, archive.Options{}) }

func (d *directory) save() (func() error, error) {
	kept, err := os.MkdirTemp(d.copies, "")
	if err == nil {
		err = copyTree(d.path, kept)
	}
	return func() error { return copyTree(kept, d.path) }, err
}

// copyTree makes to what from is, times included, since archives go by them.
func copyTree(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return os.Chtimes(filepath.Join(to, rel), info.ModTime(), info.ModTime())
	})
}
