package trust

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// challengeWith makes a challenge with target information.
func challengeWith(info []byte) []byte {
	c := make([]byte, 56)
	copy(c, "NTLMSSP\x00\x02")
	binary.LittleEndian.PutUint16(c[40:], uint16(len(info)))
	binary.LittleEndian.PutUint16(c[42:], uint16(len(info)))
	binary.LittleEndian.PutUint32(c[44:], 56)
	return append(c, info...)
}

func TestChallengesAreBound(t *testing.T) {
	binding := bytes.Repeat([]byte{7}, 16)
	domain := []byte{2, 0, 4, 0, 'D', 0, 'E', 0}
	end := []byte{0, 0, 0, 0}
	bound := append([]byte{10, 0, 16, 0}, binding...)
	for name, info := range map[string][]byte{
		"without":     bytes.Join([][]byte{domain, end}, nil),
		"with others": bytes.Join([][]byte{{10, 0, 2, 0, 1, 1}, domain, end}, nil),
		"without end": domain,
	} {
		old := challengeWith(info)
		got, err := BindChallenge(old, binding)
		if err != nil {
			t.Fatal(err)
		}
		length, size, offset := binary.LittleEndian.Uint16(got[40:]), binary.LittleEndian.Uint16(got[42:]), binary.LittleEndian.Uint32(got[44:])
		if want := bytes.Join([][]byte{domain, bound, end}, nil); int(offset) > len(got) || !bytes.Equal(got[offset:], want) || int(length) != len(want) || size != length {
			t.Errorf("%s: %x with length %d, size %d, offset %d, want %x", name, got, length, size, offset, want)
		}
		if !bytes.Equal(got[:40], old[:40]) || !bytes.Equal(got[48:len(old)], old[48:]) {
			t.Errorf("%s: something else moved: %x", name, got)
		}
	}
	none := challengeWith(nil)
	if got, err := BindChallenge(none, binding); err != nil || !bytes.Equal(got, none) {
		t.Errorf("without target information: %x, %v", got, err)
	}
}

func FuzzBindChallenge(f *testing.F) {
	f.Add(challengeWith([]byte{2, 0, 4, 0, 'D', 0, 'E', 0, 0, 0, 0, 0}))
	f.Add(challengeWith([]byte{2, 0, 255, 255}))
	f.Add([]byte("NTLMSSP"))
	f.Fuzz(func(t *testing.T, challenge []byte) {
		got, err := BindChallenge(challenge, make([]byte, 16))
		if err == nil && len(got) < len(challenge) {
			t.Errorf("%x became %x", challenge, got)
		}
	})
}
