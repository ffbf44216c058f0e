package hcl

import (
	"errors"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var idSyntax = regexp.MustCompile(`^[a-z0-9._-]{1,40}$`)

// declareOrganization makes an organization known by its label. It returns nil for one that is there already.
func (l *loader) declareOrganization(b *hclsyntax.Block) *Organization {
	label := b.Labels[0]
	if first := l.orgs[label]; first != nil {
		l.fail(b.LabelRanges[0], "Organization declared twice", "There is an organization %q already (%s). Rename one of them.", label, at(first.Range))
		return nil
	}
	if !idSyntax.MatchString(label) {
		l.fail(b.LabelRanges[0], "Unsuitable label", "The label of an organization has 1 to 40 of the characters a-z, 0-9, dot, underscore and hyphen. Write it like this: organization \"contoso\" { … }")
	}
	o := &Organization{Label: label, ID: label, MaxConnections: 4, Range: b.DefRange()}
	l.orgs[label] = o
	return o
}

func (l *loader) organization(b *hclsyntax.Block, o *Organization) {
	if o == nil {
		o = &Organization{Label: b.Labels[0]} // the mistakes in it are still worth reporting
	}
	s := l.section(b)
	parsed(s, "id", func(id string) (string, error) {
		if !idSyntax.MatchString(id) {
			return "", errors.New("it has 1 to 40 of the characters a-z, 0-9, dot, underscore and hyphen")
		}
		return id, nil
	}, &o.ID)
	s.int("max_connections", 1, 100, &o.MaxConnections)
	parsed(s, "max_rate", parseRate, &o.MaxRate)

	variable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, o.Label) + "_PASSWORD"
	archive, ews := l.only(b.Body, "archive"), l.only(b.Body, "ews")
	switch {
	case archive != nil && ews != nil:
		l.fail(ews.DefRange(), "Two stores for one organization", "An organization is reached through one store, and organization %q has an archive block already. Remove one of the two, or declare two organizations.", o.Label)
	case archive == nil && ews == nil:
		l.fail(s.def, "Organization without a store", "Nothing says how organization %q is reached. Write a block ews { … } for an Exchange server, or archive { path = \"…\" } for a directory.", o.Label)
	}
	if archive != nil {
		a := l.section(archive)
		a.require("path")
		o.Archive = &Archive{}
		a.path("path", &o.Archive.Path)
		o.Archive.FreeBusy = o.Archive.defaultFreeBusy()
		a.path("free_busy", &o.Archive.FreeBusy)
	}
	if ews != nil {
		o.EWS = l.ews(ews, variable)
	}
	if d := l.only(b.Body, "directory"); d != nil {
		o.Directory = l.directory(d, variable)
	}
}

// defaultFreeBusy is where an archive has its free/busy files if the configuration does not say.
func (a *Archive) defaultFreeBusy() string {
	if a.Path == "" {
		return ""
	}
	return filepath.Join(a.Path, ".free-busy")
}

func (l *loader) ews(b *hclsyntax.Block, variable string) *EWS {
	s := l.section(b)
	e := &EWS{Auth: "ntlm", Recovery: "soft", Timeout: 2 * time.Minute}
	parsed(s, "url", parseURL("http", "https"), &e.URL)
	parsed(s, "autodiscover", parseAddress, &e.Autodiscover)
	switch {
	case s.has("url") && s.has("autodiscover"):
		l.fail(s.at("autodiscover"), "Combination that cannot work", "url says where the server is, so nothing is left for autodiscover. Remove one of the two.")
	case !s.has("url") && !s.has("autodiscover"):
		l.fail(s.def, "Missing attribute", "A block %q needs url, or autodiscover with an address of the organization. %s", b.Type, example(b.Type, "url"))
	}
	s.string("username", &e.Username)
	s.secret("password", variable, &e.Password)
	s.word("auth", []string{"ntlm", "basic", "kerberos"}, &e.Auth)
	s.path("keytab", &e.Keytab)
	s.path("ticket_cache", &e.TicketCache)
	s.bool("allow_plain_text", &e.AllowPlainText)
	parsed(s, "proxy", parseURL("http", "https"), &e.Proxy)
	parsed(s, "mailbox", parseAddress, &e.Mailbox)
	parsed(s, "impersonate", parseAddress, &e.Impersonate)
	s.word("recovery", []string{"soft", "none"}, &e.Recovery)
	s.duration("timeout", &e.Timeout)
	s.tls(&e.CAFile, &e.CertificateSHA256, &e.ServerName, &e.TLSLegacy, strings.HasPrefix(e.URL, "http:"))
	if s.failed["auth"] {
		return e
	}
	if e.Auth == "kerberos" {
		s.kerberos()
	} else {
		s.require("username", "password")
		for _, name := range []string{"keytab", "ticket_cache"} {
			if s.has(name) {
				l.fail(s.at(name), "Combination that cannot work", "%s is for Kerberos, and this block uses %q. Add auth = \"kerberos\", or remove %s.", name, e.Auth, name)
			}
		}
	}
	if e.Auth == "basic" && strings.HasPrefix(e.URL, "http:") && !e.AllowPlainText {
		l.fail(s.at("url"), "Password without encryption", "Basic authentication sends the password as it is, so it needs https. Where that is really not to be had, write allow_plain_text = true.")
	}
	return e
}

