package ewsworld

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"iorepl/sync/ews/ewstest"
)

// every makes the tests try all requests in all ways between all kinds of servers instead of a sample.
var every = flag.Bool("every", false, "interrupt every request in every way, between all kinds of servers")

// schemas is where Microsoft's schemas are, beside the project.
const schemas = "../../../../shared/ews-schemas"

var linter, _ = ewstest.NewLinter(schemas)

// TestMain lets the states live in memory where Linux offers it, and checks in the end that every request kept to the schemas of the
// version that it was written for.
func TestMain(m *testing.M) {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); os.Getenv("TMPDIR") == "" && err == nil && info.IsDir() {
		os.Setenv("TMPDIR", memory)
	}
	code := m.Run()
	if linter == nil {
		fmt.Println("requests were not checked against Microsoft's schemas: xmllint or", schemas, "is not there")
	} else {
		for _, err := range linter.Finish() {
			fmt.Println("FAIL: a request does not keep to the schema:", err)
			code = 1
		}
	}
	os.Exit(code)
}
