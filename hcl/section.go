package hcl

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// section reads the attributes of one block. Its methods leave the target alone where an attribute is absent or wrong;
// the latter they report.
type section struct {
	*loader
	blockType string
	body      *hclsyntax.Body
	def       hashihcl.Range
	failed    map[string]bool
}

// section checks the names in a block and returns its reader.
func (l *loader) section(b *hclsyntax.Block) *section {
	l.checkNames(b.Type, b.Body)
	return &section{loader: l, blockType: b.Type, body: b.Body, def: b.DefRange(), failed: map[string]bool{}}
}

// text is a string of the configuration and where it stands.
type text struct {
	string
	external bool
	rng      hashihcl.Range
}

// quoted names the text in messages, unless it may be a secret.
func (t text) quoted() string {
	if t.external {
		return "the value of env() or file()"
	}
	return fmt.Sprintf("%q", userinfo.ReplaceAllString(t.string, "://"+hidden+"@"))
}

func (s *section) has(name string) bool { return s.body.Attributes[name] != nil }

// at is the place of an attribute, or of the block if it is not there.
func (s *section) at(name string) hashihcl.Range {
	if a := s.body.Attributes[name]; a != nil {
		return a.SrcRange
	}
	return s.def
}

// wrong reports an attribute's value.
func (s *section) wrong(name string, rng hashihcl.Range, detail string, args ...any) {
	s.failed[name] = true
	s.fail(rng, "Unsuitable value", "%s. %s", fmt.Sprintf(detail, args...), example(s.blockType, name))
}

// require reports attributes that are not there.
func (s *section) require(names ...string) {
	for _, name := range names {
		if !s.has(name) {
			s.fail(s.def, "Missing attribute", "A block %q needs %s. %s", s.blockType, name, example(s.blockType, name))
		}
	}
}

// value evaluates an attribute and converts it.
func (s *section) value(name string, want cty.Type) (v cty.Value, ok bool) {
	a := s.body.Attributes[name]
	if a == nil {
		return cty.NilVal, false
	}
	v, ok = s.evaluate(a.Expr)
	if !ok || !v.IsWhollyKnown() {
		s.failed[name] = true
		return cty.NilVal, false
	}
	return s.converted(name, v, want, a.Expr.Range())
}

func (s *section) converted(name string, v cty.Value, want cty.Type, rng hashihcl.Range) (cty.Value, bool) {
	if v.IsNull() {
		s.wrong(name, rng, "%s has no value here; leave it out if there is nothing to say", name)
		return cty.NilVal, false
	}
	c, err := convert.Convert(v, want)
	if err != nil {
		kind := map[cty.Type]string{cty.String: "text in quotes", cty.Number: "a number", cty.Bool: "true or false"}[want]
		s.wrong(name, rng, "%s is %s", name, kind)
		return cty.NilVal, false
	}
	return c, true
}

func (s *section) text(name string) (text, bool) {
	v, ok := s.value(name, cty.String)
	if !ok {
		return text{}, false
	}
	plain, marks := v.Unmark()
	t := text{plain.AsString(), len(marks) > 0, s.body.Attributes[name].Expr.Range()}
	if t.string == "" {
		s.wrong(name, t.rng, "%s is empty", name)
		return text{}, false
	}
	return t, true
}

func (s *section) string(name string, into *string) {
	if t, ok := s.text(name); ok {
		*into = t.string
	}
}

// path reads a file name, which may be relative to the configuration.
func (s *section) path(name string, into *string) {
	if t, ok := s.text(name); ok {
		if strings.ContainsRune(t.string, 0) {
			s.wrong(name, t.rng, "%s is not a file name", name)
			return
		}
		*into = filepath.Clean(s.absolute(t.string))
	}
}

func (s *section) bool(name string, into *bool) {
	if v, ok := s.value(name, cty.Bool); ok {
		v, _ = v.Unmark()
		*into = v.True()
	}
}

func (s *section) int(name string, least, most int64, into *int) {
	v, ok := s.value(name, cty.Number)
	if !ok {
		return
	}
	v, _ = v.Unmark()
	n, acc := v.AsBigFloat().Int64()
	if acc != 0 || n < least || n > most {
		s.wrong(name, s.body.Attributes[name].Expr.Range(), "%s is a whole number from %d to %d", name, least, most)
		return
	}
	*into = int(n)
}

