package contacts_test

import (
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"iorepl/sync/freebusy/contacts"
)

const unit = "OU=Partners,DC=fabrikam,DC=example"

func write(t interface{ Fatal(...any) }, format string, all []contacts.Contact) string {
	var b strings.Builder
	u := unit
	if format == "csv" {
		u = ""
	}
	if err := contacts.Write(&b, format, u, all); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var people = []contacts.Contact{
	{Organization: "fabrikam", Name: "Ann O'Hara", Address: "ann@contoso.example"},
	{Organization: "fabrikam", Name: "Zoë \"Z\", Müller", Address: "zoe@contoso.example"},
	{Organization: "litware", Address: "room.1@contoso.example"},
}

func TestGolden(t *testing.T) {
	for format, want := range map[string]string{
		"csv": "Organization,Name,DisplayName,ExternalEmailAddress\r\n" +
			"fabrikam,Ann O'Hara,Ann O'Hara,ann@contoso.example\r\n" +
			"fabrikam,\"Zoë \"\"Z\"\", Müller\",\"Zoë \"\"Z\"\", Müller\",zoe@contoso.example\r\n" +
			"litware,room.1@contoso.example,room.1@contoso.example,room.1@contoso.example\r\n",
		"powershell": "# in fabrikam\r\n" +
			"New-MailContact -Name 'Ann O''Hara' -DisplayName 'Ann O''Hara' -ExternalEmailAddress 'ann@contoso.example' -OrganizationalUnit 'OU=Partners,DC=fabrikam,DC=example'\r\n" +
			"New-MailContact -Name ('Zo'+[char]0x00EB+' \"Z\", M'+[char]0x00FC+'ller') -DisplayName ('Zo'+[char]0x00EB+' \"Z\", M'+[char]0x00FC+'ller')" +
			" -ExternalEmailAddress 'zoe@contoso.example' -OrganizationalUnit 'OU=Partners,DC=fabrikam,DC=example'\r\n" +
			"# in litware\r\n" +
			"New-MailContact -Name 'room.1@contoso.example' -DisplayName 'room.1@contoso.example' -ExternalEmailAddress 'room.1@contoso.example'" +
			" -OrganizationalUnit 'OU=Partners,DC=fabrikam,DC=example'\r\n",
		"ldif": "version: 1\n# After the import, in the Exchange Management Shell: Get-MailContact -OrganizationalUnit UNIT | Update-Recipient\n" +
			"\n# in fabrikam\n" +
			"\ndn: CN=Ann O'Hara,OU=Partners,DC=fabrikam,DC=example\nchangetype: add\nobjectClass: contact\ndisplayName: Ann O'Hara\n" +
			"mailNickname: ann\nmail: ann@contoso.example\ntargetAddress: SMTP:ann@contoso.example\nproxyAddresses: SMTP:ann@contoso.example\n" +
			"\ndn:: " + base64.StdEncoding.EncodeToString([]byte(`CN=Zoë \"Z\"\, Müller,`+unit)) + "\nchangetype: add\nobjectClass: contact\n" +
			"displayName:: " + base64.StdEncoding.EncodeToString([]byte(`Zoë "Z", Müller`)) + "\n" +
			"mailNickname: zoe\nmail: zoe@contoso.example\ntargetAddress: SMTP:zoe@contoso.example\nproxyAddresses: SMTP:zoe@contoso.example\n" +
			"\n# in litware\n" +
			"\ndn: CN=room.1@contoso.example,OU=Partners,DC=fabrikam,DC=example\nchangetype: add\nobjectClass: contact\ndisplayName: room.1@contoso.example\n" +
			"mailNickname: room.1\nmail: room.1@contoso.example\ntargetAddress: SMTP:room.1@contoso.example\nproxyAddresses: SMTP:room.1@contoso.example\n",
	} {
		if diff := cmp.Diff(want, write(t, format, people)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
	if err := contacts.Write(&strings.Builder{}, "xml", "", people); err == nil {
		t.Error("there is no format xml")
	}
}

// hostileNames are what somebody may write into a display name.
var hostileNames = []string{"", " ", "Ann", "ann", "ANN", "Änn", "Ann (4@x.example)", "'", "\u2018\u2019\u201A\u201B", "'; Remove-Item C:\\; '", "\u2019; calc; \u2019", "$(calc)", "`calc`", "$env:X",
	"\"quoted\"", "a\nb", "a\r\ndn: CN=Evil", "a\r\n\r\nNew-MailContact evil", "=cmd|'/C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\uFF1D1", "\u202Eevil\u202C", "\u200B", "\u2028x\u2029", "\x1b[2J", "\u009B2J", "\x00",
	"#first", " lead", "trail ", ": colon", "<file:///etc/passwd", "a,b+c;d<e>f\\g", "CN=x", "\xff\xfe", "\U0001F600 smile", strings.Repeat("n", 200), strings.Repeat("\U0001F600", 200), strings.Repeat("n", 200)}

func hostileContacts() (all []contacts.Contact) {
	for i, n := range hostileNames {
		all = append(all, contacts.Contact{Organization: "fabrikam", Name: n, Address: fmt.Sprintf("%d@x.example", i)})
	}
	return append(all, contacts.Contact{Organization: "fabrikam", Name: "Ann", Address: strings.Repeat("long", 16) + "@x.example"},
		contacts.Contact{Organization: "fabrikam", Name: "Ann", Address: "..o'neil..$(x).@x.example"},
		contacts.Contact{Organization: "fabrikam", Name: "Ann", Address: "...@x.example"},
		contacts.Contact{Organization: "fabrikam", Name: "Ann", Address: "=cmd|'/C!A0@x.example"})
}

// made is what an import creates.
type made struct{ Name, Address string }

func TestEveryFormatMakesTheSameContacts(t *testing.T) {
	check(t, hostileContacts())
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.OneOf(rapid.SampledFrom(hostileNames), rapid.String())
		var all []contacts.Contact
		for i := range rapid.IntRange(1, 8).Draw(t, "contacts") {
			all = append(all, contacts.Contact{Organization: "fabrikam", Name: names.Draw(t, "name"), Address: fmt.Sprintf("%d@x.example", i)})
		}
		check(t, all)
	})
}

type tester interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

func check(t tester, all []contacts.Contact) {
	t.Helper()
	sheet := readCSV(t, write(t, "csv", all))
	directory := readLDIF(t, write(t, "ldif", all))
	script := readPowerShell(t, write(t, "powershell", all))
	if diff := cmp.Diff(directory, script); diff != "" {
		t.Errorf("LDIF and PowerShell differ (-ldif +powershell):\n%s", diff)
	}
	if len(script) != len(all) {
		t.Fatalf("of %d contacts there are %d", len(all), len(script))
	}
	used := map[string]bool{}
	for i, m := range script {
		if m.Address != all[i].Address {
			t.Errorf("address %q became %q", all[i].Address, m.Address)
		}
		if n := len(utf16.Encode([]rune(m.Name))); n == 0 || n > 64 {
			t.Errorf("name %q has %d characters", m.Name, n)
		}
		if strings.ContainsFunc(m.Name, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029
		}) {
			t.Errorf("name %q of %q", m.Name, all[i].Name)
		}
		if used[strings.ToLower(m.Name)] {
			t.Errorf("there are two contacts %q", m.Name)
		}
		used[strings.ToLower(m.Name)] = true
		for which, cell := range map[string]string{m.Name: sheet[i].Name, m.Address: sheet[i].Address} {
			if strings.ContainsAny(cell[:1], "=+-@\t\r") || cell != which && cell != "'"+which {
				t.Errorf("a spreadsheet would see %q of %q", cell, which)
			}
		}
	}
}

