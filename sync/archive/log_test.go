package archive

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync"
)

func sampleLog(t testing.TB) []byte {
	name := "true / name"
	data, err := marshalLines([]line{
		{File: "a.eml", Key: plan.Sum("a"), Content: plan.Sum("1"), Class: "IPM.Post", Stamp: plan.Stamp{Origin: "o", Version: "v"},
			Properties: map[string]string{"k": "\"v\"\n"}, Name: &name},
		{Confirm: []string{"a.eml"}},
		{File: "b.eml", Key: plan.Sum("b"), Content: plan.Sum("2"), Confirmed: true},
		{File: "a.eml", Key: plan.Sum("a"), Content: plan.Sum("3"), Class: "IPM.Note"},
		{Leaving: []string{"b.eml"}},
		{File: "c.eml", Key: plan.Sum("c"), Content: plan.Sum("4"), Confirmed: true},
		{Moved: []string{"c.eml"}},
		{Removed: []string{"gone.eml"}},
		{Retired: map[string]int{"d.eml": 3}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLogSaysWhichEntryCounts(t *testing.T) {
	l, err := parseLog(sampleLog(t))
	if err != nil {
		t.Fatal(err)
	}
	a := l.records["a.eml"]
	for raw, class := range map[plan.Digest]string{plan.Sum("1"): "IPM.Post", plan.Sum("3"): "IPM.Note", plan.Sum("edited"): "IPM.Post"} {
		if got := a.of(raw).class; got != class {
			t.Errorf("class is %q, want %q", got, class)
		}
	}
	if !l.records["b.eml"].leaving || l.records["c.eml"] != nil || l.retired["c.eml"] != 1 || l.retired["d.eml"] != 3 {
		t.Errorf("records: %+v, retired: %v", l.records, l.retired)
	}
	if k := l.key(plan.Sum("folder"), "c.eml", nil); k == derivedKey(plan.Sum("folder"), "c.eml", 0) {
		t.Error("a key that moved on is given again")
	}
}

// FuzzItems: no log makes the parser panic; what it takes, compacting and caching keep, and a changed byte is noticed.
func FuzzItems(f *testing.F) {
	whole := sampleLog(f)
	f.Add(whole, 0, byte(0))
	f.Add(whole[:len(whole)-5], 3, byte(1))
	f.Add([]byte(nil), 0, byte(0))
	f.Add([]byte("{}\n"), 0, byte(7))
	f.Fuzz(func(t *testing.T, data []byte, at int, flip byte) {
		l, err := parseLog(data)
		if err != nil {
			return
		}
		compacted, err := marshalLines(l.compact())
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseLog(compacted)
		if err != nil {
			t.Fatalf("a compacted log does not parse: %v\n%s", err, compacted)
		}
		r := &reader{s: string(l.appendTo(nil))}
		cached := r.log()
		if r.failed || r.s != "" {
			t.Fatalf("a cached log does not parse")
		}
		for _, other := range []*itemLog{again, cached} {
			if !maps.Equal(l.retired, other.retired) || !reflect.DeepEqual(flat(l), flat(other)) {
				t.Fatalf("another log came back:\n%s", cmp.Diff(flat(l), flat(other)))
			}
		}
		if at < 0 || at >= int(l.size) || flip == 0 || data[at] == '\n' || data[at] == '\r' || data[at]^flip == '\n' || data[at]^flip == '\r' {
			return
		}
		changed := bytes.Clone(data)
		changed[at] ^= flip
		if _, err := parseLog(changed); err == nil {
			t.Fatalf("byte %d of\n%s\nchanged unnoticed", at, data)
		}
	})
}

// flat is a log in a form that compares equal.
func flat(l *itemLog) map[string][]line {
	m := map[string][]line{}
	for f, r := range l.records {
		if r.base != nil {
			m[f] = append(m[f], entryLine(f, r.base, true))
		}
		for _, e := range r.pending {
			m[f] = append(m[f], entryLine(f, e, false))
		}
		if r.leaving {
			m[f] = append(m[f], line{Leaving: []string{f}})
		}
		for i := range m[f] {
			if len(m[f][i].Properties) == 0 {
				m[f][i].Properties = nil
			}
		}
	}
	return m
}

// FuzzFolder: no .folder.json makes the parser panic, and what it takes is the same when it is written and read again.
func FuzzFolder(f *testing.F) {
	f.Add([]byte(`{"class": "IPF.Note", "permissions": {"Default": "Reviewer", "Anonymous": "None", "A@x": "ReadItems+CreateItems"}}`))
	f.Add([]byte(`{"key": "` + plan.Sum("a").String() + `", "path": "dir", "name": "a/b", "was": {"path": "dir", "marker": "m"}}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, err := parseFolder(data, "dir")
		if err != nil {
			return
		}
		rec.Path = "dir"
		text, err := rec.marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseFolder(text, "dir")
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if twice, _ := again.marshal(); !bytes.Equal(twice, text) {
			t.Fatalf("%s\nbecame\n%s", text, twice)
		}
		if !slices.Equal(complete(rec.Permissions.list()), complete(again.Permissions.list())) {
			t.Fatalf("%v became %v", rec.Permissions, again.Permissions)
		}
	})
}

// FuzzFormats: no file makes a decoder bring the program down.
func FuzzFormats(f *testing.F) {
	f.Add([]byte("BEGIN:VCALENDAR\nX;A=\"b\"c:d\nEND:VCALENDAR\n"))
	f.Add([]byte("BEGIN:VCARD\nKIND:group\nEND:VCARD\n"))
	f.Add([]byte("Subject: x\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []sync.Format{sync.MIME, sync.ICalendar, sync.VCard, sync.FreeBusy} {
			check(format, data)
			sniff(format, data)
		}
	})
}

// TestContentIsThatOfTheContract: files are digested piecemeal, with the same result as sync.ContentOf.
func TestContentIsThatOfTheContract(t *testing.T) {
	root := t.TempDir()
	s, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, size := range []int{0, 1, smallFile, smallFile + 1, 2*smallFile + 77} {
		data := bytes.Repeat([]byte("x"), size)
		d, err := s.openDir("")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.replace("x.eml", data); err != nil {
			t.Fatal(err)
		}
		sum, err := s.digest(d, "x.eml")
		if err != nil {
			t.Fatal(err)
		}
		props := map[string]string{"b": "2", "a": "1"}
		got, err := s.content(d, "x.eml", &sum, "IPM.Post", props)
		want := sync.ContentOf(sync.Payload{Class: "IPM.Post", Format: sync.MIME, Data: data, Properties: props})
		if err != nil || got != want || sum.raw != plan.Sum(string(data)) || sum.raw != rawOf(data) {
			t.Errorf("%d bytes: %v, %v, want %v", size, got, err, want)
		}
		sum.release()
		d.close()
	}
}
