package months

import (
	"testing"

	"iorepl/plan/freebusy"
)

// busyYear is what somebody with 2000 appointments publishes in a year.
func busyYear() (t freebusy.Times, intervals int) {
	start := minute(2026, 1, 1, 0, 0)
	var of [freebusy.Kinds][]freebusy.Interval
	for n := range 2000 {
		begin := start + freebusy.Minute(n*260)
		k := [...]freebusy.Kind{freebusy.Busy, freebusy.Busy, freebusy.Busy, freebusy.Tentative, freebusy.OutOfOffice}[n%5]
		of[k] = append(of[k], freebusy.Interval{Start: begin, End: begin + freebusy.Minute(30+n%4*30)})
	}
	return freebusy.NewTimes(start, minute(2027, 1, 1, 0, 0), of), 2000
}

func BenchmarkEncode(b *testing.B) {
	t, intervals := busyYear()
	b.ReportAllocs()
	for b.Loop() {
		Encode(t)
	}
	b.ReportMetric(float64(intervals)*float64(b.N)/b.Elapsed().Seconds(), "intervals/s")
}

func BenchmarkDecode(b *testing.B) {
	t, intervals := busyYear()
	m := Encode(t)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(intervals)*float64(b.N)/b.Elapsed().Seconds(), "intervals/s")
}
