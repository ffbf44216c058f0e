package ewstest

import (
	"slices"

	"iorepl/sync/ews/soap"
)

// zone is a time zone as a server describes it: offsets are biases, UTC = local time + bias.
type zone struct {
	id, name, standard, daylight string
	to, from                     transition // of daylight saving time; the zero value is a zone without
}

// transition is when the clocks change each year.
type transition struct {
	offset string // after midnight
	month  string
	week   string // 1 to 4, -1 is the last
}

var zones = []zone{
	{"UTC", "(UTC) Coordinated Universal Time", "PT0S", "", transition{}, transition{}},
	{"GMT Standard Time", "(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "PT0S", "-PT1H", transition{"PT1H", "3", "-1"}, transition{"PT2H", "10", "-1"}},
	{"W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "-PT1H", "-PT2H", transition{"PT2H", "3", "-1"}, transition{"PT3H", "10", "-1"}},
	{"Eastern Standard Time", "(UTC-05:00) Eastern Time (US & Canada)", "PT5H", "PT4H", transition{"PT2H", "3", "2"}, transition{"PT2H", "11", "1"}},
	{"Pacific Standard Time", "(UTC-08:00) Pacific Time (US & Canada)", "PT8H", "PT7H", transition{"PT2H", "3", "2"}, transition{"PT2H", "11", "1"}},
	{"Tokyo Standard Time", "(UTC+09:00) Osaka, Sapporo, Tokyo", "-PT9H", "", transition{}, transition{}},
}

// getServerTimeZones is GetServerTimeZones (MS-OXWSGTZ 3.1.4.1) with a few zones.
func (c *call) getServerTimeZones() (*soap.Element, error) {
	c.entry.IDs = 1
	var wanted []string
	if ids := c.req.Child("Ids"); ids != nil {
		for _, id := range ids.Children {
			wanted = append(wanted, id.Text)
		}
	}
	full := c.req.Attr("ReturnFullTimeZoneData") != "false"
	list := soap.M("TimeZoneDefinitions")
	for _, z := range zones {
		if len(wanted) == 0 || slices.Contains(wanted, z.id) {
			list.Add(z.definition(full))
		}
	}
	m, err := c.message([]*soap.Element{list}, nil)
	if err != nil {
		return nil, err
	}
	return c.response(m), nil
}

// definition is the t:TimeZoneDefinition.
func (z zone) definition(full bool) *soap.Element {
	attr := func(name, value string) soap.Attr { return soap.Attr{Name: name, Value: value} }
	e := soap.T("TimeZoneDefinition", attr("Id", z.id), attr("Name", z.name))
	if !full {
		return e
	}
	period := func(id, name, bias string) *soap.Element {
		return soap.T("Period", attr("Bias", bias), attr("Name", name), attr("Id", id))
	}
	to := func(id string) *soap.Element { return soap.T("To", attr("Kind", "Period"), id) }
	periods := soap.T("Periods", period("std", "Standard", z.standard))
	group := soap.T("TransitionsGroup", attr("Id", "0"))
	if z.daylight == "" {
		group.Add(soap.T("Transition", to("std")))
	} else {
		periods.Add(period("dlt", "Daylight", z.daylight))
		for _, x := range []struct {
			id string
			at transition
		}{{"dlt", z.to}, {"std", z.from}} {
			group.Add(soap.T("RecurringDayTransition", to(x.id), soap.T("TimeOffset", x.at.offset), soap.T("Month", x.at.month),
				soap.T("DayOfWeek", "Sunday"), soap.T("Occurrence", x.at.week)))
		}
	}
	e.Add(periods, soap.T("TransitionsGroups", group),
		soap.T("Transitions", soap.T("Transition", soap.T("To", attr("Kind", "Group"), "0"))))
	return e
}
