package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"iorepl/sync/trust"
)

// failure explains to an administrator why the directory could not be read.
func (c *connection) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var result *ldap.Error
	what := ""
	switch {
	case errors.As(err, &result) && result.ResultCode < ldap.ErrorNetwork:
		what = c.explainResult(result)
	case c.ldap != nil && c.line.why() != nil:
		what = c.explainBroken(c.line.why())
	default:
		what = c.explainBroken(err)
	}
	return fmt.Errorf("%s: %s", c.address, what)
}

// explainBroken is for everything but an answer of the server.
func (c *connection) explainBroken(err error) string {
	var (
		dns     *net.DNSError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	untrusted, known := trust.Explain(err)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("no such host as %q: check the host in url, and the name server", dns.Name)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name server does not answer for %q (%s)", dns.Name, dns.Err)
	case errors.As(err, &record):
		return "the server does not speak TLS at this port: check url (ldap instead of ldaps, or another port?)"
	case known:
		return untrusted
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(err.Error(), "actively refused"): // as Windows words it
		return "connection refused: nothing listens at this port, or a firewall refuses; check url"
	case c.line == nil && (errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()):
		return "no connection in time: the host does not answer, or a firewall drops packets"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("nothing came from the server for %v (timeout) during %s: try again when it has less to do, or set a longer timeout", c.Timeout, c.doing)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), strings.Contains(err.Error(), "forcibly closed"):
		hint := ""
		switch {
		case c.url.Scheme == "ldaps" && c.certificate == nil:
			hint = ": a domain controller that has no certificate does that; have one installed"
		case !c.secure && c.ldap != nil:
			hint = ": check url (ldaps instead of ldap?)"
		}
		return fmt.Sprintf("the server closed the connection during %s%s", c.doing, hint)
	}
	return fmt.Sprintf("%s, during %s", plain(err), c.doing)
}

// plain is the text of an error without go-ldap's words around it.
func plain(err error) string {
	var result *ldap.Error
	if errors.As(err, &result) && result.Err != nil {
		err = result.Err
	}
	return strings.TrimPrefix(err.Error(), "ldap: ")
}

// explainResult is for an answer other than success.
func (c *connection) explainResult(e *ldap.Error) string {
	said := strings.TrimSpace(strings.Trim(plain(e), "\x00"))
	text := ldap.LDAPResultCodeMap[e.ResultCode]
	if text == "" {
		text = fmt.Sprintf("result %d", e.ResultCode)
	}
	if said != "" {
		text += " (" + said + ")"
	}
	if c.doing == "StartTLS" {
		return "the server does not offer StartTLS: " + text + "; have a certificate installed in it, or use ldaps:// if that works"
	}
	hint := ""
	switch e.ResultCode {
	case ldap.LDAPResultInvalidCredentials:
		return c.explainCredentials(said)
	case ldap.LDAPResultStrongAuthRequired, ldap.LDAPResultConfidentialityRequired:
		hint = "the server lets nobody in without encryption: use ldaps:// or start_tls"
	case ldap.LDAPResultAuthMethodNotSupported, ldap.LDAPResultInappropriateAuthentication:
		other := map[string]string{authSimple: authNTLM, authNTLM: authSimple}[c.Auth]
		hint = fmt.Sprintf("the server does not accept a login by auth = %q: try %q", c.Auth, other)
	case ldap.LDAPResultProtocolError:
		if c.doing == "the login" && c.Auth == authNTLM {
			hint = `the server does not know NTLM, as it seems: try auth = "simple"`
		}
	case ldap.LDAPResultNoSuchObject:
		hint = fmt.Sprintf("there is no %q, or the account may not see it: check base_dn", c.BaseDN)
		if e.MatchedDN != "" {
			hint += fmt.Sprintf(" (there is %q)", e.MatchedDN)
		}
	case ldap.LDAPResultReferral:
		hint = "another server is responsible" + referredTo(e.Packet) + ", and referrals are not followed: check base_dn, or set url to that server or to a global catalog (port 3268, or 3269 with TLS)"
	case ldap.LDAPResultSizeLimitExceeded, ldap.LDAPResultAdminLimitExceeded:
		hint = "the list is not complete: the server gives this account only so many entries and does not give them in pages; have its size limit raised for the account"
	case ldap.LDAPResultTimeLimitExceeded:
		hint = "the list is not complete: the server gave up; narrow the search with base_dn and filter, or have its time limit raised"
	case ldap.LDAPResultBusy, ldap.LDAPResultUnavailable, ldap.LDAPResultUnwillingToPerform:
		hint = "try again later, or another server"
	case ldap.LDAPResultInsufficientAccessRights:
		hint = "the account may not read this"
	case ldap.LDAPResultOperationsError:
		hint = "the server does not take the account for logged in"
	}
	if hint != "" {
		hint += ": "
	}
	return fmt.Sprintf("%s%s, during %s", hint, text, c.doing)
}

// adCode is how Active Directory says why it refused somebody.
var adCode = regexp.MustCompile(`\bdata ([0-9a-fA-F]+)\b`)

// adReasons are its codes, which are those of Windows in hexadecimal.
var adReasons = map[string]string{
	"525":      "the user does not exist: check username",
	"52e":      "user name or password is wrong",
	"52f":      "the account may not log in in this way",
	"530":      "the account may not log in at this time of day",
	"531":      "the account may not log in from this computer",
	"532":      "the password has expired: have it renewed",
	"533":      "the account is disabled: have it enabled",
	"701":      "the account has expired: have it extended",
	"773":      "the password has to be changed before the first login: log in once, or have that requirement removed",
	"775":      "the account is locked: have it unlocked, and look for what uses an old password",
	"80090346": "the server demands that the login is bound to the TLS connection (LdapEnforceChannelBinding), and it was not to the server's own: nothing may end TLS between here and the server, and NTLM needs ldaps:// or start_tls",
}

func (c *connection) explainCredentials(said string) string {
	reason := "check username and password"
	if m := adCode.FindStringSubmatch(said); m != nil && adReasons[strings.ToLower(m[1])] != "" {
		reason = adReasons[strings.ToLower(m[1])]
	}
	if c.Auth == authNTLM && !strings.Contains(c.Username, `\`) {
		reason += `; NTLM wants the name as DOMAIN\user`
	}
	if said != "" {
		said = " (" + said + ")"
	}
	return fmt.Sprintf("the server does not let %s in, after one try: %s%s", c.Username, reason, said)
}

// referredTo names the servers in an answer (RFC 4511, 4.1.10).
func referredTo(packet *ber.Packet) string {
	if packet == nil || len(packet.Children) < 2 {
		return ""
	}
	for _, child := range packet.Children[1].Children {
		if child.ClassType != ber.ClassContext || child.Tag != 3 {
			continue
		}
		var urls []string
		for _, u := range child.Children {
			if s, ok := u.Value.(string); ok {
				urls = append(urls, s)
			}
		}
		return " (" + strings.Join(urls, ", ") + ")"
	}
	return ""
}
