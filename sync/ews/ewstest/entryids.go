package ewstest

import (
	"bytes"
	"encoding/binary"
)

// publicProvider is the provider of public folders' entry ids (MS-OXCDATA 2.2.4.1).
var publicProvider = []byte{0x1a, 0x44, 0x73, 0x90, 0xaa, 0x66, 0x11, 0xcd, 0x9b, 0xc8, 0x00, 0xaa, 0x00, 0x2f, 0xc4, 0x5a}

func counterBytes(n uint64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	return b[2:]
}

func counterOf(b []byte) uint64 {
	var n [8]byte
	copy(n[2:], b)
	return binary.BigEndian.Uint64(n[:])
}

// sourceKey is PidTagSourceKey and, with a change number, PidTagChangeKey.
func sourceKey(st *store, n uint64) []byte {
	return append(bytes.Clone(st.guid[:]), counterBytes(n)...)
}

func provider(st *store) []byte {
	if st.public {
		return publicProvider
	}
	return st.guid[:]
}

// folderEntry is a folder's entry id (MS-OXCDATA 2.2.4.1).
func folderEntry(st *store, folder uint64) []byte {
	b := append(make([]byte, 4, 46), provider(st)...)
	if st.public {
		b = append(b, 3, 0)
	} else {
		b = append(b, 1, 0)
	}
	b = append(b, st.guid[:]...)
	b = append(b, counterBytes(folder)...)
	return append(b, 0, 0)
}

// itemEntry is a message's entry id (MS-OXCDATA 2.2.4.2).
func itemEntry(st *store, folder, item uint64) []byte {
	b := append(make([]byte, 4, 70), provider(st)...)
	if st.public {
		b = append(b, 9, 0)
	} else {
		b = append(b, 7, 0)
	}
	for _, n := range []uint64{folder, item} {
		b = append(b, st.guid[:]...)
		b = append(b, counterBytes(n)...)
		b = append(b, 0, 0)
	}
	return b
}

// entryRef reads the entry id of a folder or an item.
func entryRef(entry []byte) (r ref, ok bool) {
	switch len(entry) {
	case 46:
		copy(r.store[:], entry[22:38])
		r.folder = counterOf(entry[38:44])
	case 70:
		copy(r.store[:], entry[22:38])
		r.folder, r.item = counterOf(entry[38:44]), counterOf(entry[62:68])
	default:
		return ref{}, false
	}
	return r, true
}
