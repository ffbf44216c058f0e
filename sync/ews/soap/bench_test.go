package soap_test

import (
	"bytes"
	"fmt"
	"testing"

	"iorepl/sync/ews/soap"
)

// page is an answer to FindItem with 1000 items that carry stamps.
func page() []byte {
	items := soap.T("Items")
	for i := range 1000 {
		items.Add(soap.T("Message", soap.T("ItemId", soap.Attr{Name: "Id", Value: fmt.Sprintf("AAMkAGQ4%0150d", i)}, soap.Attr{Name: "ChangeKey", Value: "CQAAABYAAACDGk4NqLhVSYl8Y/oSOKa7AAAAAAe5"}),
			soap.T("ItemClass", "IPM.Post"), soap.T("Subject", "Some subject <&> ü"), soap.T("LastModifiedTime", "2026-11-03T09:00:00Z"), soap.T("Size", "10240"),
			soap.T("ExtendedProperty", soap.T("ExtendedFieldURI", soap.Attr{Name: "DistinguishedPropertySetId", Value: "PublicStrings"}, soap.Attr{Name: "PropertyName", Value: "iorepl-origin"}, soap.Attr{Name: "PropertyType", Value: "String"}),
				soap.T("Value", fmt.Sprintf("1;contoso;%0100d", i)))))
	}
	var b bytes.Buffer
	_, _ = soap.Envelope{Body: soap.M("FindItemResponse", items)}.Message().WriteTo(&b)
	return b.Bytes()
}

func BenchmarkDecodePage(b *testing.B) {
	text := page()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := soap.Decode(bytes.NewReader(text), soap.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeContent(b *testing.B) {
	var text bytes.Buffer
	_, _ = soap.Envelope{Body: soap.M("R", soap.T("Content", make([]byte, 20<<20)))}.Message().WriteTo(&text)
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := soap.Decode(bytes.NewReader(text.Bytes()), soap.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
