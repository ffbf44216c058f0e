// Package contacts prints contacts that an administrator can create in Exchange: as CSV for Import-Csv, as LDIF for Active Directory,
// or as PowerShell. Names come from another organization, so every form is quoted such that nothing in a name can run.
package contacts

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"iorepl/sync/powershell"
)

// Contact is one to create.
type Contact struct {
	Organization string // where it is to be created
	Name         string // display name; "" stands for the address
	Address      string // SMTP address that mail to it goes to
}

// Formats are what Write knows.
func Formats() []string { return []string{"csv", "ldif", "powershell"} }

// Write prints contacts in a format. Unit is the organizational unit for them as a distinguished name, which LDIF needs. Names become ones
// that Exchange takes and that no two contacts of an organization have.
func Write(w io.Writer, format, unit string, all []Contact) error {
	all = slices.Clone(all)
	used := map[string]bool{}
	for i := range all {
		all[i].Name = unique(tidy(all[i].Name, all[i].Address), all[i], used)
	}
	switch format {
	case "csv":
		return writeCSV(w, all)
	case "ldif":
		return writeLDIF(w, unit, all)
	case "powershell":
		return writePowerShell(w, unit, all)
	}
	return fmt.Errorf("there is no format %q of contacts", format)
}

// writeCSV writes what Import-Csv reads. A spreadsheet takes a text that starts like a formula for one; an apostrophe keeps it from that, and
// has to be taken away where such a text is imported.
func writeCSV(w io.Writer, all []Contact) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{"Organization", "Name", "DisplayName", "ExternalEmailAddress"}}
	for _, c := range all {
		rows = append(rows, []string{noFormula(c.Organization), noFormula(c.Name), noFormula(c.Name), noFormula(c.Address)})
	}
	return out.WriteAll(rows)
}

// noFormula keeps a text from being one; spreadsheets of some languages take the wide signs, too.
func noFormula(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return strings.ContainsRune("=+-@\uFF1D\uFF0B\uFF0D\uFF20", r) }) == 0 {
		return "'" + s
	}
	return s
}

// writePowerShell writes a script for the Exchange Management Shell, in ASCII alone.
func writePowerShell(w io.Writer, unit string, all []Contact) error {
	where := ""
	if unit != "" {
		where = " -OrganizationalUnit " + powershell.ASCII(unit)
	}
	for i, c := range all {
		if i == 0 || c.Organization != all[i-1].Organization {
			if _, err := fmt.Fprintf(w, "# in %s\r\n", c.Organization); err != nil {
				return err
			}
		}
		name := powershell.ASCII(c.Name)
		if _, err := fmt.Fprintf(w, "New-MailContact -Name %s -DisplayName %s -ExternalEmailAddress %s%s\r\n", name, name, powershell.ASCII(c.Address), where); err != nil {
			return err
		}
	}
	return nil
}
