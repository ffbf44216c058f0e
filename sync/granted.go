package sync

import (
	"encoding/json"
	"slices"

	"iorepl/plan"
)

// What a pair granted on a target folder is its own to take away again; what the folder's owners granted is not. Of a grant whose write was
// begun, and of which nobody knows whether it happened, an entry counts that is as it was to become. What the owners took away themselves is
// forgotten by the next run, so that it is theirs if they grant it again.

// list is the permission list of a folder.
type list struct {
	folder plan.Digest
	now    plan.Permissions
}

// granted are those to whom the pair granted rights on a target folder whose list is now given.
func (p pairState) granted(folder plan.Digest, now plan.Permissions) []string {
	var who []string
	var granting plan.Permissions
	if !p.recall(folder, "granted", &who) || !p.recall(folder, "granting", &granting) {
		return nil
	}
	for _, e := range granting {
		if is, ok := now.Of(e.Who); ok && is == e.Rights && !slices.Contains(who, e.Who) {
			who = append(who, e.Who)
		}
	}
	return who
}

// setGranted remembers whom a pair granted rights, and which entries it is about to write.
func (p pairState) setGranted(folder plan.Digest, who []string, granting plan.Permissions) error {
	b, err := json.Marshal(who)
	if err != nil {
		return err
	}
	if err := p.write(folder[:], b, "pairs", p.pair, "granted"); err != nil {
		return err
	}
	if b = nil; len(granting) > 0 {
		if b, err = json.Marshal(granting); err != nil {
			return err
		}
	}
	return p.write(folder[:], b, "pairs", p.pair, "granting")
}

// settleGranted remembers of a pair's grants those that a list shows, which the run has nothing to change in.
func (p pairState) settleGranted(l list) error {
	if p.State == nil || p.read(l.folder[:], "pairs", p.pair, "granted") == nil {
		return nil
	}
	before := p.granted(l.folder, nil)
	still := slices.DeleteFunc(p.granted(l.folder, l.now), func(who string) bool {
		_, ok := l.now.Of(who)
		return !ok
	})
	if slices.Equal(before, still) && p.read(l.folder[:], "pairs", p.pair, "granting") == nil {
		return nil
	}
	return p.setGranted(l.folder, still, nil)
}

// recall reads what is remembered of a folder, which may be nothing. It reports whether that can be read.
func (p pairState) recall(folder plan.Digest, name string, into any) bool {
	b := p.read(folder[:], "pairs", p.pair, name)
	return b == nil || json.Unmarshal(b, into) == nil
}
