package ews_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// sized is a message with so many bytes of text.
func sized(subject string, bytes int) *soap.Element {
	return soap.T("Message", soap.T("ItemClass", "IPM.Note"), soap.T("Subject", subject),
		soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, strings.Repeat("0123456789 abcde\n", bytes/17)))
}

// TestAnItemThatIsTooLargeIsRefusedOnce: it is reported with the reason, the others arrive, and it is not tried again until it changes.
func TestAnItemThatIsTooLargeIsRefusedOnce(t *testing.T) {
	for name, o := range map[string]ewstest.Options{
		"by its size": {Profile: ewstest.Exchange2016, MaxItem: 200 << 10}, "by the request, 2016": {Profile: ewstest.Exchange2016, MaxRequest: 2 << 20},
		"by the request, 2007": {Profile: ewstest.Exchange2007SP1}, "by the request, 2010": {Profile: ewstest.Exchange2010SP2, MaxRequest: 2 << 20}, "by the request, grommunio": {Profile: ewstest.Grommunio, MaxRequest: 2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			size := 3 << 20
			if o.Profile == ewstest.Exchange2007SP1 {
				size = 14 << 20
			}
			c := news(t, modern, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
			large := c.add("a", "News", sized("large", size))
			out := c.apply()
			if out.err != nil || len(out.report.Refused) != 1 || !out.report.Complete() {
				t.Fatalf("%v:\n%s", out.err, out.said())
			}
			if out.says(t, "large"); o.MaxItem > 0 {
				out.says(t, "exceeds the maximum supported size")
			} else {
				out.says(t, "is more than the server takes", "maxRequestLength")
			}
			c.holds("b", "Copies/News", "one", "two", "three")
			c.servers["b"].ClearLog()
			c.quiet().says(t, "large")
			c.complete()
			if n := slices.IndexFunc(c.servers["b"].Mutations(""), func(r ewstest.Request) bool { return r.Operation == "CreateItem" }); n >= 0 {
				t.Error("it was tried again")
			}
			if err := c.user("a").EditItem(large, setField("item:Body", "Message", soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, "short")),
				setField("item:Subject", "Message", soap.T("Subject", "small"))); err != nil {
				t.Fatal(err)
			}
			c.complete()
			c.holds("b", "Copies/News", "one", "two", "three", "small")
		})
	}
}

// TestAnAttachmentThatIsTooLargeLeavesNothingBehind: of an item that takes several calls, one of which is refused, no part stays.
func TestAnAttachmentThatIsTooLargeLeavesNothingBehind(t *testing.T) {
	for name, o := range map[string]ewstest.Options{"by its size": {Profile: ewstest.Exchange2016, MaxItem: 200 << 10},
		"by the request": {Profile: ewstest.Exchange2010SP2, MaxRequest: 2 << 20}} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			c.directory("a")
			c.server("b", o)
			c.session("a", "", "b", "People", func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
			c.must(os.WriteFile(filepath.Join(c.archives["a"], ".folder.json"), []byte(`{"class": "IPF.Contact"}`), 0o644))
			write := func(size int) {
				picture := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, size))
				c.must(os.WriteFile(filepath.Join(c.archives["a"], "ada.vcf"), []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nN:A;;;;\r\nFN:Ada\r\nPHOTO;ENCODING=b;TYPE=JPEG:"+picture+"\r\nEND:VCARD\r\n"), 0o644))
			}
			write(3 << 20)
			out := c.apply()
			if out.err != nil || len(out.report.Refused) != 1 {
				t.Fatalf("%v:\n%s", out.err, out.said())
			}
			c.holds("b", "People")
			c.quiet().says(t, "ada")
			write(1000)
			c.complete()
			if got := c.read("b", "People"); len(got) != 1 {
				t.Errorf("the subscriber has %d items", len(got))
			}
			c.quiet()
		})
	}
}

