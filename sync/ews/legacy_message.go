package ews

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"iorepl/plan/freebusy"
	"iorepl/sync"
	"iorepl/sync/ews/soap"
	"iorepl/sync/freebusy/months"
)

// The properties of a free/busy message (MS-OXOPFFB 2.2.1), in the order in which they are written. Those of delegates and of direct
// booking (0x6842 to 0x6846, 0x684B, 0x686D to 0x686F) belong to a mailbox of the same organization, 0x6869 is how far a client is to
// publish, and 0x686A and 0x686C are not to be written: absent, all of them mean what is right here.
var (
	publishStart   = legacyProperty{"0x6847", "Integer"}    // PidTagFreeBusyPublishStart
	publishEnd     = legacyProperty{"0x6848", "Integer"}    // PidTagFreeBusyPublishEnd
	publishedBy    = legacyProperty{"0x6849", "String"}     // PidTagFreeBusyMessageEmailAddress: the whole legacyExchangeDN
	rangeTimestamp = legacyProperty{"0x6868", "SystemTime"} // PidTagFreeBusyRangeTimestamp
	resourceType   = legacyProperty{"0x6841", "Integer"}    // PidTagScheduleInfoResourceType: 0

	mergedPair    = legacyPair{legacyProperty{"0x684F", "IntegerArray"}, legacyProperty{"0x6850", "BinaryArray"}}
	tentativePair = legacyPair{legacyProperty{"0x6851", "IntegerArray"}, legacyProperty{"0x6852", "BinaryArray"}}
	busyPair      = legacyPair{legacyProperty{"0x6853", "IntegerArray"}, legacyProperty{"0x6854", "BinaryArray"}}
	awayPair      = legacyPair{legacyProperty{"0x6855", "IntegerArray"}, legacyProperty{"0x6856", "BinaryArray"}}
)

// legacyProperty is a property by tag, with its EWS type.
type legacyProperty struct{ tag, kind string }

// legacyPair are the months of one kind of time and their blocks.
type legacyPair struct{ months, blocks legacyProperty }

func (p legacyProperty) path() *soap.Element {
	return soap.T("ExtendedFieldURI", attr("PropertyTag", p.tag), attr("PropertyType", p.kind))
}

// find is the property in an item of an answer, nil if the item has none.
func (p legacyProperty) find(e *soap.Element) *soap.Element {
	for _, x := range e.All("ExtendedProperty") {
		if isTag(x.Child("ExtendedFieldURI"), p.tag) {
			return x
		}
	}
	return nil
}

// text is the property's value in an item of an answer, "" if the item has none.
func (p legacyProperty) text(e *soap.Element) string { return p.find(e).Value("Value") }

// minute reads an Integer that counts minutes. A missing one is 0.
func (p legacyProperty) minute(e *soap.Element) freebusy.Minute {
	n, err := strconv.ParseInt(p.text(e), 10, 32)
	if err != nil {
		return 0
	}
	return freebusy.Minute(n)
}

// busyStampPath is where a message says that iorepl wrote it.
func busyStampPath() *soap.Element {
	return soap.T("ExtendedFieldURI", attr("DistinguishedPropertySetId", "PublicStrings"), attr("PropertyName", "iorepl-freebusy"), attr("PropertyType", "String"))
}

func busyStampOf(e *soap.Element) string {
	for _, x := range e.All("ExtendedProperty") {
		if x.Child("ExtendedFieldURI").Attr("PropertyName") == "iorepl-freebusy" {
			return x.Value("Value")
		}
	}
	return ""
}

// setting is a property that a message is to have, or, without values, is not to have.
type setting struct {
	path   *soap.Element
	many   bool
	values []string
}

func (s setting) element() *soap.Element {
	if !s.many {
		return soap.T("ExtendedProperty", s.path, soap.T("Value", s.values[0]))
	}
	list := soap.T("Values")
	for _, v := range s.values {
		list.Add(soap.T("Value", v))
	}
	return soap.T("ExtendedProperty", s.path, list)
}

// settings are all properties of an entry beside subject and class, always in the same order.
func settings(e *freebusy.Entry) []setting {
	m := months.Encode(e.Times)
	one := func(p legacyProperty, value string) setting { return setting{path: p.path(), values: []string{value}} }
	all := []setting{
		one(publishStart, strconv.Itoa(int(m.Start))), one(publishEnd, strconv.Itoa(int(m.End))),
		one(rangeTimestamp, e.Written.Time().Format("2006-01-02T15:04:05Z")), one(publishedBy, e.DN), one(resourceType, "0"),
	}
	for _, p := range []struct {
		legacyPair
		months.Pair
	}{{mergedPair, m.Merged}, {tentativePair, m.Tentative}, {busyPair, m.Busy}, {awayPair, m.Away}} {
		values, blocks := make([]string, len(p.Months)), make([]string, len(p.Blocks))
		for i := range p.Months {
			values[i], blocks[i] = strconv.Itoa(int(p.Months[i])), base64.StdEncoding.EncodeToString(p.Blocks[i])
		}
		all = append(all, setting{p.months.path(), true, values}, setting{p.blocks.path(), true, blocks})
	}
	return append(all, setting{path: busyStampPath(), values: []string{e.Stamp.Encode()}})
}

// contentPaths are what is asked for to know what a message says.
func contentPaths() []*soap.Element {
	all := []*soap.Element{publishStart.path(), publishEnd.path()}
	for _, p := range []legacyPair{mergedPair, tentativePair, busyPair, awayPair} {
		all = append(all, p.months.path(), p.blocks.path())
	}
	return all
}

// decodeMessage reads what contentPaths ask for. An error is IsRefused.
func decodeMessage(e *soap.Element) (freebusy.Times, []string, error) {
	m := months.Message{Start: publishStart.minute(e), End: publishEnd.minute(e)}
	for _, p := range []struct {
		legacyPair
		to *months.Pair
	}{{mergedPair, &m.Merged}, {tentativePair, &m.Tentative}, {busyPair, &m.Busy}, {awayPair, &m.Away}} {
		var err error
		if *p.to, err = p.read(e); err != nil {
			return freebusy.Times{}, nil, sync.Errorf(sync.Refused, "%w", err)
		}
	}
	return months.Decode(m)
}

// read reads the pair. Exchange writes empty arrays where there is nothing, Outlook leaves the properties out; both are an empty Pair.
func (p legacyPair) read(e *soap.Element) (pair months.Pair, err error) {
	for _, v := range valuesOf(p.months.find(e)) {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			return pair, fmt.Errorf("property %s holds %q, which is not a number", p.months.tag, v)
		}
		pair.Months = append(pair.Months, int32(n))
	}
	for i, v := range valuesOf(p.blocks.find(e)) {
		b, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return pair, fmt.Errorf("value %d of property %s is not base64", i+1, p.blocks.tag)
		}
		pair.Blocks = append(pair.Blocks, b)
	}
	return pair, nil
}

func valuesOf(x *soap.Element) (all []string) {
	list := x.Child("Values")
	for _, v := range list.All("Value") {
		all = append(all, strings.TrimSpace(v.Text))
	}
	return all
}
