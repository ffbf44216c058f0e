package months

import (
	"encoding/binary"
	"slices"

	"iorepl/plan/freebusy"
	"iorepl/sync"
)

// longest is the longest publish range that is believed, in minutes: a hundred years. Users publish up to three.
const longest = 36525 * minutesADay

// Decode reads a message. What other programs write not quite by the book is put right, and notes say so to people: months out of order or
// twice; blocks out of order, overlapping, touching or empty; blocks that go on behind the end of their month. Notes name the
// kind, the month and the number of the block, counted from 1; after the first few there is only a count. Blocks outside of the
// publish range are left out without a note.
//
// Merged is not read: it follows from busy and out of office. Only if neither is there does it count as busy, with a note, since
// what it holds is busy or out of the office. It then counts for nothing if it says the same as tentative, which writers are known
// to put into it.
//
// What cannot be trusted is an error that sync.IsRefused reports: a publish range that is missing or empty (no data is not
// free), backwards, outside of the years 1601 to 4500 or longer than a hundred years; as many months as blocks it has not;
// month values that are none; blocks that are not of four bytes or end before they start.
func Decode(m Message) (freebusy.Times, []string, error) {
	if err := checkRange(m.Start, m.End); err != nil {
		return freebusy.Times{}, nil, err
	}
	var n freebusy.Notes
	var of [freebusy.Kinds][]freebusy.Interval
	for k, p := range [freebusy.Kinds]Pair{freebusy.Busy: m.Busy, freebusy.Tentative: m.Tentative, freebusy.OutOfOffice: m.Away} {
		var err error
		if of[k], err = decodePair(p, freebusy.Kind(k).String(), &n); err != nil {
			return freebusy.Times{}, nil, err
		}
	}
	t := freebusy.NewTimes(m.Start, m.End, of)
	if m.Busy.missing() && m.Away.missing() && !m.Merged.missing() {
		merged, err := decodePair(m.Merged, "merged", &n)
		if err != nil {
			return freebusy.Times{}, nil, err
		}
		of := t.Of
		of[freebusy.Busy] = merged
		u := freebusy.NewTimes(m.Start, m.End, of)
		if busy := u.Of[freebusy.Busy]; len(busy) > 0 && !slices.Equal(busy, t.Of[freebusy.Tentative]) {
			t = u
			n.Add("the message does not tell busy from out of office; all of it counts as busy")
		}
	}
	return t, n.All(), nil
}

func checkRange(start, end freebusy.Minute) error {
	switch {
	case start == 0 && end == 0:
		return refused("it does not say for what time it is published")
	case start <= 0:
		return refused("its publish range starts at %s, which cannot be", start)
	case end < start:
		return refused("its publish range ends at %s, before it starts at %s", end, start)
	case end == start:
		return refused("its publish range is empty: it starts and ends at %s", start)
	case end > endOfMonths.start():
		return refused("its publish range ends at %s, which cannot be", end)
	case end-start > longest:
		return refused("its publish range from %s to %s is longer than a hundred years", start, end)
	}
	return nil
}

func decodePair(p Pair, kind string, n *freebusy.Notes) ([]freebusy.Interval, error) {
	if len(p.Months) != len(p.Blocks) {
		return nil, refused("%s: %d months, but the blocks of %d", kind, len(p.Months), len(p.Blocks))
	}
	bytes := 0
	for _, b := range p.Blocks {
		bytes += len(b)
	}
	intervals := make([]freebusy.Interval, 0, bytes/4)
	before := month(-1)
	for i, value := range p.Months {
		m, ok := parseMonth(value)
		if !ok {
			return nil, refused("%s: %d is not a month", kind, value)
		}
		if m == before {
			n.Add("%s, %s: the month is there twice", kind, m)
		} else if m < before {
			n.Add("%s, %s: the month comes behind %s", kind, m, before)
		}
		before = max(before, m)
		var err error
		if intervals, err = decodeBlocks(intervals, m, p.Blocks[i], kind, n); err != nil {
			return nil, err
		}
	}
	return intervals, nil
}

func decodeBlocks(to []freebusy.Interval, m month, blocks []byte, kind string, n *freebusy.Notes) ([]freebusy.Interval, error) {
	if len(blocks)%4 != 0 {
		return nil, refused("%s, %s: %d bytes are not blocks of four", kind, m, len(blocks))
	}
	from := m.start()
	length := (m + 1).start() - from
	lastStart, lastEnd := freebusy.Minute(-1), freebusy.Minute(-1)
	for number := 1; len(blocks) > 0; number, blocks = number+1, blocks[4:] {
		start := freebusy.Minute(binary.LittleEndian.Uint16(blocks))
		end := freebusy.Minute(binary.LittleEndian.Uint16(blocks[2:]))
		switch {
		case end < start:
			return nil, refused("%s, %s: block %d ends at minute %d, before it starts at minute %d", kind, m, number, end, start)
		case end == start:
			n.Add("%s, %s: block %d is empty", kind, m, number)
			continue
		case start < lastStart:
			n.Add("%s, %s: block %d starts before the one before", kind, m, number)
		case start < lastEnd:
			n.Add("%s, %s: block %d overlaps the one before", kind, m, number)
		case start == lastEnd:
			n.Add("%s, %s: block %d touches the one before", kind, m, number)
		}
		if end > length {
			n.Add("%s, %s: block %d goes on behind the end of the month", kind, m, number)
		}
		lastStart, lastEnd = start, end
		to = append(to, freebusy.Interval{Start: from + start, End: from + end})
	}
	return to, nil
}

func refused(format string, args ...any) error { return sync.Errorf(sync.Refused, format, args...) }
