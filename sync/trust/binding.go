package trust

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"errors"
)

// Binding is what channel bindings carry for a TLS connection to a server with that certificate: the MD5 of a
// gss_channel_bindings_struct (RFC 2744, 3.11) without addresses whose data is the tls-server-end-point (RFC 5929, 4).
func Binding(server *x509.Certificate) []byte {
	data := append([]byte("tls-server-end-point:"), endPoint(server)...)
	b := binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(data)))
	sum := md5.Sum(append(b, data...))
	return sum[:]
}

// endPoint hashes a certificate with the hash of its signature; SHA-256 where that is weaker or unknown.
func endPoint(c *x509.Certificate) []byte {
	switch c.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		h := sha512.Sum384(c.Raw)
		return h[:]
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		h := sha512.Sum512(c.Raw)
		return h[:]
	}
	h := sha256.Sum256(c.Raw)
	return h[:]
}

// What matters of a CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) and of AV pairs (2.2.2.1).
const (
	targetInfoAt      = 40
	challengeHeader   = 48
	avEOL             = 0
	avChannelBindings = 10
)

var errChallenge = errors.New("malformed NTLM challenge")

// BindChallenge puts channel bindings among the target information of a server's challenge. An answer to it repeats them, as a
// client that supports Extended Protection has to (MS-NLMP 3.1.5.1.2). A challenge without target information stays as it is.
func BindChallenge(challenge, binding []byte) ([]byte, error) {
	if len(challenge) < challengeHeader {
		return nil, errChallenge
	}
	length := int(binary.LittleEndian.Uint16(challenge[targetInfoAt:]))
	offset := int(binary.LittleEndian.Uint32(challenge[targetInfoAt+4:]))
	if length == 0 {
		return challenge, nil
	}
	if offset > len(challenge) || length > len(challenge)-offset {
		return nil, errChallenge
	}
	old := challenge[offset : offset+length]
	// Behind everything else, so that nothing moves.
	bound := append([]byte(nil), challenge...)
	for len(old) >= 4 {
		id, size := binary.LittleEndian.Uint16(old), int(binary.LittleEndian.Uint16(old[2:]))
		if id == avEOL {
			break
		}
		if size > len(old)-4 {
			return nil, errChallenge
		}
		if id != avChannelBindings {
			bound = append(bound, old[:4+size]...)
		}
		old = old[4+size:]
	}
	bound = binary.LittleEndian.AppendUint16(bound, avChannelBindings)
	bound = binary.LittleEndian.AppendUint16(bound, uint16(len(binding)))
	bound = append(bound, binding...)
	bound = append(bound, avEOL, 0, 0, 0)
	info := len(bound) - len(challenge)
	if info > 0xFFFF {
		return nil, errChallenge
	}
	binary.LittleEndian.PutUint16(bound[targetInfoAt:], uint16(info))
	binary.LittleEndian.PutUint16(bound[targetInfoAt+2:], uint16(info))
	binary.LittleEndian.PutUint32(bound[targetInfoAt+4:], uint32(len(challenge)))
	return bound, nil
}
