package hcl

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// external marks values that come from env() or file(): they may be secrets, and nothing else may be one.
type external struct{}

var organizationType = cty.Capsule("organization", reflect.TypeFor[Organization]())

// local is one name of the locals blocks.
type local struct {
	attr  *hclsyntax.Attribute
	state int // 0 not evaluated, 1 being evaluated, 2 done
}

// newContext makes what expressions can refer to. Values of locals are added as they are evaluated.
func (l *loader) newContext() {
	orgs := map[string]cty.Value{}
	for label, o := range l.orgs {
		orgs[label] = cty.CapsuleVal(organizationType, o)
	}
	l.context = &hashihcl.EvalContext{
		Variables: map[string]cty.Value{"organization": cty.ObjectVal(orgs), "local": cty.EmptyObjectVal},
		Functions: map[string]function.Function{
			"env":  l.stringFunction("variable", l.env),
			"file": l.stringFunction("path", l.file),
		},
	}
}

func (l *loader) stringFunction(parameter string, f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: parameter, Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			l.secrets = append(l.secrets, s)
			return cty.StringVal(s).Mark(external{}), nil
		},
	})
}

// mistake is an error of env() or file() that is a diagnostic of its own.
type mistake struct{ summary, detail string }

func (m *mistake) Error() string { return m.detail }

func (l *loader) env(name string) (string, error) {
	v, ok := l.lookupEnv(name)
	if !ok {
		return "", &mistake{"Environment variable not set", fmt.Sprintf("There is no environment variable %q. Set it for the account that runs iorepl.", name)}
	}
	if !utf8.ValidString(v) {
		return "", &mistake{"Environment variable is not text", fmt.Sprintf("The environment variable %q is not valid UTF-8.", name)}
	}
	return v, nil
}

// file returns a file's text without the line end that editors put at its end.
func (l *loader) file(name string) (string, error) {
	path := l.absolute(name)
	b, err := readLimited(path, maxFileSize)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &mistake{"File not found", fmt.Sprintf("There is no file %s. Paths are relative to the directory of the configuration.", path)}
	}
	if err != nil {
		return "", &mistake{"File cannot be read", fmt.Sprintf("%v. Paths are relative to the directory of the configuration.", err)}
	}
	if !utf8.Valid(b) {
		return "", &mistake{"File is not text", fmt.Sprintf("%s is not valid UTF-8. Save it as such.", path)}
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}

// absolute resolves a path of the configuration.
func (l *loader) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(l.dir, path)
}

// evaluateLocals reads the locals blocks of all files, which make one set of names.
func (l *loader) evaluateLocals(blocks []*hclsyntax.Block) {
	for _, b := range blocks {
		l.checkNames("locals", b.Body)
		for _, name := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
			attr := b.Body.Attributes[name]
			if first := l.locals[name]; first != nil {
				l.fail(attr.NameRange, "Local name given twice", "local.%s is declared (%s) already. Rename one of them.", name, at(first.attr.NameRange))
				continue
			}
			l.locals[name] = &local{attr: attr}
		}
	}
	values := map[string]cty.Value{}
	for _, name := range slices.Sorted(maps.Keys(l.locals)) {
		if l.locals[name].state == 0 {
			l.evaluateLocal(name, values)
		}
	}
}

// evaluateLocal evaluates a name after those that it refers to. A name that cannot be evaluated is an unknown value
// from then on, about which nothing more is said.
func (l *loader) evaluateLocal(name string, values map[string]cty.Value) {
	loc := l.locals[name]
	loc.state = 1
	value := cty.DynamicVal
	circle := false
	for _, t := range loc.attr.Expr.Variables() {
		to := l.locals[nameAt(t, 1)]
		if t.RootName() != "local" || to == nil {
			continue
		}
		if to.state == 1 {
			l.fail(loc.attr.Expr.Range(), "Locals in a circle", "local.%s needs local.%s, which in the end needs local.%s itself. Give one of them a value of its own.",
				name, nameAt(t, 1), name)
			circle = true
		} else if to.state == 0 {
			l.evaluateLocal(nameAt(t, 1), values)
		}
	}
	if !circle {
		if v, ok := l.evaluate(loc.attr.Expr); ok {
			value = v
		}
	}
	values[name] = value
	loc.state = 2
	l.context.Variables["local"] = cty.ObjectVal(values)
}

// evaluate returns an expression's value. It reports what is wrong and returns false.
func (l *loader) evaluate(expr hclsyntax.Expression) (cty.Value, bool) {
	ok := true
	for _, t := range expr.Variables() {
		ok = l.checkReference(t) && ok
	}
	if !ok {
		return cty.DynamicVal, false
	}
	v, diags := expr.Value(l.context)
	for _, d := range diags {
		var m *mistake
		if extra, ok := hashihcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); ok && errors.As(extra.FunctionCallError(), &m) {
			d.Summary, d.Detail = m.summary, m.detail
		}
	}
	l.add(diags...)
	return v, !diags.HasErrors()
}

func (l *loader) checkReference(t hashihcl.Traversal) bool {
	rng := t.SourceRange()
	name := nameAt(t, 1)
	switch root := t.RootName(); root {
	case "organization":
		switch {
		case name == "":
			l.fail(rng, "Incomplete reference", "Write organization.LABEL, with the label of an organization block.")
		case l.orgs[name] != nil:
			return true
		case l.partial:
		default:
			l.unknownOrganization(rng, name)
		}
	case "local":
		switch {
		case name == "":
			l.fail(rng, "Incomplete reference", "Write local.NAME, with a name from a locals block.")
		case l.locals[name] != nil:
			return true
		case l.partial:
		default:
			l.fail(rng, "Unknown local name", "No locals block declares %q.%s", name, didYouMean(name, slices.Sorted(maps.Keys(l.locals))))
		}
	default:
		if l.orgs[root] != nil {
			l.fail(rng, "Unknown name", "To refer to the organization %q, write organization.%s", root, root)
			break
		}
		hint := ` Expressions can refer to organization.LABEL and local.NAME; other text stands in quotes.`
		if near := closest(root, []string{"organization", "local"}); near != "" {
			hint = fmt.Sprintf(" Did you mean %q?", near)
		}
		l.fail(rng, "Unknown name", "There is nothing called %q.%s", root, hint)
	}
	return false
}

func (l *loader) unknownOrganization(rng hashihcl.Range, name string) {
	hint := didYouMean(name, slices.Sorted(maps.Keys(l.orgs)))
	if hint == "" {
		hint = fmt.Sprintf(" Declare it with organization %q { … }; if another file does, name the directory of both instead of one file.", name)
		if len(l.orgs) > 0 {
			hint = fmt.Sprintf(" There is %s.", strings.Replace(quoteList(slices.Sorted(maps.Keys(l.orgs))), " or ", " and ", 1))
		}
	}
	l.fail(rng, "Unknown organization", "No organization block has the label %q.%s", name, hint)
}

// nameAt is the name at a step of a traversal such as local.x or organization["x"], or "".
func nameAt(t hashihcl.Traversal, i int) string {
	if len(t) <= i {
		return ""
	}
	switch step := t[i].(type) {
	case hashihcl.TraverseAttr:
		return step.Name
	case hashihcl.TraverseIndex:
		if key := step.Key; key.Type() == cty.String && key.IsKnown() && !key.IsNull() && !key.IsMarked() {
			return key.AsString()
		}
	}
	return ""
}
