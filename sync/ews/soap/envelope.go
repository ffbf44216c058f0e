package soap

import "strings"

// The namespaces around those of EWS.
const (
	envelopeSpace = "http://schemas.xmlsoap.org/soap/envelope/"
	errorsSpace   = "http://schemas.microsoft.com/exchange/services/2006/errors"
)

// Request is what a client sends.
type Request struct {
	Version     Version // what the body is written for (RequestServerVersion)
	Impersonate string  // whom to act as: an SMTP address, or a SID ("S-1-..."); "" for the account itself
	Header      []*Element
	Body        *Element
}

// Envelope puts the request's header elements in front of its own ones.
func (r Request) Envelope() Envelope {
	header := []*Element{T("RequestServerVersion", Attr{"Version", r.Version.String()})}
	if r.Impersonate != "" {
		kind := "PrimarySmtpAddress"
		if strings.HasPrefix(r.Impersonate, "S-1-") {
			kind = "SID"
		}
		header = append(header, T("ExchangeImpersonation", T("ConnectingSID", T(kind, r.Impersonate))))
	}
	return Envelope{Header: append(header, r.Header...), Body: r.Body}
}

// Envelope is a SOAP 1.1 envelope with one element in its body.
type Envelope struct {
	Header []*Element // none: no soap:Header
	Body   *Element
}

// FaultBody makes the body of an envelope that says that a request failed as a whole: as Exchange 2010 and later word it, with the
// response code as faultcode and once more in the detail, or without a detail if there is no code. More elements of the detail can
// follow, such as MessageXml.
func FaultBody(code, text string, detail ...*Element) *Element {
	fault := &Element{Space: envelopeSpace, Name: "Fault"}
	if code == "" {
		fault.Add(&Element{Name: "faultcode", Text: "soap:Client"}, &Element{Name: "faultstring", Text: text})
		return fault
	}
	d := &Element{Name: "detail"}
	d.Add(&Element{Space: errorsSpace, Name: "ResponseCode", Text: code}, &Element{Space: errorsSpace, Name: "Message", Text: text})
	d.Add(detail...)
	fault.Add(&Element{Name: "faultcode", Text: "t:" + code}, &Element{Name: "faultstring", Text: text}, d)
	return fault
}
