package ewstest

import (
	"slices"
	"strings"
	stdsync "sync"
)

// Fault is something that goes wrong when a request comes that it is meant for.
type Fault struct {
	Operation string             // "" is any
	Account   string             // SMTP address; "" is any
	When      func(Request) bool // a further condition; may be nil
	Skip      int                // so many requests pass first
	Times     int                // how often; 0 is once, negative is always
	Action    Action
}

// Action is what goes wrong.
type Action interface {
	run(*Server, *answer, *call)
}

// faults are those that are still to come.
type faults struct {
	mu   stdsync.Mutex
	all  []*Fault
	late []*call // whose effect is still to come
}

// Inject makes a fault come. It can be taken back.
func (s *Server) Inject(f Fault) (remove func()) {
	if f.Times == 0 {
		f.Times = 1
	}
	p := &f
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.all = append(s.faults.all, p)
	return func() {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		s.faults.all = slices.DeleteFunc(s.faults.all, func(q *Fault) bool { return p == q })
	}
}

// take is the fault that a request meets, if any. The first that was injected wins.
func (fs *faults) take(r Request) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i, f := range fs.all {
		switch {
		case f.Operation != "" && f.Operation != r.Operation:
		case f.Account != "" && !strings.EqualFold(f.Account, r.Account):
		case f.When != nil && !f.When(r):
		case f.Skip > 0:
			f.Skip--
		default:
			if f.Times > 0 {
				if f.Times--; f.Times == 0 {
					fs.all = slices.Delete(fs.all, i, i+1)
				}
			}
			return f
		}
	}
	return nil
}
