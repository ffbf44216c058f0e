package directory

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// built is a directory of recipients without reading them from anywhere.
func built(t testing.TB, list ...found) *Directory {
	b := newBuilder(temporary(t))
	for _, f := range list {
		b.add(f)
	}
	return b.build()
}

func names(list iter.Seq[*Recipient]) string {
	var all []string
	for r := range list {
		all = append(all, r.Name)
	}
	return strings.Join(all, " ")
}

// one is the first recipient of a list, nil if there is none.
func one(list iter.Seq[*Recipient]) *Recipient {
	for r := range list {
		return r
	}
	return nil
}

func TestRecipientsAreFoundByWhatTheyAreCalledAndWere(t *testing.T) {
	x500 := func(dn string) []proxy { return []proxy{{"X500", dn}, {"x500", strings.ToUpper(dn)}} }
	d := built(t,
		found{name: "ann", primary: "Ann@c.example", dn: "/o=C/ou=S/cn=Recipients/cn=ann", proxies: x500("/o=C/ou=S/cn=Recipients/cn=bob")},
		found{name: "bob", primary: "bob@c.example", dn: "/o=C/ou=S/cn=Recipients/cn=Bob", proxies: x500("/o=Old/cn=bob")},
		found{name: "cem", primary: "cem@c.example", proxies: x500("/o=Old/cn=cem")},
		found{name: "dora", primary: "dora@c.example", proxies: append(x500("/o=Old/cn=cem"), proxy{"smtp", "CEM@C.example"}, proxy{"SIP", "sip@c.example"})},
		found{name: "eve", primary: "eve@c.example", proxies: x500("/o=C/ou=S/cn=Recipients/cn=bob")}, // as ann, and both no more
	)
	for dn, want := range map[string]string{
		"/O=C/OU=S/CN=RECIPIENTS/CN=ANN": "ann",
		"/o=c/ou=s/cn=recipients/cn=bob": "bob", // and not ann, who had it once
		"/o=old/cn=BOB":                  "bob",
		"/o=Old/cn=cem":                  "cem dora",
		"/o=Old/cn=eve":                  "",
		"":                               "",
	} {
		if got := names(d.ByDN(dn)); got != want {
			t.Errorf("%s: %q, want %q", dn, got, want)
		}
	}
	for address, want := range map[string]string{"ANN@C.EXAMPLE": "ann", "cem@c.example": "cem dora", "sip@c.example": "", "": ""} {
		if got := names(d.ByAddress(address)); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	var doubles []string
	for double := range d.Doubles() {
		doubles = append(doubles, double.Address+double.DN+": "+names(slices.Values(double.Recipients)))
	}
	if diff := cmp.Diff([]string{"cem@c.example: cem dora", "/o=Old/cn=cem: cem dora"}, doubles); diff != "" {
		t.Errorf("doubles (-want +got):\n%s", diff)
	}
}

func TestNoTextIsTooLong(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	d := built(t,
		found{name: long, primary: long + "b@c.example", dn: "/o=C/cn=" + long + "b", where: long},
		found{name: long, primary: long + "b@c.example", dn: "/o=C/cn=" + long + "b", where: long + "again"},
		found{name: "a", primary: long + "a@c.example", dn: "/o=C/cn=" + long + "a", proxies: []proxy{{"x500", "/o=" + long}}},
		found{name: "b", primary: long + "a@c.example", dn: "/o=C/cn=" + long + "A", proxies: []proxy{{"x500", "/o=" + long}}},
	)
	if d.Len() != 3 || names(d.ByDN("/O=C/CN="+strings.ToUpper(long)+"B")) != long || len(names(d.ByAddress(long+"a@C.example"))) != len("a b") || len(names(d.ByDN("/o="+long))) != len("a b") {
		t.Errorf("%d recipients", d.Len())
	}
	if doubles := slices.Collect(d.Doubles()); len(doubles) != 3 || len(d.Problems()) != 4 {
		t.Errorf("%d doubles, %d problems", len(doubles), len(d.Problems()))
	}
}

func TestADoubleOfManyNamesTheFirstOnes(t *testing.T) {
	var many []found
	for i := range 1000 {
		many = append(many, found{name: fmt.Sprint("n", i), primary: fmt.Sprintf("n%04d@c.example", i), proxies: []proxy{{"smtp", "all@c.example"}}})
	}
	d := built(t, many...)
	doubles := slices.Collect(d.Doubles())
	if len(doubles) != 1 || doubles[0].Count != 1000 || names(slices.Values(doubles[0].Recipients)) != "n0 n1 n2 n3" || !strings.Contains(doubles[0].String(), "and 996 more;") {
		t.Errorf("got %v", doubles)
	}
	if n := len(slices.Collect(d.ByAddress("ALL@c.example"))); n != 1000 {
		t.Errorf("%d have the address", n)
	}
}

func TestGroupsAndExternalRecipients(t *testing.T) {
	for dn, want := range map[string]struct {
		group    string
		external bool
	}{
		"/o=C/ou=First Administrative Group/cn=Recipients/cn=ann": {"/o=C/ou=First Administrative Group", false},
		"/O=C/OU=S/CN=Recipients/CN=ann":                          {"/O=C/OU=S", false},
		"/o=C/ou=External (FYDIBOHF25SPDLT)/cn=Recipients/cn=ann": {"/o=C/ou=External (FYDIBOHF25SPDLT)", true},
		"/o=C/OU=EXTERNAL (fydibohf25spdlt)/cn=Recipients/cn=ann": {"/o=C/OU=EXTERNAL (fydibohf25spdlt)", true},
		"/o=C/ou=S/cn=ou=External (FYDIBOHF25SPDLT)":              {"/o=C/ou=S", false},
		"/o=C/ou=S/cnx=Recipients":                                {"", false},
		"/o=C":                                                    {"", false},
		"":                                                        {"", false},
		"/o=Größe/ou=S/Cn=Recipients/cn=" + strings.Repeat("ä", 5): {"/o=Größe/ou=S", false},
	} {
		r := &Recipient{DN: dn}
		if r.Group() != want.group || r.External() != want.external {
			t.Errorf("%q: %q, %v, want %q, %v", dn, r.Group(), r.External(), want.group, want.external)
		}
	}
}

func TestListsOfAddresses(t *testing.T) {
	for list, want := range map[string][]proxy{
		"":                                      nil,
		"SMTP:a@c smtp:b@c":                     {{"SMTP", "a@c"}, {"smtp", "b@c"}},
		"SMTP:a@c,smtp:b@c;;smtp:d@c ,":         {{"SMTP", "a@c"}, {"smtp", "b@c"}, {"smtp", "d@c"}},
		"X500:/o=A B/cn=c, d; e smtp:b@c":       {{"X500", "/o=A B/cn=c, d; e"}, {"smtp", "b@c"}},
		"X500:/o=A/cn=Room: Blue smtp:b@c":      {{"X500", "/o=A/cn=Room: Blue"}, {"smtp", "b@c"}},
		"x400:C=DE;A= ;P=C;S=b; smtp:b@c":       {{"x400", "C=DE;A= ;P=C;S=b"}, {"smtp", "b@c"}},
		"a@c; b@c":                              {{"smtp", "a@c"}, {"smtp", "b@c"}},
		"a@c smtp:b@c d@c x y":                  {{"smtp", "a@c"}, {"smtp", "b@c"}, {"smtp", "d@c"}},
		"EUM:123;phone-context=x.y smtp:b@c":    {{"EUM", "123;phone-context=x.y"}, {"smtp", "b@c"}},
		"SIP:a@c FAX2:0-12 SMTP:a@c":            {{"SIP", "a@c"}, {"FAX2", "0-12"}, {"SMTP", "a@c"}},
		":":                                     nil,
		"smtp:":                                 nil,
		"smtp: a@c":                             {{"smtp", "a@c"}},
		"X500:/o=A/cn=b\r\nSMTP:a@c\r\n":        {{"X500", "/o=A/cn=b"}, {"SMTP", "a@c"}},
		"SMTP:a@c X500:/o=A/cn=b:c X500:/o=A/d": {{"SMTP", "a@c"}, {"X500", "/o=A/cn=b:c"}, {"X500", "/o=A/d"}},
	} {
		if diff := cmp.Diff(want, parseProxies(list), cmp.AllowUnexported(proxy{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", list, diff)
		}
	}
}

func TestTextsThatDifferByCaseHaveOneDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		other := strings.Map(func(r rune) rune {
			for range rapid.IntRange(0, 3).Draw(t, "steps") {
				r = unicode.SimpleFold(r)
			}
			return r
		}, s)
		if !strings.EqualFold(s, other) || digestOf(s) != digestOf(other) {
			t.Fatalf("%q and %q: %v, %v", s, other, digestOf(s), digestOf(other))
		}
	})
	if digestOf("abc") == digestOf("abd") {
		t.Error("everything has one digest")
	}
}

func TestKindsAreKnownByNameAndNumber(t *testing.T) {
	for i, r := range recipientTypes {
		byName, ok := kindByName(strings.ToUpper(r.name))
		byNumber, ok2 := kindByNumber(r.number)
		if !ok || !ok2 || byName != r.kind || byNumber != r.kind {
			t.Errorf("%s: %v, %v", r.name, byName, byNumber)
		}
		if i > 0 && r.number <= recipientTypes[i-1].number {
			t.Errorf("%s is not in order", r.name)
		}
	}
}
