package sync

import (
	"os"
	"runtime/debug"
)

const (
	garbagePercent = 400       // of what is in use may be garbage, which saves a third of the processor's time
	garbageBytes   = 160 << 20 // beyond which, in all, less may be
)

// TuneMemory has a process that does nothing but replicate look for unused memory rarely while it uses little, and often when it nears
// 160 MB. The variables GOGC and GOMEMLIMIT of the environment take precedence.
func TuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(garbagePercent)
		debug.SetMemoryLimit(garbageBytes)
	}
}
