package killtest

import (
	"os"
	"testing"
)

// TestMain lets the worlds live in memory where Linux offers it: thousands of small runs, each with dozens of fsyncs, would spend
// their time waiting for a disk. TMPDIR says otherwise.
func TestMain(m *testing.M) {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); os.Getenv("TMPDIR") == "" && err == nil && info.IsDir() {
		os.Setenv("TMPDIR", memory)
	}
	os.Exit(m.Run())
}
