package freebusy

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func day(year int, month time.Month, d, hour, min, sec int) time.Time {
	return time.Date(year, month, d, hour, min, sec, 0, time.UTC)
}

func TestMinutesCountFrom1601(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want Minute
	}{
		{day(1601, 1, 1, 0, 0, 0), 0},
		{day(1601, 1, 1, 0, 0, 59), 0},
		{day(1601, 1, 1, 0, 1, 0), 1},
		{day(1600, 12, 31, 23, 59, 59), -1},
		{day(1600, 12, 31, 23, 59, 0), -1},
		{day(1600, 12, 31, 23, 58, 59), -2},
		{day(1970, 1, 1, 0, 0, 0), 194074560},
		{day(2026, 11, 1, 0, 0, 0), 223966080},
		{day(2027, 2, 1, 0, 0, 0), 224098560},
		{day(2027, 2, 1, 0, 0, 59).Add(time.Second - 1), 224098560},
		{time.Date(2027, 2, 1, 1, 0, 0, 0, time.FixedZone("", 3600)), 224098560},
		{day(9999, 1, 1, 0, 0, 0), math.MaxInt32},
		{day(-9999, 1, 1, 0, 0, 0), math.MinInt32},
		{time.Unix(math.MaxInt64, 0), math.MaxInt32},
		{time.Unix(math.MinInt64, 0), math.MinInt32},
	} {
		if got := MinuteOf(c.at); got != c.want {
			t.Errorf("%s is minute %d, want %d", c.at, int(got), int(c.want))
		}
	}
	if got := Minute(223966080 + 61).String(); got != "2026-11-01T01:01Z" {
		t.Error(got)
	}
}

func TestMinuteAfterIsNotBefore(t *testing.T) {
	full := day(2026, 11, 1, 10, 0, 0)
	for after, want := range map[time.Duration]Minute{
		0: MinuteOf(full), 1: MinuteOf(full) + 1, time.Second: MinuteOf(full) + 1,
		time.Minute - 1: MinuteOf(full) + 1, time.Minute: MinuteOf(full) + 1, time.Minute + 1: MinuteOf(full) + 2,
	} {
		if got := MinuteAfter(full.Add(after)); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
	if got := MinuteAfter(time.Unix(math.MaxInt64, 999_999_999)); got != math.MaxInt32 {
		t.Errorf("at the end of time: %d", int(got))
	}
}

func TestMinutesAreTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Minute(rapid.Int32().Draw(t, "minute"))
		if got := MinuteOf(m.Time()); got != m || MinuteAfter(m.Time()) != m {
			t.Fatalf("%d is %s is %d", int(m), m.Time(), int(got))
		}
		second := time.Duration(rapid.IntRange(0, 59).Draw(t, "second")) * time.Second
		if got := MinuteOf(m.Time().Add(second)); got != m {
			t.Fatalf("%s later than %s it is %s", second, m, got)
		}
	})
}

