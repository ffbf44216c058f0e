package ews_test

import (
	"testing"
	"time"
)

// The benchmarks measure the program between two servers that run in another process, beside what a bare HTTP client needs for the same
// requests in the same run. Sizes are a tenth of those that the README tells of; IOREPL_BENCH_ITEMS sets them.

// BenchmarkFirstCopy copies messages of 10 kB: IOREPL_BENCH_ITEMS of them, 1,000 otherwise.
func BenchmarkFirstCopy(b *testing.B) {
	items := benchNumber("IOREPL_BENCH_ITEMS", 1_000)
	w := newBenchWorld(b, Fill{Folders: max(items/1000, 1), Items: items, Size: 10_000})
	w.do(b, "Snapshot", struct{}{}, nil)
	var ours, limit time.Duration
	var reads, writes int
	for b.Loop() {
		w.forget(b)
		w.do(b, "Restore", struct{}{}, nil)
		w.do(b, "Record", true, nil)
		w.log(b, 0)
		w.log(b, 1)
		start := time.Now()
		w.mustApply(b, items)
		ours += time.Since(start)
		reads, _ = count(w.log(b, 0))
		_, writes = count(w.log(b, 1))
		w.do(b, "Restore", struct{}{}, nil)
		limit += w.limit(b)
	}
	b.ReportMetric(float64(limit)/float64(ours), "limit-ratio")
	b.ReportMetric(float64(items)*float64(b.N)/ours.Seconds(), "items/s")
	b.ReportMetric(float64(items)/float64(reads), "items/read-request")
	b.ReportMetric(float64(items)/float64(writes), "items/write-request")
}

// BenchmarkPlan plans folders of 100 small items each that were replicated before, with nothing to do: IOREPL_BENCH_ITEMS items, 10,000 otherwise.
func BenchmarkPlan(b *testing.B) {
	items := benchNumber("IOREPL_BENCH_ITEMS", 10_000)
	folders := max(items/100, 1)
	w := newBenchWorld(b, Fill{Folders: folders, Items: items, Size: 200})
	w.mustApply(b, items)
	for _, cached := range []bool{false, true} {
		name := "listed"
		if cached {
			name = "unchanged"
		}
		b.Run(name, func(b *testing.B) {
			if cached {
				w.mustPlan(b, true)
			}
			var ours, limit time.Duration
			requests := 0
			for b.Loop() {
				w.do(b, "Record", true, nil)
				w.log(b, 0)
				w.log(b, 1)
				start := time.Now()
				w.mustPlan(b, cached)
				ours += time.Since(start)
				requests = 0
				for side := range w.address {
					reads, writes := count(w.log(b, side))
					requests += reads + writes
				}
				limit += w.limit(b)
			}
			b.ReportMetric(float64(ours)/float64(limit), "x-limit")
			b.ReportMetric(float64(requests)/float64(2*(folders+2)), "requests/folder")
		})
	}
}
