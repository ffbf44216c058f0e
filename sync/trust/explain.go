package trust

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Explain says, for an administrator, why TLS with a server failed and which setting would help: ca_file, certificate_sha256, server_name
// or tls_legacy. known is false for errors of another kind.
func Explain(err error) (what string, known bool) {
	var (
		pin    *pinError
		verify *tls.CertificateVerificationError
		alert  tls.AlertError
	)
	switch {
	case errors.As(err, &pin):
		return pin.Error(), true
	case errors.As(err, &verify):
		return explainCertificate(verify), true
	case errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return explainTLS(err), true
	}
	return "", false
}

// explainCertificate says what is wrong with a certificate and which setting would accept it.
func explainCertificate(err *tls.CertificateVerificationError) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	presented := ""
	if len(err.UnverifiedCertificates) > 0 {
		presented = "; it presents " + describe(err.UnverifiedCertificates[0])
	}
	what := err.Err.Error()
	hint := "set certificate_sha256 if you know that it is the right one"
	switch {
	case errors.As(err.Err, &name):
		what = fmt.Sprintf("its certificate is not for %q but for %s", name.Host, strings.Join(names(name.Certificate), ", "))
		hint = "set server_name to one of these, or certificate_sha256"
	case errors.As(err.Err, &authority):
		what = "its certificate is signed by an unknown authority"
		hint = "set ca_file to that authority's certificate, or certificate_sha256"
	case errors.As(err.Err, &invalid) && invalid.Reason == x509.Expired:
		what = "its certificate has expired or is not valid yet"
		hint = "have it renewed (and check the clock), or set certificate_sha256 until then"
	}
	return what + ": " + hint + presented
}

// names are what a certificate is for.
func names(c *x509.Certificate) []string {
	all := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		// Which is not enough for any client, but tells whose it is.
		all = append(all, c.Subject.String())
	}
	return all
}

func explainTLS(err error) string {
	text := err.Error()
	if i := strings.Index(text, "tls: "); i >= 0 {
		text = text[i+len("tls: "):]
	}
	for _, old := range []string{"protocol version", "handshake failure", "unsupported protocol", "insufficient security", "unconfigured cipher suite", "no supported versions"} {
		if strings.Contains(text, old) {
			return fmt.Sprintf("no common version of TLS (%s): set tls_legacy if this is an old Windows server, as under Exchange 2007 and 2010", text)
		}
	}
	return "TLS failed: " + text
}

// pinError says that a server has another certificate than the configured one.
type pinError struct{ leaf *x509.Certificate }

func (e *pinError) Error() string {
	return "the certificate is not the one of certificate_sha256: the server presents " + describe(e.leaf)
}

// describe says whose certificate it is, with the hash to pin it by.
func describe(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return fmt.Sprintf("%q, issued by %q, valid from %s to %s, SHA-256 %s", c.Subject, c.Issuer,
		c.NotBefore.UTC().Format("2006-01-02"), c.NotAfter.UTC().Format("2006-01-02"), hex.EncodeToString(sum[:]))
}
