package mapi

import (
	"iter"
	"slices"
	"sort"
	"time"

	"iorepl/sync/ews/soap"
)

// series is what a recurring master knows of its occurrences. It is never changed once it is in an item.
type series struct {
	rule       *recurrence
	deleted    []int       // indexes, ascending
	exceptions []exception // by index, ascending
}

// instance says of an item that it is an occurrence.
type instance struct {
	index     int
	original  filetime
	exception bool
}

// Occurrence is one occurrence of an appointment.
type Occurrence struct {
	Index         int // InstanceIndex, from 1; 0 for an appointment that does not recur
	Start, End    time.Time
	OriginalStart time.Time
	Exception     bool
	Item          *Item // as Item.Occurrence gives it
}

// Recurring reports whether it is a recurring master.
func (it *Item) Recurring() bool { return it.series != nil }

// slots are the occurrences by index, from 1, with the moment at which the recurrence puts them; deleted ones are among them.
func (it *Item) slots() iter.Seq2[int, time.Time] {
	z := it.zone()
	w := z.wall(it.time(pStart))
	at := w.Sub(w.Truncate(24 * time.Hour))
	return func(yield func(int, time.Time) bool) {
		i := 0
		for d := range it.series.rule.dates() {
			if i++; !yield(i, z.utc(d.Add(at))) {
				return
			}
		}
	}
}

func (s *series) isDeleted(index int) bool {
	_, ok := slices.BinarySearch(s.deleted, index)
	return ok
}

func (s *series) exception(index int) *exception {
	for i := range s.exceptions {
		if s.exceptions[i].index == index {
			return &s.exceptions[i]
		}
	}
	return nil
}

// slot is the moment of an occurrence that is there.
func (it *Item) slot(index int) (time.Time, error) {
	if it.series == nil {
		return time.Time{}, refuse("ErrorCalendarCannotUseIdForOccurrenceId", "The item is no recurring master.")
	}
	if index >= 1 {
		for i, t := range it.slots() {
			if i < index {
				continue
			}
			if it.series.isDeleted(index) {
				return t, refuse("ErrorCalendarOccurrenceIsDeletedFromRecurrence", "The occurrence was deleted from the recurrence.")
			}
			return t, nil
		}
	}
	return time.Time{}, refuse("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", "The recurrence has no occurrence %d.", index)
}

// Occurrence is the occurrence of an InstanceIndex, counted from 1 with the deleted ones.
func (it *Item) Occurrence(index int) (*Item, error) {
	t, err := it.slot(index)
	if err != nil {
		return nil, err
	}
	return it.at(index, t), nil
}

// at is the occurrence that the recurrence puts at t.
func (it *Item) at(index int, t time.Time) *Item {
	o := it.plain(index, t)
	x := it.series.exception(index)
	if x == nil {
		return o
	}
	o.instance.exception = true
	for _, k := range x.removed {
		o.props.delete(k)
	}
	for _, p := range x.set {
		o.props.set(p.key, p.value)
	}
	if x.people {
		o.recipients = x.recipients
	}
	if x.files {
		o.attachments = x.attachments
	}
	return o
}

// plain is an occurrence as if nobody had edited it.
func (it *Item) plain(index int, t time.Time) *Item {
	o := it.edit()
	o.series = nil
	o.instance = &instance{index: index, original: filetimeOf(t)}
	length := it.time(pEnd).Sub(it.time(pStart))
	o.props.set(pStart, filetimeOf(t))
	o.props.set(pEnd, filetimeOf(t.Add(length)))
	if it.props.get(pReminderTime) != nil {
		o.props.set(pReminderTime, filetimeOf(t))
	}
	return o
}

// UpdateOccurrence applies changes to one occurrence, which becomes an exception. On Exchange the master is modified by that;
// on grommunio it is not, as far as one can see.
func (it *Item) UpdateOccurrence(p Profile, index int, changes []*soap.Element, now time.Time, editor string) error {
	t, err := it.slot(index)
	if err != nil {
		return err
	}
	o := it.at(index, t)
	c, err := o.changed(p, changes, now, editor)
	if err != nil {
		return err
	}
	if err := it.checkBounds(index, c.it); err != nil {
		return err
	}
	c.touch()
	x := difference(index, it.plain(index, t), c.it)
	s := &series{rule: it.series.rule, deleted: it.series.deleted}
	for _, old := range it.series.exceptions {
		if old.index != index {
			s.exceptions = append(s.exceptions, old)
		}
	}
	s.exceptions = append(s.exceptions, x)
	sort.Slice(s.exceptions, func(i, j int) bool { return s.exceptions[i].index < s.exceptions[j].index })
	it.replaceSeries(p, s, now, parseAuthor(editor))
	return nil
}

