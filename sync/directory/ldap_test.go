package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// contoso is an organization with one of each kind.
func contoso() []entry {
	const dn = "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="
	return []entry{
		{"CN=Ann,OU=Staff,DC=contoso,DC=example", []string{"objectClass", "top", "objectClass", "user", "cn", "Ann", "displayName", "Ännchen Böhm", "mail", "Ann@contoso.example",
			"proxyAddresses", "smtp:A.Boehm@contoso.example", "proxyAddresses", "SMTP:Ann@contoso.example", "proxyAddresses", "X500:/o=Old/ou=Site/cn=Recipients/cn=ann, b",
			"proxyAddresses", "x400:C=DE;A= ;P=Contoso;", "legacyExchangeDN", dn + "ann", "homeMDB", "CN=DB1", "msExchRecipientTypeDetails", "1"}},
		{"CN=Bob,OU=Staff,DC=contoso,DC=example", []string{"objectClass", "user", "cn", "Bob", "mail", "bob@contoso.example", "legacyExchangeDN", dn + "bob",
			"proxyAddresses", "SMTP:bob@contoso.example", "msExchHomeServerName", "/o=Contoso/cn=EX1"}},
		{"CN=Cem,OU=Partners,DC=contoso,DC=example", []string{"objectClass", "contact", "cn", "Cem", "mail", "cem@fabrikam.example", "legacyExchangeDN", dn + "cem",
			"proxyAddresses", "SMTP:cem@partner.contoso.example", "targetAddress", "SMTP:Cem@fabrikam.example"}},
		{"CN=Dora,OU=Partners,DC=contoso,DC=example", []string{"objectClass", "user", "cn", "Dora", "mail", "dora@contoso.example",
			"legacyExchangeDN", "/o=Contoso/ou=External (FYDIBOHF25SPDLT)/cn=Recipients/cn=dora", "proxyAddresses", "SMTP:dora@contoso.example", "targetAddress", "SMTP:dora@fabrikam.example"}},
		{"CN=Eve,OU=Partners,DC=contoso,DC=example", []string{"objectClass", "contact", "cn", "Eve", "mail", "eve@fabrikam.example"}},
		{"CN=HealthMailbox1,DC=contoso,DC=example", []string{"objectClass", "user", "cn", "HealthMailbox1", "mail", "h1@contoso.example", "legacyExchangeDN", dn + "h1",
			"proxyAddresses", "SMTP:h1@contoso.example", "homeMDB", "CN=DB1", "msExchRecipientTypeDetails", "549755813888"}},
	}
}

func open(t *testing.T, l *LDAP) *Directory {
	t.Helper()
	d, err := Open(t.Context(), temporary(t), Options{LDAP: l})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// shown is a directory as text.
func shown(d *Directory) string {
	var b strings.Builder
	for r := range d.All() {
		fmt.Fprintf(&b, "%s %q %s [%s]\n  %q %q %v\n  %s\n", r.Kind, r.Name, r.Address, strings.Join(r.Addresses, " "), r.DN, r.X500, r.External(), r.Where)
	}
	for _, p := range d.Problems() {
		fmt.Fprintf(&b, "! %s\n", p)
	}
	return b.String()
}

const shownContoso = `mailbox "Ännchen Böhm" ann@contoso.example [ann@contoso.example a.boehm@contoso.example]
  "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=ann" ["/o=Old/ou=Site/cn=Recipients/cn=ann, b"] false
  CN=Ann,OU=Staff,DC=contoso,DC=example
mailbox "Bob" bob@contoso.example [bob@contoso.example]
  "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=bob" [] false
  CN=Bob,OU=Staff,DC=contoso,DC=example
contact "Cem" cem@partner.contoso.example [cem@partner.contoso.example cem@fabrikam.example]
  "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=cem" [] false
  CN=Cem,OU=Partners,DC=contoso,DC=example
mail user "Dora" dora@contoso.example [dora@contoso.example dora@fabrikam.example]
  "/o=Contoso/ou=External (FYDIBOHF25SPDLT)/cn=Recipients/cn=dora" [] true
  CN=Dora,OU=Partners,DC=contoso,DC=example
contact "Eve" eve@fabrikam.example [eve@fabrikam.example]
  "" [] false
  CN=Eve,OU=Partners,DC=contoso,DC=example
other recipient "HealthMailbox1" h1@contoso.example [h1@contoso.example]
  "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=h1" [] false
  CN=HealthMailbox1,DC=contoso,DC=example
`

func TestDirectoryIsReadFromLDAP(t *testing.T) {
	for name, change := range map[string]func(*testServer, *LDAP){
		"ldaps":                   func(*testServer, *LDAP) {},
		"start_tls":               func(_ *testServer, l *LDAP) { l.URL, l.StartTLS = "ldap://"+host, true },
		"plain text":              func(_ *testServer, l *LDAP) { l.URL, l.CertificateSHA256, l.AllowPlainText = "ldap://"+host, "", true },
		"the server's own domain": func(_ *testServer, l *LDAP) { l.BaseDN = "" },
		"no paging":               func(s *testServer, _ *LDAP) { s.noPaging = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, contoso()...)
			l := s.settings()
			l.Filter = "(company=Contoso)"
			change(s, l)
			if diff := cmp.Diff(shownContoso, shown(open(t, l))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			q := s.searches[len(s.searches)-1]
			if q.base != "DC=contoso,DC=example" || q.filter != "(&"+recipientFilter+"(company=Contoso))" {
				t.Errorf("it searched %+v", q)
			}
			if plain := strings.HasPrefix(l.URL, "ldap:") && !l.StartTLS; strings.Contains(string(s.sent), password) != plain {
				t.Errorf("the password was sent without TLS: %v, want %v", !plain, plain)
			}
		})
	}
}

