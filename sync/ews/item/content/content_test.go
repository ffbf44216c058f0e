package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinesOfOtherPrograms(t *testing.T) {
	tests := []struct {
		name, file string
		want       Line
	}{
		{"plain", "SUMMARY:a\r\n", New("SUMMARY", "a")},
		{"lower case, parameters", "dtstart;tzid=\"A;B\";value=date-time:1\n", New("DTSTART", "1", "TZID", "A;B", "VALUE", "date-time")},
		{"folded", "SUMMARY:a\r\n b\r\n\tc\r\n", New("SUMMARY", "abc")},
		{"folded in a character", "SUMMARY:\xc3\r\n \xa9\r\n", New("SUMMARY", "é")},
		{"old Mac", "SUMMARY:a\rX:b\r", New("SUMMARY", "a")},
		{"latin 1", "SUMMARY:\xe9\r\n", New("SUMMARY", "é")},
		{"quoted-printable", "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:=E9=\r\nx=0D=0Ay\r\n", New("NOTE", "éx\\ny")},
		{"bare types", "TEL;WORK;VOICE:1\r\n", Line{Name: "TEL", Params: []Param{{"TYPE", []string{"WORK"}}, {"TYPE", []string{"VOICE"}}}, Value: "1"}},
		{"bare encoding", "PHOTO;BASE64:AA==\r\n", New("PHOTO", "AA==", "ENCODING", "BASE64")},
		{"group", "item1.EMAIL:a@b\r\n", Line{Group: "item1", Name: "EMAIL", Value: "a@b"}},
		{"list", "TEL;TYPE=a,b:1", Line{Name: "TEL", Params: []Param{{"TYPE", []string{"a", "b"}}}, Value: "1"}},
		{"RFC 6868", "X;CN=a^'b^n^^:1", New("X", "1", "CN", "a\"b\n^")},
		{"colon in quotes", "ATTENDEE;CN=\"a: b\":mailto:c", New("ATTENDEE", "mailto:c", "CN", "a: b")},
		{"mark", "\xef\xbb\xbfX:1", New("X", "1")},
		{"UTF-16", "\xff\xfeX\x00:\x001\x00", New("X", "1")},
		{"damage before", "no colon\r\n:\r\n;\r\nX:1", New("X", "1")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, stray, _ := Parse([]byte(test.file))
			if len(stray) == 0 {
				t.Fatal("no line")
			}
			if d := cmp.Diff(test.want, stray[0]); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEncodeIsReadBack(t *testing.T) {
	c := &Component{Name: "VEVENT", Lines: []Line{
		New("SUMMARY", Escape("a;b,c\\d\ne"), "LANGUAGE", "de"),
		New("DESCRIPTION", Escape(strings.Repeat("äöü€", 100))),
		New("ATTENDEE", "mailto:a@b", "CN", "x \"y\"; z"),
		{Group: "g", Name: "X", Value: ""},
	}, Components: []*Component{{Name: "VALARM", Lines: []Line{New("TRIGGER", "-PT5M")}}}}
	data := Encode(c)
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("line of %d bytes", len(line))
		}
	}
	got, stray, damaged := Parse(data)
	if d := cmp.Diff([]*Component{c}, got); d != "" || len(stray) > 0 || damaged > 0 {
		t.Errorf("%s %v %d", d, stray, damaged)
	}
	if got := c.Text("SUMMARY"); got != "a;b,c\\d\ne" {
		t.Errorf("text %q", got)
	}
	lines, components := ParseExtra(Extra(c.Lines, c.Components))
	if d := cmp.Diff(c.Lines, lines) + cmp.Diff(c.Components, components); d != "" {
		t.Error(d)
	}
}

func TestSplit(t *testing.T) {
	if d := cmp.Diff([]string{"a,b", "c\nd", "", "e\\q"}, Split(`a\,b,c\nd,,e\q`, ',')); d != "" {
		t.Error(d)
	}
	l := New("N", `a\;b;c`)
	if d := cmp.Diff([]string{"a;b", "c", ""}, l.Fields(3)); d != "" {
		t.Error(d)
	}
}

func TestDeepAndUnbalanced(t *testing.T) {
	c, _, damaged := Parse([]byte(strings.Repeat("BEGIN:A\n", 1000) + "X:1\nEND:B\nEND:A"))
	if len(c) != 1 || damaged != 1000-maxDepth {
		t.Errorf("%d components, %d damaged", len(c), damaged)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("BEGIN:VCARD\nN;CHARSET=x;ENCODING=QUOTED-PRINTABLE:=\n=41\nEND:VCARD"))
	f.Add([]byte("A;B=\"c\"d,e:f\n g"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _, _ := Parse(data)
		once := Encode(c...)
		again, _, _ := Parse(once)
		if d := cmp.Diff(once, Encode(again...)); d != "" {
			t.Error(d)
		}
	})
}
