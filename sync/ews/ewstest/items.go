package ewstest

import (
	"strconv"
	"strings"
	"time"

	"iorepl/sync/ews/ewstest/mapi"
	"iorepl/sync/ews/soap"
)

// place is where an item was found.
type place struct {
	f          *folder
	r          *record
	occurrence int
	id         *soap.Element // the t:ItemId that named it
}

// item finds what a t:ItemId, t:OccurrenceItemId or t:RecurringMasterItemId names, if the account may see its folder.
func (c *call) item(id *soap.Element) (place, error) {
	text := id.Attr("Id")
	switch id.Name {
	case "OccurrenceItemId":
		text = id.Attr("RecurringMasterId")
	case "RecurringMasterItemId":
		text = id.Attr("OccurrenceId")
	}
	ref, err := c.s.decode(text)
	switch {
	case err != nil:
		return place{}, err
	case ref.item == 0:
		return place{}, fail("ErrorCannotUseFolderIdForItemId")
	}
	if key := id.Attr("ChangeKey"); key != "" && !c.grommunio() {
		if _, err := changeOf(key); err != nil {
			return place{}, err
		}
	}
	f := c.st.folders[ref.folder]
	if f == nil || f.store.guid != ref.store || f.deleted || c.tooEarly(f) {
		return place{}, fail("ErrorItemNotFound")
	}
	if err := c.sees(f); err != nil {
		return place{}, err
	}
	if err := c.routed(f, "ErrorItemNotFound"); err != nil {
		return place{}, err
	}
	r := f.record(ref.item)
	if _, deleted := find(f.dumpster, ref.item); r == nil || deleted && !(c.grommunio() && !c.op.mutating) {
		// grommunio still reads what was deleted softly.
		return place{}, fail("ErrorItemNotFound")
	}
	p := place{f: f, r: r, occurrence: ref.occurrence, id: id}
	switch id.Name {
	case "OccurrenceItemId":
		n, err := strconv.Atoi(id.Attr("InstanceIndex"))
		if err != nil || n < 1 {
			return place{}, failAs("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", "Occurrence index is out of recurrence range.")
		}
		if !r.item.Recurring() {
			return place{}, failAs("ErrorCannotGetOccurrence", "The item is not a recurring master.")
		}
		p.occurrence = n
	case "RecurringMasterItemId":
		p.occurrence = 0
	}
	return p, nil
}

// own reports whether the account made the item.
func (c *call) own(r *record) bool { return strings.EqualFold(r.creator, c.who.address) }

// mayReadItem refuses an item that the account may not read. Since 2013 SP1 who may create may read his own (MS-OXWSFOLD note <11>).
func (c *call) mayReadItem(p place) error {
	r := c.rights(p.f)
	if r&ReadItems != 0 || c.grommunio() || c.has(rank2013) && r&CreateItems != 0 && c.own(p.r) {
		return nil
	}
	return fail("ErrorAccessDenied")
}

// mayEditItem refuses an item that the account may not change. grommunio wants the right to change all.
func (c *call) mayEditItem(p place) error {
	r := c.rights(p.f)
	if r&EditAll != 0 || !c.grommunio() && r&EditOwned != 0 && c.own(p.r) {
		return nil
	}
	return fail("ErrorAccessDenied")
}

// mayDeleteItem refuses an item that the account may not delete.
func (c *call) mayDeleteItem(p place) error {
	r := c.rights(p.f)
	if r&DeleteAll != 0 || !c.grommunio() && r&DeleteOwned != 0 && c.own(p.r) {
		return nil
	}
	return fail("ErrorAccessDenied")
}

// view is an item with what the server alone knows of it.
func (c *call) view(f *folder, r *record, item *mapi.Item, listing bool) *mapi.Item {
	return item.In(mapi.Surroundings{
		Property:   func(t mapi.Tag) (mapi.Value, bool) { return c.itemProperty(f, r, t, listing) },
		Element:    func(name string) *soap.Element { return c.itemField(f, r, name) },
		Occurrence: func(index int) *soap.Element { return c.s.itemID("ItemId", f, r, index) },
	})
}

