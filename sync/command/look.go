package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"iorepl/plan"
	"iorepl/sync"
)

// Look checks that the organizations answer and have what is replicated from them, and, where they can tell, that the accounts may do
// there what the sessions need. It prints what answers, writes nothing, not even a lock, and tells everything that is wrong before
// it returns an error.
func (j *Job) Look(ctx context.Context) (err error) {
	l := &look{Job: j, stores: map[string]sync.Store{}, folders: map[string][]plan.Folder{}}
	defer func() { err = errors.Join(err, l.close()) }()
	for _, id := range slices.Sorted(maps.Keys(j.Open)) {
		l.open(ctx, id)
	}
	for _, s := range j.Sessions {
		for _, b := range s.Blocks {
			l.block(s, b)
		}
	}
	needs := sync.Needs(j.Sessions, l.folders)
	for _, id := range slices.Sorted(maps.Keys(l.folders)) {
		if err := l.rights(ctx, id, needs[id]); err != nil {
			return err
		}
	}
	if err := l.freeBusy(ctx); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("stopped while looking, nothing was written: %w", context.Cause(ctx))
	case l.problems > 0:
		return fmt.Errorf("the organizations are not as the configuration says: %s", Count(l.problems, "problem"))
	}
	return nil
}

// freeBusy checks what sessions of free/busy need, as far as their organizations answer.
func (l *look) freeBusy(ctx context.Context) (err error) {
	answering := *l.Job
	answering.FreeBusy = nil
	for _, s := range l.FreeBusy {
		s.Subscribers = slices.DeleteFunc(slices.Clone(s.Subscribers), func(id string) bool { return l.stores[id] == nil })
		if l.stores[s.Publisher] != nil {
			answering.FreeBusy = append(answering.FreeBusy, s)
		}
	}
	var closers []func() error
	run := answering.freeBusy(l.stores, nil, &closers)
	defer func() { err = errors.Join(err, closeAll(closers)) }()
	for _, f := range run.Check(ctx) {
		if f.Wrong {
			l.complain("%s", f.Text)
		} else if !l.Console.Quiet() {
			if _, err := fmt.Fprintln(l.Console.Stdout(), plan.Printable(f.Text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// look is a job while it looks.
type look struct {
	*Job
	stores   map[string]sync.Store
	folders  map[string][]plan.Folder // of the organizations that answer
	problems int
}

func (l *look) complain(format string, args ...any) {
	l.problems++
	l.Console.Complain(format, args...)
}

func (l *look) close() error {
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(l.stores)) {
		if err := l.stores[id].Close(); err != nil {
			errs = append(errs, fmt.Errorf("organization %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// open opens an organization and walks its folders.
func (l *look) open(ctx context.Context, id string) {
	s, err := l.Open[id](ctx, "")
	if err != nil {
		l.complain("%v", err)
		return
	}
	l.stores[id] = s
	if !slices.ContainsFunc(l.Sessions, func(s sync.Session) bool { return s.Publisher == id || slices.Contains(s.Subscribers, id) }) {
		return // its folders are nobody's business
	}
	folders, err := s.Folders(ctx)
	if err != nil {
		l.complain("organization %s: %v", id, err)
		return
	}
	l.folders[id] = folders
	if sync.CheckerOf(s) != nil {
		return // what the account may not read is wrong only where a session needs it
	}
	for _, f := range folders {
		if f.Problem != "" {
			l.complain("organization %s: folder %q: %s", id, "/"+f.Path, f.Problem)
		}
	}
}

// block checks that the publisher has what a folder block names.
func (l *look) block(s sync.Session, b sync.Block) {
	folders, answers := l.folders[s.Publisher]
	found := slices.ContainsFunc(folders, func(f plan.Folder) bool {
		return f.Path == b.Path && !b.Pattern || b.Pattern && b.Matches(f.Path)
	})
	if found || !answers {
		return
	}
	if b.Pattern {
		l.Console.Note("%s: session %s: no folder of organization %s matches %q yet", b.Source, s.Name, s.Publisher, "/"+b.Path)
		return
	}
	hidden := ""
	if c := sync.CheckerOf(l.stores[s.Publisher]); c != nil {
		hidden = ", or its account may not see it; if it is there:\n  " + c.Grant(b.Path, plan.RightFolderVisible|plan.RightReadAny)
	}
	l.complain("%s: session %s: organization %s has no folder %q%s", b.Source, s.Name, s.Publisher, "/"+b.Path, hidden)
}

// rights checks what the account of an organization may do, and prints what answers there.
func (l *look) rights(ctx context.Context, id string, needs []sync.Need) error {
	c := sync.CheckerOf(l.stores[id])
	if c == nil {
		return nil
	}
	lacking, unknown := 0, 0
	for i, a := range c.Allowed(ctx, needs) {
		switch l.need(id, c, needs[i], a) {
		case lacks:
			lacking++
		case untold:
			unknown++
		}
	}
	if l.Console.Quiet() {
		return nil
	}
	verdict := Count(len(needs), "folder") + " looked at, its rights suffice"
	switch {
	case len(needs) == 0:
		verdict = "there is no folder to look at"
	case lacking > 0:
		verdict = Count(len(needs), "folder") + " looked at, its rights do not suffice on " + fmt.Sprint(lacking)
	case unknown > 0:
		verdict += " as far as can be told"
	}
	_, err := fmt.Fprintf(l.Console.Stdout(), "%s: %s; %s\n", id, c.About(), verdict)
	return err
}

// standing is how what an account may do compares with what sessions need.
type standing int

const (
	suffices standing = iota
	lacks
	untold
)

// need tells what is missing on one folder.
func (l *look) need(id string, c sync.Checker, n sync.Need, a sync.Allowed) standing {
	where := fmt.Sprintf("organization %s, folder %q", id, "/"+n.Folder.Path)
	if a.Err != nil {
		l.complain("%s: asking for the rights on it: %v", where, a.Err)
		return lacks
	}
	missing := n.Rights &^ a.Rights &^ a.Unknown
	if n.List && !a.List {
		missing |= plan.RightFolderOwner &^ a.Rights // whose right it is to see the permission list
	}
	doubt := n.Rights & a.Unknown
	if missing != 0 {
		perhaps := ""
		if doubt != 0 {
			perhaps = ", and perhaps " + single(doubt)
		}
		l.complain("%s: %s: the account lacks %s%s, which %s:\n  %s", where, c.About(), single(missing), perhaps, wanted(n.Sessions), c.Grant(n.Folder.Path, n.Rights|missing))
		return lacks
	}
	if n.Folder.Problem != "" && n.Rights&plan.RightReadAny != 0 {
		l.complain("%s: %s", where, n.Folder.Problem)
		return lacks
	}
	if doubt != 0 {
		l.Console.Note("%s: cannot tell whether the account has %s, which %s: %s", where, single(doubt), wanted(n.Sessions), a.Why)
		return untold
	}
	return suffices
}

// single names rights one by one, never by a level that would have them all.
func single(r plan.Rights) string {
	var names []string
	for bit := plan.Rights(1); bit != 0 && bit <= r; bit <<= 1 {
		if r&bit != 0 {
			names = append(names, bit.String())
		}
	}
	return strings.Join(names, ", ")
}

func wanted(sessions []string) string {
	if len(sessions) == 1 {
		return "session " + sessions[0] + " needs"
	}
	return "sessions " + strings.Join(sessions, ", ") + " need"
}
