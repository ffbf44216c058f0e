package ewstest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// FuzzRequest gives bodies of envelopes, right ones and mangled ones, to an Exchange and to grommunio, which checks less. Nothing may panic.
func FuzzRequest(f *testing.F) {
	var servers []*Server
	for _, p := range []Profile{Exchange2016, Grommunio} {
		s := New(Options{Profile: p, Now: newClock().now})
		s.AddUser("iorepl", "secret", "iorepl@contoso.test")
		if err := s.SetPermission("", "iorepl@contoso.test", Owner); err != nil {
			f.Fatal(err)
		}
		if _, err := s.User("iorepl@contoso.test").AddFolder("News", "IPF.Note"); err != nil {
			f.Fatal(err)
		}
		id, err := s.User("iorepl@contoso.test").AddItem("News", post("x"))
		if err != nil && p == Exchange2016 {
			f.Fatal(err)
		}
		news := folderID(f, s, "News")
		for _, body := range []string{getRoot, createPosts(news, 2), findItems(news, "", ""), deleteItem(`<t:ItemId Id="` + id + `"/>`),
			setSubject(`<t:ItemId Id="`+id+`" ChangeKey="AQAAAA=="/>`, "AutoResolve", "y"), setPermissions(news, permission(Default, ofLevel("Editor"))), getPermissions(news),
			`<m:CreateFolder><m:ParentFolderId>` + news + `</m:ParentFolderId><m:Folders><t:CalendarFolder><t:DisplayName>Dates</t:DisplayName></t:CalendarFolder></m:Folders></m:CreateFolder>`,
			`<m:MoveItem><m:ToFolderId>` + news + `</m:ToFolderId><m:ItemIds><t:OccurrenceItemId RecurringMasterId="` + id + `" InstanceIndex="1"/></m:ItemIds></m:MoveItem>`,
			`<m:CreateAttachment><m:ParentItemId Id="` + id + `"/><m:Attachments><t:FileAttachment><t:Name>a</t:Name><t:Content>AAAA</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`,
			`<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id="` + id + `"/></m:AttachmentIds></m:GetAttachment>`,
			`<m:ConvertId DestinationFormat="EntryId"><m:SourceIds><t:AlternateId Format="EwsId" Id="` + id + `" Mailbox="x"/></m:SourceIds></m:ConvertId>`,
			`<m:UpdateItem/>`, `<m:CreateItem/>`, `<m:FindItem/>`, `<m:ResolveNames/>`, `<m:CopyFolder/>`, `<m:EmptyFolder/>`} {
			for _, v := range variants(body) {
				f.Add(v)
			}
		}
		servers = append(servers, s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, s := range servers {
			snap := s.Snapshot()
			c, err := s.read(strings.NewReader(fmt.Sprintf(requestHead, "Exchange2013", body)), s.accounts[0], http.Header{"Content-Type": {"text/xml"}}, &Request{})
			if err != nil {
				continue
			}
			s.execute(c)
			s.Restore(snap)
		}
	})
}
