package mapi_test

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

const mail = "Received: from a by b; Tue, 2 Jan 2024 10:00:05 +0100\r\n" +
	"From: =?iso-8859-1?Q?J=F6rg?= <joerg@x.example>\r\nSender: sek@x.example\r\nTo: \"Doe, John\" <john@x.example>,\r\n\tundisclosed-recipients:;\r\n" +
	"Cc: cc@x.example\r\nReply-To: list@x.example\r\nSubject: AW: =?utf-8?B?R3LDvMOfZQ==?=\r\nDate: Tue, 2 Jan 2024 10:00:00 +0100\r\n" +
	"Message-ID: <2@x>\r\nIn-Reply-To: <1@x>\r\nReferences: <0@x>\r\n <1@x>\r\nImportance: high\r\nSensitivity: private\r\nKeywords: Red, Blue\r\n" +
	"X-Spam-Level: **\r\nX-Twice: one\r\nX-Twice: two\r\nList-Id: a\r\n list\r\nThread-Topic: Topic\r\nThread-Index: AQIDBA==\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=M\r\n\r\npreamble\r\n--M\r\nContent-Type: multipart/related; boundary=R\r\n\r\n--R\r\n" +
	"Content-Type: multipart/alternative; boundary=A\r\n\r\n--A\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"Gr=FC=DFe =\r\nhier\r\n--A\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Grüße <img src=\"cid:pic@x\"></p>\r\n--A--\r\n--R\r\n" +
	"Content-Type: image/png; name=pic.png\r\nContent-ID: <pic@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--R--\r\n--M\r\n" +
	"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.bin\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgf/\r\n--M\r\n" +
	"Content-Type: message/rfc822\r\n\r\nFrom: in@x.example\r\nSubject: Inner\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n\r\ninner text\r\n--M\r\n" +
	"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nfooter \xe4\r\n--M--\r\nepilogue\r\n"

func mimeItem(element, class, content string) string {
	s := "<t:" + element + "><t:MimeContent>" + base64.StdEncoding.EncodeToString([]byte(content)) + "</t:MimeContent>"
	if class != "" {
		s += "<t:ItemClass>" + class + "</t:ItemClass>"
	}
	return s + "</t:" + element + ">"
}

func mimeOf(t *testing.T, p mapi.Profile, it *mapi.Item) []byte {
	t.Helper()
	return read(t, p, it, "IdOnly+mime").Child("MimeContent").Data
}

// content is everything that a message says, as lines that can be compared.
func content(t *testing.T, p mapi.Profile, it *mapi.Item) []string {
	t.Helper()
	e := read(t, p, it, "IdOnly", "item:Subject", "item:Importance", "item:Sensitivity", "item:Categories", "item:InReplyTo", "item:DateTimeSent", "message:From", "message:Sender",
		"message:ToRecipients", "message:CcRecipients", "message:BccRecipients", "message:ReplyTo", "message:InternetMessageId", "message:References", "message:ConversationIndex", "message:ConversationTopic",
		"message:IsReadReceiptRequested", `<t:ExtendedFieldURI PropertyTag="0x1000" PropertyType="String"/>`, `<t:ExtendedFieldURI PropertyTag="0x1013" PropertyType="Binary"/>`)
	var all []string
	for k := range leaves(e) {
		if !strings.HasPrefix(k, "/"+e.Name+"/Sender") || e.Child("From") != nil {
			all = append(all, strings.ReplaceAll(k, "\r\n", "\n"))
		}
	}
	headers := read(t, p, it, "IdOnly", "item:InternetMessageHeaders").Child("InternetMessageHeaders")
	for _, h := range headers.All("InternetMessageHeader") {
		if n := h.Attr("HeaderName"); strings.HasPrefix(strings.ToLower(n), "x-") || strings.HasPrefix(n, "List-") || n == "Received" {
			all = append(all, "header "+n+": "+h.Text)
		}
	}
	for _, n := range it.AttachmentNumbers() {
		a, err := it.Attachment(p, n)
		if err != nil {
			t.Fatal(err)
		}
		line := a.Name + " " + a.Value("ContentType") + " " + a.Value("ContentId") + " " + a.Value("IsInline") + " "
		if a.Name == "FileAttachment" {
			line += a.Value("Name") + " " + string(a.Child("Content").Data)
		} else {
			inner := a.Children[len(a.Children)-1]
			line += inner.Value("Subject") + " " + strings.ReplaceAll(inner.Value("Body"), "\r\n", "\n")
		}
		all = append(all, line)
	}
	slices.Sort(all)
	return all
}

