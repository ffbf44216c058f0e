package ewstest

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestContentNeedsItsMailbox(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016, Routing: true})
	news := newsFolder(t, s)
	if err := s.SetContentMailbox("News", "3"); err != nil {
		t.Fatal(err)
	}
	if got := c.code(findItems(news, "", "")); got != "ErrorPublicFolderOperationFailed" {
		t.Errorf("without headers: %s", got)
	}
	list := `<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:ExtendedFieldURI PropertyTag="0x6698" PropertyType="Binary"/></t:AdditionalProperties></m:FolderShape><m:ParentFolderIds><t:DistinguishedFolderId Id="publicfoldersroot"/></m:ParentFolderIds></m:FindFolder>`
	replica, err := base64.StdEncoding.DecodeString(c.ok(list).Value("RootFolder", "Folders", "Folder", "ExtendedProperty", "Value"))
	if err != nil || len(replica) != 37 || replica[36] != 0 {
		t.Fatalf("the replica list is %q %v", replica, err)
	}
	guid := string(replica[:36])
	req, _ := http.NewRequest(http.MethodPost, c.url+"/autodiscover/autodiscover.xml", strings.NewReader(
		`<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>`+guid+`@contoso.test</EMailAddress><AcceptableResponseSchema>`+poxOutlookSpace+`</AcceptableResponseSchema></Request></Autodiscover>`))
	req.SetBasicAuth("iorepl", "secret")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	_, rest, _ := strings.Cut(string(b), "<AutoDiscoverSMTPAddress")
	_, rest, _ = strings.Cut(rest, ">")
	address, _, _ := strings.Cut(rest, "<")
	if !strings.HasSuffix(address, "@contoso.test") {
		t.Fatalf("Autodiscover gives %s", b)
	}
	for _, to := range []string{address, guid + "@contoso.test"} {
		routed := *c
		routed.header = http.Header{"X-Publicfoldermailbox": {to}, "X-Anchormailbox": {to}}
		routed.ok(findItems(news, "", ""))
	}
	wrong := *c
	wrong.header = http.Header{"X-Publicfoldermailbox": {s.boxAddress(s.boxOf("1"))}, "X-Anchormailbox": {"iorepl@contoso.test"}}
	if got := wrong.code(findItems(news, "", "")); got != "ErrorFolderNotFound" {
		t.Errorf("to another mailbox: %s", got)
	}
}

func TestUserSettingsAreDiscovered(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016})
	body := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="` + autodiscoverSpace + `"><soap:Header><a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion></soap:Header><soap:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>iorepl@contoso.test</a:Mailbox></a:User></a:Users><a:RequestedSettings><a:Setting>ExternalEwsUrl</a:Setting><a:Setting>PublicFolderInformation</a:Setting><a:Setting>InternalRpcClientServer</a:Setting></a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>`
	req, _ := http.NewRequest(http.MethodPost, c.url+"/autodiscover/autodiscover.svc", strings.NewReader(body))
	req.SetBasicAuth("iorepl", "secret")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	for _, want := range []string{c.url + "/EWS/Exchange.asmx", s.boxAddress(s.boxOf("1")), s.boxOf("1") + "@contoso.test"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is missing in %s", want, b)
		}
	}
}

func TestNewFolderIsKnownLate(t *testing.T) {
	s, c := start(t, Options{Profile: Exchange2016, LateHierarchy: true})
	second := s.boxAddress(s.hierarchyBox())
	c.header = http.Header{"X-Publicfoldermailbox": {second}, "X-Anchormailbox": {second}}
	root := `<t:DistinguishedFolderId Id="publicfoldersroot"/>`
	made := c.ok(`<m:CreateFolder><m:ParentFolderId>` + root + `</m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>New</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`)
	id := made.Child("Folders", "Folder", "FolderId").Attr("Id")
	list := `<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:ParentFolderIds>` + root + `</m:ParentFolderIds></m:FindFolder>`
	if n := len(c.ok(list).Child("RootFolder", "Folders").Children); n != 0 {
		t.Errorf("%d folders at once, want none yet", n)
	}
	if got := c.code(strings.Replace(getRoot, root, `<t:FolderId Id="`+id+`"/>`, 1)); got != "ErrorItemNotFound" {
		t.Errorf("the new folder gives %s", got)
	}
	s.Replicate()
	if n := len(c.ok(list).Child("RootFolder", "Folders").Children); n != 1 {
		t.Errorf("%d folders later, want 1", n)
	}
}
