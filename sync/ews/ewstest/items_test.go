package ewstest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/soap"
)

// createPosts makes n posts in one request.
func createPosts(folder string, n int) string {
	var b strings.Builder
	b.WriteString(`<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>` + folder + `</m:SavedItemFolderId><m:Items>`)
	for i := range n {
		fmt.Fprintf(&b, `<t:PostItem><t:Subject>post %03d</t:Subject><t:Body BodyType="Text">text</t:Body><t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="Mark" PropertyType="String"/><t:Value>m%d</t:Value></t:ExtendedProperty></t:PostItem>`, i, i%3)
	}
	b.WriteString(`</m:Items></m:CreateItem>`)
	return b.String()
}

const mark = `<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="Mark" PropertyType="String"/>`

func findItems(folder, view, rest string) string {
	return `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="item:Subject"/>` + mark +
		`</t:AdditionalProperties></m:ItemShape>` + view + rest + `<m:ParentFolderIds>` + folder + `</m:ParentFolderIds></m:FindItem>`
}

func itemID(e *soap.Element) string {
	id := e.Child("ItemId")
	return fmt.Sprintf(`<t:ItemId Id="%s" ChangeKey="%s"/>`, id.Attr("Id"), id.Attr("ChangeKey"))
}

func setSubject(id, resolution, subject string) string {
	return `<m:UpdateItem ConflictResolution="` + resolution + `" MessageDisposition="SaveOnly"><m:ItemChanges><t:ItemChange>` + id +
		`<t:Updates><t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:PostItem><t:Subject>` + subject + `</t:Subject></t:PostItem></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`
}

func deleteItem(id string) string {
	return `<m:DeleteItem DeleteType="SoftDelete"><m:ItemIds>` + id + `</m:ItemIds></m:DeleteItem>`
}

func newsFolder(t *testing.T, s *Server) string {
	t.Helper()
	must[string](t)(s.User("iorepl@contoso.test").AddFolder("News", "IPF.Note"))
	return folderID(t, s, "News")
}

func TestItemLivesAndDies(t *testing.T) {
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2, Exchange2016} {
		t.Run(p.String(), func(t *testing.T) {
			s, c := start(t, Options{Profile: p})
			news := newsFolder(t, s)
			c.post(createPosts(news, 1))
			found := c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children
			if len(found) != 1 || found[0].Name != "PostItem" || found[0].Value("Subject") != "post 000" || found[0].Value("ExtendedProperty", "Value") != "m0" {
				t.Fatalf("found %s, want the post", show(found[0]))
			}
			id := itemID(found[0])
			updated := c.ok(setSubject(id, "NeverOverwrite", "changed")).Child("Items").Children[0]
			if updated.Child("ItemId").Attr("ChangeKey") == found[0].Child("ItemId").Attr("ChangeKey") {
				t.Error("the change key did not move")
			}
			if got := c.code(setSubject(id, "NeverOverwrite", "late")); got != "ErrorIrresolvableConflict" {
				t.Errorf("an update with an old change key gives %s", got)
			}
			bare := strings.Split(id, ` ChangeKey`)[0] + "/>"
			if got := c.code(setSubject(bare, "AlwaysOverwrite", "blind")); got != "ErrorChangeKeyRequiredForWriteOperations" {
				t.Errorf("an update without a change key gives %s", got)
			}
			get := `<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds>` + bare + `</m:ItemIds></m:GetItem>`
			if got := c.ok(get).Child("Items").Children[0].Value("Subject"); got != "changed" {
				t.Errorf("subject %q, want changed", got)
			}
			c.ok(deleteItem(bare))
			if got := c.code(get); got != "ErrorItemNotFound" && p != Exchange2007SP1 {
				t.Logf("a softly deleted item gives %s", got)
			}
			if n := len(c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children); n != 0 {
				t.Errorf("%d items after the deletion", n)
			}
			deleted := strings.Replace(findItems(news, "", ""), "Shallow", "SoftDeleted", 1)
			if n := len(c.ok(deleted).Child("RootFolder", "Items").Children); n != 1 {
				t.Errorf("%d items in the dumpster, want 1", n)
			}
		})
	}
}

