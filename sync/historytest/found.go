package historytest

import (
	"strings"

	"iorepl/plan"
)

// found fills the organizations before the first run.
func (h *History) found() {
	for i := range h.links {
		l := &h.links[i]
		if _, ok := h.folderAt(l.pub, l.from); !ok {
			h.must(h.orgs[l.pub].AddFolder("", l.from, "IPF.Note"))
		}
		if h.chance(6) && !strings.Contains(l.to, "/") {
			if _, ok := h.folderAt(l.sub, l.to); !ok {
				h.must(h.orgs[l.sub].AddFolder("", l.to, "IPF.Note"))
			}
		}
	}
	for _, name := range h.names {
		for range h.rand.IntN(3) {
			h.makeFolder(name)
		}
		for range h.rand.IntN(6) {
			h.post(name)
		}
	}
	if l := pick(h, h.links); h.chance(6) {
		h.fillByHand(&l)
	}
}

// fillByHand puts what the publisher holds into the subscriber's folder, as the original tool or an export would have done.
func (h *History) fillByHand(l *link) {
	sub := h.orgs[l.sub]
	for _, f := range h.orgs[l.pub].All() {
		if f.Path != l.from {
			continue
		}
		if _, ok := h.folderAt(l.sub, l.to); !ok {
			return
		}
		t := tokenOf(f.Payload.Data)
		key, err := sub.Post(l.to, f.Payload)
		h.must(err)
		h.wrote(sub, key, t, plan.Stamp{})
		h.disturb(t.item, "filled in by hand")
		h.note("user of %s files %v by hand", l.sub, t)
	}
}
