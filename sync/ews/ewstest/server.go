// Package ewstest is an Exchange server to try things out on: it speaks Exchange Web Services over HTTP, logs people in, has
// mailboxes and public folders, enforces rights, says who is free and busy, and keeps what it is told in memory. It imitates Exchange 2007 SP1, 2010 SP2, 2016
// and grommunio, each with what it refuses and what it gets wrong. Whole states can be kept and put back, and faults
// come on demand, so that a client's way through bad days can be tested.
package ewstest

import (
	"cmp"
	"crypto/tls"
	"net/http"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"time"

	"iorepl/sync/ews/ewstest/auth"
)

// Options say what kind of server it is. The zero value is an Exchange 2007 SP1 of the organization contoso.test.
type Options struct {
	Profile      Profile
	Domain       string           // SMTP domain; default contoso.test
	NTDomain     string           // of logon names; default the first label of Domain, in capitals
	Organization string           // the /o= of legacyExchangeDNs; default "First Organization"
	AdminGroups  []string         // names of the administrative groups; default the one of Exchange 2007 and later
	Now          func() time.Time // default time.Now

	Schemes        []string     // as WWW-Authenticate offers them, in order: Negotiate, NTLM, Basic; default by profile
	ChannelBinding auth.Binding // Extended Protection; the zero value is off
	LockoutAfter   int          // bad passwords in a row that lock an account; 0 is never
	Certificate    *tls.Certificate
	MinTLS, MaxTLS uint16 // versions of crypto/tls; 0 is its default

	PageCap     int   // the most rows of one FindItem or FindFolder; default by profile
	WholePages  bool  // a listing of more rows than PageCap is refused, as before 2010 SP1, and not cut
	MaxRequest  int64 // bytes of a request; default by profile
	MaxItem     int64 // bytes of an item; 0: no limit
	FolderQuota int64 // bytes of a public folder; 0: no limit

	AvailabilityDays int // the most days of a GetUserAvailability; default by profile

	Concurrency int           // requests of one account at a time before ErrorServerBusy; 0: no limit
	BackOff     time.Duration // what ErrorServerBusy asks for; default one second

	Routing          bool // content calls need the routing headers of 2013 and later
	RoutingByAddress bool // with Routing: the headers have to be the address that Autodiscover names, and not a GUID
	SOAPDiscovery    bool // Autodiscover answers by SOAP alone
	LateHierarchy    bool // new folders are unknown outside the primary hierarchy mailbox until Replicate
	HideDenied       bool // a folder that the account may not see is ErrorItemNotFound, not ErrorAccessDenied
	OneSubtree       bool // the ParentFolderId of top-level public folders is the root that they are found in
	CoarseTokens     bool // change tokens follow the clock alone: two changes in a second look like one, as on Exchange

	// Validate is given each request with the RequestServerVersion that it names. An error is answered with
	// ErrorSchemaValidation and kept for Invalid. It may be nil.
	Validate func(version string, envelope []byte) error
}

// Server is an Exchange organization with one server. Its methods may be called concurrently.
type Server struct {
	options       Options
	certificate   tls.Certificate
	noCertificate error // why there is none
	auth          *auth.Handler
	handler       http.Handler

	mu       stdsync.RWMutex // of all below but what has a lock of its own
	state    *state
	public   *store
	accounts []*account
	contacts map[string]*recipient // by address

	schedules map[string]*schedule // by address
	spaces    map[string]bool      // domains whose free/busy is in public folders
	subjects  subjects

	views   views
	journal journal
	faults  faults
	busy    busy

	boxPrefix atomic.Value // string, see RenameMailboxes

	listenMu stdsync.Mutex
	servers  []*http.Server
	closing  chan struct{}
	closed   stdsync.Once
}

// New makes a server with public folders and without accounts.
func New(o Options) *Server {
	o.Domain = cmp.Or(o.Domain, "contoso.test")
	label, _, _ := strings.Cut(o.Domain, ".")
	o.NTDomain = cmp.Or(o.NTDomain, strings.ToUpper(label))
	o.Organization = cmp.Or(o.Organization, "First Organization")
	if len(o.AdminGroups) == 0 {
		o.AdminGroups = []string{"Exchange Administrative Group (FYDIBOHF23SPDLT)"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PageCap == 0 {
		o.PageCap = pageCap(o.Profile)
	}
	if o.MaxRequest == 0 {
		o.MaxRequest = requestLimit(o.Profile)
	}
	o.AvailabilityDays = cmp.Or(o.AvailabilityDays, availabilityDays(o.Profile))
	o.BackOff = cmp.Or(o.BackOff, time.Second)
	if o.Schemes == nil {
		o.Schemes = schemes(o.Profile)
	}
	s := &Server{options: o, state: newState(), contacts: map[string]*recipient{}, schedules: map[string]*schedule{},
		spaces: map[string]bool{}, closing: make(chan struct{})}
	if o.Certificate != nil {
		s.certificate = *o.Certificate
	} else {
		s.certificate, s.noCertificate = NewCertificate("mail."+o.Domain, time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
	}
	s.auth = auth.New(s.routes(), auth.Options{Accounts: s.accountPassword, Schemes: o.Schemes, Domain: o.NTDomain, DNSDomain: o.Domain,
		ChannelBinding: o.ChannelBinding, Certificate: s.certificate.Leaf, RefuseUPN: o.Profile == Grommunio, LockoutAfter: o.LockoutAfter})
	s.handler = s.auth
	s.plantPublic()
	return s
}

func (s *Server) now() time.Time { return s.options.Now().UTC() }
