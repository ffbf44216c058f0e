package months

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"iorepl/plan/freebusy"
)

// ranges draws publish ranges that Decode takes, most of them such as users have.
func ranges(t *rapid.T) (start, end freebusy.Minute) {
	if rapid.IntRange(0, 3).Draw(t, "odd") == 0 {
		start = freebusy.Minute(rapid.Int32Range(1, int32(endOfMonths.start())-1).Draw(t, "start"))
		end = min(start+freebusy.Minute(rapid.Int32Range(1, longest).Draw(t, "length")), endOfMonths.start())
		return start, end
	}
	start = minute(2026, 1, 1, 0, 0).MonthStart(rapid.IntRange(0, 36).Draw(t, "month"))
	return start, start.MonthStart(rapid.IntRange(1, 14).Draw(t, "months"))
}

// raw draws intervals in any order, overlapping or not, some of them empty or outside of the range.
func raw(t *rapid.T, start, end freebusy.Minute) (of [freebusy.Kinds][]freebusy.Interval) {
	one := rapid.Custom(func(t *rapid.T) freebusy.Interval {
		at := start + freebusy.Minute(rapid.Int32Range(-3000, int32(end-start)).Draw(t, "at"))
		long := [...]int32{60, 1440, 70000}[rapid.IntRange(0, 2).Draw(t, "how long")]
		return freebusy.Interval{Start: at, End: at + freebusy.Minute(rapid.Int32Range(0, long).Draw(t, "minutes"))}
	})
	for k := range of {
		of[k] = rapid.SliceOfN(one, 0, 40).Draw(t, freebusy.Kind(k).String())
	}
	return of
}

func drawTimes(t *rapid.T) freebusy.Times {
	start, end := ranges(t)
	return freebusy.NewTimes(start, end, raw(t, start, end))
}

func TestTimesBecomeAMessageAndTheSameTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawTimes(t)
		m := Encode(want)
		checkCanonical(t, m)
		got, notes, err := Decode(m)
		if err != nil || len(notes) > 0 || !got.Equal(want) {
			t.Fatalf("%+v\nbecame %+v\nwith notes %q and error %v", want, got, notes, err)
		}
	})
}

func TestTheSameTimesBecomeTheSameMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, end := ranges(t)
		of := raw(t, start, end)
		var other [freebusy.Kinds][]freebusy.Interval
		for k, intervals := range of {
			for _, i := range intervals {
				// Any piece of an interval may be said twice.
				if i.Start < i.End {
					at := i.Start + freebusy.Minute(rapid.Int32Range(0, int32(i.End-i.Start)).Draw(t, "cut"))
					other[k] = append(other[k], freebusy.Interval{Start: at, End: i.End}, freebusy.Interval{Start: i.Start, End: at})
				}
				other[k] = append(other[k], i)
			}
			other[k] = rapid.Permutation(other[k]).Draw(t, "order")
		}
		shuffled := freebusy.Times{Start: start, End: end, Of: other} // not canonical
		before := [freebusy.Kinds][]freebusy.Interval{slices.Clone(other[0]), slices.Clone(other[1]), slices.Clone(other[2])}
		if diff := cmp.Diff(Encode(freebusy.NewTimes(start, end, of)), Encode(shuffled)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(before, shuffled.Of); diff != "" {
			t.Fatalf("encoding changed the times: %s", diff)
		}
	})
}

func TestWhatIsTakenBecomesCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, end := ranges(t)
		pair := func(name string) (p Pair) {
			for range rapid.IntRange(0, 4).Draw(t, name) {
				m := monthOf(start) + month(rapid.Int32Range(-1, 4).Draw(t, "month"))
				p.Months = append(p.Months, m.value())
				var b []byte
				for range rapid.IntRange(0, 6).Draw(t, "blocks") {
					s := rapid.Uint16().Draw(t, "start")
					b = binary.LittleEndian.AppendUint16(b, s)
					b = binary.LittleEndian.AppendUint16(b, rapid.Uint16Min(s).Draw(t, "end"))
				}
				p.Blocks = append(p.Blocks, b)
			}
			return p
		}
		start = max(start, minute(1602, 1, 1, 0, 0))
		end = max(end, start+1)
		checkAccepted(t, Message{Start: start, End: end, Merged: pair("merged"), Tentative: pair("tentative"), Busy: pair("busy"), Away: pair("away")})
	})
}

type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkAccepted wants a message that is taken to have one canonical form. It reports whether it was taken.
func checkAccepted(t tester, m Message) bool {
	t.Helper()
	times, notes, err := Decode(m)
	if err != nil {
		return false
	}
	if err := times.Check(); err != nil {
		t.Fatalf("%+v became times that are not canonical: %v", m, err)
	}
	if len(notes) > freebusy.MaxNotes+1 {
		t.Fatalf("%d notes", len(notes))
	}
	canon := Encode(times)
	checkCanonical(t, canon)
	again, notes, err := Decode(canon)
	if err != nil || len(notes) > 0 || !again.Equal(times) {
		t.Fatalf("%+v became %+v, notes %q, error %v", times, again, notes, err)
	}
	if diff := cmp.Diff(canon, Encode(again)); diff != "" {
		t.Fatalf("the canonical form is not stable: %s", diff)
	}
	return true
}

// checkCanonical wants of a message what MS-OXOPFFB says, independently of how Encode does it.
func checkCanonical(t tester, m Message) {
	t.Helper()
	for _, p := range []Pair{m.Merged, m.Tentative, m.Busy, m.Away} {
		if len(p.Months) != len(p.Blocks) || p.Months != nil && len(p.Months) == 0 {
			t.Fatalf("%d months and %d blocks", len(p.Months), len(p.Blocks))
		}
		before := freebusy.Minute(-1)
		for i, v := range p.Months {
			from := minute(int(v>>4), 0, 1, 0, 0).MonthStart(int(v & 15))
			to, b := from.MonthStart(1), p.Blocks[i]
			if i > 0 && p.Months[i-1] >= v || len(b) == 0 || len(b)%4 != 0 {
				t.Fatalf("month %d after %v has %d bytes", v, p.Months[:i], len(b))
			}
			for monthsFirst := true; len(b) > 0; monthsFirst, b = false, b[4:] {
				s := from + freebusy.Minute(binary.LittleEndian.Uint16(b))
				e := from + freebusy.Minute(binary.LittleEndian.Uint16(b[2:]))
				divided := monthsFirst && s == from // a block may touch the one before only where a month divides them
				if s >= e || e > to || s < before || s == before && !divided || s < m.Start || e > m.End {
					t.Fatalf("month %d has a block from %s to %s behind one that ends at %s", v, s, e, before)
				}
				before = e
			}
		}
	}
}

// A year of appointments as people have them, with the seed fixed so that a failure comes again.
func TestAYearOfAppointments(t *testing.T) {
	random := rand.New(rand.NewPCG(2026, 11))
	for year := 2024; year < 2040; year++ {
		start, end := minute(year, 1, 1, 0, 0), minute(year+1, 1, 1, 0, 0)
		var of [freebusy.Kinds][]freebusy.Interval
		for range 2000 {
			at := start + freebusy.Minute(random.IntN(int(end-start)))
			k := random.IntN(freebusy.Kinds)
			of[k] = append(of[k], freebusy.Interval{Start: at, End: at + freebusy.Minute(random.IntN(600))})
		}
		checkCanonical(t, roundTrip(t, freebusy.NewTimes(start, end, of)))
	}
}
