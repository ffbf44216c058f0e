package months

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"iorepl/plan/freebusy"
	"iorepl/sync"
)

const (
	november = 32427
	december = 32428
)

func blocks(minutes ...uint16) (b []byte) {
	for _, m := range minutes {
		b = binary.LittleEndian.AppendUint16(b, m)
	}
	return b
}

func pair(months []int32, of ...[]byte) Pair { return Pair{Months: months, Blocks: of} }

// published is a message for November and December 2026.
func published(busy Pair) Message {
	return Message{Start: minute(2026, 11, 1, 0, 0), End: minute(2027, 1, 1, 0, 0), Busy: busy}
}

func decode(t *testing.T, m Message) (freebusy.Times, []string) {
	t.Helper()
	got, notes, err := Decode(m)
	if err != nil {
		t.Fatal(err)
	}
	checkAccepted(t, m)
	return got, notes
}

func TestHarmlessFaultsArePutRightAndNoted(t *testing.T) {
	nov, dec := minute(2026, 11, 1, 0, 0), minute(2026, 12, 1, 0, 0)
	for name, c := range map[string]struct {
		pair Pair
		want []freebusy.Interval
		note string
	}{
		"overlapping": {pair([]int32{november}, blocks(10, 20, 60, 120, 100, 180)),
			[]freebusy.Interval{interval(nov+10, nov+20), interval(nov+60, nov+180)}, "busy, 2026-11: block 3 overlaps the one before"},
		"overlapping by a minute": {pair([]int32{november}, blocks(60, 120, 119, 180)),
			[]freebusy.Interval{interval(nov+60, nov+180)}, "busy, 2026-11: block 2 overlaps the one before"},
		"touching": {pair([]int32{november}, blocks(60, 120, 120, 180)),
			[]freebusy.Interval{interval(nov+60, nov+180)}, "busy, 2026-11: block 2 touches the one before"},
		"out of order": {pair([]int32{november}, blocks(60, 120, 0, 30)),
			[]freebusy.Interval{interval(nov, nov+30), interval(nov+60, nov+120)}, "busy, 2026-11: block 2 starts before the one before"},
		"empty": {pair([]int32{november}, blocks(60, 60, 90, 120)),
			[]freebusy.Interval{interval(nov+90, nov+120)}, "busy, 2026-11: block 1 is empty"},
		"months out of order": {pair([]int32{december, november}, blocks(60, 120), blocks(0, 30)),
			[]freebusy.Interval{interval(nov, nov+30), interval(dec+60, dec+120)}, "busy, 2026-11: the month comes behind 2026-12"},
		"a month twice": {pair([]int32{november, november}, blocks(60, 120), blocks(0, 30)),
			[]freebusy.Interval{interval(nov, nov+30), interval(nov+60, nov+120)}, "busy, 2026-11: the month is there twice"},
		// Zimbra counts on from the first of the month in which an appointment starts.
		"behind the end of the month": {pair([]int32{november}, blocks(43080, 43320)),
			[]freebusy.Interval{interval(dec-120, dec+120)}, "busy, 2026-11: block 1 goes on behind the end of the month"},
	} {
		t.Run(name, func(t *testing.T) {
			got, notes := decode(t, published(c.pair))
			if !slices.Equal(got.Of[freebusy.Busy], c.want) {
				t.Errorf("%v, want %v", got.Of[freebusy.Busy], c.want)
			}
			if !slices.Equal(notes, []string{c.note}) {
				t.Errorf("notes %q, want %q", notes, c.note)
			}
		})
	}
}

func TestWhatNeedsNoWord(t *testing.T) {
	nov := minute(2026, 11, 1, 0, 0)
	for name, c := range map[string]struct {
		message Message
		want    []freebusy.Interval
	}{
		"a month without blocks": {published(pair([]int32{november, december}, nil, blocks())), nil},
		"empty properties":       {published(Pair{Months: []int32{}, Blocks: [][]byte{}}), nil},
		"outside of the range": {Message{Start: nov + 100, End: nov + 200,
			Busy: pair([]int32{november - 1, november, december}, blocks(0, 10), blocks(0, 10, 90, 110, 190, 220, 300, 400), blocks(0, 10))},
			[]freebusy.Interval{interval(nov+100, nov+110), interval(nov+190, nov+200)}},
		"damage in merged, which is not needed": {Message{Start: nov, End: nov + 200, Busy: pair([]int32{november}, blocks(1, 2)),
			Merged: pair([]int32{7}, []byte{1})}, []freebusy.Interval{interval(nov+1, nov+2)}},
	} {
		t.Run(name, func(t *testing.T) {
			got, notes := decode(t, c.message)
			if !slices.Equal(got.Of[freebusy.Busy], c.want) || len(notes) > 0 {
				t.Errorf("%v with notes %q, want %v", got.Of[freebusy.Busy], notes, c.want)
			}
		})
	}
}