func TestMonthStart(t *testing.T) {
	at := func(year int, month time.Month, d, hour int) Minute { return MinuteOf(day(year, month, d, hour, 0, 0)) }
	for _, c := range []struct {
		from   Minute
		months int
		want   Minute
	}{
		{at(2026, 11, 1, 0), 0, at(2026, 11, 1, 0)},
		{at(2026, 11, 1, 0) - 1, 0, at(2026, 10, 1, 0)},
		{at(2026, 11, 30, 23), 1, at(2026, 12, 1, 0)},
		{at(2026, 12, 31, 23), 1, at(2027, 1, 1, 0)},
		{at(2027, 1, 31, 5), 1, at(2027, 2, 1, 0)},
		{at(2027, 1, 31, 5), -1, at(2026, 12, 1, 0)},
		{at(2028, 2, 29, 5), 12, at(2029, 2, 1, 0)},
		{at(2026, 5, 31, 0), 36, at(2029, 5, 1, 0)},
	} {
		if got := c.from.MonthStart(c.months); got != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestKindsHaveNames(t *testing.T) {
	for k, want := range map[Kind]string{Busy: "busy", Tentative: "tentative", OutOfOffice: "out of office"} {
		if k.String() != want {
			t.Errorf("%d is %s, want %s", int(k), k, want)
		}
	}
	if Kinds != int(OutOfOffice)+1 {
		t.Errorf("there are %d kinds", Kinds)
	}
}

func TestCanonicalForm(t *testing.T) {
	for name, c := range map[string]struct{ in, want []Interval }{
		"nothing":              {nil, nil},
		"nothing left":         {[]Interval{{5, 5}, {9, 7}, {0, 10}, {90, 95}}, nil},
		"sorted":               {[]Interval{{40, 50}, {20, 30}}, []Interval{{20, 30}, {40, 50}}},
		"overlapping":          {[]Interval{{20, 30}, {25, 40}}, []Interval{{20, 40}}},
		"touching":             {[]Interval{{20, 30}, {30, 40}}, []Interval{{20, 40}}},
		"one in the other":     {[]Interval{{20, 60}, {30, 40}, {50, 55}}, []Interval{{20, 60}}},
		"the same":             {[]Interval{{20, 30}, {20, 30}}, []Interval{{20, 30}}},
		"a minute between":     {[]Interval{{20, 30}, {31, 40}}, []Interval{{20, 30}, {31, 40}}},
		"at the edges":         {[]Interval{{10, 11}, {79, 80}}, []Interval{{10, 11}, {79, 80}}},
		"over the edges":       {[]Interval{{0, 12}, {75, 99}}, []Interval{{10, 12}, {75, 80}}},
		"all of it":            {[]Interval{{-1 << 31, 1<<31 - 1}, {20, 30}}, []Interval{{10, 80}}},
		"touching outside":     {[]Interval{{0, 5}, {5, 15}, {80, 90}}, []Interval{{10, 15}}},
		"meeting when clipped": {[]Interval{{0, 12}, {5, 11}, {12, 20}}, []Interval{{10, 20}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := NewTimes(10, 80, [Kinds][]Interval{Tentative: slices.Clone(c.in)})
			want := Times{Start: 10, End: 80, Of: [Kinds][]Interval{Tentative: c.want}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if err := got.Check(); err != nil {
				t.Error(err)
			}
		})
	}
	if got := NewTimes(80, 10, [Kinds][]Interval{{{20, 30}}}); !got.Equal(Times{Start: 80, End: 80}) {
		t.Errorf("a range backwards became %+v", got)
	}
}

// drawIntervals draws intervals between -20 and 120, so that they meet often.
func drawIntervals(t *rapid.T) (of [Kinds][]Interval) {
	one := rapid.Custom(func(t *rapid.T) Interval {
		start := rapid.Int32Range(-20, 110).Draw(t, "start")
		return Interval{Minute(start), Minute(start + rapid.Int32Range(-3, 20).Draw(t, "minutes"))}
	})
	for k := range of {
		of[k] = rapid.SliceOfN(one, 0, 12).Draw(t, Kind(k).String())
	}
	return of
}

func clone(of [Kinds][]Interval) [Kinds][]Interval {
	for k := range of {
		of[k] = slices.Clone(of[k])
	}
	return of
}

// in reports whether an interval holds the minute: what the canonical form must not change.
func in(intervals []Interval, m Minute) bool {
	return slices.ContainsFunc(intervals, func(i Interval) bool { return i.Start <= m && m < i.End })
}

func TestTimesSayTheSameMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := drawIntervals(t)
		start := Minute(rapid.Int32Range(-30, 50).Draw(t, "start"))
		end := start + Minute(rapid.Int32Range(0, 90).Draw(t, "length"))
		times := NewTimes(start, end, clone(of))
		if err := times.Check(); err != nil {
			t.Fatal(err)
		}
		cut, until := Minute(rapid.Int32Range(-30, 130).Draw(t, "cut")), Minute(rapid.Int32Range(-30, 130).Draw(t, "until"))
		before := Times{times.Start, times.End, clone(times.Of)}
		clipped, merged := times.Clip(cut, until), times.Merged()
		if err := clipped.Check(); err != nil {
			t.Fatal(err)
		}
		if err := (Times{Start: start, End: end, Of: [Kinds][]Interval{merged}}).Check(); err != nil {
			t.Fatalf("merged: %v", err)
		}
		if !times.Equal(before) {
			t.Fatalf("clipping or merging changed %+v to %+v", before, times)
		}
		for m := Minute(-40); m < 150; m++ {
			for k := range of {
				within := start <= m && m < end
				if want := within && in(of[k], m); in(times.Of[k], m) != want {
					t.Fatalf("%s: minute %d is %t in %v", Kind(k), m, !want, times.Of[k])
				}
				if want := cut <= m && m < until && in(times.Of[k], m); in(clipped.Of[k], m) != want {
					t.Fatalf("%s: minute %d is %t in %v", Kind(k), m, !want, clipped.Of[k])
				}
			}
			if want := in(times.Of[Busy], m) || in(times.Of[OutOfOffice], m); in(merged, m) != want {
				t.Fatalf("minute %d is %t in %v", m, !want, merged)
			}
		}
	})
}

func TestEqualTimesHaveOneDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := drawIntervals(t)
		a := NewTimes(0, 100, clone(of))
		for k := range of {
			of[k] = rapid.Permutation(of[k]).Draw(t, "order")
		}
		b := NewTimes(0, 100, of)
		if !a.Equal(b) || a.Digest() != b.Digest() {
			t.Fatalf("%+v and %+v", a, b)
		}
		c := NewTimes(0, 100, drawIntervals(t))
		if a.Equal(c) != (a.Digest() == c.Digest()) {
			t.Fatalf("%+v and %+v: equal is %t", a, c, a.Equal(c))
		}
	})
}

func TestDigestsTellTimesApart(t *testing.T) {
	all := []Times{
		{},
		{Start: 0, End: 1},
		{Start: 1, End: 1},
		{End: 100, Of: [Kinds][]Interval{Busy: {{10, 20}}}},
		{End: 100, Of: [Kinds][]Interval{Tentative: {{10, 20}}}},
		{End: 100, Of: [Kinds][]Interval{OutOfOffice: {{10, 20}}}},
		{End: 100, Of: [Kinds][]Interval{Busy: {{10, 20}, {30, 40}}}},
		{End: 100, Of: [Kinds][]Interval{Busy: {{10, 20}}, Tentative: {{30, 40}}}},
		{End: 100, Of: [Kinds][]Interval{Busy: {{10, 21}}}},
		{End: 101, Of: [Kinds][]Interval{Busy: {{10, 20}}}},
	}
	for i, a := range all {
		for j, b := range all {
			if (a.Digest() == b.Digest()) != (i == j) || a.Equal(b) != (i == j) {
				t.Errorf("%+v and %+v: equal is %t", a, b, a.Equal(b))
			}
		}
	}
}

func TestCheckFindsWhatIsNotCanonical(t *testing.T) {
	for name, of := range map[string][]Interval{
		"empty":         {{20, 20}},
		"backwards":     {{30, 20}},
		"before it":     {{5, 20}},
		"behind it":     {{20, 90}},
		"out of order":  {{40, 50}, {20, 30}},
		"overlapping":   {{20, 30}, {25, 40}},
		"touching":      {{20, 30}, {30, 40}},
		"starts before": {{9, 20}},
	} {
		for k := range Kinds {
			times := Times{Start: 10, End: 80}
			times.Of[k] = of
			if times.Check() == nil {
				t.Errorf("%s %s: no error", name, Kind(k))
			}
		}
	}
	if (Times{Start: 10, End: 9}).Check() == nil {
		t.Error("a range backwards: no error")
	}
	first := Times{Start: math.MinInt32, End: 0, Of: [Kinds][]Interval{{{math.MinInt32, -5}}}}
	if err := first.Check(); err != nil {
		t.Errorf("from the first minute on: %v", err)
	}
}
