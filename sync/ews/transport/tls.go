package transport

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

// tlsConfig says what is trusted.
func (c Config) tlsConfig(host string) (*tls.Config, error) {
	t := &tls.Config{ServerName: host, NextProtos: []string{"http/1.1"}}
	if c.ServerName != "" {
		t.ServerName = c.ServerName
	}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		if t.RootCAs, err = x509.SystemCertPool(); err != nil {
			t.RootCAs = x509.NewCertPool()
		}
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file %s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", c.CAFile)
		}
	}
	if c.CertificateSHA256 != "" {
		pin, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(c.CertificateSHA256))
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
	if c.TLSLegacy {
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
