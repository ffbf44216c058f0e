// Package trust is what connections to servers have in common where TLS is concerned: which servers are trusted, what to say of one that
// is not, and how an NTLM login is bound to its connection.
package trust

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Settings say which servers are trusted. The zero value trusts what the system trusts.
type Settings struct {
	CAFile            string // certificates (PEM) that are trusted besides the system's
	CertificateSHA256 string // of the only certificate that is accepted, in hexadecimal, with or without colons; nothing else of it is checked
	ServerName        string // in the certificate, if not the host's name
	Legacy            bool   // TLS 1.0 and 1.1, RSA key exchange and 3DES too
}

// Config is for connections to a host. Its errors name the attribute of the configuration that is wrong.
func (s Settings) Config(host string) (*tls.Config, error) {
	t := &tls.Config{ServerName: host}
	if s.ServerName != "" {
		t.ServerName = s.ServerName
	}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		if t.RootCAs, err = x509.SystemCertPool(); err != nil {
			t.RootCAs = x509.NewCertPool()
		}
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file %s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", s.CAFile)
		}
	}
	if s.CertificateSHA256 != "" {
		pin, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(s.CertificateSHA256))
		if err != nil || len(pin) != sha256.Size {
			return nil, errors.New("certificate_sha256 is not a SHA-256 in 64 hexadecimal digits")
		}
		// The pin says more than a chain could.
		t.InsecureSkipVerify = true
		t.VerifyConnection = func(state tls.ConnectionState) error {
			leaf := state.PeerCertificates[0]
			if sum := sha256.Sum256(leaf.Raw); subtle.ConstantTimeCompare(sum[:], pin) != 1 {
				return &pinError{leaf}
			}
			return nil
		}
	}
	if s.Legacy {
		t.MinVersion = tls.VersionTLS10
		for _, suites := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
			for _, s := range suites {
				if !strings.Contains(s.Name, "RC4") {
					t.CipherSuites = append(t.CipherSuites, s.ID)
				}
			}
		}
	}
	return t, nil
}
