package ewstest

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"iorepl/sync/ews/soap"
)

// convertID is ConvertId (MS-OXWSCVTID 3.1.4.1) between the formats of EWS and entry ids.
func (c *call) convertID() (*soap.Element, error) {
	to := c.req.Attr("DestinationFormat")
	return c.each(within(c.req, "SourceIds"), "", func(id *soap.Element) ([]*soap.Element, error) {
		if c.grommunio() && id.Name != "AlternateId" {
			return nil, failAs("ErrorInternalServerError", "E-3251: only AlternateId is supported")
		}
		r, err := c.sourceID(id)
		if err != nil {
			return nil, err
		}
		f := c.st.folders[r.folder]
		if f == nil || f.store.guid != r.store {
			return nil, fail("ErrorItemNotFound")
		}
		format := func(r ref) string {
			entry := folderEntry(f.store, r.folder)
			if r.item != 0 {
				entry = itemEntry(f.store, r.folder, r.item)
			}
			switch to {
			case "EntryId":
				return base64.StdEncoding.EncodeToString(entry)
			case "HexEntryId":
				return strings.ToUpper(hex.EncodeToString(entry))
			default:
				return c.s.encode(f.store, r)
			}
		}
		attrs := []soap.Attr{{Name: "Format", Value: to}}
		name := "AlternateId"
		switch {
		case !f.store.public:
			attrs = append(attrs, soap.Attr{Name: "Id", Value: format(r)}, soap.Attr{Name: "Mailbox", Value: f.store.owner})
		case r.item == 0:
			name = "AlternatePublicFolderId"
			attrs = append(attrs, soap.Attr{Name: "FolderId", Value: format(r)})
		default:
			name = "AlternatePublicFolderItemId"
			attrs = append(attrs, soap.Attr{Name: "FolderId", Value: format(ref{store: r.store, folder: r.folder})}, soap.Attr{Name: "ItemId", Value: format(r)})
		}
		// The type of the answer's element is that of the id (xsi:type); the attribute's name carries its namespace.
		e := &soap.Element{Space: soap.Messages, Name: "AlternateId",
			Attrs: append([]soap.Attr{{Name: "xsi:type", Value: "t:" + name + "Type"}, {Name: "xmlns:xsi", Value: "http://www.w3.org/2001/XMLSchema-instance"}}, attrs...)}
		return []*soap.Element{e}, nil
	})
}

// sourceID reads one of m:SourceIds.
func (c *call) sourceID(id *soap.Element) (ref, error) {
	text := id.Attr("Id")
	switch id.Name {
	case "AlternatePublicFolderId":
		text = id.Attr("FolderId")
	case "AlternatePublicFolderItemId":
		text = id.Attr("ItemId")
	}
	var entry []byte
	var err error
	switch id.Attr("Format") {
	case "EntryId":
		entry, err = base64.StdEncoding.DecodeString(text)
	case "HexEntryId":
		entry, err = hex.DecodeString(text)
	case "EwsId", "EwsLegacyId":
		return c.s.decode(text)
	default:
		return ref{}, failAs("ErrorUnsupportedTypeForConversion", "The id format is not imitated.")
	}
	r, ok := entryRef(entry)
	if err != nil || !ok {
		return ref{}, fail("ErrorInvalidIdMalformed")
	}
	return r, nil
}
