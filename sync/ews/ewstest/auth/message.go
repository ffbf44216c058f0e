package auth

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// signature begins every NTLM message (MS-NLMP 2.2.1).
const signature = "NTLMSSP\x00"

// The flags of MS-NLMP 2.2.2.5 that matter here.
const (
	flagUnicode         = 1 << 0
	flagOEM             = 1 << 1
	flagRequestTarget   = 1 << 2
	flagNTLM            = 1 << 9
	flagAlwaysSign      = 1 << 15
	flagTargetDomain    = 1 << 16
	flagExtendedSession = 1 << 19 // "NTLM2"
	flagTargetInfo      = 1 << 23
	flagVersion         = 1 << 25
	flag128             = 1 << 29
	flagKeyExchange     = 1 << 30
	flag56              = 1 << 31
)

// The ids of AV pairs (MS-NLMP 2.2.2.1).
const (
	avEOL             = 0
	avComputer        = 1
	avDomain          = 2
	avDNSComputer     = 3
	avDNSDomain       = 4
	avFlags           = 6
	avTimestamp       = 7
	avChannelBindings = 10
)

var errMessage = errors.New("malformed NTLM message")

// messageType is 1, 2 or 3, 0 for what is no NTLM message.
func messageType(m []byte) uint32 {
	if len(m) < 12 || string(m[:8]) != signature {
		return 0
	}
	return binary.LittleEndian.Uint32(m[8:])
}

// field reads the payload that the fields (length, size, offset) at an offset of a message point to.
func field(m []byte, at int) ([]byte, error) {
	if len(m) < at+8 {
		return nil, errMessage
	}
	length := int(binary.LittleEndian.Uint16(m[at:]))
	offset := int(binary.LittleEndian.Uint32(m[at+4:]))
	if length == 0 {
		return nil, nil
	}
	if offset < 0 || offset > len(m)-length {
		return nil, errMessage
	}
	return m[offset : offset+length], nil
}

// authenticate is an AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3).
type authenticate struct {
	domain, user string
	ntResponse   []byte
	sessionKey   []byte // encrypted, with key exchange
	flags        uint32
	raw          []byte
}

func parseAuthenticate(m []byte) (a authenticate, err error) {
	if messageType(m) != 3 || len(m) < 64 {
		return a, errMessage
	}
	a.raw = m
	a.flags = binary.LittleEndian.Uint32(m[60:])
	fields := make([][]byte, 4)
	for i, at := range []int{20, 28, 36, 52} {
		if fields[i], err = field(m, at); err != nil {
			return a, err
		}
	}
	a.ntResponse, a.sessionKey = fields[0], fields[3]
	a.domain, a.user = a.text(fields[1]), a.text(fields[2])
	return a, nil
}

// text reads a name in the negotiated encoding.
func (a authenticate) text(b []byte) string {
	if a.flags&flagUnicode == 0 {
		return string(b)
	}
	return fromUTF16(b)
}

// avPairs reads a list of AV pairs up to its end mark.
func avPairs(b []byte) (map[uint16][]byte, error) {
	pairs := map[uint16][]byte{}
	for len(b) >= 4 {
		id, length := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if id == avEOL {
			return pairs, nil
		}
		if len(b) < 4+length {
			return nil, errMessage
		}
		pairs[id] = b[4 : 4+length]
		b = b[4+length:]
	}
	return nil, errMessage
}

func appendPair(b []byte, id uint16, value []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, id)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

func toUTF16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func fromUTF16(b []byte) string {
	var units []uint16
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, binary.LittleEndian.Uint16(b))
	}
	return string(utf16.Decode(units))
}
