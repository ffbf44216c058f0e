package months

import (
	"encoding/binary"

	"iorepl/plan/freebusy"
)

// Encode says times as MS-OXOPFFB wants them said: months and blocks ascending, no blocks that overlap or touch, none that crosses the
// end of a month in UTC, nothing outside of the range, and the merged times without the tentative ones. A kind without times is a
// pair of nil slices; its properties must be deleted from the message, not written empty.
//
// Equal times become equal messages, also if their intervals come in another order or divided differently. What lies outside of
// the years 1601 to 4500 cannot be said and is left out.
func Encode(t freebusy.Times) Message {
	t = t.Clip(0, endOfMonths.start())
	return Message{
		Start:     t.Start,
		End:       t.End,
		Merged:    encodePair(t.Merged()),
		Tentative: encodePair(t.Of[freebusy.Tentative]),
		Busy:      encodePair(t.Of[freebusy.Busy]),
		Away:      encodePair(t.Of[freebusy.OutOfOffice]),
	}
}

func encodePair(intervals []freebusy.Interval) (p Pair) {
	if len(intervals) == 0 {
		return p
	}
	var (
		blocks   = make([]byte, 0, 4*len(intervals)+64) // of all months, one after the other
		begins   []int                                  // where in them each month begins
		from, to freebusy.Minute                        // the current month
	)
	for _, i := range intervals {
		for i.Start < i.End {
			if i.Start >= to {
				m := monthOf(i.Start)
				from, to = m.start(), (m + 1).start()
				p.Months = append(p.Months, m.value())
				begins = append(begins, len(blocks))
			}
			end := min(i.End, to)
			blocks = binary.LittleEndian.AppendUint16(blocks, uint16(i.Start-from))
			blocks = binary.LittleEndian.AppendUint16(blocks, uint16(end-from))
			i.Start = end
		}
	}
	p.Blocks = make([][]byte, len(begins))
	for n, begin := range begins {
		end := len(blocks)
		if n+1 < len(begins) {
			end = begins[n+1]
		}
		p.Blocks[n] = blocks[begin:end:end]
	}
	return p
}
