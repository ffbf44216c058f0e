package ewsworld

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"iorepl/plan"
	"iorepl/sync/ews/soap"
)

// token names one content that a user wrote: which item, and the how manieth edit of it.
type token struct{ item, edit int }

func (t token) String() string { return fmt.Sprintf("T%d.%d", t.item, t.edit) }

// tokenOf reads the token that a text begins with; the zero token is none.
func tokenOf(text string) (t token) {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	a, b, ok := strings.Cut(strings.TrimPrefix(word, "T"), ".")
	if ok {
		t.item, _ = strconv.Atoi(a)
		t.edit, _ = strconv.Atoi(b)
	}
	return t
}

// ledger is what users did, and knows nothing of how the program decides.
type ledger struct {
	edits   map[int]int               // edits of each item so far
	owed    map[string]map[token]bool // what users of an organization wrote and nobody has replaced, moved or deleted
	given   map[token]bool            // what somebody has
	writers map[int]map[string]bool   // organizations whose users wrote an item
	events  map[int][]string          // what may leave more or fewer of an item than one in each organization
	void    bool                      // nothing is remembered: what differs is a conflict
	folders bool                      // users renamed, moved or deleted folders
}

func newLedger() ledger {
	return ledger{edits: map[int]int{}, owed: map[string]map[token]bool{"a": {}, "b": {}}, given: map[token]bool{},
		writers: map[int]map[string]bool{}, events: map[int][]string{}, void: true}
}

// wrote makes the next token of an item, 0 for a new one, that a user writes.
func (l *ledger) wrote(org string, item int) token {
	if item == 0 {
		item = len(l.edits) + 1
		l.writers[item] = map[string]bool{}
	}
	l.edits[item]++
	l.writers[item][org] = true
	return token{item, l.edits[item]}
}

// gave notes that a user took a content from where it was.
func (l *ledger) gave(t token, why string) {
	l.given[t] = true
	delete(l.owed["a"], t)
	delete(l.owed["b"], t)
	if why != "" {
		l.events[t.item] = append(l.events[t.item], why)
	}
}

// seen is an item as its users see it.
type seen struct {
	token   token
	path    string
	replica bool
	body    token
}

// picture is what is in an organization, by id.
func (h *history) picture(org string) map[string]seen {
	out := map[string]seen{}
	server := h.at(org).server
	for _, f := range server.Tree() {
		if f.Items == 0 {
			continue
		}
		items, err := server.Items(f.Path)
		h.must(err)
		for _, e := range items {
			it, err := server.Item(e.ID)
			h.must(err)
			s := seen{token: tokenOf(e.Subject), path: f.Path}
			if v, ok := it.Property(soap.T("ExtendedFieldURI", soap.Attr{Name: "PropertyTag", Value: "0x1000"}, soap.Attr{Name: "PropertyType", Value: "String"})); ok {
				s.body = tokenOf(v.String())
			}
			if _, ok := it.Property(soap.T("ExtendedFieldURI", soap.Attr{Name: "DistinguishedPropertySetId", Value: "PublicStrings"},
				soap.Attr{Name: "PropertyName", Value: "iorepl-origin"}, soap.Attr{Name: "PropertyType", Value: "String"})); ok {
				s.replica = true
			}
			out[e.ID] = s
		}
	}
	return out
}

// forgotten notes that what the program remembers does not hold any more: two sides that differ are a conflict.
func (h *history) forgotten() {
	h.void = true
	first := map[int]token{}
	for _, org := range names {
		for _, it := range h.picture(org) {
			if other, ok := first[it.token.item]; ok && other != it.token {
				h.events[it.token.item] = append(h.events[it.token.item], "differed when nothing was remembered")
			}
			first[it.token.item] = it.token
		}
	}
}

// audit looks whether all that users are owed is there, and whole.
func (h *history) audit() {
	for _, org := range names {
		have := map[token]bool{}
		for _, it := range h.picture(org) {
			have[it.token] = true
			if it.token != it.body {
				h.fail("%v at %s in /%s has the text of %v", it.token, org, it.path, it.body)
			}
		}
		for t := range h.owed[org] {
			if !have[t] {
				h.fail("%v, which a user of %s wrote, is lost", t, org)
			}
		}
	}
	if m := h.at("a").server.Mutations(h.at("a").account); len(m) > 0 && !h.rules.TwoWay {
		h.fail("the publisher was asked to change something: %+v", m)
	}
}

// settled looks at two organizations that have nothing left to tell each other, but for what the last plan calls errors.
func (h *history) settled(last *plan.Plan) {
	h.audit()
	wrong := slices.ContainsFunc(last.Left, func(l plan.Left) bool { return l.Error })
	count := map[string]map[int][]seen{}
	for _, org := range names {
		count[org] = map[int][]seen{}
		for _, it := range h.picture(org) {
			count[org][it.token.item] = append(count[org][it.token.item], it)
		}
	}
	for item := 1; item <= len(h.edits); item++ {
		a, b := count["a"][item], count["b"][item]
		if len(h.events[item]) > 0 || len(h.writers[item]) > 1 {
			continue
		}
		if !h.rules.TwoWay && h.writers[item]["b"] {
			if len(a) != 0 || len(b) != 1 {
				h.fail("item %d, which users of the subscriber wrote, is %d times at a and %d times at b", item, len(a), len(b))
			}
			continue
		}
		if wrong && len(a)+len(b) == 1 {
			continue
		}
		if len(a) != 1 || len(b) != 1 {
			h.fail("item %d, which nobody copied, moved or deleted, is %d times at a and %d times at b", item, len(a), len(b))
		}
		if a[0].token != b[0].token || !h.folders && a[0].path != b[0].path {
			h.fail("%v in /%s at a is %v in /%s at b", a[0].token, a[0].path, b[0].token, b[0].path)
		}
	}
}
