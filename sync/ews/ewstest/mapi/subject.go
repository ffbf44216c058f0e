package mapi

import "strings"

// setSubject takes a whole subject. It keeps the prefix that was said before, if it is one, else finds its own (MS-OXCMSG
// 2.2.1.9): one to three characters that are no digits, a colon and a space.
func (c *change) setSubject(s string) {
	c.it.props.set(pSubject, s)
	if p := c.it.text(pSubjectPrefix); p != "" && strings.HasPrefix(s, p) {
		return
	}
	c.it.props.set(pSubjectPrefix, prefixOf(s))
}

func (c *change) setPrefix(p string) {
	rest := c.it.normalizedSubject()
	c.it.props.set(pSubjectPrefix, p)
	if s := c.it.text(pSubject); s != "" && !strings.HasPrefix(s, p) {
		c.it.props.set(pSubject, p+rest)
	}
}

func prefixOf(s string) string {
	at := strings.Index(s, ": ")
	if at < 1 || strings.ContainsAny(s[:at], " 0123456789:") || len([]rune(s[:at])) > 3 {
		return ""
	}
	return s[:at+2]
}

// normalizedSubject is the subject without its prefix.
func (it *Item) normalizedSubject() string {
	return strings.TrimPrefix(it.text(pSubject), it.text(pSubjectPrefix))
}
