package ews_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/ews"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/transport"
	"iorepl/sync/synctest"
)

// benchWorkers is how many requests are under way at a time to each organization, of the program as of its limit.
const benchWorkers = 4

// benchWorld are two organizations in another process and a directory for what the program remembers.
type benchWorld struct {
	control *rpc.Client
	address [2]string
	dir     string
}

func newBenchWorld(b testing.TB, f Fill) *benchWorld {
	b.Helper()
	sync.TuneMemory() // as the program does
	c := exec.Command(os.Args[0], "-test.run=^TestServeBenchmark$", "-test.timeout=0")
	c.Env = append(os.Environ(), "IOREPL_BENCH_SERVE=1")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	words := strings.Fields(line)
	if err != nil || len(words) != 4 {
		b.Fatalf("the servers do not serve: %q %v", line, err)
	}
	go io.Copy(io.Discard, out)
	w := &benchWorld{address: [2]string{words[2], words[3]}, dir: b.TempDir()}
	if w.control, err = rpc.Dial("tcp", words[1]); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.control.Close() })
	w.do(b, "Fill", f, nil)
	return w
}

// do has the servers' process do something.
func (w *benchWorld) do(b testing.TB, what string, with, out any) {
	b.Helper()
	if out == nil {
		out = &struct{}{}
	}
	if err := w.control.Call("Control."+what, with, out); err != nil {
		b.Fatal(what, err)
	}
}

// forget drops what the program remembers.
func (w *benchWorld) forget(b testing.TB) {
	b.Helper()
	if err := os.RemoveAll(filepath.Join(w.dir, "state")); err != nil {
		b.Fatal(err)
	}
}

// run plans, and applies if that is wanted, as a command that is started for it does.
func (w *benchWorld) run(ctx context.Context, cached, apply bool) (p *plan.Plan, report *sync.Report, err error) {
	state, err := sync.OpenState(filepath.Join(w.dir, "state"))
	if err != nil {
		return nil, nil, err
	}
	defer state.Close()
	// Ahead of the servers, or what was written a moment ago would not count as settled.
	now := func() time.Time { return time.Now().Add(time.Minute) }
	stores := map[string]sync.Store{}
	for side, id := range []string{"a", "b"} {
		o := ews.Options{Now: now, FullScan: 24 * time.Hour, ReadOnly: side == 0, Transport: transport.Config{
			URL: "http://" + w.address[side] + "/EWS/Exchange.asmx", Username: "iorepl", Password: "secret", MaxConnections: benchWorkers}}
		if cached {
			o.Cache = filepath.Join(w.dir, "state", "cache", id)
		}
		s, err := ews.Open(ctx, o)
		if err != nil {
			return nil, nil, err
		}
		defer s.Close()
		stores[id] = s
	}
	run := sync.New(sync.Options{Organizations: stores, Known: []string{"a", "b"}, Parallelism: benchWorkers, State: state, Now: now(),
		Rand: func() string { return "0123456789abcdef" },
		Sessions: []sync.Session{{Name: "s", Publisher: "a", Subscribers: []string{"b"}, Blocks: []sync.Block{{Path: benchRoot, Source: "s.hcl:1",
			Rules: synctest.Rules(), Target: func(path string) string { return path }}}}}})
	if p, err = run.Plan(ctx); err != nil || !apply {
		return p, nil, err
	}
	report, err = run.Apply(ctx, p, nil)
	return p, report, err
}

// mustApply applies and demands that many changes.
func (w *benchWorld) mustApply(b testing.TB, least int) {
	b.Helper()
	if _, report, err := w.run(b.Context(), false, true); err != nil || report.Done < least || len(report.Failed) > 0 {
		b.Fatalf("%v %+v", err, report)
	}
}

// mustPlan plans and demands that there is nothing to do.
func (w *benchWorld) mustPlan(b testing.TB, cached bool) {
	b.Helper()
	p, _, err := w.run(b.Context(), cached, false)
	if err != nil || !p.Empty() || len(p.Pairs) != 1 || len(p.Pairs[0].Failed) > 0 || p.Pairs[0].Counts.Replicas[plan.Subscriber] == 0 {
		b.Fatalf("%v, %d changes, %v", err, p.Changes.Len(), p.Pairs[0].Failed)
	}
}

// limit replays what was recorded by a client that knows nothing but HTTP, with as many requests at a time, and says how long that takes.
func (w *benchWorld) limit(b testing.TB) time.Duration {
	b.Helper()
	var all []Recorded
	w.do(b, "Requests", struct{}{}, &all)
	w.do(b, "Record", false, nil)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchWorkers, MaxConnsPerHost: benchWorkers,
		WriteBufferSize: 64 << 10, ReadBufferSize: 64 << 10}}
	defer client.CloseIdleConnections()
	var bad atomic.Int64
	errors := map[string]int{}
	start := time.Now()
	var g errgroup.Group
	g.SetLimit(benchWorkers)
	answered := make([]chan struct{}, len(all))
	for i := range answered {
		answered[i] = make(chan struct{})
	}
	for i, r := range all {
		g.Go(func() error {
			defer close(answered[i])
			for _, n := range r.After {
				<-answered[n]
			}
			request, err := http.NewRequest(http.MethodPost, "http://"+w.address[r.Side]+"/EWS/Exchange.asmx", bytes.NewReader(r.Body))
			if err != nil {
				return err
			}
			request.Header.Set("Content-Type", "text/xml; charset=utf-8")
			request.SetBasicAuth("iorepl", "secret")
			response, err := client.Do(request)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusOK {
				bad.Add(1)
			}
			_, err = io.Copy(io.Discard, response.Body)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	if bad.Load() > 0 {
		b.Fatalf("%d of %d replayed requests were refused", bad.Load(), len(all))
	}
	for side := range w.address {
		for _, r := range w.log(b, side) {
			if r.Code != "" {
				errors[r.Operation+" "+r.Code]++
			}
		}
	}
	if len(errors) > 0 {
		b.Logf("of %d replayed requests some did not do what they did before: %v", len(all), errors)
	}
	return took
}

// log is what a server was asked since the last call.
func (w *benchWorld) log(b testing.TB, side int) (all []ewstest.Request) {
	b.Helper()
	w.do(b, "Log", side, &all)
	return all
}

// count counts requests that read and that write.
func count(log []ewstest.Request) (reads, writes int) {
	for _, r := range log {
		if r.Mutating {
			writes++
		} else if r.Operation != "" {
			reads++
		}
	}
	return reads, writes
}

// benchNumber is a number from the environment.
func benchNumber(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// peakMemory is what this process used at most, in MB, as the operating system accounts for it.
func peakMemory() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	var kB float64
	if _, err := fmt.Sscan(string(after), &kB); err != nil {
		return 0, fmt.Errorf("no VmHWM: %w", err)
	}
	return kB * 1024 / 1e6, nil
}
