package item

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/soap"
)

// schemas are the sets that a world's requests must be valid in: its own version's and the newest.
var schemas = [...][]string{{"Exchange2007_SP1", "Exchange2010_SP2", "interop-mit"}, {"Exchange2010_SP2", "interop-mit"}, {"interop-mit"}, {"interop-mit"}}

// TestRequestsAreValid puts all that this package makes into requests and validates them.
func TestRequestsAreValid(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..", "shared", "ews-schemas")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the schemas of %s are not here", root)
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not here")
	}
	stamp := plan.Stamp{Origin: "1;r;a", Mark: "1;m"}
	property, err := ParseProperty("PublicStrings/Project:StringArray")
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range worlds {
		dir := t.TempDir()
		var files []string
		put := func(what string, body *soap.Element) {
			name := filepath.Join(dir, fmt.Sprintf("%03d %s.xml", len(files), what))
			var b bytes.Buffer
			if err := soap.Encode(&b, soap.Request{Version: w.server.Version, Body: body}); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, name)
		}
		attr := func(name, value string) soap.Attr { return soap.Attr{Name: name, Value: value} }
		id := soap.T("ItemId", attr("Id", "AAA="), attr("ChangeKey", "BBB="))
		update := func(what string, target *soap.Element, changes []*soap.Element) {
			if len(changes) > 0 {
				put("update "+what, soap.M("UpdateItem", attr("ConflictResolution", "NeverOverwrite"), attr("MessageDisposition", "SaveOnly"),
					attr("SendMeetingInvitationsOrCancellations", "SendToNone"),
					soap.M("ItemChanges", soap.T("ItemChange", target, soap.T("Updates", changes)))))
			}
		}
		attach := func(what string, all []*soap.Element) {
			if len(all) > 0 {
				put("attach "+what, soap.M("CreateAttachment", soap.M("ParentItemId", attr("Id", "AAA=")), soap.M("Attachments", all)))
			}
		}
		for k := Message; k <= Note; k++ {
			for _, mime := range []bool{false, true} {
				put("shape of a "+k.String(), soap.M("GetItem", Shape(k, w.server, []Property{property}, mime), soap.M("ItemIds", id)))
			}
		}
		for _, mime := range []bool{false, true} {
			put("attachment", soap.M("GetAttachment", AttachmentShape(mime), soap.M("AttachmentIds", soap.T("AttachmentId", attr("Id", "AAA=")))))
		}
		for _, s := range samples {
			writing, err := Write(s.payload, w.server)
			if err != nil {
				continue
			}
			put("create "+s.name, soap.M("CreateItem", attr("MessageDisposition", "SaveOnly"), attr("SendMeetingInvitations", "SendToNone"),
				soap.M("Items", writing.Create, WithStamp(writing.Create, stamp))))
			attach(s.name, writing.Attachments)
			for _, m := range writing.Modified {
				update("occurrence of "+s.name, soap.T("OccurrenceItemId", attr("RecurringMasterId", "AAA="), attr("InstanceIndex", fmt.Sprint(m.Index))), m.Updates)
				attach("occurrence of "+s.name, m.Attachments)
			}
			update("stamp of "+s.name, id, StampChanges(stamp))
			for _, other := range samples {
				if changes, ok, err := Update(s.payload, other.payload, w.server); err == nil && ok {
					update(s.name+" that was "+other.name, id, changes)
				}
			}
		}
		put("folder", soap.M("UpdateFolder", soap.M("FolderChanges", soap.T("FolderChange", soap.T("FolderId", attr("Id", "AAA=")),
			soap.T("Updates", FolderStampChanges("CalendarFolder", stamp))))))
		for _, set := range schemas[i] {
			args := append([]string{"--nonet", "--noout", "--schema", filepath.Join(root, set, "soap-wrapper.xsd")}, files...)
			if out, err := exec.Command("xmllint", args...).CombinedOutput(); err != nil {
				for line := range bytes.Lines(out) {
					if !bytes.HasSuffix(bytes.TrimSpace(line), []byte("validates")) {
						t.Errorf("%s, %s: %s", w.profile, set, line)
					}
				}
			}
		}
	}
}