func TestManyEntriesAreReadInPages(t *testing.T) {
	many := 100_000
	if testing.Short() {
		many /= 10
	}
	s := newServer(t, staff(many)...)
	d := open(t, s.settings())
	if d.Len() != many || len(d.Problems()) != 0 || len(s.searches) != many/pageSize {
		t.Errorf("%d recipients of %d in %d searches, problems %q", d.Len(), many, len(s.searches), d.Problems())
	}
	for _, i := range []int{0, 1, pageSize, many / 2, many - 1} {
		found := slices.Collect(d.ByDN(strings.ToUpper(staffDN(i))))
		if len(found) != 1 || found[0].Address != fmt.Sprintf("user%d@contoso.example", i) {
			t.Errorf("user %d: %v", i, found)
		}
		if by := names(d.ByAddress(fmt.Sprintf("User%d@old.contoso.example", i))); by != names(slices.Values(found)) {
			t.Errorf("user %d by address: %v", i, by)
		}
	}
}

func staffDN(i int) string {
	return fmt.Sprintf("/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=User %d", i)
}

func staff(n int) []entry {
	list := make([]entry, n)
	for i := range list {
		list[i] = entry{fmt.Sprintf("CN=User %d,OU=Staff,DC=contoso,DC=example", i), []string{"objectClass", "user", "cn", fmt.Sprintf("User %d", i), "displayName", fmt.Sprintf("User %d", i),
			"proxyAddresses", fmt.Sprintf("SMTP:user%d@contoso.example", i), "proxyAddresses", fmt.Sprintf("smtp:user%d@old.contoso.example", i),
			"legacyExchangeDN", staffDN(i), "homeMDB", "CN=DB1", "msExchRecipientTypeDetails", "1"}}
	}
	return list
}

func TestAddressesInRangesAreReadWhole(t *testing.T) {
	s := newServer(t, contoso()...)
	ann := &s.entries[0]
	for i := range 25 {
		ann.attrs = append(ann.attrs, attrProxies, fmt.Sprintf("smtp:ann%d@contoso.example", i))
	}
	s.maxValues = 7
	d := open(t, s.settings())
	got := slices.Collect(d.ByAddress("ann24@contoso.example"))
	if len(got) != 1 || len(got[0].Addresses) != 27 || got[0].Address != "ann@contoso.example" || len(got[0].X500) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestEntryThatVanishesMeanwhileIsLeftOut(t *testing.T) {
	s := newServer(t, contoso()...)
	s.maxValues = 2
	s.onSearch = map[int]func(){1: func() { s.entries = s.entries[1:] }}
	d := open(t, s.settings())
	if d.Len() != 5 || len(d.Problems()) != 1 || !strings.Contains(d.Problems()[0], "CN=Ann,OU=Staff,DC=contoso,DC=example: it has vanished") {
		t.Errorf("%d recipients, problems %q", d.Len(), d.Problems())
	}
}

func TestReferencesAreNotFollowedButReported(t *testing.T) {
	s := newServer(t, contoso()...)
	s.references = []string{"ldap://ForestDnsZones.contoso.example/DC=ForestDnsZones,DC=contoso,DC=example", "ldap://contoso.example/CN=Configuration,DC=contoso,DC=example",
		"ldap://asia.contoso.example/DC=asia,DC=contoso,DC=example"}
	d := open(t, s.settings())
	if p := d.Problems(); len(p) != 1 || !strings.Contains(p[0], "another server holds DC=asia,DC=contoso,DC=example") || !strings.Contains(p[0], "3268") {
		t.Errorf("problems %q", p)
	}
	if d.Len() != 6 {
		t.Errorf("%d recipients", d.Len())
	}
}

func TestSilentServerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, staff(3*pageSize)...)
		s.silent = map[int]bool{2: true}
		l := s.settings()
		l.Timeout, l.Dial = 90*time.Second, s.pipe
		start := time.Now()
		_, err := Open(t.Context(), temporary(t), Options{LDAP: l})
		wantError(t, err, "nothing came from the server for 1m30s", "after 2000 entries", host+":636")
		if took := time.Since(start); took != l.Timeout {
			t.Errorf("it took %v", took)
		}
	})
}

func TestSlowServerThatGoesOnIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, staff(3*pageSize)...)
		s.onSearch = map[int]func(){}
		for i := range 3 {
			s.onSearch[i] = func() { time.Sleep(80 * time.Second) } // in the bubble
		}
		l := s.settings()
		l.Timeout, l.Dial = 90*time.Second, s.pipe
		if d, err := Open(t.Context(), temporary(t), Options{LDAP: l}); err != nil || d.Len() != 3*pageSize {
			t.Errorf("%v, %v", d, err)
		}
	})
}

func TestInterruptionEndsTheReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, staff(3*pageSize)...)
		s.silent = map[int]bool{1: true}
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("interrupted")
		start := time.Now()
		time.AfterFunc(time.Second, func() { cancel(cause) })
		l := s.settings()
		l.Dial = s.pipe
		if _, err := Open(ctx, temporary(t), Options{LDAP: l}); !errors.Is(err, cause) {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// wantError fails unless an error says all of what is wanted, and no password.
func wantError(t *testing.T, err error, wanted ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", wanted)
	}
	for _, w := range wanted {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q, want %q", err, w)
		}
	}
	if strings.Contains(err.Error(), password) {
		t.Errorf("the password is in %q", err)
	}
}
