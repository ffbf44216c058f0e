package ewstest

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strings"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// Fail answers with a response code: by a SOAP fault or in the response messages.
type Fail struct {
	Code    string
	Message string // default the usual text
	Whole   bool   // a SOAP fault instead of response messages
	Only    []int  // the things of the batch that fail, from 0; nil is all
	After   bool   // after the effect
	Inner   string // with Code ErrorInternalServerError: the InnerErrorResponseCode
}

func (a Fail) run(s *Server, out *answer, c *call) {
	text := a.Message
	if text == "" {
		text = texts[a.Code]
	}
	refusal := &mapi.Error{Code: a.Code, Message: text, Whole: a.Whole}
	if a.Whole {
		if a.After {
			s.execute(c)
		}
		out.fault(refusal)
		return
	}
	c.inner = a.Inner
	c.trouble = func(i int, after bool) error {
		if after == a.After && (a.Only == nil || slices.Contains(a.Only, i)) {
			return refusal
		}
		return nil
	}
	out.write(s.execute(c))
}

// Phase is when a connection is cut.
type Phase int

// The phases. Before leaves the request without effect, the others come after it.
const (
	Before Phase = iota // the request has no effect
	Drop                // no byte of the answer is sent
	Inside              // the answer ends in the middle
	After               // the whole answer was sent
)

// Cut cuts the connection.
type Cut struct{ Phase Phase }

func (a Cut) run(s *Server, out *answer, c *call) {
	if a.Phase == Before {
		out.cut()
	}
	body, err := s.execute(c)
	switch a.Phase {
	case Drop:
		out.cut()
	case Inside:
		var b strings.Builder
		w := writer{Writer: bufio.NewWriter(&b), profile: s.options.Profile}
		if err == nil {
			w.envelope(body)
		} else {
			w.fault(refusalOf(err), nil)
		}
		w.Flush()
		out.Header().Set("Content-Type", out.contentType())
		io.WriteString(out, b.String()[:b.Len()/2])
		http.NewResponseController(out.ResponseWriter).Flush()
		out.cut()
	default:
		out.Header().Set("Connection", "close")
		out.write(body, err)
	}
}

// cut ends the connection at once.
func (a *answer) cut() {
	a.done(0, "cut")
	panic(http.ErrAbortHandler)
}

// Late cuts the connection and lets the effect come when Release is called.
type Late struct{}

func (Late) run(s *Server, out *answer, c *call) {
	s.faults.mu.Lock()
	s.faults.late = append(s.faults.late, c)
	s.faults.mu.Unlock()
	out.cut()
}

// Release lets the effects of Late appear, in the order of the requests. It reports how many there were.
func (s *Server) Release() int {
	s.faults.mu.Lock()
	late := s.faults.late
	s.faults.late = nil
	s.faults.mu.Unlock()
	for _, c := range late {
		c.now = s.now()
		s.execute(c)
	}
	return len(late)
}

// Hang leaves the request without effect and without an answer until the client gives up or the server is closed.
type Hang struct{}

func (Hang) run(s *Server, out *answer, c *call) {
	select {
	case <-out.gone:
	case <-s.closing:
	}
	out.cut()
}

// Status answers with an HTTP status and no SOAP. The request has no effect. 401 without a header of its own forgets who is logged in on all
// connections and announces the schemes.
type Status struct {
	Code   int
	Header http.Header
	Body   string
}

func (a Status) run(s *Server, out *answer, c *call) {
	for k, v := range a.Header {
		out.Header()[http.CanonicalHeaderKey(k)] = v
	}
	if a.Code == http.StatusUnauthorized && a.Header == nil {
		s.auth.Forget()
		for _, scheme := range s.options.Schemes {
			if scheme == "Basic" {
				scheme = `Basic realm="` + s.options.Domain + `"`
			}
			out.Header().Add("WWW-Authenticate", scheme)
		}
	}
	out.WriteHeader(a.Code)
	io.WriteString(out, a.Body)
	out.done(a.Code, "")
}

// Page answers with a web page instead of SOAP, as the page of a wrong virtual directory or a login form does. The request has no effect.
func Page() Action {
	return Status{Code: http.StatusOK, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body: "<!DOCTYPE html><html><head><title>Outlook</title></head><body><form action=\"/owa/auth.owa\">Sign in</form></body></html>"}
}

// Partial makes listings give at most so many rows a page.
type Partial struct{ Rows int }

func (a Partial) run(s *Server, out *answer, c *call) {
	c.pageLimit = a.Rows
	out.write(s.execute(c))
}

// Endless makes listings say that there is more, even if there is not.
type Endless struct{}

func (Endless) run(s *Server, out *answer, c *call) {
	body, err := s.execute(c)
	if err == nil {
		for _, m := range within(body, "ResponseMessages") {
			root := m.Child("RootFolder")
			if root == nil {
				continue
			}
			for i := range root.Attrs {
				if root.Attrs[i].Name == "IncludesLastItemInRange" {
					root.Attrs[i].Value = "false"
				}
			}
		}
	}
	out.write(body, err)
}

// Oversized answers with so many bytes of well-formed nonsense; a negative number never ends. The request has no effect.
type Oversized struct{ Bytes int64 }

func (a Oversized) run(s *Server, out *answer, c *call) {
	out.Header().Set("Content-Type", out.contentType())
	head := `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="` + envelopeSpace + `"><s:Body><m:` + c.op.name + `Response xmlns:m="` + soap.Messages + `"><m:ResponseMessages>`
	io.WriteString(out, head)
	piece := []byte("<m:" + c.op.name + `ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:` + c.op.name + "ResponseMessage>")
	for n := int64(0); a.Bytes < 0 || n < a.Bytes; n += int64(len(piece)) {
		if _, err := out.Write(piece); err != nil {
			break
		}
	}
	io.WriteString(out, `</m:ResponseMessages></m:`+c.op.name+`Response></s:Body></s:Envelope>`)
	out.done(http.StatusOK, "")
}

// Stale lets a request that only reads see an old state, as a replica that lags behind shows it.
type Stale struct{ Snapshot *Snapshot }

func (a Stale) run(s *Server, out *answer, c *call) {
	if c.op.mutating {
		out.write(s.execute(c))
		return
	}
	s.mu.RLock()
	c.st = a.Snapshot.state
	body, err := s.execute(c)
	s.mu.RUnlock()
	out.write(body, err)
}

// Trailing sends HTML behind the answer.
type Trailing struct{}

func (Trailing) run(s *Server, out *answer, c *call) {
	out.write(s.execute(c))
	io.WriteString(out, "\r\n<html><body>The service is unavailable.</body></html>")
}

// Illegal puts characters that XML 1.0 forbids, raw and as references, into the names and subjects of an answer.
type Illegal struct{}

func (Illegal) run(s *Server, out *answer, c *call) {
	body, err := s.execute(c)
	if err == nil {
		body = spoiled(body)
	}
	out.raw = true
	out.write(body, err)
}

// spoiled is a copy of an element with characters that do not belong into XML.
func spoiled(e *soap.Element) *soap.Element {
	n := *e
	switch e.Name {
	case "Subject", "DisplayName", "Name", "FileAs":
		n.Text += "\x01\x0b\ufffe"
	}
	n.Children = nil
	for _, c := range e.Children {
		n.Children = append(n.Children, spoiled(c))
	}
	return &n
}
