package directory

import "strings"

// proxy is one of a recipient's addresses, of any type: "SMTP:ann@contoso.example" is the primary one, "smtp:…" another one, "X500:/o=…"
// a former legacyExchangeDN.
type proxy struct{ prefix, value string }

// parseProxy reads one value of proxyAddresses.
func parseProxy(s string) (proxy, bool) {
	prefix, value, ok := strings.Cut(s, ":")
	if !ok || prefix == "" || value == "" {
		return proxy{}, false
	}
	return proxy{prefix: prefix, value: value}, true
}

// parseProxies reads a list of addresses, separated by spaces, commas or semicolons. An address without a type is an SMTP address.
func parseProxies(s string) (list []proxy) {
	addBare := func(s string) {
		for bare := range strings.FieldsFuncSeq(s, separates) {
			if strings.Contains(bare, "@") {
				list = append(list, proxy{prefix: "smtp", value: bare})
			}
		}
	}
	from, colon := nextProxy(s, 0)
	addBare(s[:from])
	for from < len(s) {
		end, nextColon := nextProxy(s, colon+1)
		prefix, value := s[from:colon], strings.TrimFunc(s[colon+1:end], separates)
		if strings.EqualFold(prefix, "smtp") {
			if i := strings.IndexFunc(value, separates); i >= 0 {
				list = append(list, proxy{prefix, value[:i]})
				addBare(value[i:])
				from, colon = end, nextColon
				continue
			}
		}
		list = append(list, proxy{prefix, value})
		from, colon = end, nextColon
	}
	return list
}

// nextProxy finds the next address with a type: letters and digits at the beginning or behind a separator, then a colon with something right
// behind it. DNs hold spaces, commas and even colons, but hardly this. Without one it returns the length of s.
func nextProxy(s string, at int) (from, colon int) {
	for at < len(s) {
		i := strings.IndexByte(s[at:], ':')
		if i < 0 {
			break
		}
		colon = at + i
		from = colon
		for from > at && isAlphanumeric(s[from-1]) {
			from--
		}
		atStart := from == 0 || separates(rune(s[from-1]))
		if from < colon && atStart && colon+1 < len(s) && !separates(rune(s[colon+1])) {
			return from, colon
		}
		at = colon + 1
	}
	return len(s), len(s)
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func separates(r rune) bool {
	return r == ' ' || r == ',' || r == ';' || r == '\t' || r == '\r' || r == '\n'
}
