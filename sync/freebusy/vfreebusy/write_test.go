package vfreebusy

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"iorepl/plan/freebusy"
)

func minute(year int, month time.Month, day, hour, min int) freebusy.Minute {
	return freebusy.MinuteOf(time.Date(year, month, day, hour, min, 0, 0, time.UTC))
}

func interval(start, end freebusy.Minute) freebusy.Interval {
	return freebusy.Interval{Start: start, End: end}
}

func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n" }

func TestWrittenFile(t *testing.T) {
	start := minute(2026, 11, 1, 0, 0)
	var of [freebusy.Kinds][]freebusy.Interval
	for day := range freebusy.Minute(10) {
		of[freebusy.Busy] = append(of[freebusy.Busy], interval(start+day*1440+540, start+day*1440+630))
	}
	of[freebusy.Tentative] = []freebusy.Interval{interval(start+600, start+660)}
	of[freebusy.OutOfOffice] = []freebusy.Interval{interval(minute(2026, 12, 24, 0, 0), minute(2027, 1, 2, 0, 0))}
	file := File{Address: "Jörg.O'Brien+x@contoso.example", Display: `Jörg "J." O'Brien; Sales, West`,
		Times: freebusy.NewTimes(start, minute(2027, 2, 1, 0, 0), of), Published: minute(2026, 10, 31, 22, 15), Stamp: "1;contoso;b;c,d;\\"}
	want := lines(
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//iorepl//iorepl//EN",
		"METHOD:PUBLISH",
		"BEGIN:VFREEBUSY",
		"UID:freebusy-"+freebusy.UserKey(file.Address).String()+"@iorepl",
		"DTSTAMP:20261031T221500Z",
		`ORGANIZER;CN="Jörg ^'J.^' O'Brien; Sales, West":mailto:J%C3%B6rg.O'Brien+x`,
		" @contoso.example",
		"DTSTART:20261101T000000Z",
		"DTEND:20270201T000000Z",
		"FREEBUSY;FBTYPE=BUSY:20261101T090000Z/20261101T103000Z",
		"FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261101T100000Z/20261101T110000Z",
		"FREEBUSY;FBTYPE=BUSY:20261102T090000Z/20261102T103000Z,20261103T090000Z/202",
		" 61103T103000Z,20261104T090000Z/20261104T103000Z,20261105T090000Z/20261105T",
		" 103000Z,20261106T090000Z/20261106T103000Z,20261107T090000Z/20261107T103000",
		" Z,20261108T090000Z/20261108T103000Z,20261109T090000Z/20261109T103000Z",
		"FREEBUSY;FBTYPE=BUSY:20261110T090000Z/20261110T103000Z",
		"FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261224T000000Z/20270102T000000Z",
		`X-IOREPL-STAMP:1\;contoso\;b\;c\,d\;\\`,
		"END:VFREEBUSY",
		"END:VCALENDAR")
	if diff := cmp.Diff(want, string(Write(file))); diff != "" {
		t.Error(diff)
	}
	roundTrip(t, file)
}

func TestAFileWithoutWhatIsNotKnown(t *testing.T) {
	file := File{Times: freebusy.Times{Start: minute(2026, 11, 1, 0, 0), End: minute(2026, 12, 1, 0, 0)}}
	got := string(Write(file))
	for _, name := range []string{"ORGANIZER", "FREEBUSY;", stampName} {
		if strings.Contains(got, name) {
			t.Errorf("there is %s in\n%s", name, got)
		}
	}
	if roundTrip(t, file); !strings.Contains(got, "DTSTAMP:16010101T000000Z\r\n") { // the RFC wants one
		t.Error(got)
	}
}

type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// roundTrip wants a file to be written by the book and read as it was, without a note.
func roundTrip(t tester, want File) {
	t.Helper()
	data := Write(want)
	if !bytes.Equal(data, Write(want)) {
		t.Fatalf("a second time another file is written")
	}
	for l := range bytes.Lines(data) {
		if len(l) > 77 || !bytes.HasSuffix(l, []byte("\r\n")) || bytes.Count(l, []byte("\r")) != 1 {
			t.Fatalf("%q has %d bytes", l, len(l))
		}
	}
	got, notes, err := Read(data)
	if err != nil || len(notes) > 0 {
		t.Fatalf("notes %q and error %v of\n%s", notes, err, data)
	}
	if !got.Times.Equal(want.Times) {
		t.Fatalf("%+v became %+v by\n%s", want.Times, got.Times, data)
	}
	want.Times, got.Times = freebusy.Times{}, freebusy.Times{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s by\n%s", diff, data)
	}
}

func TestFilesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := freebusy.Minute(rapid.Int32Range(0, int32(limit())-1).Draw(t, "start"))
		if rapid.Bool().Draw(t, "usual") {
			start = minute(2026, 1, 1, 0, 0).MonthStart(rapid.IntRange(0, 24).Draw(t, "month"))
		}
		end := min(start+freebusy.Minute(rapid.Int32Range(1, 150_000).Draw(t, "length")), limit())
		one := rapid.Custom(func(t *rapid.T) freebusy.Interval {
			at := start + freebusy.Minute(rapid.Int32Range(-100, int32(end-start)).Draw(t, "at"))
			return interval(at, at+freebusy.Minute(rapid.Int32Range(0, 3000).Draw(t, "minutes")))
		})
		var of [freebusy.Kinds][]freebusy.Interval
		for k := range of {
			of[k] = rapid.SliceOfN(one, 0, 30).Draw(t, "intervals")
		}
		f := File{
			Times:     freebusy.NewTimes(start, end, of),
			Published: freebusy.Minute(rapid.Int32Range(0, int32(limit())-1).Draw(t, "published")),
			Stamp:     rapid.StringMatching(`(1;[a-z ,;:\\"^]{0,30}ä?[a-zA-Z0-9_-]{22})?`).Draw(t, "stamp"),
		}
		if rapid.Bool().Draw(t, "somebody") {
			f.Address = rapid.StringMatching(`[a-zA-Z0-9äöß日.!#$%&'*+/=?^_{|}~-]{1,30}@[a-zü0-9.-]{1,20}[a-z]`).Draw(t, "address")
			f.Display = rapid.StringMatching(`[ -~äöüß日本\n]{0,60}`).Draw(t, "display")
		}
		roundTrip(t, f)
	})
}

// What is said in another order, or twice, is the same file.
func TestFilesAreDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := minute(2026, 11, 1, 0, 0)
		one := rapid.Custom(func(t *rapid.T) freebusy.Interval {
			at := start + freebusy.Minute(rapid.Int32Range(0, 5000).Draw(t, "at"))
			return interval(at, at+freebusy.Minute(rapid.Int32Range(1, 300).Draw(t, "minutes")))
		})
		intervals := rapid.SliceOfN(one, 1, 20).Draw(t, "intervals")
		shuffled := rapid.Permutation(append(slices.Clone(intervals), intervals[0])).Draw(t, "order")
		write := func(in []freebusy.Interval) string {
			return string(Write(File{Times: freebusy.Times{Start: start, End: start + 6000, Of: [freebusy.Kinds][]freebusy.Interval{1: in}}}))
		}
		if diff := cmp.Diff(write(intervals), write(shuffled)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestYearsThatCannotBeSaidAreLeftOut(t *testing.T) {
	f := File{Times: freebusy.Times{Start: -1 << 31, End: 1<<31 - 1,
		Of: [freebusy.Kinds][]freebusy.Interval{{interval(-1<<31, 10), interval(1<<31-10, 1<<31-1)}}}, Published: -5}
	got := string(Write(f))
	for _, want := range []string{"DTSTART:16010101T000000Z", "DTEND:45010101T000000Z", "BUSY:16010101T000000Z/16010101T001000Z\r", "DTSTAMP:16010101T000000Z"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

func TestTheExamplesAreRead(t *testing.T) {
	files, _ := filepath.Glob("../../../examples/*/*/Free Busy/*.[iv]fb")
	if len(files) == 0 {
		t.Skip("the examples are not there")
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, notes, err := Read(data)
		local, _, ok := strings.Cut(got.Address, "@")
		if err != nil || len(notes) > 0 || !ok || !strings.HasPrefix(filepath.Base(name), local) {
			t.Errorf("%s is of %q, notes %q, error %v", name, got.Address, notes, err)
		}
	}
}
