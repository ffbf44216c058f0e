package mapi_test

import (
	"strings"
	"testing"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// everything is one item of each class that a profile can hold.
func everything(t *testing.T, p mapi.Profile) []*mapi.Item {
	t.Helper()
	var all []*mapi.Item
	for _, text := range []string{fullMessage, fullPost, fullContact, fullList, fullTask, fullAppointment} {
		if p == mapi.Exchange2007SP1 && text == fullList || p == mapi.Grommunio && (text == fullList || text == fullPost) {
			continue
		}
		it := create(t, p, text)
		if _, err := it.AddAttachment(p, elem(t, file), now); err != nil {
			t.Fatal(err)
		}
		if it.Recurring() {
			update := elems(t, `<t:SetItemField><t:FieldURI FieldURI="calendar:Location"/><t:CalendarItem><t:Location>Room 2</t:Location></t:CalendarItem></t:SetItemField>`)
			if err := it.UpdateOccurrence(p, 2, update, now, editor); err != nil {
				t.Fatal(err)
			}
			if err := it.DeleteOccurrence(3, now); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, it.In(mapi.Surroundings{Occurrence: func(int) *soap.Element { return itemID() }}))
	}
	return all
}

func TestAnswersAreValid(t *testing.T) {
	for _, p := range exchanges {
		t.Run(p.String(), func(t *testing.T) {
			var all []*soap.Element
			for _, it := range everything(t, p) {
				extra := []string{"item:MimeContent", `<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="iorepl-origin" PropertyType="String"/>`,
					`<t:ExtendedFieldURI PropertyTag="0x0E06" PropertyType="SystemTime"/>`, `<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="Keywords" PropertyType="StringArray"/>`}
				if p == mapi.Exchange2016 {
					extra = append(extra, "item:TextBody", "item:NormalizedBody", "item:Flag")
				}
				if name := it.ElementName(p); p != mapi.Exchange2016 && (name == "Contact" || name == "Task" || name == "DistributionList") {
					extra = extra[1:]
				}
				all = append(all, read(t, p, it, "AllProperties", extra...), read(t, p, it, "Default"), read(t, p, it, "IdOnly"),
					list(t, p, it, "AllProperties", extra...), list(t, p, it, "Default"))
				for _, n := range it.AttachmentNumbers() {
					if _, err := it.Attachment(p, n, true); err != nil {
						t.Error(err)
					}
				}
			}
			valid(t, all...)
		})
	}
}

// TestWhatIsSetIsRead: of what a client may set, every element comes back as it was.
func TestWhatIsSetIsRead(t *testing.T) {
	for _, p := range profiles {
		for _, text := range []string{fullMessage, fullPost, fullContact, fullList, fullTask, fullAppointment} {
			if p == mapi.Exchange2007SP1 && text == fullList || p == mapi.Grommunio && (text == fullList || text == fullPost) {
				continue
			}
			given := elem(t, text)
			t.Run(p.String()+" "+given.Name, func(t *testing.T) {
				it := create(t, p, text)
				var paths []string
				for _, c := range given.Children {
					if uri := uriOf(given.Name, c.Name); uri != "" {
						paths = append(paths, uri)
					}
				}
				got := read(t, p, it, "IdOnly", paths...)
				if got.Name != given.Name {
					t.Errorf("a %s is read as %s", given.Name, got.Name)
				}
				for _, want := range given.Children {
					if want.Name == "ExtendedProperty" || p == mapi.Grommunio && (want.Name == "References" || want.Name == "InternetMessageId") {
						continue
					}
					if g, w := leaves(got.Child(want.Name)), leaves(want); !contains(g, w) {
						t.Errorf("%s:\n got %v\nwant %v", want.Name, g, w)
					}
				}
			})
		}
	}
}

// uriOf is the FieldURI of an element in these tests.
func uriOf(object, name string) string {
	switch name {
	case "ExtendedProperty":
		return ""
	case "Sender", "ToRecipients", "CcRecipients", "BccRecipients", "IsReadReceiptRequested", "IsDeliveryReceiptRequested", "ConversationIndex", "From",
		"InternetMessageId", "References", "ReplyTo":
		return "message:" + name
	case "IsResponseRequested":
		if object == "Message" {
			return "message:" + name
		}
	case "ItemClass", "Subject", "Sensitivity", "Body", "Categories", "Importance", "InReplyTo", "ReminderDueBy", "ReminderIsSet", "ReminderMinutesBeforeStart", "Culture":
		return "item:" + name
	case "Members":
		return "distributionlist:" + name
	}
	return map[string]string{"Contact": "contacts:", "DistributionList": "contacts:", "Task": "task:", "CalendarItem": "calendar:", "PostItem": "postitem:"}[object] + name
}

// leaves are the texts and attributes in an element, by path.
func leaves(e *soap.Element) map[string]bool {
	all := map[string]bool{}
	var walk func(path string, e *soap.Element)
	walk = func(path string, e *soap.Element) {
		if e == nil {
			return
		}
		path += "/" + e.Name
		if k := e.Attr("Key"); k != "" && e.Name == "Entry" {
			path += "[" + k + "]"
		}
		text := e.Text
		if len(e.Data) > 0 {
			text = mapi.Binary(e.Data).String()
		}
		if e.Name == "StartDate" && len(text) > 10 && e.Children == nil && strings.Contains(path, "Recurrence") {
			text = text[:10]
		}
		if e.Name == "Body" { // servers put their own document around HTML, and end lines as mail does
			text = strings.ReplaceAll(text, "\r", "")
			for _, cut := range []string{"<html>", "</html>", "<head>", "</head>", "<body>", "</body>", "\n", `<meta http-equiv="Content-Type" content="text/html; charset=utf-8">`} {
				text = strings.ReplaceAll(text, cut, "")
			}
		}
		if len(e.Children) == 0 {
			all[path+"="+text] = true
		}
		for _, c := range e.Children {
			walk(path, c)
		}
	}
	walk("", e)
	return all
}

func contains(all, some map[string]bool) bool {
	for k := range some {
		if !all[k] {
			return false
		}
	}
	return true
}
