package transport

import (
	"crypto/tls"

	"iorepl/sync/trust"
)

// tlsConfig says what is trusted.
func (c Config) tlsConfig(host string) (*tls.Config, error) {
	t, err := trust.Settings{CAFile: c.CAFile, CertificateSHA256: c.CertificateSHA256, ServerName: c.ServerName, Legacy: c.TLSLegacy}.Config(host)
	if err != nil {
		return nil, err
	}
	t.NextProtos = []string{"http/1.1"}
	return t, nil
}
