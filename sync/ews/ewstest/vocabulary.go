package ewstest

import (
	_ "embed"
	"slices"
	"strings"
	stdsync "sync"
)

//go:embed vocabulary.txt
var vocabularyText string

// kind is what one kind of element may hold.
type kind struct {
	parts []part
	attrs []attribute
}

// part is one place in the order of children: an element or a choice of several.
type part struct {
	choices  []choice
	optional bool
	many     bool
	since    int
	lax      int // optional since that version, 0 for never
}

// mayLack reports whether nothing need be there in a version.
func (p part) mayLack(rank int) bool {
	return p.optional || p.since > rank || p.lax > 0 && p.lax <= rank
}

type choice struct {
	name, kind string
	values     values
	since      int
	types      bool // in the types namespace, even at the top of a request
}

type attribute struct {
	name     string
	values   values
	optional bool
	since    int
}

// values are what an element or an attribute may say, with the rank of the first version that has each; nil is anything.
type values map[string]int

func (v values) allow(text string, rank int) bool {
	since, ok := v[text]
	return v == nil || ok && since <= rank
}

// vocabulary gives the kinds by name.
var vocabulary = stdsync.OnceValue(func() map[string]kind { return parseVocabulary(vocabularyText) })

const (
	pathGroup   = "FieldURI:FieldURI|IndexedFieldURI:IndexedFieldURI|ExtendedFieldURI:PathToExtendedField|ExceptionFieldURI:ExceptionFieldURI"
	searchGroup = "Exists:Exists|Excludes:Excludes|IsEqualTo:Compare|IsNotEqualTo:Compare|IsGreaterThan:Compare|IsGreaterThanOrEqualTo:Compare|" +
		"IsLessThan:Compare|IsLessThanOrEqualTo:Compare|Contains:Contains|Not:Not|And:Every|Or:Every"
)

// parseVocabulary reads the text. Its kinds hold what they inherit.
func parseVocabulary(text string) map[string]kind {
	own, bases := map[string]kind{}, map[string]string{}
	for line := range strings.Lines(text) {
		head, body, ok := strings.Cut(strings.TrimSpace(line), " =")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		head, base, _ := strings.Cut(head, " < ")
		name, _, _ := strings.Cut(head, "^")
		var k kind
		for _, word := range strings.Fields(body) {
			if attr, ok := strings.CutPrefix(word, "@"); ok {
				c, p := parseWord(attr)
				k.attrs = append(k.attrs, attribute{c.name, c.values, p.optional, p.since})
				continue
			}
			k.parts = append(k.parts, parsePart(word))
		}
		own[name], bases[name] = k, base
	}
	whole := map[string]kind{}
	for name := range own {
		var k kind
		for b := name; b != ""; b = bases[b] {
			k.parts = append(slices.Clone(own[b].parts), k.parts...)
			k.attrs = append(slices.Clone(own[b].attrs), k.attrs...)
		}
		whole[name] = k
	}
	return whole
}

// parsePart reads an element or a choice.
func parsePart(word string) part {
	word = strings.NewReplacer("$Path", "("+pathGroup+")", "$Search", "("+searchGroup+")").Replace(word)
	word = strings.NewReplacer("((", "(", "))", ")", ")|", "|").Replace(word)
	inner, tail, ok := strings.Cut(strings.TrimPrefix(word, "("), ")")
	if !strings.HasPrefix(word, "(") || !ok {
		c, p := parseWord(word)
		p.choices = []choice{c}
		return p
	}
	_, p := parseWord(tail)
	for one := range strings.SplitSeq(inner, "|") {
		c, q := parseWord(one)
		c.since = q.since
		p.choices = append(p.choices, c)
	}
	return p
}

// parseWord reads name, kind, values and how often.
func parseWord(word string) (choice, part) {
	var c choice
	var p part
	word, since, _ := strings.Cut(word, "^")
	p.since = rankOfYear(since)
	word, lax, _ := strings.Cut(word, "%")
	p.lax = rankOfYear(lax)
	word, c.types = strings.CutPrefix(word, "t.")
	for strings.HasSuffix(word, "?") || strings.HasSuffix(word, "*") || strings.HasSuffix(word, "+") {
		last := word[len(word)-1]
		p.optional = p.optional || last != '+'
		p.many = p.many || last != '?'
		word = word[:len(word)-1]
	}
	word, list, ok := strings.Cut(word, "{")
	if ok {
		c.values = values{}
		for v := range strings.SplitSeq(strings.TrimSuffix(list, "}"), ",") {
			v, since, _ := strings.Cut(v, "~")
			c.values[v] = rankOfYear(since)
		}
	}
	c.name, c.kind, _ = strings.Cut(word, ":")
	return c, p
}

func rankOfYear(year string) int {
	switch year {
	case "2010":
		return rank2010
	case "2013":
		return rank2013
	default:
		return 0
	}
}
