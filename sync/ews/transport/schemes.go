package transport

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// schemes are the names that an answer announces in WWW-Authenticate, without parameters.
func schemes(h http.Header) []string {
	var names []string
	for _, v := range h.Values("WWW-Authenticate") {
		for part := range strings.SplitSeq(v, ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			// Behind a comma can also stand one more parameter.
			if name != "" && !strings.ContainsAny(name, "=\"") && !hasScheme(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func hasScheme(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// challengeOf is the message that an answer carries for a scheme, nil if there is none.
func challengeOf(h http.Header, scheme string) []byte {
	for _, v := range h.Values("WWW-Authenticate") {
		name, token, _ := strings.Cut(strings.TrimSpace(v), " ")
		if !strings.EqualFold(name, scheme) {
			continue
		}
		if m, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token)); err == nil && len(m) > 0 {
			return m
		}
	}
	return nil
}
