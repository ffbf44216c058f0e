package memstore

import (
	"fmt"
	"time"

	"iorepl/plan"
	"iorepl/sync"
)

// Tick lets time pass for what users do next.
func (o *Organization) Tick(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// Post adds a user's item and returns its key.
func (o *Organization) Post(path string, p sync.Payload) (plan.Digest, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.at(path)
	if err != nil {
		return plan.Digest{}, err
	}
	it := &item{payload: p}
	it.id, it.key = o.next("item")
	o.say(it, p)
	f.items = append(f.items, it)
	return it.key, nil
}

// say gives an item content, by a user and now.
func (o *Organization) say(it *item, p sync.Payload) {
	p.Modified = o.now
	p.Content = sync.ContentOf(p)
	it.payload = p
	o.written(it)
}

func (o *Organization) locate(key plan.Digest) (*folder, *item) {
	for _, f := range o.folders {
		if it := f.find(func(i *item) bool { return i.key == key }); it != nil {
			return f, it
		}
	}
	return nil, nil
}

// Edit replaces an item's content; its stamp stays.
func (o *Organization) Edit(key plan.Digest, p sync.Payload) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, it := o.locate(key)
	if it == nil {
		return errNone
	}
	o.say(it, p)
	return nil
}

// Touch writes an item as it is: only its version moves, where versions are counted.
func (o *Organization) Touch(key plan.Digest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, it := o.locate(key)
	if it == nil {
		return errNone
	}
	o.written(it)
	return nil
}

// Copy copies an item with its stamp, as CopyItem does, and returns the copy's key.
func (o *Organization) Copy(key plan.Digest, to string) (plan.Digest, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, it := o.locate(key)
	f, err := o.at(to)
	if it == nil || err != nil {
		return plan.Digest{}, errNone
	}
	c := *it
	c.id, c.key = o.next("item")
	o.written(&c)
	f.items = append(f.items, &c)
	return c.key, nil
}

// Move puts an item into another folder, with its stamp, and returns its key there. Its id is always another one.
func (o *Organization) Move(key plan.Digest, to string) (plan.Digest, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, it := o.locate(key)
	g, err := o.at(to)
	if it == nil || err != nil {
		return plan.Digest{}, errNone
	}
	f.remove(it)
	id, fresh := o.next("item")
	it.id = id
	if o.NewKeys {
		it.key = fresh
	}
	g.items = append(g.items, it)
	return it.key, nil
}

// Delete removes an item; it can be recovered.
func (o *Organization) Delete(key plan.Digest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, it := o.locate(key)
	if it == nil {
		return errNone
	}
	o.bury(f, it)
	return nil
}

func (o *Organization) bury(f *folder, it *item) {
	f.remove(it)
	o.deleted = append(o.deleted, Found{f.path(), f.id, o.listed(it, true), it.payload})
}

// Spoil makes an item unreadable, or readable again with "".
func (o *Organization) Spoil(key plan.Digest, problem string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, it := o.locate(key)
	if it == nil {
		return errNone
	}
	it.problem = problem
	return nil
}

// AddFolder makes a folder below a path.
func (o *Organization) AddFolder(parent, name, class string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.at(parent)
	if err != nil {
		return err
	}
	_, err = o.makeFolder(f, name, class, plan.Stamp{})
	return err
}

func (o *Organization) makeFolder(parent *folder, name, class string, stamp plan.Stamp) (*folder, error) {
	if o.child(parent, name) != nil {
		return nil, sync.Errorf(sync.Exists, "there is a folder %q below %q", name, parent.path())
	}
	f := &folder{parent: parent, name: name, class: class, stamp: stamp, permissions: append(plan.Permissions{}, parent.permissions...)}
	f.id, f.key = o.next("folder")
	o.folders[f.id] = f
	return f, nil
}

// MoveFolder renames a folder or puts it below another one, with all that is in it.
func (o *Organization) MoveFolder(from, to string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.at(from)
	if err != nil {
		return err
	}
	return o.placeFolder(f, to)
}

func (o *Organization) placeFolder(f *folder, to string) error {
	parent, err := o.at(plan.Parent(to))
	if err != nil {
		return sync.Errorf(sync.Gone, "%w", err)
	}
	name := plan.Base(to)
	if f.parent == nil || parent.within(f) {
		return fmt.Errorf("%q cannot be moved to %q", f.path(), to)
	}
	if have := o.child(parent, name); have != nil && have != f {
		return sync.Errorf(sync.Exists, "there is a folder %q", to)
	}
	f.parent, f.name = parent, name
	return nil
}

// CopyFolder copies a folder with its stamps and all that is in it, as CopyFolder of Exchange does.
func (o *Organization) CopyFolder(from, to string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.at(from)
	if err != nil {
		return err
	}
	parent, err := o.at(plan.Parent(to))
	if err != nil || parent.within(f) {
		return fmt.Errorf("%q cannot be copied to %q", from, to)
	}
	g, err := o.makeFolder(parent, plan.Base(to), f.class, f.stamp)
	if err != nil {
		return err
	}
	g.marker = f.marker
	for _, it := range f.items {
		c := *it
		c.id, c.key = o.next("item")
		o.written(&c)
		g.items = append(g.items, &c)
	}
	return nil
}

// DeleteFolder removes a folder with all that is in it. The items can be recovered.
func (o *Organization) DeleteFolder(path string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.at(path)
	if err != nil || f.parent == nil {
		return fmt.Errorf("%q cannot be deleted", path)
	}
	for _, g := range o.sorted() {
		if !g.within(f) {
			continue
		}
		for len(g.items) > 0 {
			o.bury(g, g.items[0])
		}
	}
	for id, g := range o.folders {
		if g.within(f) {
			delete(o.folders, id)
		}
	}
	return nil
}

// Rights sets what the store's account may do with a folder: whether it sees it and whether it may list it.
func (o *Organization) Rights(path string, visible, readable bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.at(path)
	if err != nil {
		return err
	}
	f.hidden, f.denied = !visible, !readable
	return nil
}

// Grant sets the permission list of a folder.
func (o *Organization) Grant(path string, p plan.Permissions) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.at(path)
	if err != nil {
		return err
	}
	f.permissions = append(plan.Permissions{}, p...).Sort()
	return nil
}
