package ewstest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"

	"iorepl/sync/ews/soap"
)

// exchange answers POST /EWS/Exchange.asmx for somebody who has logged in.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request, user string) {
	entry := &Request{Header: http.Header{}}
	for _, h := range keptHeaders {
		if v := r.Header.Get(h); v != "" {
			entry.Header.Set(h, v)
		}
	}
	s.mu.RLock()
	who := s.byName(user)
	s.mu.RUnlock()
	if who == nil {
		http.Error(w, "Access is denied.", http.StatusForbidden)
		return
	}
	entry.Account = who.address
	logged := s.journal.add(entry)
	defer s.journal.write(logged, entry)
	w.Header().Set("Date", s.now().Format(http.TimeFormat))
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<html><head><title>Exchange Web Services</title></head><body>You have created a service.</body></html>")
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	out := &answer{ResponseWriter: w, s: s, entry: entry, gone: r.Context().Done()}
	if r.ContentLength > s.options.MaxRequest {
		out.tooLong()
		return
	}
	body := &counted{r: http.MaxBytesReader(w, r.Body, s.options.MaxRequest)}
	c, err := s.read(body, who, r.Header, entry)
	entry.In = body.n
	s.journal.write(logged, entry)
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		out.tooLong()
		return
	}
	if err != nil {
		out.fault(err)
		return
	}
	defer func() {
		// A mistake of the server itself shows in the log instead of looking like a cut connection.
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			out.fault(fmt.Errorf("panic: %v", p))
			entry.Code = fmt.Sprintf("panic: %v\n%s", p, debug.Stack())
		} else if p != nil {
			panic(p)
		}
	}()
	release, err := s.busy.enter(who.address, s.options.Concurrency)
	if err != nil {
		out.fault(err)
		return
	}
	defer release()
	if f := s.faults.take(*entry); f != nil {
		f.Action.run(s, out, c)
		return
	}
	out.write(s.execute(c))
}

// read understands a request as far as it can without touching folders.
func (s *Server) read(body io.Reader, who *account, header http.Header, entry *Request) (*call, error) {
	p := s.options.Profile
	var raw []byte
	if s.options.Validate != nil {
		var err error
		if raw, err = io.ReadAll(body); err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	if ct := header.Get("Content-Type"); !strings.HasPrefix(strings.ToLower(ct), "text/xml") && p != Grommunio {
		return nil, &httpError{http.StatusUnsupportedMediaType, "Cannot process the message because the content type '" + ct +
			"' was not the expected type 'text/xml; charset=utf-8'."}
	}
	env, err := readEnvelope(body)
	if err != nil {
		var tooLong *http.MaxBytesError
		if errors.As(err, &tooLong) {
			return nil, err
		}
		return nil, malformed(p, err)
	}
	c := &call{s: s, who: who, req: env.body, profile: p, rank: rank2007SP1, header: header, entry: entry, now: s.now()}
	for _, h := range env.header {
		switch {
		case h.Is("RequestServerVersion"):
			entry.Version = h.Attr("Version")
		case h.Is("TimeZoneContext"):
			c.zone = h.Child("TimeZoneDefinition")
		}
	}
	rank, ok := rankOf(p, entry.Version)
	if !ok {
		return nil, failAll("ErrorInvalidServerVersion")
	}
	c.rank = rank
	if s.options.Validate != nil {
		if err := s.options.Validate(entry.Version, raw); err != nil {
			s.journal.invalid(err)
			return nil, failAllAs("ErrorSchemaValidation", "The request failed schema validation: "+err.Error())
		}
	}
	op, ok := operations()[env.body.Name]
	if !ok || op.since > newest(p) || op.exchange && p == Grommunio || env.body.Space != soap.Messages {
		return nil, unknownOperation(p, env.body.Name)
	}
	c.op = op
	if err := c.validate(); err != nil {
		entry.Operation, entry.Mutating = op.name, op.mutating
		return nil, err
	}
	entry.Operation, entry.Mutating, entry.IDs = op.name, op.mutating, countIDs(env.body)
	entry.Rows, entry.MIME = rowsAsked(env.body), isTrue(env.body.Value("ItemShape", "IncludeMimeContent"))
	for _, h := range env.header {
		if h.Is("ExchangeImpersonation") {
			if err := c.impersonate(h); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// countIDs is how many things a request names or makes.
func countIDs(req *soap.Element) int {
	n := 0
	for _, e := range req.Children {
		switch e.Name {
		case "FolderIds", "ItemIds", "ParentFolderIds", "AttachmentIds", "Items", "Folders", "ItemChanges", "FolderChanges", "Attachments",
			"MailboxDataArray":
			n += len(e.Children)
		}
	}
	return n
}

// impersonate makes the call one of somebody else.
func (c *call) impersonate(h *soap.Element) error {
	sid := h.Child("ConnectingSID")
	if sid == nil || len(sid.Children) != 1 {
		return failAll("ErrorInvalidRequest")
	}
	name := strings.TrimSpace(sid.Children[0].Text)
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	var as *account
	switch sid.Children[0].Name {
	case "PrimarySmtpAddress", "SmtpAddress":
		as = c.s.byAddress(name)
	case "PrincipalName":
		user, _, _ := strings.Cut(name, "@")
		as = c.s.byName(user)
	case "SID":
		for _, a := range c.s.accounts {
			if sidOf(a.address) == name {
				as = a
			}
		}
	}
	switch {
	case as == nil:
		return failAllAs("ErrorNonExistentMailbox", texts["ErrorNonExistentMailbox"])
	case as != c.who && !c.who.impersonates:
		return failAllAs("ErrorImpersonateUserDenied", "The account does not have permission to impersonate the requested user.")
	}
	c.who = as
	c.entry.Account = as.address
	return nil
}

// execute does what the call asks for.
func (s *Server) execute(c *call) (*soap.Element, error) {
	c.prepare()
	if c.st != nil { // a state of its own
		return c.op.do(c)
	}
	if c.op.mutating {
		s.mu.Lock()
		defer s.mu.Unlock()
	} else {
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	c.st = s.state
	return c.op.do(c)
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
