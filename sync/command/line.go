package command

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
)

// DidYouMean is a question with the name that is closest to what was given, after a space, or "".
func DidYouMean(prefix, given string, names []string) string {
	best, least := "", min(3, len(given))
	for _, n := range names {
		if d := levenshtein.Distance(given, n, nil); d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", prefix+best)
}

// Line is a command line for people to run.
func Line(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}

func quote(v string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(`-_./\\:`, r)
	}
	switch {
	case strings.ContainsAny(v, "$`") && !strings.ContainsRune(v, '\''): // which shells replace between double quotes
		return "'" + v + "'"
	case v == "" || strings.ContainsFunc(v, func(r rune) bool { return !plain(r) }):
		return strconv.Quote(v)
	}
	return v
}
