package contacts

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// writeLDIF writes what ldifde imports (RFC 2849). Exchange gives such contacts their legacyExchangeDN when it updates them.
func writeLDIF(w io.Writer, unit string, all []Contact) error {
	var b strings.Builder
	b.WriteString("version: 1\n# After the import, in the Exchange Management Shell: Get-MailContact -OrganizationalUnit UNIT | Update-Recipient\n")
	nicknames := map[string]bool{}
	for i, c := range all {
		if i == 0 || c.Organization != all[i-1].Organization {
			fmt.Fprintf(&b, "\n# in %s\n", c.Organization)
			clear(nicknames)
		}
		b.WriteByte('\n')
		for _, a := range [][2]string{{"dn", "CN=" + escape(c.Name) + "," + unit}, {"changetype", "add"}, {"objectClass", "contact"}, {"displayName", c.Name},
			{"mailNickname", nickname(c.Address, nicknames)}, {"mail", c.Address}, {"targetAddress", "SMTP:" + c.Address}, {"proxyAddresses", "SMTP:" + c.Address}} {
			attribute(&b, a[0], a[1])
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// escape is a value of a distinguished name as Active Directory takes it, which goes by RFC 2253: unlike RFC 4514 that wants equals signs
// escaped.
func escape(name string) string { return strings.ReplaceAll(ldap.EscapeDN(name), "=", `\=`) }

// attribute writes one line, in base64 where the value is no SAFE-STRING. Lines may be as long as they are: folding is a choice of the
// writer's (RFC 2849, notes 2 and 8).
func attribute(b *strings.Builder, name, value string) {
	unsafe := value != "" && strings.ContainsRune(" :<", rune(value[0])) || strings.HasSuffix(value, " ") ||
		strings.ContainsFunc(value, func(r rune) bool { return r == 0 || r == '\n' || r == '\r' || r > 0x7f })
	if unsafe {
		fmt.Fprintf(b, "%s:: %s\n", name, base64.StdEncoding.EncodeToString([]byte(value)))
		return
	}
	fmt.Fprintf(b, "%s: %s\n", name, value)
}
