package zone

import (
	"strings"
	"testing"
	"time"
)

func TestANameWithoutEndIsNoZone(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	if _, ok := ByName("/freeassociation.sourceforge.net/Europe/Berlin", now); !ok {
		t.Error("a name with something before it is not found")
	}
	if _, ok := ByName(strings.Repeat("a/", 1<<20)+"Europe/Berlin", now); ok {
		t.Error("a megabyte is taken for a name")
	}
}
