package sync

import (
	"context"

	"iorepl/plan"
)

// Canonical wraps a store whose items are compared with those of stores that write contents in their own way: contents are digested
// in the form that form gives them, which for equal items is the same in both. They are then known only of items that were read.
func Canonical(s Store, form func(Payload) Payload) Store { return &canonical{s, form} }

type canonical struct {
	Store
	form func(Payload) Payload
}

// Unwrap is the store whose contents are compared in another form.
func (c *canonical) Unwrap() Store { return c.Store }

func (c *canonical) List(ctx context.Context, folder plan.Folder, emit func([]plan.Item) error) error {
	return c.Store.List(ctx, folder, func(items []plan.Item) error {
		for i := range items {
			items[i].Content = plan.Digest{}
		}
		return emit(items)
	})
}

func (c *canonical) Read(ctx context.Context, folder plan.Folder, items []plan.Item) []ReadResult {
	asked := make([]plan.Item, len(items))
	for i, it := range items {
		it.Content = plan.Digest{}
		asked[i] = it
	}
	results := c.Store.Read(ctx, folder, asked)
	for i := range results {
		if p := &results[i].Payload; results[i].Err == nil {
			p.Content = ContentOf(c.form(*p))
		}
	}
	return results
}

func (c *canonical) Create(ctx context.Context, folder plan.Folder, items []NewItem) []WriteResult {
	return c.unknown(c.Store.Create(ctx, folder, items))
}

func (c *canonical) Update(ctx context.Context, folder plan.Folder, items []ItemUpdate) []WriteResult {
	return c.unknown(c.Store.Update(ctx, folder, items))
}

func (c *canonical) Move(ctx context.Context, from, to plan.Folder, items []ItemMove) []WriteResult {
	return c.unknown(c.Store.Move(ctx, from, to, items))
}

func (c *canonical) unknown(results []WriteResult) []WriteResult {
	for i := range results {
		results[i].Item.Content = plan.Digest{}
	}
	return results
}
