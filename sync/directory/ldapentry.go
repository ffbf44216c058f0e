package directory

import (
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// The attributes of a recipient in Active Directory (MS-ADA1 to 3 and Exchange's schema).
const (
	attrName        = "cn"
	attrDisplayName = "displayName"
	attrClass       = "objectClass"
	attrDetails     = "msExchRecipientTypeDetails"
	attrHome        = "homeMDB"
	attrHomeServer  = "msExchHomeServerName"
	attrMail        = "mail"
	attrProxies     = "proxyAddresses"
	attrTarget      = "targetAddress"
	attrDN          = "legacyExchangeDN"
)

// readEntry is what an entry says. Where the server gives a part of its addresses only, next is the number of the first one that is
// missing, otherwise 0.
func readEntry(e *ldap.Entry) (f found, next int) {
	value := e.GetEqualFoldAttributeValue
	f = found{where: e.DN, kind: kindOf(e), name: value(attrDisplayName), dn: value(attrDN), target: bare(value(attrTarget)), mail: value(attrMail)}
	if f.name == "" {
		f.name = value(attrName)
	}
	values, next := proxiesOf(e)
	for _, v := range values {
		if p, ok := parseProxy(v); ok {
			f.proxies = append(f.proxies, p)
		}
	}
	if !strings.Contains(f.target, "@") {
		f.target = "" // of another type than SMTP
	}
	return f, next
}

// proxiesOf are the addresses that came, whole or as a range: "proxyAddresses;range=0-1499", the last range ending in "*".
func proxiesOf(e *ldap.Entry) (values []string, next int) {
	for _, a := range e.Attributes {
		name, option, _ := strings.Cut(a.Name, ";")
		if !strings.EqualFold(name, attrProxies) {
			continue
		}
		values = append(values, a.Values...)
		if hasPrefixFold(option, "range=") {
			_, end, _ := strings.Cut(option, "-")
			if last, err := strconv.Atoi(end); err == nil && last >= 0 {
				next = last + 1
			}
		}
	}
	return values, next
}

// kindOf is what Exchange has noted, or what follows from where mail goes: Exchange 2003 notes nothing.
func kindOf(e *ldap.Entry) Kind {
	if number, err := strconv.ParseInt(e.GetEqualFoldAttributeValue(attrDetails), 10, 64); err == nil {
		if k, ok := kindByNumber(number); ok {
			return k
		}
	}
	has := func(name string) bool { return e.GetEqualFoldAttributeValue(name) != "" }
	for _, class := range e.GetEqualFoldAttributeValues(attrClass) {
		if strings.EqualFold(class, "contact") {
			return Contact
		}
	}
	switch {
	case has(attrHome) || has(attrHomeServer):
		return Mailbox
	case has(attrTarget):
		return MailUser
	}
	return Other
}