// parsed reads a text with a syntax of its own. The parser's errors are sentences without a full stop.
func parsed[T any](s *section, name string, parse func(string) (T, error), into *T) {
	t, ok := s.text(name)
	if !ok {
		return
	}
	v, err := parse(t.string)
	if err != nil {
		s.wrong(name, t.rng, "%s cannot be %s: %v", name, t.quoted(), err)
		return
	}
	*into = v
}

func (s *section) duration(name string, into *time.Duration) { parsed(s, name, parseDuration, into) }

// choice reads one of several words and stores its index.
func choice[T ~int](s *section, name string, words []string, into *T) {
	t, ok := s.text(name)
	if !ok {
		return
	}
	for i, w := range words {
		if t.string == w {
			*into = T(i)
			return
		}
	}
	s.failed[name] = true
	hint := ""
	if !t.external {
		hint = didYouMean(t.string, words)
	}
	s.fail(t.rng, "Unsuitable value", "%s cannot be %s. It is %s.%s", name, t.quoted(), quoteList(words), hint)
}

// word is a choice that is kept as a word.
func (s *section) word(name string, words []string, into *string) {
	i := -1
	if choice(s, name, words, &i); i >= 0 {
		*into = words[i]
	}
}

// secret reads a password, which must not stand in the configuration itself.
func (s *section) secret(name, variable string, into *Secret) {
	a := s.body.Attributes[name]
	if a == nil {
		return
	}
	detail := fmt.Sprintf("The configuration is kept under version control, where a password has no place. Put it into an environment variable and write "+
		"%s = env(%q), or into a file that only the account of iorepl may read and write %s = file(\"…\").", name, variable, name)
	for _, t := range a.Expr.Variables() {
		if root := t.RootName(); root != "local" && root != "organization" {
			// An unknown name here is most likely a password without quotes, so it is not repeated.
			s.fail(a.NameRange, "Password in plain text", "%s", detail)
			return
		}
	}
	v, ok := s.value(name, cty.String)
	if !ok {
		return
	}
	plain, marks := v.Unmark()
	switch {
	case len(marks) == 0:
		s.fail(a.NameRange, "Password in plain text", "%s", detail)
	case plain.AsString() == "":
		s.fail(a.Expr.Range(), "Empty password", "The environment variable or file has no text in it.")
	default:
		*into = NewSecret(plain.AsString())
	}
}

// element is one value of a list and where it stands.
type element struct {
	cty.Value
	rng hashihcl.Range
}

// elements reads a list. Where it is written out, each element has its own place.
func (s *section) elements(name string) (list []element, ok bool) {
	a := s.body.Attributes[name]
	if a == nil {
		return nil, false
	}
	if tuple, is := a.Expr.(*hclsyntax.TupleConsExpr); is {
		ok = true
		for _, e := range tuple.Exprs {
			if v, good := s.evaluate(e); good && v.IsWhollyKnown() {
				list = append(list, element{v, e.Range()})
			} else {
				s.failed[name], ok = true, false
			}
		}
		return list, ok
	}
	v, ok := s.value(name, cty.DynamicPseudoType)
	if !ok {
		return nil, false
	}
	v, marks := v.Unmark()
	if t := v.Type(); !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		s.wrong(name, a.Expr.Range(), "%s is a list in brackets", name)
		return nil, false
	}
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		list = append(list, element{e.WithMarks(marks), a.Expr.Range()})
	}
	return list, true
}

// list reads a list of texts, each through a parser whose errors are sentences.
func list[T any](s *section, name string, parse func(string) (T, error), into *[]T) {
	elements, ok := s.elements(name)
	if len(elements) == 0 && ok {
		if s.blockType == "folder" { // takes back the default of its session
			*into = nil
			return
		}
		s.wrong(name, s.at(name), "%s is an empty list, which says nothing; leave it out or fill it", name)
		return
	}
	var values []T
	for _, e := range elements {
		v, good := s.converted(name, e.Value, cty.String, e.rng)
		if !good {
			ok = false
			continue
		}
		plain, marks := v.Unmark()
		t := text{plain.AsString(), len(marks) > 0, e.rng}
		value, err := parse(t.string)
		if err != nil {
			s.wrong(name, t.rng, "%s cannot have %s: %v", name, t.quoted(), err)
			ok = false
			continue
		}
		values = append(values, value)
	}
	if ok {
		*into = values
	}
}