func TestListingComesInPages(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2, PageCap: 7})
	news := newsFolder(t, s)
	c.post(createPosts(news, 20))
	var subjects []string
	offset := "0"
	for {
		root := c.ok(findItems(news, `<m:IndexedPageItemView MaxEntriesReturned="10" Offset="`+offset+`" BasePoint="Beginning"/>`, "")).Child("RootFolder")
		for _, e := range root.Child("Items").Children {
			subjects = append(subjects, e.Value("Subject"))
		}
		if root.Attr("TotalItemsInView") != "20" {
			t.Fatalf("TotalItemsInView is %s", root.Attr("TotalItemsInView"))
		}
		if root.Attr("IncludesLastItemInRange") == "true" {
			break
		}
		offset = root.Attr("IndexedPagingOffset")
	}
	if len(subjects) != 20 || subjects[0] != "post 000" || subjects[19] != "post 019" {
		t.Errorf("got %d: %q", len(subjects), subjects)
	}
	old := *c
	old.version = "Exchange2007_SP1"
	if got := old.code(findItems(news, "", "")); got != "ErrorServerBusy" {
		t.Errorf("a client of 2007 that asks for too much gets %s", got)
	}
}

func TestListingOfMoreThanAPolicyAllowsIsRefused(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2, PageCap: 7, WholePages: true})
	news := newsFolder(t, s)
	c.post(createPosts(news, 20))
	view := func(rows string) string {
		return `<m:IndexedPageItemView MaxEntriesReturned="` + rows + `" Offset="0" BasePoint="Beginning"/>`
	}
	if got := c.code(findItems(news, view("8"), "")); got != "ErrorExceededFindCountLimit" {
		t.Errorf("8 of at most 7 rows give %s", got)
	}
	if n := len(c.ok(findItems(news, view("7"), "")).Child("RootFolder", "Items").Children); n != 7 {
		t.Errorf("7 of at most 7 rows give %d", n)
	}
	if log := s.Log(); log[len(log)-1].Rows != 7 {
		t.Errorf("the log says that %d rows were asked for", log[len(log)-1].Rows)
	}
}

func TestListingIsSortedAndFiltered(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	news := newsFolder(t, s)
	c.post(createPosts(news, 6))
	where := `<m:Restriction><t:Or><t:IsEqualTo>` + mark + `<t:FieldURIOrConstant><t:Constant Value="m1"/></t:FieldURIOrConstant></t:IsEqualTo><t:Contains ContainmentMode="Substring" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="item:Subject"/><t:Constant Value="POST 005"/></t:Contains></t:Or></m:Restriction>`
	order := `<m:SortOrder><t:FieldOrder Order="Descending"><t:FieldURI FieldURI="item:Subject"/></t:FieldOrder></m:SortOrder>`
	var got []string
	for _, e := range c.ok(findItems(news, "", where+order)).Child("RootFolder", "Items").Children {
		got = append(got, e.Value("Subject"))
	}
	if strings.Join(got, ",") != "post 005,post 004,post 001" {
		t.Errorf("got %q", got)
	}
	c.post(createPosts(news, 2)) // a listing that was made before must not be given again
	if n := len(c.ok(findItems(news, "", where+order)).Child("RootFolder", "Items").Children); n != 4 {
		t.Errorf("%d items after two more, want 4", n)
	}
}

func TestRightsAreEnforced(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2010SP2})
	news := newsFolder(t, s)
	anna, guest := c.as("anna"), c.as("guest")
	for _, g := range []Grant{{Who: Default}, {Who: "anna@contoso.test", Rights: Author}} {
		if err := s.SetPermission("News", g.Who, g.Rights); err != nil {
			t.Fatal(err)
		}
	}
	c.post(createPosts(news, 1))
	anna.post(createPosts(news, 1))
	root := folderID(t, s, "")
	list := `<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:ParentFolderIds>` + root + `</m:ParentFolderIds></m:FindFolder>`
	if n := len(guest.ok(list).Child("RootFolder", "Folders").Children); n != 0 {
		t.Error("a folder without any right is shown")
	}
	if got := guest.code(findItems(news, "", "")); got != "ErrorAccessDenied" {
		t.Errorf("listing it gives %s", got)
	}
	items := anna.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children
	if len(items) != 2 {
		t.Fatalf("anna sees %d items, want 2", len(items))
	}
	if got := anna.code(setSubject(itemID(items[0]), "NeverOverwrite", "x")); got != "ErrorAccessDenied" {
		t.Errorf("an author changes somebody else's item: %s", got)
	}
	anna.ok(setSubject(itemID(items[1]), "NeverOverwrite", "mine"))
	if got := anna.code(deleteItem(itemID(items[0]))); got != "ErrorAccessDenied" {
		t.Errorf("an author deletes somebody else's item: %s", got)
	}
	if err := s.SetPermission("News", "anna@contoso.test", Reviewer); err != nil {
		t.Fatal(err)
	}
	if got := anna.code(createPosts(news, 1)); got != "ErrorAccessDenied" {
		t.Errorf("a reviewer creates: %s", got)
	}
}

