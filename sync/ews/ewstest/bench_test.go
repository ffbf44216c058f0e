package ewstest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"iorepl/sync/ews/soap"
)

// BenchmarkCreate makes messages of 10 kB, 50 in a request.
func BenchmarkCreate(b *testing.B) {
	s, c := start(b, Options{Profile: Exchange2016, Validate: func(string, []byte) error { return nil }})
	if _, err := s.User("iorepl@contoso.test").AddFolder("News", ""); err != nil {
		b.Fatal(err)
	}
	mime := base64.StdEncoding.EncodeToString([]byte("From: a@contoso.test\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n" + strings.Repeat("0123456789abcdef ghi\r\n", 460)))
	body := `<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>` + folderID(b, s, "News") + `</m:SavedItemFolderId><m:Items>` +
		strings.Repeat(`<t:Message><t:MimeContent>`+mime+`</t:MimeContent></t:Message>`, 50) + `</m:Items></m:CreateItem>`
	request := c.envelope(body)
	b.SetBytes(int64(len(request)) / 50)
	for n := 0; n < b.N; n += 50 {
		if status, text, err := c.raw(request); err != nil || status != 200 {
			b.Fatal(status, text, err)
		}
	}
}

// BenchmarkList pages through 1,000,000 small items.
func BenchmarkList(b *testing.B) {
	s, c := start(b, Options{Profile: Exchange2016, Validate: func(string, []byte) error { return nil }})
	u := s.User("iorepl@contoso.test")
	if _, err := u.AddFolder("News", ""); err != nil {
		b.Fatal(err)
	}
	if err := u.AddItems("News", 1_000_000, soap.T("PostItem", soap.T("Subject", "small"))); err != nil {
		b.Fatal(err)
	}
	news := folderID(b, s, "News")
	order := `<m:SortOrder><t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="item:DateTimeCreated"/></t:FieldOrder></m:SortOrder>`
	i := 0
	for b.Loop() {
		view := fmt.Sprintf(`<m:IndexedPageItemView MaxEntriesReturned="1000" Offset="%d" BasePoint="Beginning"/>`, i*1000%1_000_000)
		if status, text, err := c.raw(c.envelope(findItems(news, view, order))); err != nil || status != 200 {
			b.Fatal(status, text, err)
		}
		i++
	}
}
