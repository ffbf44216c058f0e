package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"iorepl/plan"
	"iorepl/sync"
)

// Look checks that the organizations answer and have what is replicated from them. It writes nothing, not even a lock, and tells
// everything that is wrong before it returns an error.
func (j *Job) Look(ctx context.Context) error {
	problems := 0
	complain := func(format string, args ...any) {
		problems++
		j.Console.Complain(format, args...)
	}
	folders := map[string][]plan.Folder{}
	for _, id := range slices.Sorted(maps.Keys(j.Open)) {
		var err error
		if folders[id], err = j.folders(ctx, id); err != nil {
			complain("organization %s: %v", id, err)
		}
		for _, f := range folders[id] {
			if f.Problem != "" {
				complain("organization %s: folder %q: %s", id, "/"+f.Path, f.Problem)
			}
		}
	}
	for _, s := range j.Sessions {
		for _, b := range s.Blocks {
			found := slices.ContainsFunc(folders[s.Publisher], func(f plan.Folder) bool {
				return f.Path == b.Path && !b.Pattern || b.Pattern && b.Matches(f.Path)
			})
			switch {
			case found || folders[s.Publisher] == nil:
			case b.Pattern:
				j.Console.Note("%s: session %s: no folder of organization %s matches %q yet", b.Source, s.Name, s.Publisher, "/"+b.Path)
			default:
				complain("%s: session %s: organization %s has no folder %q", b.Source, s.Name, s.Publisher, "/"+b.Path)
			}
		}
	}
	if problems > 0 {
		return fmt.Errorf("the organizations are not as the configuration says: %s", Count(problems, "problem"))
	}
	return nil
}

func (j *Job) folders(ctx context.Context, id string) (_ []plan.Folder, err error) {
	var s sync.Store
	if s, err = j.Open[id](""); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Folders(ctx)
}
