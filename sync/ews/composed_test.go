package ews_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// document adds a file as people drag it into a folder.
func (c *chain) document(org, path, name, content string) string {
	c.Helper()
	id := c.add(org, path, soap.T("Item", soap.T("ItemClass", "IPM.Document.txt"), soap.T("Subject", name)))
	c.must(c.user(org).AddAttachment(id, soap.T("FileAttachment", soap.T("Name", name), soap.T("ContentType", "text/x-plan"), soap.T("Content", []byte(content)))))
	return id
}

// TestDocumentsTravel: 2007 and 2010 give no MIME of them, so they are put together from what else they give.
func TestDocumentsTravel(t *testing.T) {
	for _, from := range []string{"2007 SP1", "2010 SP2", "2016"} {
		for to, subscriber := range profiles {
			t.Run(from+" to "+to, func(t *testing.T) {
				c := news(t, ewstest.Options{Profile: profiles[from]}, ewstest.Options{Profile: subscriber}, nil)
				doc := c.document("a", "News", "plan.txt", "This is the plan.")
				out := c.complete()
				if len(out.report.Reduced) > 0 {
					t.Errorf("something is said to be lost: %+v", out.report.Reduced)
				}
				c.holds("b", "Copies/News", "one", "two", "three", "plan.txt")
				for _, org := range []string{"a", "b"} {
					path := map[string]string{"a": "News", "b": "Copies/News"}[org]
					p := c.read(org, path)["plan.txt"]
					if p.Class != "IPM.Document.txt" || p.Format != sync.MIME {
						t.Errorf("%s has %s, %s", org, p.Class, p.Format)
					}
					contains(t, string(p.Data), `Content-Type: text/x-plan; name="plan.txt"`, base64.StdEncoding.EncodeToString([]byte("This is the plan.")))
				}
				c.quiet()
				c.must(c.user("a").EditItem(doc, setField("item:Subject", "Item", soap.T("Subject", "old plan.txt"))))
				c.complete()
				c.holds("b", "Copies/News", "one", "two", "three", "old plan.txt")
				c.quiet()
			})
		}
	}
}

const traced = "Received: from mx.example by mail.contoso.test; Mon, 2 Nov 2026 07:00:00 +0000\r\nFrom: Ada <ada@example.com>\r\n" +
	"To: News <news@contoso.test>\r\nCc: Bob <bob@example.com>\r\nMessage-ID: <1@example.com>\r\nX-Project: Hidden\r\nDate: Mon, 2 Nov 2026 06:59:00 +0000\r\n" +
	"Subject: traced\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nThe body.\r\n"

// TestMessagesThatAServerCannotConvertTravel: by their properties, and what these do not say is reported.
func TestMessagesThatAServerCannotConvertTravel(t *testing.T) {
	for _, code := range []string{"ErrorMimeContentConversionFailed", "ErrorUnsupportedMimeConversion", "ErrorContentConversionFailed"} {
		for name, profile := range profiles {
			for _, whole := range []bool{false, true} {
				t.Run(code+"/"+name+map[bool]string{true: "/fault"}[whole], func(t *testing.T) {
					c := news(t, ewstest.Options{Profile: profile}, modern, nil)
					c.add("a", "News", soap.T("Message", soap.T("MimeContent", []byte(traced)), soap.T("ItemClass", "IPM.Note")))
					c.servers["a"].Inject(ewstest.Fault{Operation: "GetItem", Times: -1, When: func(r ewstest.Request) bool { return r.MIME },
						Action: ewstest.Fail{Code: code, Whole: whole}})
					out := c.complete()
					c.holds("b", "Copies/News", "one", "two", "three", "traced")
					said := ""
					for _, o := range out.report.Reduced {
						said += o.Item + ": " + o.Reason + "\n"
					}
					if !strings.Contains(said, "traced: ") || !strings.Contains(said, "X-Project") || strings.Contains(said, "Received") || strings.Count(said, "\n") != 1 {
						t.Errorf("what is lost is said to be:\n%s", said)
					}
					text := string(c.read("b", "Copies/News")["traced"].Data)
					contains(t, text, "ada@example.com", "news@contoso.test", "bob@example.com", "<1@example.com>", "The body.", "Mon, 02 Nov 2026 06:59:00 +0000")
					c.quiet()
				})
			}
		}
	}
}

// TestAnItemThatCannotBeReadEitherWayIsNamed: and it keeps no other back.
func TestAnItemThatCannotBeReadEitherWayIsNamed(t *testing.T) {
	c := news(t, modern, modern, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
	c.servers["a"].Inject(ewstest.Fault{Operation: "GetItem", Times: -1, When: func(r ewstest.Request) bool { return r.MIME },
		Action: ewstest.Fail{Code: "ErrorMimeContentConversionFailed", Only: []int{1}}})
	c.servers["a"].Inject(ewstest.Fault{Operation: "GetItem", Times: -1, When: func(r ewstest.Request) bool { return !r.MIME },
		Action: ewstest.Fail{Code: "ErrorCorruptData"}})
	out := c.apply()
	if out.err != nil || len(out.report.Failed)+len(out.report.Refused) != 1 {
		t.Fatalf("%v:\n%s", out.err, out.said())
	}
	arrived := c.subjects("b", "Copies/News")
	if len(arrived) != 2 {
		t.Errorf("%q arrived", arrived)
	}
	for _, name := range []string{"one", "two", "three"} {
		if !slices.Contains(arrived, name) {
			out.says(t, "News "+name, "ErrorCorruptData")
		}
	}
}
