package directory

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// slapd is OpenLDAP's server with contents of a test.
type slapd struct {
	plain, secure string // addresses
	ca            string // file
}

// exchangeSchema is what recipients need of Active Directory's schema.
const exchangeSchema = `
attributetype ( 1.1.2.1.1 NAME 'proxyAddresses' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.2 NAME 'legacyExchangeDN' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.3 NAME 'targetAddress' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.4 NAME 'msExchRecipientTypeDetails' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.1.2.1.5 NAME 'homeMDB' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.6 NAME 'msExchHomeServerName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.7 NAME 'displayName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.1.2.1.9 NAME 'company' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.1.2.2.1 NAME 'user' SUP top STRUCTURAL MUST cn MAY ( proxyAddresses $ legacyExchangeDN $ targetAddress $ msExchRecipientTypeDetails $ homeMDB $ msExchHomeServerName $ displayName $ mail $ company ) )
objectclass ( 1.1.2.2.2 NAME 'contact' SUP top STRUCTURAL MUST cn MAY ( proxyAddresses $ legacyExchangeDN $ targetAddress $ msExchRecipientTypeDetails $ displayName $ mail $ company ) )
`

// startSlapd runs a server until the test ends.
func startSlapd(t *testing.T, entries []entry) slapd {
	t.Helper()
	binary, err := exec.LookPath("slapd")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/slapd"); err != nil {
			t.Skip("slapd (OpenLDAP's server; Debian's package slapd) is not installed")
		}
	}
	const schema, modules = "/etc/ldap/schema/core.schema", "/usr/lib/ldap"
	if _, err := os.Stat(schema); err != nil {
		t.Skip("the schema files of slapd are not where Debian has them: ", err)
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c := newServer(t).certificate
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate := file("server.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})))
	keyFile := file("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := file("slapd.conf", fmt.Sprintf(`include %s
%s
modulepath %s
moduleload back_mdb
TLSCertificateFile %s
TLSCertificateKeyFile %s
pidfile %s
database mdb
maxsize 104857600
suffix "DC=contoso,DC=example"
rootdn "CN=Root,DC=contoso,DC=example"
directory %s
limits dn.exact="CN=Limited,DC=contoso,DC=example" size=3 size.prtotal=3
limits * size.soft=10 size.hard=10 size.pr=noEstimate size.prtotal=unlimited
`, schema, exchangeSchema, modules, certificate, keyFile, filepath.Join(dir, "pid"), filepath.Join(dir, "db")))
	data := file("data.ldif", ldif(entries))
	if out, err := exec.Command(binary, "-T", "add", "-q", "-f", config, "-l", data).CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("ermission denied")) {
			t.Skipf("slapd may not use the test's directory, as with AppArmor's profile for it:\n%s", out)
		}
		t.Fatalf("filling slapd: %v\n%s", err, out)
	}
	s := slapd{plain: freePort(t), secure: freePort(t), ca: certificate}
	cmd := exec.Command(binary, "-d", "256", "-f", config, "-h", "ldap://"+s.plain+"/ ldaps://"+s.secure+"/")
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	t.Cleanup(stop)
	// It has no other sign of being ready.
	patience, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("tcp", s.secure)
		if err == nil {
			conn.Close()
			return s
		}
		select {
		case <-tick.C:
		case <-patience:
			stop()
			t.Fatalf("slapd does not start: %v\n%s", err, &log)
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// ldif are entries with what lies above them and two accounts.
func ldif(entries []entry) string {
	var b strings.Builder
	b.WriteString(`dn: DC=contoso,DC=example
objectClass: organization
objectClass: dcObject
o: Contoso
dc: contoso

dn: CN=Reader,DC=contoso,DC=example
objectClass: person
cn: Reader
sn: Reader
userPassword: ` + password + `

dn: CN=Limited,DC=contoso,DC=example
objectClass: person
cn: Limited
sn: Limited
userPassword: ` + password + `

dn: OU=Staff,DC=contoso,DC=example
objectClass: organizationalUnit
ou: Staff

dn: OU=Partners,DC=contoso,DC=example
objectClass: organizationalUnit
ou: Partners

dn: CN=No recipient,OU=Staff,DC=contoso,DC=example
objectClass: user
cn: No recipient

`)
	for _, e := range entries {
		fmt.Fprintf(&b, "dn: %s\n", e.dn)
		for i := 0; i+1 < len(e.attrs); i += 2 {
			fmt.Fprintf(&b, "%s: %s\n", e.attrs[i], e.attrs[i+1])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestSlapd(t *testing.T) {
	s := startSlapd(t, contoso())
	settings := func() *LDAP {
		return &LDAP{URL: "ldaps://" + s.secure, CAFile: s.ca, BaseDN: "DC=contoso,DC=example", Username: "CN=Reader,DC=contoso,DC=example", Password: password}
	}
	want := strings.NewReplacer("CN=", "cn=", "OU=", "ou=", "DC=", "dc=").Replace(shownContoso) // as slapd writes them
	startTLS := settings()
	startTLS.URL, startTLS.StartTLS = "ldap://"+s.plain, true
	for name, l := range map[string]*LDAP{"ldaps": settings(), "start_tls": startTLS} {
		if diff := cmp.Diff(want, shown(open(t, l))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	filtered := settings()
	filtered.Filter, filtered.BaseDN = "(|(cn=Ann)(cn=Cem))", "OU=Staff,DC=contoso,DC=example"
	if d := open(t, filtered); d.Len() != 1 || one(d.ByAddress("ann@contoso.example")) == nil {
		t.Errorf("filtered: %s", shown(d))
	}
	for name, c := range map[string]struct {
		change func(*LDAP)
		want   []string
	}{
		"wrong password": {func(l *LDAP) { l.Password = "wrong" }, []string{"check username and password"}},
		"no such base":   {func(l *LDAP) { l.BaseDN = "OU=Gone,DC=contoso,DC=example" }, []string{"base_dn", "DC=contoso,DC=example"}},
		"other base":     {func(l *LDAP) { l.BaseDN = "DC=fabrikam,DC=example" }, []string{"base_dn"}},
		"size limit":     {func(l *LDAP) { l.Username = "CN=Limited,DC=contoso,DC=example" }, []string{"the list is not complete", "size limit"}},
		"NTLM":           {func(l *LDAP) { l.Auth = "ntlm" }, []string{`auth = "ntlm"`, `try "simple"`}},
		"no base":        {func(l *LDAP) { l.BaseDN = "" }, []string{"set base_dn"}},
		"certificate":    {func(l *LDAP) { l.CAFile = "" }, []string{"unknown authority", "ca_file"}},
	} {
		l := settings()
		c.change(l)
		_, err := Open(t.Context(), temporary(t), Options{LDAP: l})
		t.Run(name, func(t *testing.T) { wantError(t, err, c.want...) })
	}
}

func TestSlapdGivesPages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const many = 3*pageSize + 17
	s := startSlapd(t, staff(many))
	d := open(t, &LDAP{URL: "ldap://" + s.plain, AllowPlainText: true, BaseDN: "DC=contoso,DC=example", Username: "CN=Reader,DC=contoso,DC=example", Password: password})
	if d.Len() != many || len(d.Problems()) != 0 {
		t.Errorf("%d recipients of %d, problems %q", d.Len(), many, d.Problems())
	}
}