func (s *section) kerberos() {
	switch {
	case s.has("keytab") && s.has("ticket_cache"):
		s.fail(s.at("ticket_cache"), "Combination that cannot work", "Kerberos logs in with a keytab or with a ticket cache, not with both. Remove one of the two.")
	case !s.has("keytab") && !s.has("ticket_cache"):
		s.fail(s.at("auth"), "Missing attribute", "Kerberos needs keytab or ticket_cache. %s", example(s.blockType, "keytab"))
	case s.has("keytab"):
		s.require("username")
	}
	if s.has("password") {
		s.fail(s.at("password"), "Combination that cannot work", "Kerberos logs in with a keytab or a ticket cache. Remove password, or choose another auth.")
	}
}

// tls reads what ews and ldap have in common.
func (s *section) tls(caFile, certificate, serverName *string, legacy *bool, plain bool) {
	s.path("ca_file", caFile)
	parsed(s, "certificate_sha256", parseFingerprint, certificate)
	s.string("server_name", serverName)
	s.bool("tls_legacy", legacy)
	if s.has("ca_file") && s.has("certificate_sha256") {
		s.fail(s.at("certificate_sha256"), "Combination that cannot work", "A server's certificate is checked with ca_file or with certificate_sha256, not with both. Remove one of the two.")
	}
	if plain {
		for _, name := range tlsAttrs {
			if s.has(name) {
				s.fail(s.at(name), "Combination that cannot work", "%s has no meaning without TLS. Change the url to one with TLS, or remove %s.", name, name)
			}
		}
	}
}

func (l *loader) directory(b *hclsyntax.Block, variable string) *Directory {
	s := l.section(b)
	ldap, csv := l.only(b.Body, "ldap"), l.only(b.Body, "csv")
	d := &Directory{}
	switch {
	case ldap != nil && csv != nil:
		l.fail(csv.DefRange(), "Two sources for one directory", "A directory is read from LDAP or from a CSV file. Remove one of the two blocks.")
	case ldap == nil && csv == nil:
		l.fail(s.def, "Directory without a source", "Write a block ldap { … } or csv { path = \"…\" } in it.")
	}
	if csv != nil {
		c := l.section(csv)
		c.require("path")
		d.CSV = &CSV{}
		c.path("path", &d.CSV.Path)
	}
	if ldap != nil {
		d.LDAP = l.ldap(ldap, variable)
	}
	return d
}

func (l *loader) ldap(b *hclsyntax.Block, variable string) *LDAP {
	s := l.section(b)
	d := &LDAP{Auth: "simple", Timeout: 2 * time.Minute}
	s.require("url", "base_dn", "username", "password")
	parsed(s, "url", parseURL("ldap", "ldaps"), &d.URL)
	s.bool("start_tls", &d.StartTLS)
	s.string("base_dn", &d.BaseDN)
	parsed(s, "filter", func(f string) (string, error) {
		if !strings.HasPrefix(f, "(") || !strings.HasSuffix(f, ")") {
			return "", errors.New("an LDAP filter stands in parentheses")
		}
		return f, nil
	}, &d.Filter)
	s.string("username", &d.Username)
	s.secret("password", variable, &d.Password)
	s.word("auth", []string{"simple", "ntlm"}, &d.Auth)
	s.bool("allow_plain_text", &d.AllowPlainText)
	s.duration("timeout", &d.Timeout)
	plain := strings.HasPrefix(d.URL, "ldap:") && !d.StartTLS
	s.tls(&d.CAFile, &d.CertificateSHA256, &d.ServerName, &d.TLSLegacy, plain)
	if d.StartTLS && strings.HasPrefix(d.URL, "ldaps:") {
		l.fail(s.at("start_tls"), "Combination that cannot work", "A connection to an ldaps address is encrypted from the start. Remove start_tls, or write ldap:// in url.")
	}
	if plain && !d.AllowPlainText && d.Auth == "simple" && !s.failed["auth"] && !s.failed["start_tls"] {
		l.fail(s.at("url"), "Password without encryption", "This sends the password as it is. Write ldaps:// or add start_tls = true; where neither is to be had, allow_plain_text = true.")
	}
	return d
}

// parseURL accepts absolute addresses with one of the schemes and without an account in them.
func parseURL(schemes ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		u, err := url.Parse(s)
		switch {
		case err != nil || u.Host == "" || u.Opaque != "":
			return "", errors.New("it is not a complete address")
		case !slices.Contains(schemes, u.Scheme):
			return "", errors.New("the address starts with " + strings.Join(schemes, ":// or ") + "://")
		case u.User != nil:
			return "", errors.New("an account in an address would be printed and logged")
		case u.Fragment != "" || u.RawQuery != "":
			return "", errors.New("it has more behind its path than it may have")
		}
		return u.String(), nil
	}
}

// parseAddress accepts SMTP addresses and returns them in lower case.
func parseAddress(s string) (string, error) {
	user, domain, ok := strings.Cut(s, "@")
	if !ok || user == "" || domain == "" || strings.ContainsAny(s, " \t\r\n<>,;*\"") || strings.Contains(domain, "@") {
		return "", errors.New("it is not an address")
	}
	return strings.ToLower(s), nil
}

var fingerprint = regexp.MustCompile(`^[0-9a-f]{64}$`)

// parseFingerprint accepts what openssl and browsers print, with or without colons.
func parseFingerprint(s string) (string, error) {
	s = strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(s))
	if !fingerprint.MatchString(s) {
		return "", errors.New("a SHA-256 digest has 64 hexadecimal digits")
	}
	return s, nil
}
