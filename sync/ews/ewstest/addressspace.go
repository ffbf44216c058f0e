package ewstest

import (
	"strings"
	stdsync "sync"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// AddAvailabilityAddressSpace does what Add-AvailabilityAddressSpace -AccessMethod PublicFolder does on 2007 and 2010: free/busy of contacts and
// mail users in an SMTP domain is read from the free/busy folder of their legacyExchangeDN. On other servers it changes nothing.
func (s *Server) AddAvailabilityAddressSpace(domain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spaces[strings.ToLower(domain)] = true
}

// externalGroup is where Exchange 2010 and later put new contacts. 2010 asks the Availability service of their own organization for them.
const externalGroup = "/ou=External (FYDIBOHF25SPDLT)"

// legacyView is the view of somebody without a mailbox here.
func (c *call) legacyView(who recipient, q *availability) (*soap.Element, error) {
	_, domain, _ := strings.Cut(who.address, "@")
	switch {
	case c.has(rank2013) || !c.s.spaces[strings.ToLower(domain)]:
		return nil, failAs("ErrorMailRecipientNotFound", "Unable to resolve e-mail address <"+who.name+">SMTP:"+who.address+" to an Active Directory object.")
	case c.has(rank2010) && strings.Contains(strings.ToLower(who.dn), strings.ToLower(externalGroup)):
		return nil, fail("ErrorProxyRequestProcessingFailed")
	}
	path, subject := c.s.FreeBusyPlace(who.dn)
	f, err := c.path(path)
	if err != nil {
		return nil, fail("ErrorPublicFolderRequestProcessingFailed")
	}
	all := []appointment{{Event: Event{Start: q.start, End: q.end, BusyType: NoData}}}
	if r := c.newestFreeBusy(f, subject); r != nil {
		if all, err = published(r.item, q.start, q.end); err != nil {
			return nil, fail("ErrorPublicFolderRequestProcessingFailed")
		}
	}
	return soap.M("FreeBusyView", soap.T("FreeBusyViewType", "MergedOnly"), soap.T("MergedFreeBusy", q.digits(all))), nil
}

// published are the times of a message, with NoData where it says nothing.
func published(it *mapi.Item, start, end time.Time) ([]appointment, error) {
	f, spans, err := readFreeBusy(it)
	if err != nil {
		return nil, err
	}
	var all []appointment
	add := func(from, to time.Time, b BusyType) {
		if from.Before(to) && from.Before(end) && to.After(start) {
			all = append(all, appointment{Event: Event{Start: from, End: to, BusyType: b}})
		}
	}
	for _, s := range spans[0] {
		add(s.start, s.end, Busy)
	}
	for _, e := range f.Events {
		add(e.Start, e.End, e.BusyType)
	}
	add(start, f.Start, NoData)
	add(f.End, end, NoData)
	return all, nil
}

// newestFreeBusy is the message of that subject in a folder, the one that was published last; nil if there is none.
func (c *call) newestFreeBusy(f *folder, subject string) *record {
	var newest *record
	var latest time.Time
	for _, r := range c.s.subjects.of(f, subject) {
		v, _ := r.item.Property(tagPath(tagPublished, "SystemTime"))
		at, _ := time.Parse(time.RFC3339, v.String())
		if newest == nil || at.After(latest) {
			newest, latest = r, at
		}
	}
	return newest
}

// subjects finds items of a folder by subject, without regard to case, in one revision of it.
type subjects struct {
	mu  stdsync.Mutex
	all map[uint64]subjectIndex // by folder
}

type subjectIndex struct {
	rev uint64
	by  map[string][]*record
}

func (x *subjects) of(f *folder, subject string) []*record {
	x.mu.Lock()
	defer x.mu.Unlock()
	index, ok := x.all[f.id]
	if !ok || index.rev != f.rev {
		index = subjectIndex{f.rev, map[string][]*record{}}
		for _, r := range f.items {
			v, _ := r.item.Property(subjectPath)
			key := strings.ToUpper(v.String())
			index.by[key] = append(index.by[key], r)
		}
		if x.all == nil {
			x.all = map[uint64]subjectIndex{}
		}
		x.all[f.id] = index
	}
	return index.by[strings.ToUpper(subject)]
}
