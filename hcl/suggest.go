package hcl

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// didYouMean returns a question with the candidate that is close to what was written, with a space before it, or "".
func didYouMean(given string, candidates []string) string {
	if best := closest(given, candidates); best != "" {
		return fmt.Sprintf(" Did you mean %q?", best)
	}
	return ""
}

func closest(given string, candidates []string) string {
	best, least := "", 1+max(1, len(given)/3)
	for _, c := range candidates {
		if d := levenshtein.Distance(strings.ToLower(given), strings.ToLower(c), nil); d < least {
			best, least = c, d
		}
	}
	return best
}

// quoteList writes names as `"a", "b" or "c"`.
func quoteList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