func TestMergedCountsIfItIsAllThereIs(t *testing.T) {
	nov := minute(2026, 11, 1, 0, 0)
	m := published(Pair{})
	m.Merged = pair([]int32{november}, blocks(60, 120))
	got, notes := decode(t, m)
	if !slices.Equal(got.Of[freebusy.Busy], []freebusy.Interval{interval(nov+60, nov+120)}) || len(notes) != 1 {
		t.Errorf("merged only: %v, notes %q", got, notes)
	}

	m.Tentative = pair([]int32{november}, blocks(60, 180))
	if got, notes = decode(t, m); len(got.Of[freebusy.Busy]) != 1 || len(got.Of[freebusy.Tentative]) != 1 || len(notes) != 1 {
		t.Errorf("merged and another tentative time: %v, notes %q", got, notes)
	}

	m.Tentative = m.Merged // Zimbra merges tentative times too
	if got, notes = decode(t, m); len(got.Of[freebusy.Busy]) != 0 || len(got.Of[freebusy.Tentative]) != 1 || len(notes) > 0 {
		t.Errorf("merged says what tentative says: %v, notes %q", got, notes)
	}

	m.Tentative = Pair{}
	for _, there := range []*Pair{&m.Busy, &m.Away} {
		*there = pair([]int32{november}, blocks())
		if got, notes = decode(t, m); len(got.Of[freebusy.Busy]) != 0 || len(notes) > 0 {
			t.Errorf("busy or out of office is there: %v, notes %q", got, notes)
		}
		*there = Pair{}
	}

	m.Merged = pair([]int32{november}, blocks(120, 60))
	if _, _, err := Decode(m); !sync.IsRefused(err) || !strings.Contains(err.Error(), "merged, 2026-11") {
		t.Errorf("damaged merged only: %v", err)
	}
}

