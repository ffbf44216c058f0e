package item

import (
	"testing"

	"iorepl/plan"
	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

func TestStampsComeBack(t *testing.T) {
	stamps := []plan.Stamp{{Origin: "1;r;a", Version: "1;v;b", Mark: "1;m;c"}, {Origin: "1;r;a"}, {Mark: "1;m;c"}, {}}
	shape := soap.M("ItemShape", soap.T("BaseShape", "IdOnly"), soap.T("AdditionalProperties", StampPaths()))
	for _, w := range worlds {
		for _, s := range samples {
			writing, err := Write(s.payload, w.server)
			if err != nil {
				continue
			}
			read := func(it *mapi.Item) plan.Stamp {
				t.Helper()
				e, err := it.Element(w.profile, soap.T("ItemId"), shape, true, nil)
				if err != nil {
					t.Fatalf("%s, %s: %v", w.profile, s.name, err)
				}
				return ReadStamp(wire(t, e))
			}
			for _, first := range stamps {
				writing := writing
				plain := len(writing.Create.Children)
				writing.Create = WithStamp(writing.Create, first)
				it, err := w.create(t, writing)
				if err != nil {
					t.Fatal(err)
				}
				if got := read(it); got != first {
					t.Errorf("%s, %s: %+v, want %+v", w.profile, s.name, got, first)
				}
				if again, _ := Write(s.payload, w.server); len(again.Create.Children) != plain {
					t.Error("a stamp got into what others write")
				}
				for _, next := range stamps {
					if err := it.Update(w.profile, sent(t, StampChanges(next)), now, who); err != nil {
						t.Fatalf("%s, %s: %v", w.profile, s.name, err)
					}
					if got := read(it); got != next {
						t.Errorf("%s, %s: %+v, want %+v", w.profile, s.name, got, next)
					}
				}
				if s.notes != nil {
					continue
				}
				if d := diff(Canonical(s.payload), w.read(t, it)); d != "" {
					t.Errorf("%s: a stamp changes the item: %s", w.profile, d)
				}
			}
		}
	}
}

func TestKinds(t *testing.T) {
	for class, want := range map[string]Kind{"": Message, "IPM.Note": Message, "ipm.post": Post, "IPM.Post.Invoice": Post, "IPM.Postal": Message, "IPM.Contact.x": Contact,
		"IPM.DistList": List, "IPM.Appointment": Appointment, "IPM.Task": Task, "IPM.TaskRequest": Message, "IPM.StickyNote": Note, "IPM.Activity": Note,
		"IPM.Schedule.Meeting.Request": Message, "REPORT.IPM.Note.NDR": Message} {
		if got := KindOf(class); got != want {
			t.Errorf("%q is a %s, want %s", class, got, want)
		}
	}
}
