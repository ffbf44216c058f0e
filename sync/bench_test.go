package sync_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"iorepl/sync/synctest"
)

// The benchmarks work on directories below IOREPL_BENCH_DIR, default the system's temporary directory, which should be on
// a disk and not in memory; each measures its peer, rsync, in the same run. IOREPL_BENCH_ITEMS changes the number of items.

const benchFolders = 200

func benchItems() int {
	if n, err := strconv.Atoi(os.Getenv("IOREPL_BENCH_ITEMS")); err == nil {
		return n
	}
	return 100_000
}

func needRsync(b *testing.B) {
	b.Helper()
	if _, err := exec.LookPath("rsync"); err != nil {
		b.Skip("rsync, the peer of this benchmark, is not installed")
	}
}

// benchWorld has a publisher with messages of size bytes each.
func benchWorld(b *testing.B, items, folders, size int) *synctest.World {
	b.Helper()
	w := synctest.NewIn(b, os.Getenv("IOREPL_BENCH_DIR"), "a", "b")
	w.Session("s", "a", "", "b", "", synctest.Rules())
	pad := strings.Repeat("Lorem ipsum dolor sit amet, consetetur sadipscing elitr.\r\n", size/58+1)
	for f := range folders {
		dir := w.Path("a", fmt.Sprintf("Folder %03d", f))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		for i := f; i < items; i += folders {
			text := synctest.Message(fmt.Sprintf("Message %07d", i), "")
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("Message %07d.eml", i)), []byte(text + pad)[:size], 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	flushDisk(b)
	return w
}

// flushDisk keeps what was written before a measurement out of it.
func flushDisk(b *testing.B) {
	b.Helper()
	if err := exec.Command("sync").Run(); err != nil {
		b.Logf("sync: %v", err)
	}
}

func rsync(b *testing.B, args ...string) time.Duration {
	b.Helper()
	start := time.Now()
	if out, err := exec.Command("rsync", args...).CombinedOutput(); err != nil {
		b.Fatalf("rsync: %v\n%s", err, out)
	}
	return time.Since(start)
}

func BenchmarkFirstApply(b *testing.B) {
	needRsync(b)
	w := benchWorld(b, benchItems(), benchFolders, 4000)
	var ours, peer time.Duration
	for b.Loop() {
		for _, dir := range []string{w.Path("b"), w.Path("rsync"), filepath.Join(w.Dir, w.State)} {
			if err := os.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
		}
		flushDisk(b)
		peer += rsync(b, "-a", "--fsync", w.Path("a")+"/", w.Path("rsync")+"/")
		flushDisk(b)
		start := time.Now()
		_, report, err := w.Apply(synctest.Run{})
		ours += time.Since(start)
		if err != nil || report.Done < benchItems() {
			b.Fatalf("%v %+v", err, report)
		}
	}
	b.ReportMetric(float64(ours)/float64(peer), "x-rsync")
	b.ReportMetric(float64(benchItems())*float64(b.N)/ours.Seconds(), "items/s")
}

func BenchmarkPlanOneEdit(b *testing.B) {
	needRsync(b)
	w := benchWorld(b, benchItems(), benchFolders, 4000)
	if _, _, err := w.Apply(synctest.Run{}); err != nil {
		b.Fatal(err)
	}
	if _, err := w.Plan(synctest.Run{}); err != nil {
		b.Fatal(err)
	}
	file := w.Path("a", "Folder 007", "Message 0000007.eml")
	var ours, peer time.Duration
	n := 0
	for b.Loop() {
		n++
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		copy(text[len(text)-8:], fmt.Sprintf("%08d", n))
		if err := os.WriteFile(file, text, 0o644); err != nil {
			b.Fatal(err)
		}
		peer += rsync(b, "-an", w.Path("a")+"/", w.Path("b")+"/")
		start := time.Now()
		p, err := w.Plan(synctest.Run{})
		ours += time.Since(start)
		if err != nil || p.Changes.Len() != 1 {
			b.Fatalf("%v, %d changes instead of the one", err, p.Changes.Len())
		}
	}
	b.ReportMetric(float64(ours)/float64(peer), "x-rsync")
}

// BenchmarkPlanMemory plans a million items on both sides in a process of its own and reports the peak of its memory as
// the operating system accounts for it.
func BenchmarkPlanMemory(b *testing.B) {
	items := 10 * benchItems()
	w := benchWorld(b, items, items/1000, 400)
	if err := os.RemoveAll(w.Path("b")); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", w.Path("a"), w.Path("b")).CombinedOutput(); err != nil {
		b.Fatalf("cp: %v\n%s", err, out)
	}
	if _, report, err := w.Apply(synctest.Run{Adopt: true, Force: true}); err != nil || report.Done < items {
		b.Fatalf("%v %+v", err, report)
	}
	peak := 0
	for b.Loop() {
		c := exec.Command(os.Args[0], "-test.v", "-test.run=^TestPlanOfBenchmark$")
		c.Env = append(os.Environ(), "IOREPL_BENCH_WORLD="+w.Dir)
		out, err := c.CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		m := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(out)
		if m == nil {
			b.Skipf("this system does not say what a process used at most: %s", out)
		}
		kB, _ := strconv.Atoi(string(m[1]))
		peak = max(peak, kB)
	}
	b.ReportMetric(float64(peak)*1024/1e6, "MB-peak")
}

func TestPlanOfBenchmark(t *testing.T) {
	dir := os.Getenv("IOREPL_BENCH_WORLD")
	if dir == "" {
		t.Skip("only BenchmarkPlanMemory runs this, in a process of its own")
	}
	w := synctest.Open(dir, "a", "b")
	w.Session("s", "a", "", "b", "", synctest.Rules())
	p, err := w.Plan(synctest.Run{})
	if err != nil || len(p.Pairs) != 1 || p.Pairs[0].Counts.Replicas[1] == 0 || !p.Empty() {
		t.Fatalf("%v %s", err, text(p))
	}
	// What the parent sees of its child's memory includes its own at the time of the fork.
	status, err := os.ReadFile("/proc/self/status")
	t.Logf("%s %v", status, err)
}
