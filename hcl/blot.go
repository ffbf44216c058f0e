package hcl

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// userinfo is the account in an address, which people write there although it is refused.
var userinfo = regexp.MustCompile(`://[^/\s"@]*@`)

// quotedSecret finds a quoted password by its line alone, for where an open quote before it turns tokens inside out.
var quotedSecret = regexp.MustCompile(`(?i)(?:passw|secret)[a-z0-9_-]*"?[ \t]*[=:]?[ \t]*"([^"\n]*)`)

// named is what stands before the quote that ends env("NAME_OF_A_PASSWORD") or file("password").
var named = regexp.MustCompile(`(?:env|file)\([ \t]*"[A-Za-z0-9_./-]*$`)

// blot returns a copy of src, of the same length, in which what is given for a password is starred out and control
// characters are replaced. It works on tokens, so that it also does for files that do not parse.
func blot(src []byte) []byte {
	out := bytes.Clone(src)
	tokens, _ := hclsyntax.LexConfig(src, "", hashihcl.InitialPos)
	star := func(from, to int) {
		for j := from; j < to; j++ {
			if out[j] != '\n' && out[j] != '\r' {
				out[j] = '*'
			}
		}
	}
	secret, depth := false, 0
	for i, t := range tokens {
		switch {
		case !secret:
			secret = namesSecret(tokens, i)
		case endsLine(t) && depth == 0:
			secret = false
		case opens(t.Type):
			depth++
		case closes(t.Type):
			depth = max(0, depth-1)
		case t.Type == hclsyntax.TokenEqual || t.Type == hclsyntax.TokenColon || t.Type == hclsyntax.TokenEOF || t.Type == hclsyntax.TokenComment || reference(tokens, i):
		default:
			star(t.Range.Start.Byte, t.Range.End.Byte)
		}
	}
	for _, loc := range quotedSecret.FindAllSubmatchIndex(out, -1) {
		if !named.Match(out[:loc[2]-1]) {
			star(loc[2], loc[3])
		}
	}
	for _, loc := range userinfo.FindAllIndex(out, -1) {
		star(loc[0]+len("://"), loc[1]-1)
	}
	for i, b := range out {
		if b < ' ' && b != '\n' && b != '\t' && b != '\r' || b == 0x7f {
			out[i] = '?'
		}
	}
	return out
}

// namesSecret reports whether token i is a name such as password, with its value to follow.
func namesSecret(tokens hclsyntax.Tokens, i int) bool {
	if tokens[i].Type != hclsyntax.TokenIdent || i+1 == len(tokens) {
		return false
	}
	next := tokens[i+1].Type
	name := strings.ToLower(string(tokens[i].Bytes))
	return (strings.Contains(name, "passw") || strings.Contains(name, "secret")) &&
		(next == hclsyntax.TokenEqual || next == hclsyntax.TokenColon || next == hclsyntax.TokenOQuote || next == hclsyntax.TokenIdent)
}

// reference reports whether token i is part of env("NAME"), file("name") or local.name, which are worth showing.
func reference(tokens hclsyntax.Tokens, i int) bool {
	known := func(i int, words ...string) bool {
		return i >= 0 && tokens[i].Type == hclsyntax.TokenIdent && slices.Contains(words, string(tokens[i].Bytes))
	}
	is := func(i int, t hclsyntax.TokenType) bool { return i >= 0 && tokens[i].Type == t }
	switch tokens[i].Type {
	case hclsyntax.TokenIdent:
		return known(i, "env", "file", "local") || is(i-1, hclsyntax.TokenDot) && known(i-2, "local")
	case hclsyntax.TokenDot:
		return known(i-1, "local")
	case hclsyntax.TokenQuotedLit:
		return is(i-1, hclsyntax.TokenOQuote) && is(i-2, hclsyntax.TokenOParen) && known(i-3, "env", "file")
	}
	return false
}

func opens(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace,
		hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return true
	}
	return false
}

func closes(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace,
		hclsyntax.TokenTemplateSeqEnd:
		return true
	}
	return false
}
