package ewstest

import "strings"

// routed refuses a content call that does not reach the mailbox that holds the public folder's content. It is the X-PublicFolderMailbox
// header, a mailbox GUID or its address, that chooses the mailbox (2013 and later); with RoutingByAddress the address that Autodiscover names alone,
// in both headers.
func (c *call) routed(f *folder, missing string) error {
	if !c.s.options.Routing || !f.store.public || f.mailbox == "" {
		return nil
	}
	to := c.header.Get("X-PublicFolderMailbox")
	switch {
	case to == "" || c.header.Get("X-AnchorMailbox") == "":
		return fail("ErrorPublicFolderOperationFailed")
	case c.s.options.RoutingByAddress && (to != c.s.boxAddress(f.mailbox) || c.header.Get("X-AnchorMailbox") != to):
		return fail(missing)
	case !strings.EqualFold(c.s.boxGUID(to), f.mailbox):
		return fail(missing)
	}
	return nil
}