// TestReplicaWhoseOriginGrowsTooLargeStays: an update that is refused leaves the replica as it was.
func TestReplicaWhoseOriginGrowsTooLargeStays(t *testing.T) {
	c := news(t, modern, ewstest.Options{Profile: ewstest.Exchange2016, MaxItem: 200 << 10}, nil)
	id := c.add("a", "News", sized("growing", 1000))
	c.complete()
	if err := c.user("a").EditItem(id, setField("item:Subject", "Message", soap.T("Subject", "grown")),
		setField("item:Body", "Message", sized("", 1<<20).Child("Body"))); err != nil {
		t.Fatal(err)
	}
	out := c.apply()
	if out.err != nil || len(out.report.Refused) != 1 {
		t.Fatalf("%v:\n%s", out.err, out.said())
	}
	c.holds("b", "Copies/News", "one", "two", "three", "growing")
	c.quiet()
}

// TestFullFolderIsNamedAndTheRestGoesOn: what has no room is reported, nothing is deleted in that folder pair, others go on.
func TestFullFolderIsNamedAndTheRestGoesOn(t *testing.T) {
	for _, profile := range []ewstest.Profile{ewstest.Exchange2016, ewstest.Exchange2007SP1, ewstest.Grommunio} {
		t.Run(fmt.Sprint(profile), func(t *testing.T) {
			c := news(t, modern, ewstest.Options{Profile: profile, FolderQuota: 100 << 10}, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
			c.folder("a", "Other", "IPF.Note")
			c.session("a", "Other", "b", "Copies/Other", nil)
			id := c.post("a", "News", "old")
			c.complete()
			for n := range 3 {
				c.add("a", "News", sized(fmt.Sprint("bulky ", n), 70<<10))
			}
			c.post("a", "Other", "elsewhere")
			if err := c.user("a").DeleteItem(id); err != nil {
				t.Fatal(err)
			}
			out := c.apply()
			if out.err != nil || out.report.Result != "partial" || len(out.report.Failed) == 0 {
				t.Fatalf("%v:\n%s", out.err, out.said())
			}
			out.says(t, "News", "bulky", "ErrorQuotaExceeded", "storage quota")
			c.holds("b", "Copies/Other", "elsewhere")
			if !slices.Contains(c.subjects("b", "Copies/News"), "old") {
				t.Error("something was deleted")
			}
		})
	}
}

// TestFolderWithoutRightsIsNamedAndTheRestGoesOn: at either side, whatever the account lacks.
func TestFolderWithoutRightsIsNamedAndTheRestGoesOn(t *testing.T) {
	for _, tt := range []struct {
		name, org, path string
		rights          ewstest.Rights
		words           []string
	}{
		{"publisher may not be read", "a", "News/Closed", ewstest.FolderVisible, []string{"Closed", "Reviewer", "Add-PublicFolderClientPermission"}},
		{"publisher is hidden", "a", "News/Closed", ewstest.None, []string{"Closed"}},
		{"subscriber may not be written", "b", "Copies/News/Closed", ewstest.Reviewer, []string{"Closed", "ErrorAccessDenied"}},
		{"subscriber may not be read", "b", "Copies/News/Closed", ewstest.Contributor, []string{"Closed", "Reviewer", "Add-PublicFolderClientPermission"}},
		{"subscriber is hidden", "b", "Copies/News/Closed", ewstest.None, []string{"Closed"}},
	} {
		for name, profile := range profiles {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				o := ewstest.Options{Profile: profile}
				c := news(t, o, o, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
				c.folder("a", "News/Closed", "IPF.Note")
				secret := c.post("a", "News/Closed", "secret")
				c.complete()
				before := c.subjects("b", "Copies/News/Closed")
				if err := c.servers[tt.org].SetPermission(tt.path, "iorepl@contoso.test", tt.rights); err != nil {
					t.Fatal(err)
				}
				c.retitle("a", secret, "changed")
				c.post("a", "News", "four")
				out := c.apply()
				if out.err == nil && out.report.Complete() && tt.rights != ewstest.None {
					t.Error("the run calls itself complete")
				}
				out.says(t, tt.words...)
				c.holds("b", "Copies/News", "one", "two", "three", "four")
				c.holds("b", "Copies/News/Closed", before...)
				if err := c.servers[tt.org].SetPermission(tt.path, "iorepl@contoso.test", ewstest.Owner); err != nil {
					t.Fatal(err)
				}
				c.settles()
				c.same("a", "News", "b", "Copies/News")
			})
		}
	}
}

