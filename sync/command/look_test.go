package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/console"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// exchanges are two organizations: contoso of the given profile, which publishes News, where iorepl is a Reviewer, and fabrikam, where iorepl
// owns Partners/News, which bert's items are in.
type exchanges struct {
	t       *testing.T
	servers map[string]*ewstest.Server
	job     *Job
	out     string // file
	err     string
}

func newExchanges(t *testing.T, contoso, fabrikam ewstest.Profile) *exchanges {
	t.Helper()
	dir := t.TempDir()
	e := &exchanges{t: t, servers: map[string]*ewstest.Server{}, out: filepath.Join(dir, "out"), err: filepath.Join(dir, "err")}
	out, err := os.Create(e.out)
	e.check(err)
	errs, err := os.Create(e.err)
	e.check(err)
	t.Cleanup(func() { out.Close(); errs.Close() })
	e.job = &Job{Console: console.New(out, errs, func(string) string { return "" }, time.Now), State: filepath.Join(dir, "state"), Open: map[string]Open{},
		Known: []string{"contoso", "fabrikam"}, Parallelism: 1, Now: time.Now(),
		Sessions: []sync.Session{{Name: "news", Publisher: "contoso", Subscribers: []string{"fabrikam"}, Blocks: []sync.Block{{Path: "News", Source: "x.hcl:20",
			Target: func(string) string { return "Partners/News" }, Rules: plan.Rules{Subfolders: true}}}}}}
	for id, profile := range map[string]ewstest.Profile{"contoso": contoso, "fabrikam": fabrikam} {
		s := ewstest.New(ewstest.Options{Profile: profile, Domain: id + ".test"})
		t.Cleanup(s.Close)
		for _, name := range []string{"iorepl", "bert"} {
			s.AddUser(name, "secret", name+"@"+id+".test")
		}
		e.servers[id] = s
		url, err := s.Start(false)
		e.check(err)
		e.job.Open[id] = func(ctx context.Context, cache string) (sync.Store, error) {
			store, err := ews.Open(ctx, ews.Options{Transport: transport.Config{URL: url + "/EWS/Exchange.asmx", Username: "iorepl", Password: "secret"}})
			if err != nil {
				return nil, err
			}
			return sync.Limit(store, 2, 0), nil
		}
	}
	e.folder("contoso", "News", ewstest.Reviewer, true)
	e.folder("contoso", "Secret", ewstest.FolderVisible, true) // in no session
	e.folder("fabrikam", "Partners", ewstest.FolderVisible|ewstest.CreateSubFolders, false)
	e.folder("fabrikam", "Partners/News", ewstest.Owner, true)
	return e
}

