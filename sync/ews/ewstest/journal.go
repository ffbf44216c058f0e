package ewstest

import (
	"net/http"
	"slices"
	"strings"
	stdsync "sync"
)

// Request is an entry of the server's log.
type Request struct {
	Operation string // FindItem ...; "" for a request that was not understood
	Account   string // SMTP address; "" if nobody logged in
	Version   string // RequestServerVersion
	Mutating  bool   // the operation changes folders or items
	IDs       int    // folders or items that it names or makes
	Rows      int    // the most that it asks a listing for; 0 is all
	MIME      bool   // it asks for items' MIME content
	In, Out   int64  // bytes of the bodies
	Status    int    // HTTP status
	Code      string // of the SOAP fault, or the first error in the answer; "" for none
	Header    http.Header
}

// Only these headers are kept.
var keptHeaders = []string{"X-AnchorMailbox", "X-PublicFolderMailbox", "X-Owa-Explicitlogonuser", "User-Agent", "Content-Type"}

// journal is the log.
type journal struct {
	mu    stdsync.Mutex
	all   []*Request
	found []error
}

// add makes a place in the log for a request and gives it.
func (j *journal) add(r *Request) *Request {
	logged := *r
	j.mu.Lock()
	defer j.mu.Unlock()
	j.all = append(j.all, &logged)
	return &logged
}

// write puts what is known of a request by now into its place.
func (j *journal) write(logged, r *Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	*logged = *r
}

// Log is what the server was asked so far, in order of arrival. Requests without credentials, as NTLM begins with, are not in it.
func (s *Server) Log() []Request {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	all := make([]Request, len(s.journal.all))
	for i, r := range s.journal.all {
		all[i] = *r
	}
	return all
}

// ClearLog forgets the log.
func (s *Server) ClearLog() {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	s.journal.all = nil
}

// Mutations are the requests of an account that were to change something, whether they did or not. An empty address is any.
func (s *Server) Mutations(address string) []Request {
	return slices.DeleteFunc(s.Log(), func(r Request) bool {
		return !r.Mutating || address != "" && !strings.EqualFold(r.Account, address)
	})
}

// invalid keeps what Options.Validate found.
func (j *journal) invalid(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.found = append(j.found, err)
}

// Invalid are the errors that Options.Validate gave so far.
func (s *Server) Invalid() []error {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return slices.Clone(s.journal.found)
}
