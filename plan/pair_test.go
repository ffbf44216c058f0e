package plan

import "testing"

func TestAStampCountsOnlyWhereItWasMadeFor(t *testing.T) {
	key, pub, sub := Sum("item"), Identity{Born: "a", Key: Sum("root a")}, Identity{Born: "b", Key: Sum("root b")}
	p := &Pair{Org: [2]string{"a", "b"}, Digest: PairOf(pub, sub)}
	good := Origin{Identity: Identity{Born: "a", Key: key}, From: "a", For: "b", Pair: p.Digest}
	change := func(f func(*Origin)) Stamp {
		o := good
		f(&o)
		return Stamp{Origin: o.Encode()}
	}
	for _, test := range []struct {
		name  string
		stamp Stamp
		side  Side
		want  standing
	}{
		{"none", Stamp{}, Subscriber, own},
		{"a mark alone", Stamp{Mark: Mark{Pair: p.Digest}.Encode()}, Subscriber, own},
		{"ours", Stamp{Origin: good.Encode()}, Subscriber, ours},
		{"came back to where it was born", Stamp{Origin: good.Encode()}, Publisher, own},
		{"born here, made for here", change(func(o *Origin) { o.Born = "b" }), Subscriber, own},
		{"made for another organization", change(func(o *Origin) { o.For = "c" }), Subscriber, own},
		{"copied from another organization", change(func(o *Origin) { o.From = "c" }), Subscriber, foreign},
		{"made for another pair", change(func(o *Origin) { o.Pair = Sum("another") }), Subscriber, foreign},
		{"born elsewhere, came by this pair", change(func(o *Origin) { o.Born = "c" }), Subscriber, ours},
		{"a newer format", Stamp{Origin: "2;anything"}, Subscriber, newer},
		{"damaged", Stamp{Origin: "1;r;a"}, Subscriber, own},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, _ := p.stand(test.stamp, test.side); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
	if got, _ := (&Pair{Org: p.Org}).stand(change(func(o *Origin) { o.Pair = Digest{} }), Subscriber); got != foreign {
		t.Errorf("a stamp without a pair, before the pair has its roots: got %d, want %d", got, foreign)
	}
}
