package ews_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"iorepl/plan"
	"iorepl/sync"
)

// inProcess runs the program in a process of its own and gives the peak of its memory in MB, as the operating system accounts for it.
func (w *benchWorld) inProcess(b *testing.B, what string) float64 {
	b.Helper()
	c := exec.Command(os.Args[0], "-test.v", "-test.timeout=0", "-test.run=^TestRunOfBenchmark$")
	c.Env = append(os.Environ(), "IOREPL_BENCH_RUN="+strings.Join([]string{what, w.address[0], w.address[1], w.dir}, " "))
	out, err := c.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	m := regexp.MustCompile(`peak (\S+) MB`).FindSubmatch(out)
	if m == nil {
		b.Skipf("this system does not say what a process used at most: %s", out)
	}
	peak, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return peak
}

func TestRunOfBenchmark(t *testing.T) {
	words := strings.Fields(os.Getenv("IOREPL_BENCH_RUN"))
	if len(words) != 4 {
		t.Skip("only the benchmarks run this, in a process of its own")
	}
	sync.TuneMemory()
	w := &benchWorld{address: [2]string{words[1], words[2]}, dir: words[3]}
	p, report, err := w.run(t.Context(), false, words[0] == "apply")
	if err == nil && words[0] == "first" {
		err = p.Document(false).WriteText(io.Discard, plan.Colors{})
	}
	switch {
	case err != nil:
		t.Fatal(err)
	case words[0] == "first" && p.Empty():
		t.Fatalf("nothing to do: %v", p.Pairs[0].Failed)
	case report != nil && (len(report.Failed) > 0 || report.Done == 0):
		t.Fatalf("%+v", report)
	case words[0] == "plan" && (!p.Empty() || p.Pairs[0].Counts.Replicas[plan.Subscriber] == 0):
		t.Fatalf("%d changes, %+v", p.Changes.Len(), p.Pairs[0].Counts)
	}
	if peak, err := peakMemory(); err == nil {
		fmt.Printf("peak %.1f MB\n", peak)
	}
}

// BenchmarkAttachments copies messages with attachments of 20 MB each: IOREPL_BENCH_ATTACHMENTS of them, 12 otherwise.
func BenchmarkAttachments(b *testing.B) {
	items := benchNumber("IOREPL_BENCH_ATTACHMENTS", 12)
	w := newBenchWorld(b, Fill{Folders: 1, Items: items, Size: 20 << 20, Attachment: true})
	w.do(b, "Snapshot", struct{}{}, nil)
	peak := 0.0
	for b.Loop() {
		w.forget(b)
		w.do(b, "Restore", struct{}{}, nil)
		peak = max(peak, w.inProcess(b, "apply"))
	}
	b.ReportMetric(peak, "MB-peak")
	b.ReportMetric(float64(items)*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}

// BenchmarkLargeFolder plans a folder of small items that was replicated before, with nothing to do: IOREPL_BENCH_ITEMS items, 100,000
// otherwise, on each side.
func BenchmarkLargeFolder(b *testing.B) {
	items := benchNumber("IOREPL_BENCH_ITEMS", 100_000)
	w := newBenchWorld(b, Fill{Folders: 1, Items: items, Size: 200})
	w.mustApply(b, items)
	peak := 0.0
	for b.Loop() {
		peak = max(peak, w.inProcess(b, "plan"))
	}
	b.ReportMetric(peak, "MB-peak")
	b.ReportMetric(float64(2*items)*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}

// BenchmarkLargeFolderFirst plans a folder of small items of which none was replicated before, and prints the plan: IOREPL_BENCH_ITEMS items,
// 100,000 otherwise.
func BenchmarkLargeFolderFirst(b *testing.B) {
	items := benchNumber("IOREPL_BENCH_ITEMS", 100_000)
	w := newBenchWorld(b, Fill{Folders: 1, Items: items, Size: 200})
	peak := 0.0
	for b.Loop() {
		w.forget(b)
		peak = max(peak, w.inProcess(b, "first"))
	}
	b.ReportMetric(peak, "MB-peak")
	b.ReportMetric(float64(items)*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}