func TestChangeTokenMovesWithEachChange(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	news := newsFolder(t, s)
	token := func() string {
		m := c.ok(`<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:ExtendedFieldURI PropertyTag="0x670A" PropertyType="SystemTime"/><t:ExtendedFieldURI PropertyTag="0x670B" PropertyType="Integer"/></t:AdditionalProperties></m:FolderShape><m:FolderIds>` + news + `</m:FolderIds></m:GetFolder>`)
		var values []string
		for _, p := range m.Child("Folders").Children[0].All("ExtendedProperty") {
			values = append(values, p.Value("Value"))
		}
		return strings.Join(values, " ")
	}
	seen := map[string]string{token(): "the beginning"}
	note := func(what string) {
		t.Helper()
		now := token()
		if before, ok := seen[now]; ok {
			t.Errorf("the token %s after %s is that after %s", now, what, before)
		}
		seen[now] = what
	}
	c.post(createPosts(news, 2))
	note("create")
	items := c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children
	c.ok(setSubject(itemID(items[0]), "NeverOverwrite", "x"))
	note("update")
	c.ok(deleteItem(itemID(items[0])))
	note("delete")
	_ = s
}

func TestSnapshotComesBack(t *testing.T) {
	cl := newClock()
	s, c := start(t, Options{Profile: Exchange2010SP2, Now: cl.now})
	news := newsFolder(t, s)
	c.post(createPosts(news, 3))
	before := show(c.ok(findItems(news, "", "")))
	snap := s.Snapshot()
	for range 2 {
		cl.advance(time.Hour)
		items := c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children
		c.ok(setSubject(itemID(items[0]), "NeverOverwrite", "x"))
		c.ok(deleteItem(itemID(items[1])))
		c.post(createPosts(news, 5))
		if show(c.ok(findItems(news, "", ""))) == before {
			t.Fatal("nothing changed")
		}
		s.Restore(snap)
		if after := show(c.ok(findItems(news, "", ""))); after != before {
			t.Errorf("after the restore:\n%s\nwant:\n%s", after, before)
		}
	}
}

func TestMoveGivesNewIDAndCopyCarriesProperties(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	news := newsFolder(t, s)
	must[string](t)(s.User("iorepl@contoso.test").AddFolder("Old", ""))
	old := folderID(t, s, "Old")
	c.post(createPosts(news, 1))
	item := c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children[0]
	c.ok(`<m:CopyItem><m:ToFolderId>` + old + `</m:ToFolderId><m:ItemIds>` + itemID(item) + `</m:ItemIds></m:CopyItem>`)
	copied := c.ok(findItems(old, "", "")).Child("RootFolder", "Items").Children[0]
	if copied.Value("ExtendedProperty", "Value") != "m0" {
		t.Errorf("the copy %s lacks the property", show(copied))
	}
	moved := c.ok(`<m:MoveItem><m:ToFolderId>` + old + `</m:ToFolderId><m:ItemIds>` + itemID(item) + `</m:ItemIds></m:MoveItem>`)
	id := moved.Child("Items").Children[0].Child("ItemId").Attr("Id")
	was, err1 := s.decode(item.Child("ItemId").Attr("Id"))
	is, err2 := s.decode(id)
	if err1 != nil || err2 != nil || was.item == is.item || was.folder == is.folder {
		t.Errorf("the item %+v is %+v after the move, %v %v", was, is, err1, err2)
	}
	if n := len(c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children); n != 0 {
		t.Errorf("%d items left behind", n)
	}
}

func post(subject string) *soap.Element { return soap.T("PostItem", soap.T("Subject", subject)) }

// setField is a t:SetItemField with the object that holds the new value.
func setField(uri string, object *soap.Element) *soap.Element {
	return soap.T("SetItemField", soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: uri}), object)
}
