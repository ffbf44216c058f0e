package ewstest

import (
	"net/http"
	"strings"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// call is one request while it is answered.
type call struct {
	s       *Server
	st      *state // what is read and changed
	who     *account
	op      operation
	req     *soap.Element
	profile Profile
	rank    int // of RequestServerVersion
	now     time.Time
	header  http.Header
	zone    *soap.Element // t:TimeZoneDefinition of the header; nil without one
	entry   *Request

	made []prepared // what CreateItem makes

	// What faults do to it:
	pageLimit int                           // rows of a page; 0 is the usual
	inner     string                        // InnerErrorResponseCode
	trouble   func(i int, after bool) error // what fails of a batch, before or after its effect
}

// operation is one of EWS' operations.
type operation struct {
	name     string
	mutating bool
	since    int // rank of the server version that has it first
	do       func(*call) (*soap.Element, error)
	exchange bool // grommunio does not have it
}

// prepare does what needs no folder, before the server is locked.
func (c *call) prepare() {
	if c.op.name == "CreateItem" {
		c.prepareItems()
	}
}

// operations is the table of what is understood, by the name of the request's element.
func operations() map[string]operation {
	all := []operation{
		{"GetFolder", false, rank2007, (*call).getFolder, false},
		{"FindFolder", false, rank2007, (*call).findFolder, false},
		{"CreateFolder", true, rank2007, (*call).createFolder, false},
		{"UpdateFolder", true, rank2007, (*call).updateFolder, false},
		{"MoveFolder", true, rank2007, (*call).moveFolder, false},
		{"CopyFolder", true, rank2007, (*call).copyFolder, false},
		{"DeleteFolder", true, rank2007, (*call).deleteFolder, false},
		{"EmptyFolder", true, rank2010SP1, (*call).emptyFolder, false},
		{"FindItem", false, rank2007, (*call).findItem, false},
		{"GetItem", false, rank2007, (*call).getItem, false},
		{"CreateItem", true, rank2007, (*call).createItem, false},
		{"UpdateItem", true, rank2007, (*call).updateItem, false},
		{"DeleteItem", true, rank2007, (*call).deleteItem, false},
		{"MoveItem", true, rank2007, (*call).moveItem, false},
		{"CopyItem", true, rank2007, (*call).copyItem, false},
		{"CreateAttachment", true, rank2007, (*call).createAttachment, false},
		{"GetAttachment", false, rank2007, (*call).getAttachment, false},
		{"DeleteAttachment", true, rank2007, (*call).deleteAttachment, false},
		{"ResolveNames", false, rank2007, (*call).resolveNames, false},
		{"ConvertId", false, rank2007SP1, (*call).convertID, false},
		{"GetServerTimeZones", false, rank2010, (*call).getServerTimeZones, true},
		{"GetUserAvailability", false, rank2007, (*call).getUserAvailability, false},
		{"SyncFolderItems", false, rank2007, (*call).syncFolder, false},
		{"SyncFolderHierarchy", false, rank2007, (*call).syncFolder, false},
	}
	table := map[string]operation{}
	for _, o := range all {
		element := o.name
		if o.name == "GetUserAvailability" {
			element += "Request"
		}
		table[element] = o
	}
	return table
}

// has reports whether the server is of that rank or later; grommunio is the newest in everything.
func (c *call) has(rank int) bool { return newest(c.profile) >= rank }

// message makes one m:XResponseMessage. Of a failure it has the empty containers that the schema wants.
func (c *call) message(content []*soap.Element, err error, empty ...string) (*soap.Element, error) {
	return c.messageCalled(c.op.name+"ResponseMessage", content, err, empty...)
}

func (c *call) messageCalled(name string, content []*soap.Element, err error, empty ...string) (*soap.Element, error) {
	if err == nil {
		m := soap.M(name, soap.Attr{Name: "ResponseClass", Value: "Success"}, soap.M("ResponseCode", "NoError"))
		m.Add(content...)
		return m, nil
	}
	r := refusalOf(err)
	if r.Whole {
		return nil, err
	}
	class := "Error"
	if strings.HasPrefix(r.Code, "ErrorNameResolutionMultiple") || r.Code == "ErrorBatchProcessingStopped" {
		class = "Warning"
	}
	m := soap.M(name, soap.Attr{Name: "ResponseClass", Value: class}, soap.M("MessageText", r.Message),
		soap.M("ResponseCode", r.Code), soap.M("DescriptiveLinkKey", "0"))
	m.Add(c.messageXML(r))
	if c.entry.Code == "" {
		c.entry.Code = r.Code
	}
	if class == "Warning" && content != nil {
		m.Add(content...)
		return m, nil
	}
	for _, e := range empty {
		m.Add(soap.M(e))
	}
	return m, nil
}

// messageXML is the additional data of a refusal.
func (c *call) messageXML(r *mapi.Error) *soap.Element {
	switch {
	case r.Code == "ErrorServerBusy" && !c.grommunio():
		return soap.M("MessageXml", c.s.backOff())
	case r.Code == "ErrorMailRecipientNotFound":
		return soap.M("MessageXml", in(errorsSpace, "ExceptionType", "Microsoft.Exchange.InfoWorker.Common.Availability.MailRecipientNotFoundException"),
			in(errorsSpace, "ExceptionCode", "5009"))
	case c.inner != "":
		return soap.M("MessageXml", soap.T("Value", soap.Attr{Name: "Name", Value: "InnerErrorResponseCode"}, c.inner), c.s.backOff())
	}
	return nil
}

// response is m:XResponse around messages.
func (c *call) response(messages ...*soap.Element) *soap.Element {
	return soap.M(c.op.name+"Response", soap.M("ResponseMessages", messages))
}

// each answers a batch: one message for each of the list.
func (c *call) each(list []*soap.Element, empty string, do func(*soap.Element) ([]*soap.Element, error)) (*soap.Element, error) {
	c.entry.IDs = len(list)
	var messages []*soap.Element
	for i, e := range list {
		content, err := c.one(i, e, do)
		var names []string
		if empty != "" {
			names = []string{empty}
		}
		m, err := c.message(content, err, names...)
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return c.response(messages...), nil
}

// one does the i-th of a batch, unless a fault is in the way.
func (c *call) one(i int, e *soap.Element, do func(*soap.Element) ([]*soap.Element, error)) ([]*soap.Element, error) {
	if c.trouble == nil {
		return do(e)
	}
	if err := c.trouble(i, false); err != nil {
		return nil, err
	}
	content, err := do(e)
	if late := c.trouble(i, true); late != nil && err == nil {
		return nil, late
	}
	return content, err
}

// grommunio reports whether the quirks of that server are wanted.
func (c *call) grommunio() bool { return c.profile == Grommunio }

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// isTrue reads an xs:boolean.
func isTrue(text string) bool { return text == "true" || text == "1" }

// within are the elements in the child of that name, none if there is no such child.
func within(e *soap.Element, name string) []*soap.Element {
	if c := e.Child(name); c != nil {
		return c.Children
	}
	return nil
}
