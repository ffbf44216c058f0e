package ewstest

import (
	"strconv"
	"strings"

	"iorepl/sync/ews/soap"
)

// maxResolved is how many names ResolveNames gives.
const maxResolved = 100

// resolveNames is ResolveNames (MS-OXWSRSLNM 3.1.4.1) over accounts and contacts.
func (c *call) resolveNames() (*soap.Element, error) {
	c.entry.IDs = 1
	entry := c.req.Value("UnresolvedEntry")
	found := c.s.recipients(func(r recipient) bool { return c.matches(r, entry) })
	if len(found) == 0 {
		m, err := c.message(nil, fail("ErrorNameResolutionNoResults"))
		if err != nil {
			return nil, err
		}
		return c.response(m), nil
	}
	all := len(found) <= maxResolved
	found = found[:min(len(found), maxResolved)]
	set := soap.M("ResolutionSet", soap.Attr{Name: "TotalItemsInView", Value: strconv.Itoa(len(found))},
		soap.Attr{Name: "IncludesLastItemInRange", Value: boolText(all)})
	for _, a := range found {
		r := soap.T("Resolution", c.mailbox(a))
		if isTrue(c.req.Attr("ReturnFullContactData")) {
			r.Add(soap.T("Contact", soap.T("DisplayName", a.name),
				soap.T("EmailAddresses", soap.T("Entry", soap.Attr{Name: "Key", Value: "EmailAddress1"}, "SMTP:"+a.address)), soap.T("ContactSource", "ActiveDirectory")))
		}
		set.Add(r)
	}
	var err error
	if len(found) > 1 {
		err = fail("ErrorNameResolutionMultipleResults")
	}
	m, err := c.message([]*soap.Element{set}, err)
	if err != nil {
		return nil, err
	}
	return c.response(m), nil
}

// matches reports whether an ambiguous name may mean somebody: the beginning of a name or address, or a legacyExchangeDN.
func (c *call) matches(a recipient, entry string) bool {
	entry = strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(entry, "smtp:"), "SMTP:"))
	switch {
	case entry == "":
		return false
	case c.grommunio():
		return strings.Contains(a.address, entry) || strings.Contains(strings.ToLower(a.name), entry)
	case strings.HasPrefix(entry, "/o="):
		return a.dn != "" && strings.EqualFold(a.dn, entry)
	default:
		return strings.HasPrefix(a.address, entry) || strings.HasPrefix(strings.ToLower(a.name), entry)
	}
}

// mailbox is somebody of the directory as a t:Mailbox.
func (c *call) mailbox(a recipient) *soap.Element {
	kind := "Mailbox"
	if a.contact {
		kind = "Contact"
	}
	return soap.T("Mailbox", soap.T("Name", a.name), soap.T("EmailAddress", a.address), soap.T("RoutingType", "SMTP"),
		soap.T("MailboxType", kind))
}