func TestMIMEIsReadIntoProperties(t *testing.T) {
	for _, p := range profiles {
		t.Run(p.String(), func(t *testing.T) {
			it := create(t, p, mimeItem("Message", "", mail))
			e := read(t, p, it, "AllProperties", "message:ToRecipients", "item:Categories", "item:Body", "item:Attachments", "message:ReplyTo", "message:CcRecipients")
			for path, want := range map[string]string{
				"ItemClass": "IPM.Note", "Subject": "AW: Grüße", "Importance": "High", "Sensitivity": "Private", "InReplyTo": "<1@x>", "DateTimeSent": "2024-01-02T09:00:00Z",
				"From/Mailbox/Name": "Jörg", "From/Mailbox/EmailAddress": "joerg@x.example", "Sender/Mailbox/EmailAddress": "sek@x.example",
				"ToRecipients/Mailbox/Name": "Doe, John", "CcRecipients/Mailbox/EmailAddress": "cc@x.example", "ReplyTo/Mailbox/EmailAddress": "list@x.example",
				"InternetMessageId": "<2@x>", "References": "<0@x> <1@x>", "ConversationTopic": "Topic", "Categories/String": "Red", "HasAttachments": "true",
			} {
				if got := e.Value(strings.Split(path, "/")...); got != want {
					t.Errorf("%s = %q, want %q", path, got, want)
				}
			}
			received := "2024-01-02T09:00:05Z"
			if p == mapi.Grommunio {
				received = "2024-01-02T09:00:00Z"
			}
			if got := e.Value("DateTimeReceived"); got != received {
				t.Errorf("received %s, want %s", got, received)
			}
			if n := len(e.Child("ToRecipients").Children); n != 1 {
				t.Errorf("%d recipients", n)
			}
			body := e.Child("Body")
			if body.Attr("BodyType") == "Text" && p != mapi.Grommunio || !strings.Contains(body.Text, `<p>Grüße <img src="cid:pic@x"></p>`) {
				t.Errorf("body %q", body.Text)
			}
			var names []string
			for _, a := range e.Child("Attachments").Children {
				names = append(names, a.Name+":"+a.Value("Name")+":"+a.Value("ContentId")+":"+a.Value("IsInline"))
			}
			want := []string{"FileAttachment:pic.png:pic@x:true", "FileAttachment:ü.bin::false", "ItemAttachment:Inner::false", "FileAttachment:ATT00001.txt::false"}
			if p == mapi.Exchange2007SP1 {
				for i := range want {
					want[i] = want[i][:strings.LastIndex(want[i], ":")+1]
				}
			}
			if !slices.Equal(names, want) {
				t.Errorf("attachments\n got %q\nwant %q", names, want)
			}
		})
	}
}

func TestMIMEIsMadeAnewWithoutLoss(t *testing.T) {
	for _, p := range profiles {
		t.Run(p.String(), func(t *testing.T) {
			it := create(t, p, mimeItem("Message", "", mail))
			one, two := mimeOf(t, p, it), mimeOf(t, p, it)
			if bytes.Equal(one, two) {
				t.Error("the same MIME at each reading")
			}
			again := create(t, p, mimeItem("Message", "", string(one)))
			if d := cmp.Diff(content(t, p, it), content(t, p, again)); d != "" {
				t.Errorf("after a round:\n%s", d)
			}
			update(t, p, it, `<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:Message><t:Subject>New ä</t:Subject></t:Message></t:SetItemField>
<t:DeleteItemField><t:ExtendedFieldURI DistinguishedPropertySetId="InternetHeaders" PropertyName="X-Spam-Level" PropertyType="String"/></t:DeleteItemField>
<t:SetItemField><t:ExtendedFieldURI DistinguishedPropertySetId="InternetHeaders" PropertyName="X-New" PropertyType="String"/><t:Message><t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="InternetHeaders" PropertyName="X-New" PropertyType="String"/><t:Value>v</t:Value></t:ExtendedProperty></t:Message></t:SetItemField>`)
			text := string(mimeOf(t, p, it))
			if !strings.Contains(text, "Subject: =?utf-8?q?New_=C3=A4?=") || strings.Contains(text, "X-Spam-Level") || !strings.Contains(text, "x-new: v") {
				t.Errorf("changes are not in the MIME:\n%s", text)
			}
		})
	}
}

