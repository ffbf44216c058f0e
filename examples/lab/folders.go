package main

import (
	"fmt"
	"strings"
	"time"

	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// furnishContoso makes folders that anna uses and that iorepl may read.
func furnishContoso(org *organization) error {
	anna := org.user("anna")
	for _, f := range []struct {
		path, class string
		items       []*soap.Element
	}{
		{"Marketing", "IPF.Note", nil},
		{"Marketing/News", "IPF.Note", []*soap.Element{
			org.post("New travel policy", "Trains are for everybody now, and planes for nobody."),
			org.post("Welcome, Fabrikam", "From today on our partners read these folders, too."),
			org.post("Summer party", "The garden is booked. Bring a cake."),
		}},
		{"Marketing/Calendar", "IPF.Appointment", []*soap.Element{meeting(), fair()}},
		{"Marketing/Contacts", "IPF.Contact", []*soap.Element{
			contact("Marta", "Novak", "Printing house", "marta@print.example"),
			contact("Jo", "Okafor", "Fair organizer", "jo@fair.example"),
		}},
		{"Marketing/Tasks", "IPF.Task", []*soap.Element{
			soap.T("Task", soap.T("Subject", "Order the stand"), soap.T("DueDate", "2026-09-01T00:00:00Z"), soap.T("StartDate", "2026-08-03T00:00:00Z")),
		}},
	} {
		if err := org.folder(anna, f.path, f.class, ewstest.Reviewer); err != nil {
			return err
		}
		for _, e := range f.items {
			if _, err := anna.AddItem(f.path, e); err != nil {
				return fmt.Errorf("%s: %w", f.path, err)
			}
		}
	}
	org.describe = "folder Marketing, which iorepl may read"
	return nil
}

// furnishFabrikam makes the folder that iorepl owns and that bert reads.
func furnishFabrikam(org *organization) error {
	org.describe = "folder Partners, which iorepl owns"
	return org.folder(org.user("bert"), "Partners", "IPF.Note", ewstest.Owner)
}

// user adds an account for somebody and is them.
func (org *organization) user(name string) *ewstest.User {
	org.server.AddUser(name, password, org.address(name))
	return org.server.User(org.address(name))
}

// folder makes somebody's folder, which everybody may read, and on which iorepl has some rights.
func (org *organization) folder(owner *ewstest.User, path, class string, rights ewstest.Rights) error {
	if _, err := owner.AddFolder(path, class); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for who, r := range map[string]ewstest.Rights{ewstest.Default: ewstest.Reviewer, ewstest.Anonymous: ewstest.None, org.address("iorepl"): rights} {
		if err := org.server.SetPermission(path, who, r); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// postElement is what posts are written as: grommunio takes no PostItem.
func (org *organization) postElement() string {
	if org.profile == ewstest.Grommunio {
		return "Message"
	}
	return "PostItem"
}

func (org *organization) post(subject, text string) *soap.Element {
	return soap.T(org.postElement(), soap.T("ItemClass", "IPM.Post"), soap.T("Subject", subject), body(text))
}

func body(text string) *soap.Element {
	return soap.T("Body", soap.Attr{Name: "BodyType", Value: "Text"}, text)
}

// meeting is an appointment that recurs.
func meeting() *soap.Element {
	return soap.T("CalendarItem", soap.T("Subject", "Marketing meets"), body("In room 3, as always."),
		soap.T("Start", "2026-08-03T09:00:00Z"), soap.T("End", "2026-08-03T10:00:00Z"), soap.T("Location", "Room 3"),
		soap.T("Recurrence", soap.T("WeeklyRecurrence", soap.T("Interval", "1"), soap.T("DaysOfWeek", "Monday")),
			soap.T("NumberedRecurrence", soap.T("StartDate", "2026-08-03"), soap.T("NumberOfOccurrences", "10"))))
}

func fair() *soap.Element {
	return soap.T("CalendarItem", soap.T("Subject", "Autumn fair"), soap.T("Start", "2026-09-17T08:00:00Z"), soap.T("End", "2026-09-17T18:00:00Z"),
		soap.T("Location", "Exhibition grounds"))
}

func contact(given, surname, company, address string) *soap.Element {
	return soap.T("Contact", soap.T("Subject", given+" "+surname), soap.T("FileAs", surname+", "+given), soap.T("GivenName", given), soap.T("CompanyName", company),
		soap.T("EmailAddresses", soap.T("Entry", soap.Attr{Name: "Key", Value: "EmailAddress1"}, address)), soap.T("Surname", surname))
}

// workday is what anna does at a time: she edits the first of the news, writes one, and deletes the latest of those that were there.
func workday(org *organization, n int) (string, error) {
	const news = "Marketing/News"
	there, err := org.server.Items(news)
	if err != nil {
		return "", err
	}
	anna := org.server.User(org.address("anna"))
	busy(org, time.Now(), n)
	first, latest := there[0], there[len(there)-1]
	title, _, _ := strings.Cut(first.Subject, ", version ")
	title = fmt.Sprintf("%s, version %d", title, n+1)
	if err := anna.EditItem(first.ID, soap.T("SetItemField", soap.T("FieldURI", soap.Attr{Name: "FieldURI", Value: "item:Subject"}),
		soap.T(org.postElement(), soap.T("Subject", title)))); err != nil {
		return "", err
	}
	note := fmt.Sprintf("Note %d", n)
	if _, err := anna.AddItem(news, org.post(note, "The canteen has soup.")); err != nil {
		return "", err
	}
	did := fmt.Sprintf("anna changed %q to %q and wrote %q", first.Subject, title, note)
	if len(there) == 1 {
		return did, nil
	}
	return fmt.Sprintf("%s, and deleted %q", did, latest.Subject), anna.DeleteItem(latest.ID)
}
