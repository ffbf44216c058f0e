package directory

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// pageSize is how many entries are asked for at a time: what Active Directory gives at most, as it comes.
const pageSize = 1000

// attributes are what is read of an entry.
var attributes = []string{
	attrName, attrDisplayName, attrClass, attrDetails, attrHome, attrHomeServer, attrMail, attrProxies, attrTarget, attrDN,
}

// list reads all entries of the search.
func (c *connection) list(ctx context.Context, b *builder) error {
	base := c.BaseDN
	if base == "" {
		var err error
		if base, err = c.ownDomain(ctx); err != nil {
			return err
		}
	}
	paging := ldap.NewControlPaging(pageSize)
	request := ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, c.filter, attributes, []ldap.Control{paging})
	var elsewhere []string
	var long []longEntry
	previous := ""
	for n := 0; ; {
		c.doing = fmt.Sprintf("the search in %s, after %d entries", base, n)
		page, err := c.ldap.Search(request)
		if err != nil {
			return c.failure(ctx, err)
		}
		elsewhere = append(elsewhere, page.Referrals...)
		if len(page.Entries) > 0 {
			if page.Entries[0].DN == previous {
				return c.failure(ctx, errors.New("the server gives the same page again and again, so that the list cannot be read to its end: it does not support paging (1.2.840.113556.1.4.319)"))
			}
			previous = page.Entries[0].DN
		}
		for _, e := range page.Entries {
			f, from := readEntry(e)
			if from > 0 {
				long = append(long, longEntry{f, from})
				continue
			}
			b.add(f)
		}
		n += len(page.Entries)
		c.log.Debug("reading the directory", "server", c.address, "entries", n)
		control, ok := ldap.FindControl(page.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		if !ok || len(control.Cookie) == 0 {
			break
		}
		paging.SetCookie(control.Cookie)
	}
	for _, e := range long {
		if err := c.finish(ctx, e, b); err != nil {
			return err
		}
	}
	c.reportElsewhere(elsewhere, b)
	return nil
}

// longEntry is one with more addresses than the server gives at once (MS-ADTS 3.1.1.3.1.3.3).
type longEntry struct {
	found
	from int // how many it gave
}

// finish reads the other addresses of an entry.
func (c *connection) finish(ctx context.Context, e longEntry, b *builder) error {
	for from := e.from; from > 0; {
		c.doing = fmt.Sprintf("reading the addresses of %s from number %d on", e.where, from)
		r, err := c.ldap.Search(ldap.NewSearchRequest(e.where, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)",
			[]string{fmt.Sprintf("%s;range=%d-*", attrProxies, from)}, nil))
		if ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) || err == nil && len(r.Entries) == 0 {
			b.problems.add("%s: it has vanished while the directory was read; it is left out", e.where)
			return nil
		}
		if err != nil {
			return c.failure(ctx, err)
		}
		values, next := proxiesOf(r.Entries[0])
		if next > 0 && next <= from || len(values) == 0 {
			return c.failure(ctx, errors.New("the server does not give them"))
		}
		for _, v := range values {
			if p, ok := parseProxy(v); ok {
				e.proxies = append(e.proxies, p)
			}
		}
		from = next
	}
	b.add(e.found)
	return nil
}

// ownDomain asks the server what it is a server of.
func (c *connection) ownDomain(ctx context.Context) (string, error) {
	c.doing = "asking for defaultNamingContext"
	r, err := c.ldap.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"defaultNamingContext"}, nil))
	if err != nil {
		return "", c.failure(ctx, err)
	}
	for _, e := range r.Entries {
		if base := e.GetEqualFoldAttributeValue("defaultNamingContext"); base != "" {
			return base, nil
		}
	}
	return "", c.failure(ctx, errors.New("the server does not say what to search: set base_dn"))
}

// reportElsewhere tells of parts of the tree that other servers hold. Those of Active Directory without recipients are no news.
func (c *connection) reportElsewhere(references []string, b *builder) {
	slices.Sort(references)
	for _, r := range slices.Compact(references) {
		dn := r
		if u, err := url.Parse(r); err == nil {
			dn = strings.TrimPrefix(u.Path, "/")
		}
		if hasPrefixFold(dn, "DC=DomainDnsZones,") || hasPrefixFold(dn, "DC=ForestDnsZones,") || hasPrefixFold(dn, "CN=Configuration,") {
			c.log.Debug("reference not followed", "server", c.address, "to", r)
			continue
		}
		b.problems.add("%s: another server holds %s, and its recipients are not read, since references are not followed; use a global catalog in url (port 3268, or 3269 with TLS) if they are wanted", c.address, dn)
	}
}
