package freebusy

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"iorepl/plan"
)

func digests() *rapid.Generator[plan.Digest] {
	return rapid.Custom(func(t *rapid.T) plan.Digest {
		if rapid.IntRange(0, 9).Draw(t, "zero") == 0 {
			return plan.Digest{}
		}
		return plan.Sum(rapid.String().Draw(t, "digest"))
	})
}

func TestStampsRoundTripAndStayShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[a-zA-Z0-9._-]{1,40}`)
		want := Stamp{Born: id.Draw(t, "born"), From: id.Draw(t, "from"), For: id.Draw(t, "for"), User: digests().Draw(t, "user"),
			Content: digests().Draw(t, "content"), Written: Minute(rapid.Int32().Draw(t, "written"))}
		text := want.Encode()
		if got, err := ParseStamp(text); err != nil || got != want {
			t.Fatalf("%+v became %+v, %v", want, got, err)
		}
		if len(text) >= plan.MaxStamp {
			t.Fatalf("%q has %d bytes", text, len(text))
		}
	})
}

func TestStampsOfANewerFormatAreTold(t *testing.T) {
	whole := Stamp{Born: "a", From: "b", For: "c"}.Encode()
	for _, s := range []string{"2", "2;", "2;a;b", "10;anything;at;all;of;any;length;there;is", "2" + whole[1:], "2" + strings.Repeat(";x", 300)} {
		if got, err := ParseStamp(s); !errors.Is(err, ErrNewerStamp) || got != (Stamp{}) {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
}

func TestWhatIsNoStampIsRefused(t *testing.T) {
	digest := plan.Sum("x").String()
	good := "1;a;b;c;" + digest + ";" + digest + ";7"
	if _, err := ParseStamp(good); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"", ";", "1", "0" + good[1:], "-1" + good[1:], "x" + good[1:], "01" + good[1:], " " + good, good + ";", good + " ",
		strings.Replace(good, ";a;", ";;", 1),
		strings.Replace(good, ";b;", ";;", 1),
		strings.Replace(good, ";c;", ";;", 1),
		strings.Replace(good, digest, digest[1:], 1),
		strings.Replace(good, digest, digest[1:]+"*", 1),
		strings.TrimSuffix(good, "7"),
		strings.TrimSuffix(good, "7") + "07",
		strings.TrimSuffix(good, "7") + "+7",
		strings.TrimSuffix(good, "7") + "-0",
		strings.TrimSuffix(good, "7") + "2147483648",
		strings.Replace(good, ";a;", ";"+strings.Repeat("a", 250)+";", 1),
	} {
		if got, err := ParseStamp(s); err == nil || errors.Is(err, ErrNewerStamp) || got != (Stamp{}) {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
}

func TestUsersAreKnownByTheirAddressInAnyCase(t *testing.T) {
	if UserKey("Anna.Berg@Contoso.example") != UserKey("anna.berg@contoso.example") {
		t.Error("case counts")
	}
	if UserKey("anna.berg@contoso.example") == UserKey("anna.berg@fabrikam.example") || UserKey("a").IsZero() {
		t.Error("addresses are not told apart")
	}
}

func TestAnEntrysContentIsThatOfItsTimes(t *testing.T) {
	times := NewTimes(0, 100, [Kinds][]Interval{Busy: {{10, 20}}})
	if e := (Entry{Times: times, Written: 5}); e.Content() != times.Digest() {
		t.Error("they differ")
	}
}

func FuzzStamp(f *testing.F) {
	f.Add(Stamp{Born: "a", From: "b", For: "c", User: UserKey("u@contoso.example"), Content: Times{}.Digest(), Written: 223966080}.Encode())
	f.Add("1;a;b;c;;;-5")
	f.Add("2;future")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := ParseStamp(s); err == nil && got.Encode() != s {
			t.Errorf("%q is read as %q", s, got.Encode())
		} else if err != nil && got != (Stamp{}) {
			t.Errorf("%q: there is an error and %+v", s, got)
		}
	})
}