// TestAnswersThatAreNoListingsEndInAnError: nothing is taken for missing, and nothing grows without bounds.
func TestAnswersThatAreNoListingsEndInAnError(t *testing.T) {
	const bomb = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>` +
		`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>&c;</s:Body></s:Envelope>`
	xml := http.Header{"Content-Type": {"text/xml; charset=utf-8"}}
	deep := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + strings.Repeat("<a>", 100000)
	attributes := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a ` + strings.Repeat(`b="" `, 1<<20) + `/></s:Body></s:Envelope>`
	for _, tt := range []struct {
		name   string
		action ewstest.Action
		words  []string
	}{
		{"a page that never ends", ewstest.Endless{}, []string{"says that there is more"}},
		{"an answer that never ends", ewstest.Oversized{Bytes: -1}, []string{"the answer has more than"}},
		{"entities", ewstest.Status{Code: 200, Header: xml, Body: bomb}, []string{"not SOAP"}},
		{"depth", ewstest.Status{Code: 200, Header: xml, Body: deep}, []string{"levels of elements"}},
		{"attributes", ewstest.Status{Code: 200, Header: xml, Body: attributes}, []string{"the answer"}},
		{"nothing", ewstest.Status{Code: 200, Header: xml}, []string{"empty instead of SOAP"}},
		{"other SOAP", ewstest.Status{Code: 200, Header: xml, Body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x/></s:Body></s:Envelope>`}, []string{"answered 0 of 1"}},
	} {
		for _, operation := range []string{"FindItem", "FindFolder", "GetItem"} {
			if operation == "GetItem" && tt.name == "a page that never ends" {
				continue
			}
			t.Run(tt.name+"/"+operation, func(t *testing.T) {
				c := news(t, modern, modern, func(r *plan.Rules) { r.Deletions = plan.DeleteItemsAndFolders })
				c.options["a"].Transport.MaxAnswer = 4 << 20
				c.complete()
				c.post("a", "News", "four")
				remove := c.servers["a"].Inject(ewstest.Fault{Operation: operation, Times: -1, Action: tt.action})
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				out := c.apply()
				runtime.ReadMemStats(&after)
				remove()
				if out.err == nil && out.report.Complete() {
					t.Error("the run calls itself complete")
				}
				out.says(t, tt.words...)
				if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 {
					t.Errorf("the run allocates %d MiB", used>>20)
				}
				c.holds("b", "Copies/News", "one", "two", "three")
				c.settles()
				c.same("a", "News", "b", "Copies/News")
			})
		}
	}
}

// TestCharactersThatXMLForbidsAreSurvived: subjects arrive without them, and the next plan has nothing to do.
func TestCharactersThatXMLForbidsAreSurvived(t *testing.T) {
	for name, profile := range profiles {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			c.server("a", ewstest.Options{Profile: profile})
			c.server("b", modern)
			c.folder("a", "People", "IPF.Contact")
			c.add("a", "People", soap.T("Contact", soap.T("FileAs", "Ada"), soap.T("DisplayName", "Ada"), soap.T("GivenName", "Ada")))
			c.session("a", "People", "b", "People", nil)
			for _, op := range []string{"FindItem", "GetItem"} {
				c.servers["a"].Inject(ewstest.Fault{Operation: op, Times: -1, Action: ewstest.Illegal{}})
			}
			c.complete()
			for _, it := range c.read("b", "People") {
				if !strings.Contains(string(it.Data), "FN:Ada") {
					t.Errorf("the subscriber has %s", it.Data)
				}
			}
			c.quiet()
		})
	}
}

// TestOldListingsDoNoHarm: a publisher that shows the past for a while costs no item, and doubles none in the end.
func TestOldListingsDoNoHarm(t *testing.T) {
	c := news(t, modern, modern, func(r *plan.Rules) { r.Deletions = plan.DeleteItems })
	gone := c.post("a", "News", "gone")
	c.complete()
	past := c.servers["a"].Snapshot()
	c.post("a", "News", "four")
	c.retitle("a", c.post("a", "News", "x"), "five")
	if err := c.user("a").DeleteItem(gone); err != nil {
		t.Fatal(err)
	}
	c.complete()
	remove := c.servers["a"].Inject(ewstest.Fault{Operation: "FindItem", Times: -1, Action: ewstest.Stale{Snapshot: past}})
	c.apply()
	remove()
	c.settles()
	c.holds("b", "Copies/News", "one", "two", "three", "four", "five")
}
