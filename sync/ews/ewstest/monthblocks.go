package ewstest

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// span is a piece of time, end excluded.
type span struct{ start, end time.Time }

// minutesOfMonth is how long a month is, in UTC.
func minutesOfMonth(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day() * 24 * 60
}

// encodeMonths writes spans as months and blocks (MS-OXOPFFB 2.2.1.4 and following): each month that has some is a value of year * 16 +
// month, and its blocks are pairs of minutes since its beginning in UTC, sorted, merged and cut at the ends of months. Minutes that are taken in part
// count as a whole.
func encodeMonths(spans []span) (months []int32, blocks [][]byte) {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return a.start.Compare(b.start) })
	var open span // what later spans may still make longer
	for _, s := range spans {
		s = span{s.start.UTC().Truncate(time.Minute), s.end.UTC().Add(time.Minute - time.Nanosecond).Truncate(time.Minute)}
		switch {
		case !s.start.Before(s.end):
		case open.end.IsZero():
			open = s
		case s.start.After(open.end):
			months, blocks = appendSpan(months, blocks, open)
			open = s
		case s.end.After(open.end):
			open.end = s.end
		}
	}
	if !open.end.IsZero() {
		months, blocks = appendSpan(months, blocks, open)
	}
	return months, blocks
}

// appendSpan writes a span that comes after all others, a block for each month.
func appendSpan(months []int32, blocks [][]byte, s span) ([]int32, [][]byte) {
	for at := s.start; at.Before(s.end); {
		first := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
		next := first.AddDate(0, 1, 0)
		if s.end.Before(next) {
			next = s.end
		}
		key := int32(at.Year())*16 + int32(at.Month())
		if n := len(months); n == 0 || months[n-1] != key {
			months, blocks = append(months, key), append(blocks, nil)
		}
		last := &blocks[len(blocks)-1]
		*last = binary.LittleEndian.AppendUint16(*last, uint16(at.Sub(first)/time.Minute))
		*last = binary.LittleEndian.AppendUint16(*last, uint16(next.Sub(first)/time.Minute))
		at = next
	}
	return months, blocks
}

// union are the times that any of the spans covers, in whole minutes.
func union(spans []span) []span {
	months, blocks := encodeMonths(spans)
	wide := make([]int64, len(months))
	for i, m := range months {
		wide[i] = int64(m)
	}
	all, err := decodeMonths(wide, blocks)
	if err != nil {
		panic("ewstest: blocks are not what they were written as: " + err.Error())
	}
	return all
}

// decodeMonths reads what encodeMonths writes and refuses everything else. Spans that meet at the end of a month are one.
func decodeMonths(months []int64, blocks [][]byte) ([]span, error) {
	if len(months) != len(blocks) {
		return nil, fmt.Errorf("there are %d months and %d times blocks", len(months), len(blocks))
	}
	var all []span
	for i, key := range months {
		year, month := int(key/16), time.Month(key%16)
		switch {
		case year < 1601 || year > 4500 || month < time.January || month > time.December:
			return nil, fmt.Errorf("%d is no month", key)
		case i > 0 && key <= months[i-1]:
			return nil, fmt.Errorf("month %d follows month %d", key, months[i-1])
		case len(blocks[i]) == 0 || len(blocks[i])%4 != 0:
			return nil, fmt.Errorf("month %d has %d bytes of blocks", key, len(blocks[i]))
		}
		first, last := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), -1
		for b := blocks[i]; len(b) > 0; b = b[4:] {
			start, end := int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:]))
			if start <= last || end <= start || end > minutesOfMonth(year, month) {
				return nil, fmt.Errorf("month %d has the block %d to %d after minute %d", key, start, end, last)
			}
			last = end
			s := span{first.Add(time.Duration(start) * time.Minute), first.Add(time.Duration(end) * time.Minute)}
			if n := len(all); n > 0 && all[n-1].end.Equal(s.start) {
				all[n-1].end = s.end
				continue
			}
			all = append(all, s)
		}
	}
	return all, nil
}
