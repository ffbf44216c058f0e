package ewstest

import (
	"encoding/base64"
	"encoding/binary"

	"iorepl/sync/ews/soap"
)

// The classes of objects in change keys.
const (
	changeFolder   = 1
	changeItem     = 9
	changeCalendar = 15
)

// changeKey is the ChangeKey of something: class and length, then PidTagChangeKey.
func changeKey(class uint32, st *store, change uint64) string {
	b := binary.LittleEndian.AppendUint32(nil, class)
	b = binary.LittleEndian.AppendUint32(b, 22)
	return base64.StdEncoding.EncodeToString(append(b, sourceKey(st, change)...))
}

// changeOf reads a ChangeKey. One without a change number, as ParentFolderId has it, is 0.
func changeOf(key string) (uint64, error) {
	b, err := base64.StdEncoding.DecodeString(key)
	switch {
	case err != nil:
	case len(b) == 4:
		return 0, nil
	case len(b) == 30 && binary.LittleEndian.Uint32(b[4:]) == 22:
		return counterOf(b[24:]), nil
	}
	return 0, fail("ErrorInvalidChangeKey")
}

func changeClass(class string) uint32 {
	if classIs(class, "IPM.Appointment") {
		return changeCalendar
	}
	return changeItem
}

// folderID is an element with a folder's id and change key.
func (s *Server) folderID(name string, f *folder) *soap.Element {
	return soap.T(name, soap.Attr{Name: "Id", Value: s.encode(f.store, ref{folder: f.id})},
		soap.Attr{Name: "ChangeKey", Value: changeKey(changeFolder, f.store, f.change)})
}

// parentID is an element with the id of a folder that something lies in: its change key has no number.
func (s *Server) parentID(st *store, folder uint64) *soap.Element {
	return soap.T("ParentFolderId", soap.Attr{Name: "Id", Value: s.encode(st, ref{folder: folder})},
		soap.Attr{Name: "ChangeKey", Value: "AQAAAA=="})
}

// itemID is an element with an item's id and change key.
func (s *Server) itemID(name string, f *folder, r *record, occurrence int) *soap.Element {
	return soap.T(name, soap.Attr{Name: "Id", Value: s.encode(f.store, ref{folder: f.id, item: r.id, occurrence: occurrence})},
		soap.Attr{Name: "ChangeKey", Value: changeKey(changeClass(r.item.Class()), f.store, r.change)})
}
