package ews

import (
	"encoding/json"
	"os"
	"path/filepath"

	"iorepl/plan"
)

// What a folder was like after it was written to is remembered as well, since then it is not listed again before the next run.

// wrote reports whether a folder was written to.
func (c *cache) wrote(folder plan.Digest) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.written[folder]
}

// settledPath is where the token is that a folder had after it was written to.
func (c *cache) settledPath(folder plan.Digest) string {
	return filepath.Join(c.dir, folder.String()+".token")
}

// settle remembers the token that a folder has after it was written to.
func (c *cache) settle(folder plan.Digest, t token) {
	if b, err := json.Marshal(t); err == nil {
		_ = os.WriteFile(c.settledPath(folder), b, 0o600)
	}
}

// latest is the latest token of a folder that was seen.
func (c *cache) latest(folder plan.Digest) (t token) {
	b, err := os.ReadFile(c.settledPath(folder))
	if err != nil || json.Unmarshal(b, &t) != nil {
		t = token{}
	}
	if h, ok := c.head(folder); ok && !h.Token.before(t) {
		return h.Token
	}
	return t
}

// rewind notes that a folder went back.
func (c *cache) rewind(folder plan.Digest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rewound[folder] = true
}
