package auth

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
)

// bound checks the channel binding among a client's AV pairs.
func (h *Handler) bound(pairs map[uint16][]byte, secure bool) bool {
	sent := pairs[avChannelBindings]
	none := len(sent) == 0 || bytes.Equal(sent, make([]byte, 16)) // MS-NLMP 2.2.2.1: all zero is none
	switch h.options.ChannelBinding {
	case BindingOff:
		return true
	case BindingAllow:
		if none {
			return true
		}
	}
	return secure && !none && h.options.Certificate != nil && bytes.Equal(sent, channelBinding(certificateHash(h.options.Certificate)))
}

// channelBinding is the MD5 of the gss_channel_bindings_struct (RFC 2744, 3.11) for a tls-server-end-point (RFC 5929, 4.1).
func channelBinding(certificateHash []byte) []byte {
	data := append([]byte("tls-server-end-point:"), certificateHash...)
	s := make([]byte, 16, 20+len(data)) // no addresses
	s = binary.LittleEndian.AppendUint32(s, uint32(len(data)))
	sum := md5.Sum(append(s, data...))
	return sum[:]
}

// certificateHash uses the hash of the certificate's own signature, but nothing weaker than SHA-256.
func certificateHash(c *x509.Certificate) []byte {
	switch c.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		sum := sha512.Sum384(c.Raw)
		return sum[:]
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		sum := sha512.Sum512(c.Raw)
		return sum[:]
	}
	sum := sha256.Sum256(c.Raw)
	return sum[:]
}