func TestWhatCannotBeTrustedIsRefused(t *testing.T) {
	ranged := func(start, end freebusy.Minute) Message { return Message{Start: start, End: end} }
	nov := minute(2026, 11, 1, 0, 0)
	for want, m := range map[string]Message{
		"busy, 2026-11: 7 bytes are not blocks of four":                                   published(pair([]int32{november}, make([]byte, 7))),
		"busy, 2026-11: block 2 ends at minute 100, before it starts at minute 160":       published(pair([]int32{november}, blocks(0, 60, 160, 100))),
		"busy, 2026-11: block 1 ends at minute 59, before it starts at minute 60":         published(pair([]int32{november}, blocks(60, 59))),
		"busy: 2 months, but the blocks of 1":                                             published(pair([]int32{november, december}, blocks(0, 60))),
		"busy: 0 months, but the blocks of 1":                                             published(pair(nil, blocks(0, 60))),
		"busy: 32416 is not a month":                                                      published(pair([]int32{2026 * 16}, blocks(0, 60))),
		"busy: 32429 is not a month":                                                      published(pair([]int32{2026*16 + 13}, blocks(0, 60))),
		"busy: 32431 is not a month":                                                      published(pair([]int32{2026*16 + 15}, nil)),
		"busy: 25612 is not a month":                                                      published(pair([]int32{1600*16 + 12}, blocks(0, 60))),
		"busy: 72017 is not a month":                                                      published(pair([]int32{4501*16 + 1}, blocks(0, 60))),
		"busy: -32427 is not a month":                                                     published(pair([]int32{-november}, blocks(0, 60))),
		"tentative: 0 is not a month":                                                     {Start: nov, End: nov + 1, Tentative: pair([]int32{0}, nil)},
		"out of office: 1 is not a month":                                                 {Start: nov, End: nov + 1, Away: pair([]int32{1}, nil)},
		"it does not say for what time it is published":                                   {Busy: pair([]int32{november}, blocks(0, 60))},
		"its publish range starts at 1601-01-01T00:00Z, which cannot be":                  ranged(0, nov),
		"its publish range starts at 1600-12-31T23:59Z, which cannot be":                  ranged(-1, nov),
		"its publish range ends at 4501-01-01T00:01Z, which cannot be":                    ranged(nov, endOfMonths.start()+1),
		"its publish range ends at 2026-10-31T23:59Z, before it starts at 2026-11-01":     ranged(nov, nov-1),
		"its publish range is empty: it starts and ends at 2026-11-01T00:00Z":             ranged(nov, nov),
		"from 2026-11-01T00:00Z to 2127-01-01T00:00Z is longer than a hundred years":      ranged(nov, minute(2127, 1, 1, 0, 0)),
		"from 1601-01-01T00:01Z to 2026-11-01T00:00Z is longer than a hundred years":      ranged(1, nov),
		"its publish range ends at 1601-01-01T00:00Z, before it starts at 2026-11-01T00:": ranged(nov, 0),
	} {
		times, notes, err := Decode(m)
		if !sync.IsRefused(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if !times.Equal(freebusy.Times{}) || notes != nil {
			t.Errorf("%s: but there are times %v and notes %q", want, times, notes)
		}
	}
}

func TestNotesAreFew(t *testing.T) {
	var b []byte
	for range 100_000 {
		b = append(b, blocks(60, 120)...)
	}
	_, notes := decode(t, published(pair([]int32{november}, b)))
	if len(notes) != freebusy.MaxNotes+1 || notes[freebusy.MaxNotes] != fmt.Sprintf("and %d more of the kind", 99_999-freebusy.MaxNotes) {
		t.Errorf("%q", notes)
	}
}

// What memory a message takes is bounded by its length, whatever it says.
func TestAnIntervalOfManyMonthsIsEncoded(t *testing.T) {
	start, end := minute(1950, 1, 1, 0, 0), minute(2050, 1, 1, 0, 0)
	m := roundTrip(t, times(start, end, freebusy.Busy, interval(start, end)))
	if len(m.Busy.Months) != 1200 {
		t.Errorf("%d months", len(m.Busy.Months))
	}
	Encode(freebusy.Times{Start: -1 << 31, End: 1<<31 - 1, Of: [freebusy.Kinds][]freebusy.Interval{{interval(-1<<31, 1<<31-1)}}})
	if got := Encode(freebusy.Times{Start: -100, End: -50}); len(got.Busy.Months) > 0 {
		t.Errorf("%v", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(int32(223966080), int32(224098560), int32(32427), int32(32428), []byte("\x5c\x0d\xb6\x0d\x48\xa8\xc0\xa8"), []byte("\x00\x00\x78\x00"), 0)
	f.Add(int32(223966080), int32(224098560), int32(32428), int32(32428), []byte("\x00\x00\xff\xff\x05\x00\x05\x00"), []byte("\x00\x00\x78\x00"), 1)
	f.Add(int32(223966080), int32(224098560), int32(32428), int32(32427), blocks(60, 120, 100, 180, 0, 4), []byte(nil), 2)
	f.Add(int32(1), int32(2), int32(25617), int32(72012), blocks(0, 65535), blocks(43080, 43320), 3)
	f.Fuzz(func(t *testing.T, start, end, month1, month2 int32, blocks1, blocks2 []byte, place int) {
		p := pair([]int32{month1, month2}, blocks1, blocks2)
		half := pair([]int32{month2}, blocks1)
		m := Message{Start: freebusy.Minute(start), End: freebusy.Minute(end)}
		for i, at := range []*Pair{&m.Busy, &m.Tentative, &m.Away, &m.Merged} {
			switch {
			case place&15 == i:
				*at = p
			case place>>4&(1<<i) != 0:
				*at = half
			}
		}
		if !checkAccepted(t, m) {
			if _, _, err := Decode(m); !sync.IsRefused(err) {
				t.Errorf("the error is of another kind: %v", err)
			}
		}
	})
}

func ExampleEncode() {
	start := freebusy.Minute(223966080) // 2026-11-01
	t := freebusy.NewTimes(start, start.MonthStart(1), [freebusy.Kinds][]freebusy.Interval{
		freebusy.Busy: {{Start: start + 3420, End: start + 3510}}, // the third, 09:00 to 10:30
	})
	m := Encode(t)
	fmt.Println(m.Busy.Months, hex.EncodeToString(m.Busy.Blocks[0]), m.Away.Months == nil)
	// Output: [32427] 5c0db60d true
}
