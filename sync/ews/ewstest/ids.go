package ewstest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
)

// Ids are those of Exchange: base64 of a compression byte, a storage type and entry ids (MS-OXWSITEMID 2.1; MS-OXCDATA 2.2.4). An item's
// id holds its folder's entry id, so that a move changes it. Those of grommunio are a bare entry id and a type byte.

const (
	storagePublicFolder = 1
	storagePublicItem   = 2
	storageMailbox      = 3

	instructionNormal     = 0
	instructionOccurrence = 1
)

// ref is what an id names.
type ref struct {
	store       [16]byte // the replica GUID
	folder      uint64
	item        uint64 // 0 for a folder
	occurrence  int    // InstanceIndex of an occurrence, 0 for none
	attachments []int  // numbers from outside in
}

func block(b []byte) []byte {
	return append(binary.LittleEndian.AppendUint16(nil, uint16(len(b))), b...)
}

// encode is the id of a ref.
func (s *Server) encode(st *store, r ref) string {
	entry := folderEntry(st, r.folder)
	if r.item != 0 {
		entry = itemEntry(st, r.folder, r.item)
	}
	var tail []byte
	if r.occurrence != 0 {
		tail = binary.LittleEndian.AppendUint32(tail, uint32(r.occurrence))
	}
	if len(r.attachments) > 0 {
		tail = append(tail, byte(len(r.attachments)))
		for _, n := range r.attachments {
			tail = append(tail, block(binary.LittleEndian.AppendUint32(nil, uint32(n)))...)
		}
	}
	instruction := byte(instructionNormal)
	if r.occurrence != 0 {
		instruction = instructionOccurrence
	}
	if s.options.Profile == Grommunio {
		// The type byte says what kind of id it is; what follows an item's is the server's own affair.
		if instruction != instructionNormal || len(tail) > 0 {
			entry = append(append(entry, instruction), tail...)
		}
		return base64.StdEncoding.EncodeToString(append(entry, grommunioKind(r)))
	}
	var b []byte
	switch {
	case !st.public:
		b = append(append(b, storageMailbox), block([]byte(guidText(st.guid)))...)
		b = append(append(b, instruction), block(entry)...)
	case r.item == 0:
		b = append(append(b, storagePublicFolder), block(entry)...)
	default:
		b = append(append(b, storagePublicItem, instruction), block(entry)...)
		b = append(b, block(folderEntry(st, r.folder))...)
	}
	return base64.StdEncoding.EncodeToString(compress(append(b, tail...)))
}

const (
	grommunioFolder     = 0
	grommunioItem       = 1
	grommunioAttachment = 2
	grommunioOccurrence = 3
)

func grommunioKind(r ref) byte {
	switch {
	case len(r.attachments) > 0:
		return grommunioAttachment
	case r.occurrence != 0:
		return grommunioOccurrence
	case r.item != 0:
		return grommunioItem
	default:
		return grommunioFolder
	}
}

// decode reads an id that this server made.
func (s *Server) decode(id string) (ref, error) {
	if id == "" {
		return ref{}, fail("ErrorInvalidIdEmpty")
	}
	malformed := fail("ErrorInvalidIdMalformed")
	b, err := base64.StdEncoding.DecodeString(id)
	if err != nil {
		return ref{}, malformed
	}
	var entry, tail []byte
	instruction := byte(instructionNormal)
	if s.options.Profile == Grommunio {
		if len(b) < 47 {
			return ref{}, malformed
		}
		b, kind := b[:len(b)-1], b[len(b)-1]
		n := 70
		if kind == grommunioFolder {
			n = 46
		}
		if len(b) < n {
			return ref{}, malformed
		}
		if entry, tail = b[:n], b[n:]; len(tail) > 0 {
			instruction, tail = tail[0], tail[1:]
		}
	} else {
		if b, err = expand(b); err != nil || len(b) < 2 {
			return ref{}, malformed
		}
		storage := b[0]
		b = b[1:]
		cut := func() []byte {
			if len(b) < 2 || len(b) < 2+int(binary.LittleEndian.Uint16(b)) {
				b = nil
				return nil
			}
			n := int(binary.LittleEndian.Uint16(b))
			part := b[2 : 2+n]
			b = b[2+n:]
			return part
		}
		switch storage {
		case storagePublicFolder:
			entry = cut()
		case storagePublicItem:
			instruction, b = b[0], b[1:]
			entry = cut()
			cut()
		case storageMailbox:
			cut()
			if len(b) == 0 {
				return ref{}, malformed
			}
			instruction, b = b[0], b[1:]
			entry = cut()
		default:
			return ref{}, malformed
		}
		tail = b
	}
	r, ok := entryRef(entry)
	if !ok {
		return ref{}, malformed
	}
	if instruction == instructionOccurrence {
		if len(tail) < 4 {
			return ref{}, malformed
		}
		r.occurrence, tail = int(binary.LittleEndian.Uint32(tail)), tail[4:]
	}
	if len(tail) > 0 {
		n := int(tail[0])
		tail = tail[1:]
		for ; n > 0; n-- {
			if len(tail) < 6 {
				return ref{}, malformed
			}
			r.attachments = append(r.attachments, int(binary.LittleEndian.Uint32(tail[2:])))
			tail = tail[6:]
		}
	}
	return r, nil
}

// compress is the run length encoding of MS-OXWSITEMID 2.1.3.1: two equal bytes are followed by how often the byte comes again.
func compress(b []byte) []byte {
	packed := []byte{1}
	for i := 0; i < len(b); {
		n := 1
		for i+n < len(b) && b[i+n] == b[i] && n < 257 {
			n++
		}
		packed = append(packed, b[i])
		if n > 1 {
			packed = append(packed, b[i], byte(n-2))
		}
		i += n
	}
	if len(packed) > len(b) {
		return append([]byte{0}, b...)
	}
	return packed
}

func expand(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] > 1 {
		return nil, fail("ErrorInvalidIdMalformed")
	}
	if b[0] == 0 {
		return b[1:], nil
	}
	b = b[1:]
	var plain []byte
	for i := 0; i < len(b); i++ {
		plain = append(plain, b[i])
		if i+1 < len(b) && b[i+1] == b[i] {
			if i+2 >= len(b) {
				return nil, fail("ErrorInvalidIdMalformed")
			}
			plain = append(plain, bytes.Repeat(b[i:i+1], 1+int(b[i+2]))...)
			i += 2
		}
	}
	return plain, nil
}
