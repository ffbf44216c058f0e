package ewstest

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// answer writes one answer and notes it in the log.
type answer struct {
	http.ResponseWriter
	s     *Server
	entry *Request
	n     int64
	raw   bool            // characters that XML forbids go out as they are
	gone  <-chan struct{} // the client gave up
}

func (a *answer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.n += int64(n)
	return n, err
}

// done notes what was answered.
func (a *answer) done(status int, code string) {
	a.entry.Status, a.entry.Out = status, a.n
	if code != "" {
		a.entry.Code = code
	}
}

func (a *answer) contentType() string {
	if a.s.options.Profile == Grommunio {
		return "text/xml"
	}
	return "text/xml; charset=utf-8"
}

// write answers with what an operation gave.
func (a *answer) write(body *soap.Element, err error) {
	if err != nil {
		a.fault(err)
		return
	}
	a.Header().Set("Content-Type", a.contentType())
	w := writer{bufio.NewWriterSize(a, 64<<10), a.s.options.Profile, a.raw}
	w.envelope(body)
	w.Flush()
	a.done(http.StatusOK, "")
}

// fault answers with a SOAP fault, or with the HTTP status of an httpError.
func (a *answer) fault(err error) {
	p := a.s.options.Profile
	var plain *httpError
	if errors.As(err, &plain) {
		if p == Grommunio && plain.status == http.StatusInternalServerError {
			a.faultText(plain.status, &mapi.Error{Code: "SOAP:Client", Message: plain.text}, nil)
			return
		}
		http.Error(a, plain.text, plain.status)
		a.done(plain.status, plain.text)
		return
	}
	r := refusalOf(err)
	status := http.StatusInternalServerError
	var extra []*soap.Element
	switch {
	case p == Grommunio && r.Code != "ErrorSchemaValidation" && !strings.HasPrefix(r.Message, "E-3107"):
		status = http.StatusOK
	case r.Code == "ErrorServerBusy":
		extra = []*soap.Element{a.s.backOff()}
	case r.Code == "ErrorSchemaValidation":
		_, violation, _ := strings.Cut(r.Message, ": ")
		extra = []*soap.Element{soap.T("LineNumber", "1"), soap.T("LinePosition", "1"), soap.T("Violation", violation)}
	}
	a.faultText(status, r, extra)
}

func (a *answer) faultText(status int, r *mapi.Error, extra []*soap.Element) {
	var b bytes.Buffer
	w := writer{Writer: bufio.NewWriter(&b), profile: a.s.options.Profile}
	w.fault(r, extra)
	w.Flush()
	a.Header().Set("Content-Type", a.contentType())
	a.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	a.WriteHeader(status)
	a.Write(b.Bytes())
	a.done(status, r.Code)
}

// tooLong refuses a request before it is read.
func (a *answer) tooLong() {
	status := http.StatusRequestEntityTooLarge
	switch a.s.options.Profile {
	case Exchange2007SP1:
		status = http.StatusInternalServerError
	case Exchange2010SP2:
		status = http.StatusNotFound // IIS: 404.13
	case Grommunio:
		status = http.StatusMethodNotAllowed
	}
	a.Header().Set("Connection", "close")
	http.Error(a, "The request is too long.", status)
	a.done(status, "too long")
}

// httpError is an answer without SOAP.
type httpError struct {
	status int
	text   string
}

func (e *httpError) Error() string { return strconv.Itoa(e.status) + " " + e.text }

func malformed(p Profile, err error) error {
	switch p {
	case Exchange2007SP1:
		return failAllAs("ErrorSchemaValidation", "The request failed schema validation: "+err.Error())
	case Grommunio:
		return &httpError{http.StatusInternalServerError, "Invalid XML"}
	default:
		return &httpError{http.StatusBadRequest, "Bad Request"}
	}
}

func unknownOperation(p Profile, name string) error {
	switch p {
	case Grommunio:
		return &httpError{http.StatusInternalServerError, "Unknown request '" + name + "'."}
	case Exchange2007SP1:
		return failAllAs("ErrorSchemaValidation", "The request failed schema validation: The element 'Body' in namespace '"+envelopeSpace+
			"' has invalid child element '"+name+"'.")
	default:
		return failAll("ErrorInvalidRequest")
	}
}