func (c *call) itemProperty(f *folder, r *record, t mapi.Tag, listing bool) (mapi.Value, bool) {
	if t.Set != "" {
		return mapi.Value{}, false
	}
	switch t.ID {
	case 0x0E09:
		return mapi.Binary(folderEntry(f.store, f.id)), true
	case 0x0E23: // PidTagInternetArticleNumber
		return mapi.Integer(int32(r.id)), true
	case 0x0FFF:
		return mapi.Binary(itemEntry(f.store, f.id, r.id)), true
	case 0x0FF9:
		return mapi.Binary(sourceKey(f.store, r.id)), true
	case 0x65E0:
		if c.grommunio() && listing {
			return mapi.Value{}, false
		}
		return mapi.Binary(sourceKey(f.store, r.id)), true
	case 0x65E1:
		return mapi.Binary(sourceKey(f.store, f.id)), true
	case 0x65E2:
		return mapi.Binary(sourceKey(f.store, r.change)), true
	case 0x6709:
		return mapi.Time(r.item.Modified()), true
	case 0x10F3:
		return mapi.String(strconv.FormatUint(r.id, 10) + ".EML"), true
	}
	return mapi.Value{}, false
}

func (c *call) itemField(f *folder, r *record, name string) *soap.Element {
	switch name {
	case "ParentFolderId":
		return c.s.parentID(f.store, f.id)
	case "EffectiveRights":
		p := place{f: f, r: r}
		return c.effectiveRights(false, false, false, c.mayDeleteItem(p) == nil, c.mayEditItem(p) == nil, c.mayReadItem(p) == nil)
	}
	return nil
}

// attachmentIDs makes the AttachmentId elements of an item.
func (c *call) attachmentIDs(f *folder, r *record, occurrence int) func(n int) *soap.Element {
	return func(n int) *soap.Element { return c.attachmentID(f, r, occurrence, []int{n}) }
}

func (c *call) attachmentID(f *folder, r *record, occurrence int, path []int) *soap.Element {
	return soap.T("AttachmentId", soap.Attr{Name: "Id",
		Value: c.s.encode(f.store, ref{folder: f.id, item: r.id, occurrence: occurrence, attachments: path})})
}

// put takes a new state of an item into its folder. The record's place does not change.
func (c *call) put(f *folder, r *record, item *mapi.Item) *record {
	f = c.st.edit(f.id)
	n := &record{id: r.id, change: c.st.next(), item: item, creator: r.creator}
	l, i := f.list(r.id)
	f.size += int64(item.Size()) - int64(r.item.Size())
	(*l)[i] = n
	f.committed(c.now, c.s.tokenStep())
	return n
}

// add puts a new item into a folder.
func (c *call) add(f *folder, item *mapi.Item, creator string) *record {
	f = c.st.edit(f.id)
	r := &record{id: c.st.next(), item: item, creator: creator}
	r.change = c.st.next()
	if associated(item) {
		f.associated = append(f.associated, r)
	} else {
		f.items = append(f.items, r)
	}
	f.size += int64(item.Size())
	f.committed(c.now, c.s.tokenStep())
	return r
}

// associatedPath is PidTagAssociated.
var associatedPath = soap.T("ExtendedFieldURI", soap.Attr{Name: "PropertyTag", Value: "0x67AA"}, soap.Attr{Name: "PropertyType", Value: "Boolean"})

func associated(item *mapi.Item) bool {
	v, ok := item.Property(associatedPath)
	if !ok {
		return false
	}
	n, ok := v.Number()
	return ok && n != 0
}

// remove takes an item away, for good or into the dumpster.
func (c *call) remove(f *folder, r *record, hard bool) {
	f = c.st.edit(f.id)
	l, i := f.list(r.id)
	wasDeleted := l == &f.dumpster
	*l = append((*l)[:i], (*l)[i+1:]...)
	switch {
	case !hard && !wasDeleted:
		insert(&f.dumpster, r)
	case !wasDeleted:
		f.size -= int64(r.item.Size())
	}
	if !wasDeleted && (hard || !c.grommunio()) {
		f.deletions++
	}
	f.committed(c.now, c.s.tokenStep())
}

// room refuses an item that is too large by itself or for the folder.
func (c *call) room(f *folder, size int) error {
	o := c.s.options
	switch {
	case o.MaxItem > 0 && int64(size) > o.MaxItem:
		return fail("ErrorMessageSizeExceeded")
	case o.FolderQuota > 0 && f.store.public && f.size+int64(size) > o.FolderQuota:
		return fail("ErrorQuotaExceeded")
	}
	return nil
}

var (
	tagCreated  = mapi.Tag{ID: 0x3007}
	tagModified = mapi.Tag{ID: 0x3008}
)

// copied is the copy that CopyItem makes: all properties, stamps of other programs included, with a new time.
func (c *call) copied(item *mapi.Item, now time.Time) *mapi.Item {
	n := item.Clone()
	n.SetProperty(tagModified, mapi.Time(now))
	if !c.grommunio() {
		n.SetProperty(tagCreated, mapi.Time(now))
	}
	return n
}
