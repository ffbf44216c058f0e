package directory

import (
	"fmt"
	"slices"
)

// tlv is an element of BER.
func tlv(tag byte, parts ...[]byte) []byte {
	content := slices.Concat(parts...)
	b := []byte{tag}
	switch n := len(content); {
	case n < 0x80:
		b = append(b, byte(n))
	case n < 0x10000:
		b = append(b, 0x82, byte(n>>8), byte(n))
	default:
		b = append(b, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(b, content...)
}

func text4(s string) []byte { return tlv(4, []byte(s)) }

// result is an LDAPResult with one of the application tags.
func result(tag byte, code byte, matched, said string, more ...[]byte) []byte {
	return tlv(tag, append([][]byte{tlv(10, []byte{code}), text4(matched), text4(said)}, more...)...)
}

// encode is a SearchResultEntry with at most so many values of proxyAddresses, beginning with one.
func encode(e entry, from, most int) []byte {
	var attrs [][]byte
	var names []string
	values := map[string][][]byte{}
	for i := 0; i+1 < len(e.attrs); i += 2 {
		name := e.attrs[i]
		if values[name] == nil {
			names = append(names, name)
		}
		values[name] = append(values[name], text4(e.attrs[i+1]))
	}
	for _, name := range names {
		list := values[name]
		if name == attrProxies && (from > 0 || most > 0 && len(list) > most) {
			end := len(list)
			if most > 0 {
				end = min(end, from+most)
			}
			if end < len(list) {
				name += fmt.Sprintf(";range=%d-%d", from, end-1)
			} else {
				name += fmt.Sprintf(";range=%d-*", from)
			}
			list = list[from:end]
		}
		attrs = append(attrs, tlv(0x30, text4(name), tlv(0x31, list...)))
	}
	return tlv(0x64, text4(e.dn), tlv(0x30, attrs...))
}
