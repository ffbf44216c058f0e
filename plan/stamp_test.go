package plan

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func digests() *rapid.Generator[Digest] {
	return rapid.Custom(func(t *rapid.T) Digest { return Sum(rapid.String().Draw(t, "digest")) })
}

func TestStampsRoundTripAndStayShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[a-z0-9._-]{1,40}`)
		o := Origin{Identity: Identity{id.Draw(t, "born"), digests().Draw(t, "key")}, From: id.Draw(t, "from"), For: id.Draw(t, "for"),
			Pair: digests().Draw(t, "pair"), Linked: rapid.Bool().Draw(t, "linked"), Attempt: rapid.IntRange(0, MaxAttempt).Draw(t, "attempt")}
		if got, err := ParseOrigin(o.Encode()); err != nil || got != o {
			t.Fatalf("%+v became %+v, %v", o, got, err)
		}
		c := Copied{digests().Draw(t, "version"), digests().Draw(t, "content"), digests().Draw(t, "home")}
		if got, err := ParseCopied(c.Encode()); err != nil || got != c {
			t.Fatalf("%+v became %+v, %v", c, got, err)
		}
		kept := rapid.Bool().Draw(t, "kept")
		m := Mark{kept, kept && rapid.Bool().Draw(t, "begun"), digests().Draw(t, "pair"), digests().Draw(t, "replica"), digests().Draw(t, "content")}
		if got, err := ParseMark(m.Encode()); err != nil || got != m {
			t.Fatalf("%+v became %+v, %v", m, got, err)
		}
		for _, s := range []string{o.Encode(), c.Encode(), m.Encode()} {
			if len(s) >= MaxStamp {
				t.Fatalf("%q has %d bytes", s, len(s))
			}
		}
	})
}

func TestStampsOfANewerFormatAreTold(t *testing.T) {
	for _, s := range []string{"2;r;a;b;c;d;e", "10;anything", "2"} {
		if _, err := ParseOrigin(s); !errors.Is(err, ErrNewerStamp) {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"", ";", "0;r;a", "-1;r", "1", "1;r", "x;r;a;b;c;d;e", "1;r;;;;;",
		"1;r;a;;b;c;;0", "1;r;a;;b;c;;01", "1;r;a;;b;c;;100", "1;r;a;;b;c;;", "1;r;a;;b;c;;1;1"} {
		if _, err := ParseOrigin(s); err == nil || errors.Is(err, ErrNewerStamp) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func FuzzStamp(f *testing.F) {
	f.Add(Origin{Identity: Identity{"a", Sum("k")}, From: "a", For: "b", Pair: Sum("p")}.Encode())
	f.Add(Origin{Identity: Identity{"a", Sum("k")}, From: "a", For: "b", Pair: Sum("p"), Attempt: 3}.Encode())
	f.Add(Copied{Sum("v"), Sum("c"), Sum("h")}.Encode())
	f.Add(Mark{true, false, Sum("p"), Sum("r"), Sum("c")}.Encode())
	f.Add("2;future")
	f.Fuzz(func(t *testing.T, s string) {
		if o, err := ParseOrigin(s); err == nil && o.Encode() != s {
			t.Errorf("%q is read as %q", s, o.Encode())
		}
		if c, err := ParseCopied(s); err == nil && c.Encode() != s {
			t.Errorf("%q is read as %q", s, c.Encode())
		}
		if m, err := ParseMark(s); err == nil && m.Encode() != s {
			t.Errorf("%q is read as %q", s, m.Encode())
		}
	})
}

func TestPathsKeepAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[a%/F225 \\]{1,8}`), 1, 4).Draw(t, "names")
		path := ""
		for _, n := range names {
			path = Join(path, n)
		}
		if got := Names(path); strings.Join(got, "\x00") != strings.Join(names, "\x00") {
			t.Fatalf("%q became %q by %q", names, got, path)
		}
		if Base(path) != names[len(names)-1] {
			t.Fatalf("base of %q is %q", path, Base(path))
		}
	})
}

func TestRightsRoundTrip(t *testing.T) {
	for r := Rights(0); r < 0x800; r++ {
		r := r &^ 0x004
		got, err := ParseRights(r.String())
		if err != nil || got != r && got|RightFolderContact != r|RightFolderContact {
			t.Fatalf("%#x is written %q and read as %#x, %v", uint32(r), r, uint32(got), err)
		}
	}
}

func TestWrongRightsAreToldHowToBeWritten(t *testing.T) {
	if _, err := ParseRights("ReadItems, CreateItems"); err == nil || !strings.Contains(err.Error(), "joined by +") {
		t.Errorf("got %v", err)
	}
}
