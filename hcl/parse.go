package hcl

import (
	"bytes"
	"slices"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format brings a file into the canonical layout. A file with syntax errors comes back as it was, with the errors.
func Format(src []byte, filename string) ([]byte, hashihcl.Diagnostics) {
	if _, diags := parse(src, filename); diags.HasErrors() {
		return src, diags
	}
	return hclwrite.Format(src), nil
}

// The parser and the evaluator recurse into expressions, and a Go program cannot survive an exhausted stack.
const (
	maxNesting   = 100
	maxOperators = 1000 // between two commas or lines
)

var operands = []hclsyntax.TokenType{hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenQuotedLit,
	hclsyntax.TokenStringLit, hclsyntax.TokenComment}

func parse(src []byte, filename string) (*hashihcl.File, hashihcl.Diagnostics) {
	if t := tooComplex(src, filename); t != nil {
		return &hashihcl.File{Body: &hclsyntax.Body{}, Bytes: src}, hashihcl.Diagnostics{{
			Severity: hashihcl.DiagError,
			Summary:  "Expression too complex",
			Detail:   "This has more parts than the parser takes. Take it apart with a locals block.",
			Subject:  t.Range.Ptr(),
		}}
	}
	file, diags := hclsyntax.ParseConfig(src, filename, hashihcl.InitialPos)
	// One quote left open is reported for every line up to the next one.
	return file, slices.CompactFunc(diags, func(a, b *hashihcl.Diagnostic) bool { return a.Summary == b.Summary && a.Detail == b.Detail })
}

// endsLine reports whether a token is a line's end; a comment has it in itself.
func endsLine(t hclsyntax.Token) bool {
	return t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n"))
}

// tooComplex returns the token at which a bound is exceeded, or nil.
func tooComplex(src []byte, filename string) *hclsyntax.Token {
	type level struct {
		opened    hclsyntax.TokenType
		operators int
	}
	tokens, _ := hclsyntax.LexConfig(src, filename, hashihcl.InitialPos)
	levels := []level{{opened: hclsyntax.TokenOBrace}}
	for i, t := range tokens {
		in := &levels[len(levels)-1]
		switch {
		case opens(t.Type):
			in.operators++
			levels = append(levels, level{opened: t.Type})
		case closes(t.Type):
			if len(levels) > 1 {
				levels = levels[:len(levels)-1]
			}
		case t.Type == hclsyntax.TokenComma:
			in.operators = 0
		case endsLine(t):
			// Within parentheses, brackets and templates the expression goes on.
			if in.opened == hclsyntax.TokenOBrace {
				in.operators = 0
			}
		case !slices.Contains(operands, t.Type):
			in.operators++
		}
		if len(levels) > maxNesting || in.operators > maxOperators {
			return &tokens[i]
		}
	}
	return nil
}
