package mapi

import "iorepl/sync/ews/soap"

// writeZone keeps StartTimeZone or EndTimeZone; the first is also where days and hours count.
func writeZone(name string) func(*change, *soap.Element) error {
	return func(c *change, e *soap.Element) error {
		z, err := parseZone(e)
		if err != nil {
			return err
		}
		c.it.props.set(keptKey("calendar:"+name), e)
		if name == "StartTimeZone" {
			c.it.props.set(keptKey("calendar:zone"), z)
			c.it.props.delete(keptKey("calendar:MeetingTimeZone"))
		}
		return nil
	}
}

func writeMeetingZone(c *change, e *soap.Element) error {
	z, err := parseMeetingZone(e)
	if err != nil {
		return err
	}
	c.it.props.set(keptKey("calendar:MeetingTimeZone"), e)
	c.it.props.set(keptKey("calendar:zone"), z)
	c.it.props.delete(keptKey("calendar:StartTimeZone"))
	c.it.props.delete(keptKey("calendar:EndTimeZone"))
	return nil
}

func (it *Item) kept(name string) *soap.Element {
	e, _ := it.props.get(keptKey("calendar:" + name)).(*soap.Element)
	return e
}

// readMeetingZone: from 2010 on the element exists only for requests of 2007.
func readMeetingZone(r *reading) *soap.Element {
	if r.p != Exchange2007SP1 {
		return nil
	}
	return r.it.kept("MeetingTimeZone")
}

func readZone(name string) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element {
		if e := r.it.kept(name); e != nil {
			return e
		}
		if e := r.it.kept("StartTimeZone"); e != nil {
			other := *e
			other.Name = name
			return &other
		}
		z := r.it.zone()
		return soap.T(name, soap.Attr{Name: "Id", Value: z.id}, soap.Attr{Name: "Name", Value: zoneName(z.id)})
	}
}

func zoneName(id string) string {
	if id == "UTC" {
		return "(UTC) Coordinated Universal Time"
	}
	return id
}

func readZoneID(name string) func(*reading) *soap.Element {
	return func(r *reading) *soap.Element { return soap.T(name, r.it.zone().id) }
}

func readTimeZone(r *reading) *soap.Element {
	if e := r.it.kept("StartTimeZone"); e != nil && e.Attr("Name") != "" {
		return soap.T("TimeZone", e.Attr("Name"))
	}
	return soap.T("TimeZone", zoneName(r.it.zone().id))
}
