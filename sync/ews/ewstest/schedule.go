package ewstest

import (
	"strings"
	"time"
)

// BusyType is what an appointment says of its owner (MS-OXWSCDATA 2.2.5.17).
type BusyType string

// The busy types. WorkingElsewhere came with 2013.
const (
	Free             BusyType = "Free"
	Tentative        BusyType = "Tentative"
	Busy             BusyType = "Busy"
	OOF              BusyType = "OOF"
	NoData           BusyType = "NoData"
	WorkingElsewhere BusyType = "WorkingElsewhere"
)

// Event is a time in somebody's calendar.
type Event struct {
	Start, End time.Time
	BusyType   BusyType
	Subject    string // only those who may see details see it
}

// View is how much of a calendar others may see.
type View int

// The views.
const (
	ViewFreeBusy View = iota // times and busy types; what people see by default
	ViewDetailed             // subjects too
	ViewMerged               // a digit for each piece of time
	ViewNone                 // nothing: ErrorNoFreeBusyAccess
)

// schedule is what the Availability service knows of an address besides the calendar folder.
type schedule struct {
	events  []Event
	hosted  bool // there is a calendar, even if nobody can log in to it
	view    View
	refusal error // instead of an answer
}

// SetCalendar says what is in somebody's calendar besides the appointments of the mailbox's Calendar folder; it takes the place of what was
// said before. An address without an account becomes that of a mailbox of this organization into which nobody logs in.
func (s *Server) SetCalendar(address string, events []Event) {
	s.schedule(address, func(c *schedule) { c.events, c.hosted = events, true })
}

// SetView says how much others than the owner see of a calendar.
func (s *Server) SetView(address string, v View) {
	s.schedule(address, func(c *schedule) { c.view = v })
}

// RefuseAvailability lets GetUserAvailability answer with a response code for an address, whoever asks: ErrorFreeBusyGenerationFailed,
// ErrorProxyRequestNotAllowed and so on. An empty text is the usual one, and an empty code takes the refusal back.
func (s *Server) RefuseAvailability(address, code, text string) {
	s.schedule(address, func(c *schedule) {
		switch {
		case code == "":
			c.refusal = nil
		case text == "":
			c.refusal = fail(code)
		default:
			c.refusal = failAs(code, text)
		}
	})
}

// schedule changes what is known of an address.
func (s *Server) schedule(address string, change func(*schedule)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address = strings.ToLower(address)
	c := s.schedules[address]
	if c == nil {
		c = &schedule{}
		s.schedules[address] = c
	}
	change(c)
}
