package auth

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

// ntlm handles one message of a client. It returns the account of a finished handshake, or the challenge to answer.
func (h *Handler) ntlm(c *connection, token string, secure bool) (account, answer string) {
	message, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		c.forget()
		return "", ""
	}
	switch messageType(message) {
	case 1:
		challenge := h.challenge(message)
		c.begin(message, challenge)
		return "", base64.StdEncoding.EncodeToString(challenge)
	case 3:
		negotiate, challenge := c.handshake()
		if challenge == nil {
			break
		}
		if account := h.verify(negotiate, challenge, message, secure); account != "" {
			c.authenticated(account, h.currentGeneration())
			return account, ""
		}
	}
	c.forget()
	return "", ""
}

// challenge makes a CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) with the target information that NTLMv2 needs, also for clients that did
// not ask for it.
func (h *Handler) challenge(negotiate []byte) []byte {
	var wanted uint32 = flagUnicode
	if len(negotiate) >= 16 {
		wanted = binary.LittleEndian.Uint32(negotiate[12:])
	}
	flags := wanted&(flagUnicode|flagOEM|flagAlwaysSign|flag128|flag56) | flagRequestTarget | flagNTLM | flagTargetDomain | flagTargetInfo | flagExtendedSession
	if flags&flagUnicode != 0 {
		flags &^= flagOEM
	}
	domain := strings.ToUpper(h.options.Domain)
	var info []byte
	info = appendPair(info, avDomain, toUTF16(domain))
	info = appendPair(info, avComputer, toUTF16("EXCHANGE"))
	info = appendPair(info, avDNSDomain, toUTF16(h.options.DNSDomain))
	info = appendPair(info, avDNSComputer, toUTF16("exchange."+h.options.DNSDomain))
	info = appendPair(info, avTimestamp, binary.LittleEndian.AppendUint64(nil, filetime(time.Now())))
	info = appendPair(info, avEOL, nil)
	target := toUTF16(domain)
	if flags&flagUnicode == 0 {
		target = []byte(domain)
	}

	const header = 56 // with a version
	m := append([]byte(signature), 2, 0, 0, 0)
	m = appendField(m, len(target), header)
	m = binary.LittleEndian.AppendUint32(m, flags|flagVersion)
	var nonce [8]byte
	_, _ = rand.Read(nonce[:]) // never fails
	m = append(m, nonce[:]...)
	m = append(m, make([]byte, 8)...)
	m = appendField(m, len(info), header+len(target))
	m = append(m, 10, 0, 0x63, 0x45, 0, 0, 0, 15) // Windows Server 2016
	return append(append(m, target...), info...)
}

func appendField(m []byte, length, offset int) []byte {
	m = binary.LittleEndian.AppendUint16(m, uint16(length))
	m = binary.LittleEndian.AppendUint16(m, uint16(length))
	return binary.LittleEndian.AppendUint32(m, uint32(offset))
}

// filetime is a time in units of 100 ns since 1601.
func filetime(t time.Time) uint64 {
	return uint64(t.Unix()+11644473600)*10_000_000 + uint64(t.Nanosecond()/100)
}