func (e *exchanges) check(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// folder makes a folder of bert's, perhaps with an item.
func (e *exchanges) folder(org, path string, rights ewstest.Rights, item bool) {
	e.t.Helper()
	bert := e.servers[org].User("bert@" + org + ".test")
	_, err := bert.AddFolder(path, "IPF.Note")
	e.check(err)
	if item {
		_, err = bert.AddItem(path, soap.T("Message", soap.T("ItemClass", "IPM.Note"), soap.T("Subject", "his")))
		e.check(err)
	}
	e.check(e.servers[org].SetPermission(path, ewstest.Default, ewstest.None))
	e.allow(org, path, rights)
}

func (e *exchanges) allow(org, path string, rights ewstest.Rights) {
	e.t.Helper()
	e.check(e.servers[org].SetPermission(path, "iorepl@"+org+".test", rights))
}

// look looks and expects lines on stdout and stderr; that nothing is written goes without saying.
func (e *exchanges) look(problem string, stdout, stderr []string) {
	e.t.Helper()
	err := e.job.Look(e.t.Context())
	switch {
	case err == nil && problem != "":
		e.t.Errorf("no error, want %s", problem)
	case err != nil && (problem == "" || !strings.Contains(err.Error(), problem)):
		e.t.Errorf("error %v, want %q", err, problem)
	}
	for name, want := range map[string][]string{e.out: stdout, e.err: stderr} {
		data, err := os.ReadFile(name)
		e.check(err)
		if got := strings.TrimSuffix(string(data), "\n"); got != strings.Join(want, "\n") {
			e.t.Errorf("%s:\n%s\nwant\n%s", filepath.Base(name), got, strings.Join(want, "\n"))
		}
	}
	for id, s := range e.servers {
		if m := s.Mutations(""); len(m) > 0 {
			e.t.Errorf("looking has changed %s: %+v", id, m)
		}
	}
	if _, err := os.Stat(e.job.State); err == nil {
		e.t.Error("looking has made a state")
	}
}

const (
	contosoIs  = "contoso: Exchange 2016 (15.1.2507), as iorepl@contoso.test; 1 folder looked at, "
	fabrikamIs = "fabrikam: Exchange 2010 (14.2.328), as iorepl@fabrikam.test; 1 folder looked at, "
)

func TestLookSaysWhatAnswersAndThatRightsSuffice(t *testing.T) {
	newExchanges(t, ewstest.Exchange2016, ewstest.Exchange2010SP2).look("",
		[]string{contosoIs + "its rights suffice", fabrikamIs + "its rights suffice"}, []string{""})
	e := newExchanges(t, ewstest.Exchange2016, ewstest.Exchange2010SP2)
	e.job.Console.Configure(console.Choices{Quiet: true})
	e.look("", []string{""}, []string{""})
}

func TestLookNamesTheCommandThatGrantsWhatIsMissing(t *testing.T) {
	e := newExchanges(t, ewstest.Exchange2016, ewstest.Exchange2010SP2)
	e.allow("contoso", "News", ewstest.FolderVisible)
	e.allow("fabrikam", "Partners/News", ewstest.Author)
	e.look("2 problems", []string{contosoIs + "its rights do not suffice on 1", fabrikamIs + "its rights do not suffice on 1"}, []string{
		`iorepl: organization contoso, folder "/News": Exchange 2016 (15.1.2507), as iorepl@contoso.test: the account lacks ReadItems, which session news (x.hcl:20) needs:` + "\n" +
			`  Add-PublicFolderClientPermission -Identity "\News" -User iorepl@contoso.test -AccessRights Reviewer`,
		`iorepl: organization fabrikam, folder "/Partners/News": Exchange 2010 (14.2.328), as iorepl@fabrikam.test: the account lacks EditAllItems, DeleteAllItems, CreateSubfolders, FolderOwner, which session news (x.hcl:20) needs:` + "\n" +
			`  Add-PublicFolderClientPermission -Identity "\Partners\News" -User iorepl@fabrikam.test -AccessRights Owner`,
	})
}

func TestLookWantsAnOwnerWherePermissionsAreRead(t *testing.T) {
	for profile, want := range map[ewstest.Profile]string{ewstest.Exchange2007SP1: "the account lacks FolderOwner", ewstest.Grommunio: ""} {
		e := newExchanges(t, profile, profile)
		e.job.Sessions[0].Blocks[0].Rules.Permissions = plan.MappedPermissions
		err := e.job.Look(t.Context())
		data, _ := os.ReadFile(e.err)
		if (err != nil) != (want != "") || !strings.Contains(string(data), want) {
			t.Errorf("%s: %v\n%s", profile, err, data)
		}
	}
}

// doubtful is a store whose server does not tell everything.
type doubtful struct {
	sync.Store
	sync.Checker
	unknown plan.Rights
}

func (d doubtful) Allowed(ctx context.Context, needs []sync.Need) []sync.Allowed {
	all := d.Checker.Allowed(ctx, needs)
	for i := range all {
		all[i].Rights &^= d.unknown
		all[i].Unknown |= d.unknown
		all[i].Why = "nothing tells it"
	}
	return all
}

func TestLookSaysWhatItCannotTell(t *testing.T) {
	e := newExchanges(t, ewstest.Exchange2016, ewstest.Exchange2010SP2)
	open := e.job.Open["fabrikam"]
	e.job.Open["fabrikam"] = func(ctx context.Context, cache string) (sync.Store, error) {
		s, err := open(ctx, cache)
		return doubtful{s, sync.CheckerOf(s), plan.RightEditAny | plan.RightDeleteAny}, err
	}
	e.look("", []string{contosoIs + "its rights suffice", fabrikamIs + "its rights suffice as far as can be told"}, []string{
		`iorepl: organization fabrikam, folder "/Partners/News": cannot tell whether the account has EditAllItems, DeleteAllItems, which session news (x.hcl:20) needs: nothing tells it`,
	})
}

// TestLookSaysWhatMayBeMissingToo: on an empty folder, only its owner is told what may be done to the items of others.
func TestLookSaysWhatMayBeMissingToo(t *testing.T) {
	e := newExchanges(t, ewstest.Exchange2016, ewstest.Exchange2010SP2)
	e.folder("fabrikam", "Partners/Empty", ewstest.PublishingEditor, false)
	e.job.Sessions[0].Blocks[0].Target = func(string) string { return "Partners/Empty" }
	e.look("1 problem", []string{contosoIs + "its rights suffice", fabrikamIs + "its rights do not suffice on 1"}, []string{
		`iorepl: organization fabrikam, folder "/Partners/Empty": Exchange 2010 (14.2.328), as iorepl@fabrikam.test: ` +
			`the account lacks FolderOwner, and perhaps EditAllItems, DeleteAllItems, which session news (x.hcl:20) needs:` + "\n" +
			`  Add-PublicFolderClientPermission -Identity "\Partners\Empty" -User iorepl@fabrikam.test -AccessRights Owner`,
	})
}

func TestLookDoesNotFindWhatItMayNotSee(t *testing.T) {
	e := newExchanges(t, ewstest.Exchange2016, ewstest.Exchange2010SP2)
	e.allow("contoso", "News", ewstest.None)
	e.look("1 problem", []string{
		"contoso: Exchange 2016 (15.1.2507), as iorepl@contoso.test; there is no folder to look at",
		"fabrikam: Exchange 2010 (14.2.328), as iorepl@fabrikam.test; there is no folder to look at"}, []string{
		`iorepl: x.hcl:20: session news: organization contoso has no folder "/News", or its account may not see it; if it is there:` + "\n" +
			`  Add-PublicFolderClientPermission -Identity "\News" -User iorepl@contoso.test -AccessRights Reviewer`,
	})
}

func TestLookGoesOnWithTheOthers(t *testing.T) {
	e := newExchanges(t, ewstest.Exchange2016, ewstest.Exchange2010SP2)
	e.job.Open["contoso"] = func(context.Context, string) (sync.Store, error) {
		return nil, errors.New("organization contoso: wrong password")
	}
	e.look("1 problem", []string{"fabrikam: Exchange 2010 (14.2.328), as iorepl@fabrikam.test; there is no folder to look at"},
		[]string{"iorepl: organization contoso: wrong password"})
}
