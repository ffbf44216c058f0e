package sync_test

import (
	"errors"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/memstore"
)

// TestWhoWasNotLetInIsNotShutOut has a write of a permission list fail, after which the publisher no longer asks for it.
func TestWhoWasNotLetInIsNotShutOut(t *testing.T) {
	owner := func(who string) plan.Permissions {
		rights, err := plan.ParseRights("Reviewer")
		must(t, err)
		return plan.Permissions{{Who: plan.Default, Rights: rights}, {Who: plan.Anonymous}, {Who: who, Rights: rights}}
	}
	wider := owner("ann@a.example")
	wider[2].Rights |= plan.RightCreate
	for _, c := range []struct {
		name  string
		after bool
		err   error
		stays bool
	}{
		{"before it happened", false, errors.New("connection refused"), true},
		{"changed meanwhile", false, sync.Errorf(sync.Conflict, "changed"), true},
		{"after it happened", true, sync.Errorf(sync.Unknown, "connection lost"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
			for _, o := range []*memstore.Organization{a, b} {
				must(t, o.AddFolder("", "News", "IPF.Note"))
			}
			must(t, a.Grant("News", wider), b.Grant("News", owner("ann@b.example")))
			failing := b.Open(func(call memstore.Call) error {
				if call.Op == "SetPermissions" && call.After == c.after {
					return c.err
				}
				return nil
			})
			state, err := sync.OpenState(t.TempDir())
			must(t, err)
			defer state.Close()
			rules := plan.Rules{Subfolders: true, Limits: plan.DefaultLimits(), Permissions: plan.MappedPermissions, Map: map[string]string{"@a.example": "@b.example"}}
			run := pairOf(a.Open(nil), failing, rules)
			run.State = state
			p, err := run.Plan(t.Context())
			must(t, err)
			report, err := run.Apply(t.Context(), p, nil)
			must(t, err)
			if len(report.Failed)+len(report.Skipped) != 1 {
				t.Fatalf("not done: %+v %+v", report.Failed, report.Skipped)
			}

			must(t, a.Grant("News", wider[:2]))
			run = pairOf(a.Open(nil), b.Open(nil), rules)
			run.State = state
			p, err = run.Plan(t.Context())
			must(t, err)
			if p.Empty() != c.stays {
				t.Errorf("the target's own entry stays: %v, want %v:\n%s", p.Empty(), c.stays, text(p))
			}
		})
	}
}

// TestWhatOwnersGrantAnewIsTheirs has the owners of a target folder take away what the program granted, and later grant it themselves.
func TestWhatOwnersGrantAnewIsTheirs(t *testing.T) {
	a, b := memstore.New("a", memstore.Options{}), memstore.New("b", memstore.Options{})
	state, err := sync.OpenState(t.TempDir())
	must(t, err)
	defer state.Close()
	apply := func() *plan.Plan {
		t.Helper()
		run := pairOf(a.Open(nil), b.Open(nil), plan.Rules{Subfolders: true, Limits: plan.DefaultLimits(), Permissions: plan.MappedPermissions,
			Map: map[string]string{"@a.example": "@b.example"}})
		run.State = state
		p, err := run.Plan(t.Context())
		must(t, err)
		if report, err := run.Apply(t.Context(), p, nil); err != nil || report.Result != "complete" {
			t.Fatalf("%v\n%s", err, text(p))
		}
		return p
	}
	everybody := plan.Permissions{{Who: plan.Default}, {Who: plan.Anonymous}}
	with := func(who string) plan.Permissions {
		return append(everybody[:2:2], plan.Permission{Who: who, Rights: plan.RightReadAny | plan.RightFolderVisible})
	}
	must(t, a.AddFolder("", "News", "IPF.Note"), a.Grant("News", with("ann@a.example")))
	apply()
	must(t, a.Grant("News", everybody), b.Grant("News", everybody))
	apply()
	must(t, b.Grant("News", with("ann@b.example")))
	if p := apply(); !p.Empty() {
		t.Errorf("the target's own entry is taken away:\n%s", text(p))
	}
}
