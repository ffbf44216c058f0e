package scratch

import (
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRecordsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, number, last := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text")), rapid.Int64().Draw(t, "number"), rapid.String().Draw(t, "last")
		value := Record{}.Text(text).Number(number).Text(last)
		f := Read(value)
		if a, b, c := f.Text(), f.Number(), f.Text(); a != text || b != number || c != last || f.Err() != nil {
			t.Fatalf("got %q, %d, %q, %v", a, b, c, f.Err())
		}
		f = Read(value[:rapid.IntRange(0, len(value)-1).Draw(t, "cut")])
		_, _, _ = f.Text(), f.Number(), f.Text()
		if f.Err() == nil {
			t.Fatal("a record that was cut is whole")
		}
		f = Read(value)
		if _ = f.Text(); f.Err() == nil {
			t.Fatal("a field that nobody read is none")
		}
	})
}

func TestClippedTextsAreKeptApartAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := strings.Repeat("a", rapid.IntRange(0, 1).Draw(t, "long")*longText)
		text := func(label string) string { return one + rapid.StringMatching(`[a-c]{0,3}`).Draw(t, label) }
		a, b := text("a"), text("b")
		x, y := Clip(a), Clip(b)
		if (a == b) != (x == y) || len(x) > longText+20 {
			t.Fatalf("%q and %q: %q and %q", a, b, x, y)
		}
		if one == "" && cmp.Compare(a, b) != cmp.Compare(x, y) {
			t.Fatalf("%q and %q: %q and %q", a, b, x, y)
		}
	})
}
