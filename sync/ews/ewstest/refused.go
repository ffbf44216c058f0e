package ewstest

import "iorepl/sync/ews/soap"

// syncFolder is SyncFolderItems and SyncFolderHierarchy: Exchange does not offer them for public folders. Nothing here needs them
// for others.
func (c *call) syncFolder() (*soap.Element, error) {
	c.entry.IDs = 1
	err := fail("ErrorInvalidOperation")
	if c.grommunio() {
		err = failAs("ErrorInternalServerError", "E-3300: not imitated")
	}
	m, err := c.message(nil, err)
	if err != nil {
		return nil, err
	}
	return c.response(m), nil
}
