package historytest

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is one decision, gate or stamp rule switched off: old becomes new in a file of the module.
type mutant struct{ name, file, old, new string }

var mutants = []mutant{
	// Rows of the tables.
	{"one-way: create", "plan/overlooked.go", "d.creates.add(a.seen, to, why)", "_ = to"},
	{"one-way: changed, update", "plan/decide.go", "if touched && e.origin.Content != copied.Content {", "if false {"},
	{"one-way: touched, renew", "plan/decide.go", "\tif touched {\n\t\treturn do(Renew, whyTouched)", "\tif false {\n\t\treturn do(Renew, whyTouched)"},
	{"one-way: restore", "plan/decide.go", "if e.rules.Restore {", "if false {"},
	{"one-way: restore whatever the rules say", "plan/decide.go", "if e.rules.Restore {", "if true {"},
	{"gone: deletions none", "plan/decide.go", "if e.rules.Deletions == NoDeletions {", "if false {"},
	{"gone: delete", "plan/decide.go", "return do(Delete, sideText(whyGone, e.from))", "return leave(whyGoneKept)"},
	{"two-way: origin changed, update", "plan/decide.go", "\t\treturn do(Update, whyChanged)\n\tcase replicaChanged:", "\t\treturn verdict{}\n\tcase replicaChanged:"},
	{"two-way: replica changed, copy back", "plan/decide.go", "\t\treturn do(CopyBack, whyEdited)\n\t}\n\treturn e.inStep", "\t\treturn do(Update, whyEdited)\n\t}\n\treturn e.inStep"},
	{"two-way: both changed", "plan/decide.go", "return e.conflict(whyBothChanged)", "return do(Update, whyBothChanged)"},
	{"two-way: both changed and equal", "plan/decide.go", "if e.contentsKnown() && e.origin.Content == e.replica.Content {\n\t\t\treturn e.inStep(copied, whyEqual)\n\t\t}\n\t\tif e.contentsKnown() && e.memory", "if false {\n\t\t\treturn e.inStep(copied, whyEqual)\n\t\t}\n\t\tif e.contentsKnown() && e.memory"},
	{"two-way: touched is not changed", "plan/decide.go", "if e.contentsKnown() && e.memory.names(e.replica)", "if false && e.memory.names(e.replica)"},
	{"two-way: gone and changed, revive", "plan/decide.go", "return do(Revive, whyRevived)", "return do(Delete, whyRevived)"},
	{"two-way: replica gone, deletions none", "plan/decide.go", "return leave(whyReplicaKept)", "return do(Delete, whyReplicaKept)"},
	{"two-way: replica gone, delete", "plan/decide.go", "return do(Delete, whyReplicaGone)", "return do(Create, whyReplicaGone)"},
	{"two-way: changed, replica gone, create again", "plan/decide.go", "return do(Create, whyMadeAgain)", "return do(Delete, whyMadeAgain)"},
	{"two-way: void, both there, differ", "plan/decide.go", "return e.conflict(whyNeverMatched)", "return do(Update, whyNeverMatched)"},
	{"two-way: void, origin gone", "plan/decide.go", "case !e.trusted || !known:", "case false && !known:"},
	{"two-way: void, replica gone", "plan/decide.go", "!e.rules.TwoWay || !e.trusted || e.memory == nil", "!e.rules.TwoWay || e.memory == nil"},
	{"two-way: void whatever was changed", "plan/decide.go", "\tif !e.trusted {\n\t\treturn false, false, false\n\t}", "\tif false {\n\t\treturn false, false, false\n\t}"},
	{"two-way: the mark of an edit copied back", "plan/decide.go", "case marked:", "case marked && false:"},
	{"two-way: the replica may not show yet", "plan/decide.go", "case e.unsettled(e.from.Other()):", "case false:"},
	{"two-way: the origin may not show yet", "plan/decide.go", "case e.trusted && e.unsettled(e.from):", "case false:"},
	{"two-way: an older state is not an edit", "plan/decide.go", "if e.trusted && e.behind() {", "if false {"},
	{"incomplete replica", "plan/decide.go", "case e.replica.Stamp.Version == \"\":", "case false:"},
	{"conflict: keep both", "plan/decide.go", "return verdict{action: Keep, act: true, why: why, clash: true}", "return do(Update, why)"},
	{"conflict: newest", "plan/decide.go", "if r.After(o) {", "if o.After(r) {"},
	{"conflict: five minutes", "plan/decide.go", "|| apart <= sameTime", "|| false && apart <= sameTime"},
	{"conflict: subscriber", "plan/decide.go", "\tcase SubscriberWins:\n\t\twinner = Subscriber", "\tcase SubscriberWins:\n\t\twinner = Publisher"},
	{"conflict: publisher", "plan/decide.go", "\tcase PublisherWins:\n", "\tcase PublisherWins:\n\t\twinner = Subscriber\n"},

	// Gates.
	{"gate: deletions", "plan/gate.go", "limits.Deletions.Exceeds(n, total)", "false && limits.Deletions.Exceeds(n, total)"},
	{"gate: updates", "plan/gate.go", "limits.Updates.Exceeds(n, total)", "false && limits.Updates.Exceeds(n, total)"},
	{"gate: empty side", "plan/gate.go", "p.shut(GateEmptySide, pair.Session, \"%s: the %s is empty, while", "_ = (func(...any) {}); func(...any) {}(GateEmptySide, pair.Session, \"%s: the %s is empty, while"},
	{"gate: first run", "plan/gate_first.go", "case pair.First && !pair.Adopt", "case false && !pair.Adopt"},
	{"gate: first run into another pair's replicas", "plan/gate_first.go", "case pair.First && n.Foreign", "case false && n.Foreign"},
	{"gate: a folder without its stamp", "plan/gate_first.go", "if c.again && ", "if false && "},
	{"gate: items without their stamps", "plan/gate_first.go", "|| pair.lost[l] == 0 {", "|| true {"},
	{"gate: items that say the same in both directions", "plan/gate_first.go", "both > 0 {", "both < 0 {"},
	{"a root that cannot be read", "sync/walk.go", "p.First && target.Problem != \"\"", "false && target.Problem != \"\""},
	{"gate: unknown origins", "plan/gate.go", "n.Strange[side] == n.Stamped[side] {", "n.Strange[side] < 0 {"},
	{"gate: another organization", "sync/scan.go", "!before.IsZero() && before != root.Key", "false && before != root.Key"},
	{"gate: rewound", "plan/gate.go", "if f != nil && f.Rewound != \"\" {", "if false {"},
	{"gate: a mark that may not show yet", "sync/scan.go", "\t\tr.checkMarkers(pair)\n", ""},
	{"gate: vanished folders", "plan/gate.go", "if n := c.vanished[side]; n > 0 {", "if n := c.vanished[side]; n < 0 {"},
	{"gate: own rights", "plan/gate.go", "if had && old.Wider(now) {", "if false && had && old.Wider(now) {"},
	{"gate: wider rights", "plan/gate.go", "now.Wider(old) {", "false && now.Wider(old) {"},

	// Stamps and what they say.
	{"stamp: made for another organization", "plan/pair.go", "err != nil || o.For != p.Org[side] || o.Born", "err != nil || o.Born"},
	{"stamp: came home", "plan/pair.go", "|| o.Born == p.Org[side]:", "|| false:"},
	{"stamp: of a newer program", "plan/pair.go", "\tcase err == ErrNewerStamp:\n\t\treturn newer", "\tcase false:\n\t\treturn newer"},
	{"stamp: of another pair", "plan/pair.go", "&& o.Pair == p.Digest && !p.Digest.IsZero()", ""},
	{"stamp: goes with the recycle folder", "sync/apply_items.go", "moves[i] = ItemMove{Item: it}", "moves[i] = ItemMove{Item: it, Stamp: it.Stamp}"},
	{"stamp: a copy, told by memory", "plan/finish.go", "if m.names(r.item) {", "if false {"},
	{"stamp: a copy, when the replica was deleted", "plan/finish.go", "if m := d.memory(rs[0].digest); m.buried() {", "if m := d.memory(rs[0].digest); false && m.buried() {"},
	{"stamp: a copy alone is no replica", "plan/unmatched.go", "if !d.pair.Rules.TwoWay && e.memory != nil && e.memory.Replica != r.item.Key {", "if false {"},
	{"stamp: equal contents in one folder were made twice", "plan/finish.go", "r.couple != rs[0].couple || r.item.Content.IsZero() || r.item.Content != rs[0].item.Content || !sameStamp(r.item.Stamp, rs[0].item.Stamp) {", "false && r.couple == 0 {"},
	{"gone: proven by its folder", "plan/unmatched.go", "case r.item.Stamp.Version != \"\" && !d.in.Proven(from, copied.Home):", "case false && copied.Home.IsZero():"},
	{"gone: not by an incomplete listing", "sync/scan.go", "differs[i].Finish(!pair.failed)", "differs[i].Finish(true)"},
	{"gone: not by a filter", "plan/items.go", "\t\td.leave(couple, side, it, why)\n\t\t\td.filtered[s.digest] = why\n\t\t\treturn\n\t\t}\n\t\treplicas[side]", "\t\td.leave(couple, side, it, why)\n\t\t\treturn\n\t\t}\n\t\treplicas[side]"},
	{"folder: only stamped ones go", "plan/emptied.go", "case st != ours && !p.Rules.TwoWay:", "case false:"},
	{"folder: what may not show yet is not gone", "sync/gone.go", "late && !plan.Settled(", "late && false && !plan.Settled("},
	{"folder: linked ones stay", "plan/emptied.go", "case c.Linked && st == ours:", "case false:"},
	{"folder: one that was linked to a replica may be out of sight", "plan/folders.go", "|| !m.in.Gone(side.Other(), stamped) {", "|| true {"},
	{"adopt: an item is linked one way", "plan/link.go", "used[u.item], used[s.item] = us[1:], true, true", "used[u.item] = us[1:], true"},
	{"adopt: what has a replica is not linked", "plan/link.go", "return out || replicated[s.digest] || d.matched[side].has(s.digest)", "return out && replicated[s.digest] && d.matched[side].has(s.digest)"},
	{"adopt: what another configuration made is taken over", "plan/finish.go", "\talone = d.takeOver(alone, from, listed)\n", ""},
	{"adopt: what is taken over is linked one way", "plan/former.go", "over[rs[0].item], over[s.item] = true, true", "over[rs[0].item] = true"},
	{"adopt: what may have a replica that is not listed is not linked", "plan/former.go", "(listed || d.memory(s.digest) == nil)", "true"},
	{"adopt: a way that is closed does not count", "plan/index.go", "have != from && have != former", "have != from"},
	{"what another configuration made is not made again", "plan/unmatched.go", "cmp.Or(d.whyOthers(to, s.digest), ", "cmp.Or("},
	{"gone: not if it lies in another pair's folder", "plan/unmatched.go", "d.in.Index.strays[[2]Digest{d.pair.Digest, s.digest}]:", "false:"},
	{"gone: not if another pair's folder cannot be listed", "plan/unmatched.go", "v.action == Delete && d.in.Index.partial[d.pair.Org[to]]:", "false:"},
	{"gone: not if the folder of an unseen pair cannot be listed", "sync/unlisted.go", "case p.Unseen && ", "case false && "},
	{"gone: not if it lies where a filter has its pair not look", "sync/scan.go", "if f != nil && p.Couples[i].Items {", "if f != nil {"},
	{"one-way: what cannot be listed may hold the replica", "plan/unmatched.go", "if d.pair.Rules.TwoWay || !listed {", "if d.pair.Rules.TwoWay {"},
	{"an item comes by one way", "plan/index.go", "c.Action == Create && from != c.Born.From", "false && from != c.Born.From"},
	{"an item does not return", "plan/items.go", "case st == foreign && (o.Born == p.Org[side.Other()] || o.From == p.Org[side.Other()]):", "case false:"},
	{"renamed by hand: the same content is linked again", "plan/finish.go", "\talone, gone = d.relink(alone, gone, from, listed)\n", ""},
	{"no deletions after a failure", "sync/apply_items.go", "\tif a.pairFailed(p) {\n\t\tfor _, c := range batch {", "\tif false {\n\t\tfor _, c := range batch {"},

	// Permissions.
	{"permissions: none", "sync/permissions.go", "if p.Rules.Permissions == plan.NoPermissions {", "if false {"},
	{"permissions: Default and Anonymous", "plan/access.go", "Anonymous:\n\t\t\tset(p.Who, p.Rights)", "Anonymous:"},
	{"permissions: nobody but Default and Anonymous", "plan/access.go", "case r.Permissions != MappedPermissions:", "case false:"},
	{"permissions: who was let in is shut out", "plan/access.go", "slices.Contains(granted, p.Who) && !", "false && !"},
	{"permissions: whom users let in stays", "plan/access.go", "slices.Contains(granted, p.Who) && !", "!"},
	{"permissions: who is mapped to nobody is told", "plan/access.go", "unmapped = append(unmapped, p.Who)", "_ = p"},
	{"permissions: an address comes before its domain", "plan/access.go", "if to, ok := m[address]; ok {", "if to, ok := m[address]; false && ok {"},
	{"permissions: who was let in is remembered", "sync/apply_folders.go", "granted = append(granted, e.Who)", "_ = e"},
	{"permissions: and stays so", "sync/apply_folders.go", "|| slices.Contains(before, e.Who)", "|| false && slices.Contains(before, e.Who)"},
	{"permissions: a grant that was begun may not have happened", "sync/granted.go", "ok && is == e.Rights &&", "ok && (true || is == e.Rights) &&"},
	{"permissions: a grant that was begun may have happened", "sync/granted.go", "range granting {", "range granting[:0] {"},
	{"permissions: of folders that are made again", "sync/permissions.go", "if c.Action == plan.CreateFolder || c.Action == plan.ReviveFolder {\n\t\t\tmade", "if c.Action == plan.CreateFolder {\n\t\t\tmade"},
	{"permissions: a new folder begins with those of the one above it", "sync/permissions.go", "p.Couples[k].Want[side] == above &&", "p.Couples[k].Want[side] != above &&"},

	// Files that people rename, edit and copy.
	{"archive: an edited file keeps its stamp", "sync/archive/log.go", "\treturn r.base\n", "\tif r.base != nil && r.base.raw != raw {\n\t\treturn nil\n\t}\n\treturn r.base\n"},
	{"archive: a renamed file keeps its stamp", "sync/archive/orphans.go", "if len(w.orphans) == 0 {", "if true {"},
	{"archive: a copied file has no stamp", "sync/archive/orphans.go", "for !alive[o.entry.key] && len(at[where]) > 0 {", "for len(at[where]) > 0 {"},
	{"archive: a copied folder has no stamps", "sync/archive/keys.go", "n.void = n != best", "n.void = false"},
}

