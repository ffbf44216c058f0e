package auth

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVectorsOfTheSpecification computes the example of MS-NLMP 4.2.4: NTLMv2 for Domain\User with "Password".
func TestVectorsOfTheSpecification(t *testing.T) {
	key := responseKey("Password", "User", "Domain")
	if want := unhex(t, "0c868a403bfd7a93a3001ef22ef02e3f"); !bytes.Equal(key, want) {
		t.Fatalf("NTOWFv2 is %x, want %x", key, want)
	}
	info := unhex(t, "02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000")
	blob := append(unhex(t, "01010000 00000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000"), info...)
	blob = append(blob, 0, 0, 0, 0)
	challenge := unhex(t, "0123456789abcdef")
	response := append(unhex(t, "68cd0ab851e51c96aabc927bebef6a1c"), blob...)
	session, ok := verifyResponse(key, challenge, response)
	if !ok {
		t.Error("the response of the specification does not pass")
	}
	if want := unhex(t, "8de40ccadbc14a82f15cb0ad0de95ca3"); !bytes.Equal(session, want) {
		t.Errorf("session base key is %x, want %x", session, want)
	}
	for i := range response {
		changed := bytes.Clone(response)
		changed[i] ^= 1
		if _, ok := verifyResponse(key, challenge, changed); ok {
			t.Errorf("a response with byte %d changed passes", i)
		}
	}
	if _, ok := verifyResponse(responseKey("password", "User", "Domain"), challenge, response); ok {
		t.Error("another password passes")
	}
	if !bytes.Equal(responseKey("Password", "user", "Domain"), key) || bytes.Equal(responseKey("Password", "User", "DOMAIN"), key) {
		t.Error("the user's name is to be compared in any case, the domain's as it is")
	}
	pairs, err := avPairs(response[16+blobHeader:])
	if err != nil || fromUTF16(pairs[avDomain]) != "Domain" || fromUTF16(pairs[avComputer]) != "Server" {
		t.Errorf("AV pairs are %x, %v", pairs, err)
	}
}

// TestMessageIntegrityCodeIsChecked has the encrypted session key of MS-NLMP 4.2.4.2.3.
func TestMessageIntegrityCodeIsChecked(t *testing.T) {
	session := unhex(t, "8de40ccadbc14a82f15cb0ad0de95ca3")
	random := bytes.Repeat([]byte{0x55}, 16)
	raw := append([]byte(signature), 3, 0, 0, 0)
	raw = append(raw, make([]byte, 90-len(raw))...)
	a := authenticate{raw: raw, flags: flagKeyExchange, sessionKey: unhex(t, "c5dad2544fc9799094ce1ce90bc9d03e")}
	copy(raw[72:], mac(random, []byte("n"), []byte("c"), raw))
	if !verifyMIC(session, []byte("n"), []byte("c"), a) {
		t.Error("the code under the exchanged key of the specification does not pass")
	}
	if verifyMIC(session, []byte("n"), []byte("d"), a) {
		t.Error("a code over another challenge passes")
	}
	a.flags = 0
	if verifyMIC(session, []byte("n"), []byte("c"), a) {
		t.Error("a code under another key passes")
	}
}

// TestChannelBindingOfAKnownCertificate has the figures that Microsoft's engineers published for a certificate hash
// ("NTLM and Channel Binding Hash", 2013).
func TestChannelBindingOfAKnownCertificate(t *testing.T) {
	hash := unhex(t, "E3CA49271E5089CC48CE82109F1324F41DBEDDC29A777410C738F7868C4FF405")
	if got := channelBinding(hash); !bytes.Equal(got, unhex(t, "6EA19DF066DA4622051F9C4F92C6DF74")) {
		t.Errorf("got %x", got)
	}
}