func readCSV(t tester, text string) (all []made) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		all = append(all, made{r[1], r[3]})
	}
	return all
}

// readLDIF reads ldif-changes of RFC 2849, records of changetype add alone.
func readLDIF(t tester, text string) (all []made) {
	lines := strings.Split(strings.ReplaceAll(text, "\n ", ""), "\n") // unfolded
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "#") })
	if lines[0] != "version: 1" {
		t.Fatalf("the first line is %q", lines[0])
	}
	nicknames := map[string]bool{}
	for record := range strings.SplitSeq(strings.Join(lines[1:], "\n"), "\n\n") {
		if record = strings.Trim(record, "\n"); record == "" {
			continue
		}
		values := map[string]string{}
		for line := range strings.SplitSeq(record, "\n") {
			name, value := attribute(t, line)
			if values[name] != "" {
				t.Fatalf("two values of %s in %q", name, record)
			}
			values[name] = value
		}
		dn, err := ldap.ParseDN(values["dn"])
		if err != nil || len(dn.RDNs) != 4 || dn.RDNs[0].Attributes[0].Value != values["displayName"] || !strings.HasSuffix(values["dn"], ","+unit) {
			t.Errorf("dn %q of %q: %v", values["dn"], values["displayName"], err)
		}
		rdn := strings.TrimPrefix(strings.TrimSuffix(values["dn"], ","+unit), "CN=")
		if strings.Contains(strings.ReplaceAll(rdn, `\=`, ""), "=") {
			t.Errorf("%q has an equals sign in a value, which RFC 2253 wants escaped", values["dn"])
		}
		if !strings.HasPrefix(record, "dn:") || len(values) != 8 || values["changetype"] != "add" || values["objectClass"] != "contact" ||
			values["targetAddress"] != "SMTP:"+values["mail"] || values["proxyAddresses"] != "SMTP:"+values["mail"] {
			t.Errorf("record %q", record)
		}
		nick := values["mailNickname"]
		if !regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`).MatchString(nick) || len(nick) > 64 || nicknames[nick] {
			t.Errorf("mail nickname %q", nick)
		}
		nicknames[nick] = true
		all = append(all, made{values["displayName"], values["mail"]})
	}
	return all
}

// attribute reads an attrval-spec: a SAFE-STRING behind a colon, or base64 behind two.
func attribute(t tester, line string) (name, value string) {
	name, value, ok := strings.Cut(line, ":")
	if !ok || !regexp.MustCompile(`^[A-Za-z]+$`).MatchString(name) {
		t.Fatalf("line %q", line)
	}
	if encoded, ok := strings.CutPrefix(value, ":"); ok {
		b, err := base64.StdEncoding.DecodeString(strings.TrimLeft(encoded, " "))
		if err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		return name, string(b)
	}
	value = strings.TrimLeft(value, " ")
	if value == "" || strings.ContainsAny(value[:1], ":<") || strings.ContainsFunc(value, func(r rune) bool { return r == 0 || r == '\r' || r > 0x7F }) {
		t.Errorf("%q is no SAFE-STRING", value)
	}
	return name, value
}

// readPowerShell reads a script of New-MailContact and comments. What stands outside of strings has to be just what is expected.
func readPowerShell(t tester, text string) (all []made) {
	if strings.ContainsFunc(text, func(r rune) bool { return r > 0x7E || r < 0x20 && r != '\r' && r != '\n' }) {
		t.Errorf("not ASCII: %q", text)
	}
	const argument = `(S|\(S(?:\+(?:S|\[char\]0x[0-9A-F]{4}))+\))`
	command := regexp.MustCompile(`^New-MailContact -Name ` + argument + ` -DisplayName ` + argument + ` -ExternalEmailAddress ` + argument + ` -OrganizationalUnit ` + argument + `$`)
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if line == "# in fabrikam" {
			continue
		}
		// Strings are taken out first; a doubled quote is one in the string.
		var skeleton strings.Builder
		var texts []string
		for i := 0; i < len(line); i++ {
			if line[i] != '\'' {
				skeleton.WriteByte(line[i])
				continue
			}
			var s strings.Builder
			for i++; i < len(line) && (line[i] != '\'' || i+1 < len(line) && line[i+1] == '\''); i++ {
				if line[i] == '\'' {
					i++
				}
				s.WriteByte(line[i])
			}
			skeleton.WriteByte('S')
			texts = append(texts, s.String())
		}
		found := command.FindStringSubmatch(skeleton.String())
		if found == nil {
			t.Fatalf("line %q is %q outside of its strings", line, skeleton.String())
		}
		var values []string
		for _, f := range found[1:] {
			var units []uint16
			for part := range strings.SplitSeq(strings.Trim(f, "()"), "+") {
				if part == "S" {
					units, texts = append(units, utf16.Encode([]rune(texts[0]))...), texts[1:]
					continue
				}
				n, _ := strconv.ParseUint(part[len("[char]0x"):], 16, 16)
				units = append(units, uint16(n))
			}
			values = append(values, string(utf16.Decode(units)))
		}
		if values[0] != values[1] || values[3] != unit {
			t.Errorf("line %q", line)
		}
		all = append(all, made{values[0], values[2]})
	}
	return all
}

func TestPlainAddresses(t *testing.T) {
	for address, want := range map[string]bool{"ann@x.example": true, "zoë@x.example": true, "a\u202Eb@x.example": false, "a\u009Bb@x.example": false,
		"a\u00A0b@x.example": false, "a\u200Bb@x.example": false, "\xff@x.example": false} {
		if got := contacts.Plain(address); got != want {
			t.Errorf("%q: got %v", address, got)
		}
	}
}