func TestSecuredMailKeepsItsBytes(t *testing.T) {
	signed := "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n micalg=sha256; boundary=S\r\n\r\n--S\r\nContent-Type: text/plain\r\n\r\n  as is \r\n--S\r\n" +
		"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n--S--\r\n"
	it := create(t, mapi.Exchange2016, mimeItem("Message", "", "From: a@x\r\nMIME-Version: 1.0\r\n"+signed))
	if it.Class() != "IPM.Note.SMIME.MultipartSigned" {
		t.Errorf("class %s", it.Class())
	}
	if text := string(mimeOf(t, mapi.Exchange2016, it)); !strings.HasSuffix(text, signed) {
		t.Errorf("changed:\n%s", text)
	}
}

func TestItemClassElementWinsOverMIME(t *testing.T) {
	for _, p := range exchanges {
		if it := create(t, p, mimeItem("PostItem", "IPM.Post.Invoice", mail)); it.Class() != "IPM.Post.Invoice" || it.ElementName(p) != "PostItem" {
			t.Errorf("%v: class %s as %s", p, it.Class(), it.ElementName(p))
		}
		if it := create(t, p, mimeItem("PostItem", "", mail)); it.Class() != "IPM.Post" {
			t.Errorf("%v: class %s", p, it.Class())
		}
	}
}

// TestCorpusSurvives: real mail goes in, comes out and goes in again; only what is no MIME is refused.
func TestCorpusSurvives(t *testing.T) {
	root := shared(t, "corpus", "mail")
	n := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".eml") {
			return err
		}
		n++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, p := range []mapi.Profile{mapi.Exchange2007SP1, mapi.Exchange2016, mapi.Grommunio} {
			it, err := mapi.New(p, elem(t, mimeItem("Message", "", string(b))), now, author)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			again := create(t, p, mimeItem("Message", "", string(mimeOf(t, p, it))))
			if d := cmp.Diff(content(t, p, it), content(t, p, again)); d != "" {
				t.Errorf("%v: %s after a round:\n%s", p, path, d)
			}
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d files, %v", n, err)
	}
}

func TestMIMEThatIsRefused(t *testing.T) {
	for _, p := range exchanges {
		for name, c := range map[string]struct{ text, want string }{
			"empty":         {`<t:Message><t:MimeContent></t:MimeContent></t:Message>`, "ErrorMimeContentInvalid"},
			"no header":     {mimeItem("Message", "", "\r\nno header here\r\n"), "ErrorMimeContentInvalid"},
			"contact":       {mimeItem("Contact", "", mail), "ErrorUnsupportedMimeConversion"},
			"task":          {mimeItem("Task", "", mail), "ErrorUnsupportedMimeConversion"},
			"no calendar":   {mimeItem("CalendarItem", "", mail), "ErrorMimeContentInvalid"},
			"half calendar": {mimeItem("CalendarItem", "", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"), "ErrorMimeContentInvalid"},
		} {
			if _, err := mapi.New(p, elem(t, c.text), now, author); code(t, err) != c.want {
				t.Errorf("%v, %s: %v, want %s", p, name, err, c.want)
			}
		}
	}
	if _, err := mapi.New(mapi.Exchange2016, soap.T("Message", soap.T("MimeContent", "###")), now, author); code(t, err) != "ErrorMimeContentInvalidBase64String" {
		t.Errorf("no base64: %v", err)
	}
	for p, want := range map[mapi.Profile]string{mapi.Exchange2007SP1: "ErrorUnsupportedMimeConversion", mapi.Exchange2010SP2: "ErrorUnsupportedMimeConversion", mapi.Exchange2016: "", mapi.Grommunio: ""} {
		for what, text := range map[string]string{"contact": fullContact, "document": `<t:Item><t:ItemClass>IPM.Document.txt</t:ItemClass><t:Subject>a.txt</t:Subject></t:Item>`} {
			it := create(t, p, text)
			if _, err := it.Element(p, itemID(), shape(t, "IdOnly+mime"), false, nil); code(t, err) != want {
				t.Errorf("%v: MIME of a %s: %v, want %q", p, what, err, want)
			}
			if e := read(t, p, it, "IdOnly"); what == "document" && (e.Name == "Item") != (p != mapi.Exchange2016) {
				t.Errorf("%v: a document is a %s", p, e.Name)
			}
		}
	}
}

func FuzzMIME(f *testing.F) {
	f.Add([]byte(mail))
	f.Add([]byte("A: b\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\n\r\n--x--"))
	f.Fuzz(func(t *testing.T, b []byte) {
		it, err := mapi.New(mapi.Exchange2016, soap.T("Message", soap.T("MimeContent", b)), now, author)
		if err != nil {
			return
		}
		out := mimeOf(t, mapi.Exchange2016, it)
		if _, err := mapi.New(mapi.Exchange2016, soap.T("Message", soap.T("MimeContent", out)), now, author); err != nil {
			t.Errorf("%v of\n%s", err, out)
		}
	})
}
