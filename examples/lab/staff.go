package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"time"

	"iorepl/sync/ews/ewstest"
)

// Anna has a calendar at contoso and a contact at fabrikam; carl has no contact, so that nobody there can see when he is busy.
const (
	contactName = "Anna (Contoso)"
	contactDN   = "/o=fabrikam/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=anna.contoso"
)

// readsFolders reports whether the organization's users see free/busy that lies in a folder.
func (org *organization) readsFolders() bool {
	return org.profile == ewstest.Exchange2007SP1 || org.profile == ewstest.Exchange2010SP2
}

// furnishStaff lets people of contoso be busy, and fabrikam look for them in its free/busy folder.
func furnishStaff(contoso, fabrikam *organization, now time.Time) {
	contoso.user("carl")
	busy(contoso, now, 0)
	fabrikam.server.AddContact(contactName, contoso.address("anna"), contactDN)
	fabrikam.server.AddAvailabilityAddressSpace(contoso.name + ".test")
}

// busy puts some days into anna's calendar.
func busy(contoso *organization, now time.Time, more int) {
	var events []ewstest.Event
	today := now.UTC().Truncate(24 * time.Hour)
	for day := range 5 + more {
		start := today.AddDate(0, 0, day+1).Add(9 * time.Hour)
		events = append(events, ewstest.Event{Start: start, End: start.Add(90 * time.Minute), BusyType: "Busy", Subject: "Customers"})
	}
	away := today.AddDate(0, 0, 20)
	events = append(events, ewstest.Event{Start: away, End: away.AddDate(0, 0, 2), BusyType: "OOF", Subject: "Holiday"})
	contoso.server.SetCalendar(contoso.address("anna"), events)
}

// writeDirectories writes who is who as Get-Recipient exports it.
func writeDirectories(dir string, contoso, fabrikam *organization) error {
	head := []string{"DisplayName", "RecipientType", "PrimarySmtpAddress", "EmailAddresses", "LegacyExchangeDN"}
	row := func(name, kind, address, dn string) []string {
		return []string{name, kind, address, "SMTP:" + address, dn}
	}
	mailbox := func(org *organization, name string) []string {
		return row(name, "UserMailbox", org.address(name), org.server.LegacyDN(org.address(name)))
	}
	for org, rows := range map[*organization][][]string{
		contoso:  {head, mailbox(contoso, "anna"), mailbox(contoso, "carl")},
		fabrikam: {head, mailbox(fabrikam, "bert"), row(contactName, "MailContact", contoso.address("anna"), contactDN)},
	} {
		if err := writeCSV(filepath.Join(dir, org.name+".csv"), rows); err != nil {
			return err
		}
	}
	return nil
}

func writeCSV(path string, rows [][]string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := csv.NewWriter(f).WriteAll(rows); err != nil {
		return err
	}
	return f.Close()
}
