package ewstest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestDavMailLogsIn makes the requests with which DavMail begins.
func TestDavMailLogsIn(t *testing.T) {
	_, c := start(t, Options{Profile: Exchange2010SP2})
	resp, err := http.Get(c.url + "/ews/exchange.asmx")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("an anonymous GET is answered %s", resp.Status)
	}
	get := func(id string) string {
		return strings.Replace(getRoot, "publicfoldersroot", id, 1)
	}
	anonymous := strings.Replace(strings.Replace(requestHead, `<t:RequestServerVersion Version="%s"/>`, "", 1), "%s", get("root"), 1)
	if status, text, err := c.raw(anonymous); err != nil || status != http.StatusOK || !strings.Contains(text, "ServerVersionInfo") {
		t.Errorf("without a version: %d %s %v", status, text, err)
	}
	root := c.ok(get("root")).Child("Folders", "Folder", "FolderId").Attr("Id")
	converted := c.ok(`<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsId" Id="` + root + `" Mailbox="blah@blah.com"/></m:SourceIds></m:ConvertId>`)
	if got := converted.Child("AlternateId").Attr("Mailbox"); got != "iorepl@contoso.test" {
		t.Errorf("the mailbox is %q: %s", got, show(converted))
	}
	for _, id := range []string{"inbox", "calendar", "contacts", "sentitems", "deleteditems", "drafts", "junkemail", "outbox"} {
		c.ok(get(id))
	}
}

// TestFreeBusyFolderIsReached walks to the free/busy folder as Zimbra does.
func TestFreeBusyFolderIsReached(t *testing.T) {
	for p, want := range map[Profile]bool{Exchange2007SP1: true, Exchange2010SP2: true, Exchange2016: false} {
		_, c := start(t, Options{Profile: p})
		parent := c.ok(getRoot).Child("Folders", "Folder", "ParentFolderId").Attr("Id")
		for _, step := range []string{
			`<t:IsEqualTo><t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURIOrConstant><t:Constant Value="NON_IPM_SUBTREE"/></t:FieldURIOrConstant></t:IsEqualTo>`,
			`<t:IsEqualTo><t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURIOrConstant><t:Constant Value="SCHEDULE+ FREE BUSY"/></t:FieldURIOrConstant></t:IsEqualTo>`,
			`<t:Contains ContainmentMode="Substring" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="folder:DisplayName"/><t:Constant Value="/o=First Organization/ou="/></t:Contains>`,
		} {
			found := c.ok(`<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:Restriction>`+step+
				`</m:Restriction><m:ParentFolderIds><t:FolderId Id="`+parent+`"/></m:ParentFolderIds></m:FindFolder>`).Child("RootFolder", "Folders").Children
			if len(found) == 0 {
				parent = ""
				break
			}
			parent = found[0].Child("FolderId").Attr("Id")
		}
		if (parent != "") != want {
			t.Errorf("%s: reached is %v, want %v", p, parent != "", want)
		}
	}
}

// TestTopLevelFolderHasAnotherParent is what makes the tree look empty to clients that trust ParentFolderId.
func TestTopLevelFolderHasAnotherParent(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	news := newsFolder(t, s)
	root := c.ok(getRoot).Child("Folders", "Folder", "FolderId").Attr("Id")
	parent := c.ok(strings.Replace(getRoot, `<t:DistinguishedFolderId Id="publicfoldersroot"/>`, news, 1)).Child("Folders", "Folder", "ParentFolderId").Attr("Id")
	if parent == "" || parent == root {
		t.Errorf("the parent is %q, want another than the root %q", parent, root)
	}
}

func TestTLSAndImpersonation(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	url, err := s.Start(true)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	hc := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer hc.CloseIdleConnections()
	req, _ := http.NewRequest(http.MethodPost, url+"/EWS/Exchange.asmx", strings.NewReader(c.envelope(getRoot)))
	req.Header.Set("Content-Type", "text/xml")
	req.SetBasicAuth(`CONTOSO\anna`, "secret")
	resp, err := hc.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("over TLS: %s", resp.Status)
	}

	as := strings.Replace(fmt.Sprintf(requestHead, c.version, getRoot), "</soap:Header>",
		`<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>anna@contoso.test</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>`, 1)
	if status, text, err := c.raw(as); err != nil || status != 500 || !strings.Contains(text, "ErrorImpersonateUserDenied") {
		t.Errorf("impersonation without the right: %d %s %v", status, text, err)
	}
	s.AllowImpersonation("iorepl@contoso.test")
	if status, text, err := c.raw(as); err != nil || status != 200 {
		t.Errorf("impersonation: %d %s %v", status, text, err)
	}
	log := s.Log()
	if got := log[len(log)-1].Account; got != "anna@contoso.test" {
		t.Errorf("the log names %s", got)
	}
}

func TestDeniedFolderMayLookAbsent(t *testing.T) {
	for hide, want := range map[bool]string{false: "ErrorAccessDenied", true: "ErrorItemNotFound"} {
		s, c := start(t, Options{Profile: Exchange2016, HideDenied: hide})
		news := newsFolder(t, s)
		if err := s.SetPermission("News", Default, None); err != nil {
			t.Fatal(err)
		}
		if got := c.as("guest").code(strings.Replace(getRoot, `<t:DistinguishedFolderId Id="publicfoldersroot"/>`, news, 1)); got != want {
			t.Errorf("hidden %v: %s, want %s", hide, got, want)
		}
	}
}

func TestUserActsWithoutHTTP(t *testing.T) {
	s, _ := start(t, Options{Profile: Exchange2016})
	u := s.User("anna@contoso.test")
	str := must[string](t)
	str(u.AddFolder("A", "IPF.Note"))
	str(u.AddFolder("A/B%2FC", "IPF.Note"))
	id := str(u.AddItem("A/B%2FC", post("one")))
	if err := u.EditItem(id, setField("item:Subject", post("two"))); err != nil {
		t.Fatal(err)
	}
	str(u.CopyItem(id, "A"))
	id = str(u.MoveItem(id, "A"))
	if err := u.RenameFolder("A", "Z"); err != nil {
		t.Fatal(err)
	}
	if err := u.MoveFolder("Z/B%2FC", ""); err != nil {
		t.Fatal(err)
	}
	if err := u.DeleteItem(id); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range s.Tree() {
		got = append(got, fmt.Sprintf("%s:%d", f.Path, f.Items))
	}
	if strings.Join(got, " ") != ":0 B%2FC:0 Z:1" {
		t.Errorf("the tree is %q", got)
	}
	items, err := s.Items("Z")
	if err != nil || len(items) != 1 || items[0].Subject != "two" || items[0].Creator != "anna@contoso.test" {
		t.Errorf("got %+v %v", items, err)
	}
	if len(s.Log()) != 0 {
		t.Error("it is in the log")
	}
}