// checkBounds keeps an occurrence between its neighbours (MS-OXWSCDATA ErrorOccurrenceCrossingBoundary): not on the day of the one
// before or after, nor beyond.
func (it *Item) checkBounds(index int, o *Item) error {
	day := func(t time.Time) time.Time { return it.zone().wall(t).Truncate(24 * time.Hour) }
	start := day(o.time(pStart))
	for i, t := range it.slots() {
		if i > index+1 {
			break
		}
		if i < index-1 || i == index || it.series.isDeleted(i) {
			continue
		}
		other := day(it.at(i, t).time(pStart))
		if i < index && !start.After(other) || i > index && !start.Before(other) {
			return refuse("ErrorOccurrenceCrossingBoundary", "The occurrence would overlap or pass the one before or after it.")
		}
	}
	return nil
}

func (it *Item) replaceSeries(p Profile, s *series, now time.Time, who mailbox) {
	c := &change{it: it.edit(), p: p, now: now, who: who, keepModified: p == Grommunio}
	c.it.series = s
	c.touch()
	*it = *c.it
}

// DeleteOccurrence deletes one occurrence.
func (it *Item) DeleteOccurrence(index int, now time.Time) error {
	if _, err := it.slot(index); err != nil {
		return err
	}
	left := 0
	for i := range it.slots() {
		if i != index && !it.series.isDeleted(i) {
			left++
			break
		}
	}
	if left == 0 {
		return refuse("ErrorRecurrenceHasNoOccurrence", "The last occurrence of a recurrence cannot be deleted.")
	}
	s := &series{rule: it.series.rule, deleted: append(slices.Clone(it.series.deleted), index)}
	slices.Sort(s.deleted)
	for _, x := range it.series.exceptions {
		if x.index != index {
			s.exceptions = append(s.exceptions, x)
		}
	}
	it.replaceSeries(it.profile, s, now, mailbox{name: it.text(pModifier)})
	return nil
}

func occurrenceOf(o *Item) Occurrence {
	x := Occurrence{Start: o.time(pStart), End: o.time(pEnd), OriginalStart: o.time(pStart), Item: o}
	if o.instance != nil {
		x.Index, x.OriginalStart, x.Exception = o.instance.index, o.instance.original.time(), o.instance.exception
	}
	return x
}

// View are the occurrences that overlap [start, end), in the order of their starts; of an appointment that does not recur, it
// itself.
func (it *Item) View(start, end time.Time) []Occurrence {
	var all []Occurrence
	overlaps := func(x Occurrence) bool {
		return x.Start.Before(end) && (x.End.After(start) || x.Start.Equal(x.End) && !x.Start.Before(start))
	}
	if it.series == nil {
		if x := occurrenceOf(it); overlaps(x) {
			all = append(all, x)
		}
		return all
	}
	length := it.time(pEnd).Sub(it.time(pStart))
	for i, t := range it.slots() {
		// An exception may have come from later; it is never moved past its neighbours.
		if t.After(end) && it.series.exception(i) == nil {
			break
		}
		if it.series.isDeleted(i) || t.Add(length).Before(start) && it.series.exception(i) == nil {
			continue
		}
		if x := occurrenceOf(it.at(i, t)); overlaps(x) {
			all = append(all, x)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Start.Before(all[j].Start) })
	return all
}

// Exceptions are the edited occurrences in order: grommunio's FindItem lists them as rows.
func (it *Item) Exceptions() []Occurrence {
	if it.series == nil || len(it.series.exceptions) == 0 {
		return nil
	}
	var all []Occurrence
	last := it.series.exceptions[len(it.series.exceptions)-1].index
	for i, t := range it.slots() {
		if i > last {
			break
		}
		if it.series.exception(i) == nil {
			continue
		}
		o := it.at(i, t)
		if it.profile == Grommunio {
			o.props.set(pClass, "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}")
		}
		all = append(all, occurrenceOf(o))
	}
	return all
}