// TestMutants switches off one rule at a time in a copy of the module and expects that some test notices. IOREPL_MUTANTS=1 runs all of them,
// any other text those whose names contain it.
func TestMutants(t *testing.T) {
	which := os.Getenv("IOREPL_MUTANTS")
	if which == "" {
		t.Skip("IOREPL_MUTANTS is not set")
	}
	dir := fastDir(t)
	copyModule(t, filepath.Join("..", ".."), dir)
	for _, m := range mutants {
		if which != "1" && !strings.Contains(m.name, which) {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			file := filepath.Join(dir, filepath.FromSlash(m.file))
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, bytes.Replace(source, []byte(m.old), []byte(m.new), 1), 0o600); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := os.WriteFile(file, source, 0o600); err != nil {
					t.Fatal(err)
				}
			}()
			cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-failfast", "-timeout=2m", "./plan", "./sync", "./sync/historytest")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "IOREPL_MUTANTS=", "IOREPL_SEED=1", "IOREPL_HISTORIES=1500", "IOREPL_FAILURES=1")
			out, err := cmd.CombinedOutput()
			if bytes.Contains(out, []byte("[build failed]")) {
				t.Fatalf("the mutant does not build:\n%s", out)
			}
			if err == nil {
				t.Errorf("no test notices that %q is switched off", m.name)
			}
		})
	}
}

// TestMutantsApply: each rule that can be switched off is where it is looked for.
func TestMutantsApply(t *testing.T) {
	for _, m := range mutants {
		source, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(m.file)))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(source, []byte(m.old)); n != 1 {
			t.Errorf("%s: %s holds %d times what is to be replaced:\n%s", m.name, m.file, n, m.old)
		}
	}
}

// copyModule copies what the tests of plan and sync need.
func copyModule(t *testing.T, from, to string) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum", "plan", "sync"} {
		err := filepath.WalkDir(filepath.Join(from, name), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.MkdirAll(filepath.Join(to, rel), 0o700)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, rel), b, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
