package plan

import (
	"encoding/json"
	"fmt"
)

// Digest stands for what has to be approved: configuration, folders, permissions, deletions and conflicts, so that
// a post that arrives after the approval does not void it. strict covers every change and the version it starts from.
func (p *Plan) Digest(strict bool) Digest {
	var parts []string
	for _, pair := range p.Pairs {
		if pair.Skip {
			continue
		}
		rules, err := json.Marshal(pair.Rules)
		if err != nil {
			panic(err) // Rules hold nothing that JSON cannot
		}
		parts = append(parts, "pair", pair.Session, pair.Org[0], pair.Org[1], pair.Root[0], pair.Root[1], string(rules), fmt.Sprint(pair.Adopt))
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if !strict && !c.Action.OfFolder() && c.Action != Delete && !c.Clash {
			continue
		}
		parts = append(parts, "change", fmt.Sprint(c.Pair), c.Action.String(), c.Side.String(), c.Path, c.Name, c.Detail)
		for _, it := range []*Item{c.Origin, c.Replica} {
			if it == nil {
				parts = append(parts, "")
				continue
			}
			parts = append(parts, it.Key.String())
			if strict {
				parts = append(parts, it.Version.String())
			}
		}
		for _, l := range []Permissions{c.Old, c.New} {
			for _, e := range l {
				parts = append(parts, e.Who, e.Rights.String())
			}
		}
	}
	return Sum(parts...)
}
