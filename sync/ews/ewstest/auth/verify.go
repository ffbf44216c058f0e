package auth

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"strings"

	"golang.org/x/crypto/md4" //lint:ignore SA1019 NTLM is made of it
)

// verify checks a client's AUTHENTICATE_MESSAGE and returns the account, "" if anything in it is not as it should be
// (MS-NLMP 3.3.2, 3.2.5.1.2). Only NTLMv2 passes.
func (h *Handler) verify(negotiate, challenge, message []byte, secure bool) string {
	a, err := parseAuthenticate(message)
	if err != nil || h.options.RefuseUPN && strings.Contains(a.user, "@") {
		return ""
	}
	account, password, ok := h.account(a.domain, a.user)
	if !ok {
		return ""
	}
	key := responseKey(password, a.user, a.domain)
	session, right := verifyResponse(key, challenge[24:32], a.ntResponse)
	if !h.passes(account, right) {
		return ""
	}
	pairs, err := avPairs(a.ntResponse[16+blobHeader:])
	if err != nil || !h.bound(pairs, secure) {
		return ""
	}
	// Bit 1 of the flags says that there is a code over all three messages (MS-NLMP 3.1.5.1.2).
	if f := pairs[avFlags]; len(f) == 4 && binary.LittleEndian.Uint32(f)&2 != 0 && !verifyMIC(session, negotiate, challenge, a) {
		return ""
	}
	return account
}

// blobHeader is what stands before the AV pairs in an NTLMv2_CLIENT_CHALLENGE (MS-NLMP 2.2.2.7).
const blobHeader = 28

// responseKey is NTOWFv2 (MS-NLMP 3.3.2). The domain keeps its case.
func responseKey(password, user, domain string) []byte {
	hash := md4.New()
	hash.Write(toUTF16(password))
	return mac(hash.Sum(nil), toUTF16(strings.ToUpper(user)+domain))
}

// verifyResponse checks an NTLMv2_RESPONSE: NTProofStr and what it proves. It returns the session base key.
func verifyResponse(key, serverChallenge, response []byte) (session []byte, ok bool) {
	if len(response) < 16+blobHeader+4 || response[16] != 1 || response[17] != 1 {
		return nil, false
	}
	proof := mac(key, serverChallenge, response[16:])
	return mac(key, proof), hmac.Equal(proof, response[:16])
}

// verifyMIC checks the message integrity code, which stands behind the version in the client's last message.
func verifyMIC(session, negotiate, challenge []byte, a authenticate) bool {
	const at = 72
	if len(a.raw) < at+16 {
		return false
	}
	if a.flags&flagKeyExchange != 0 {
		cipher, err := rc4.NewCipher(session)
		if err != nil || len(a.sessionKey) != 16 {
			return false
		}
		exported := make([]byte, 16)
		cipher.XORKeyStream(exported, a.sessionKey)
		session = exported
	}
	blank := append([]byte(nil), a.raw...)
	clear(blank[at : at+16])
	return hmac.Equal(mac(session, negotiate, challenge, blank), a.raw[at:at+16])
}

func mac(key []byte, data ...[]byte) []byte {
	m := hmac.New(md5.New, key)
	for _, d := range data {
		m.Write(d)
	}
	return m.Sum(nil)
}
