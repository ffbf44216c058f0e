package plan

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Digest stands for what has to be approved: configuration, organizations that cannot be looked at, folders, permissions, deletions and conflicts,
// so that a post that arrives after the approval does not void it. Where gates are shut, it stands for their numbers as well, and for what would
// be overwritten, so that the approval passes them once. strict covers every change and the version it starts from.
func (p *Plan) Digest(strict bool) Digest {
	parts := summer{h: sha256.New()}
	for _, pair := range p.Pairs {
		if pair.Skip {
			continue
		}
		rules, err := json.Marshal(pair.Rules)
		if err != nil {
			panic(err) // Rules hold nothing that JSON cannot
		}
		parts.add("pair", pair.Session, pair.Org[0], pair.Org[1], pair.Root[0], pair.Root[1], string(rules), fmt.Sprint(pair.Adopt))
	}
	for _, organization := range p.Unseen {
		parts.add("unseen", organization)
	}
	changes := &p.Changes
	if !strict {
		changes = &Changes{plain: p.Changes.plain} // new items are not approved one by one
	}
	for _, r := range p.Refused {
		parts.add("refused", string(r.Gate), r.Session, r.Message)
	}
	for c := range changes.All() {
		overwritten := len(p.Refused) > 0 && (c.Action == Update || c.Action == CopyBack || c.Action == Keep)
		if !strict && !c.Action.OfFolder() && c.Action != Delete && !c.Clash && !overwritten {
			continue
		}
		parts.add("change", fmt.Sprint(c.Pair), c.Action.String(), c.Side.String(), c.Path, c.Name, c.Detail)
		for _, it := range []*Item{c.Origin, c.Replica} {
			if it == nil {
				parts.add("")
				continue
			}
			parts.add(it.Key.String())
			if strict || overwritten {
				parts.add(it.Version.String())
			}
		}
		for _, l := range []Permissions{c.Old, c.New} {
			for _, e := range l {
				parts.add(e.Who, e.Rights.String())
			}
		}
	}
	return parts.sum()
}
