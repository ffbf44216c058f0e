package ewstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestExchangelib lets a client in Python use the server. It comes with Debian's package python3-exchangelib.
func TestExchangelib(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import exchangelib").Run(); err != nil {
		t.Skip("exchangelib is not installed for " + python)
	}
	for _, p := range []Profile{Exchange2007SP1, Exchange2010SP2, Exchange2016} {
		t.Run(p.String(), func(t *testing.T) {
			runClient(t, p, python, filepath.Join("clients", "exchangelib_client.py"), `CONTOSO\iorepl`, "secret", "iorepl@contoso.test")
		})
	}
}

// TestManagedAPI lets a client in JavaScript use the server. EWS_JAVASCRIPT_API names a directory in which npm has installed
// ews-javascript-api.
func TestManagedAPI(t *testing.T) {
	modules := os.Getenv("EWS_JAVASCRIPT_API")
	if modules == "" {
		t.Skip("EWS_JAVASCRIPT_API does not say where ews-javascript-api is installed")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	for _, p := range []Profile{Exchange2010SP2, Exchange2016} {
		t.Run(p.String(), func(t *testing.T) {
			runClient(t, p, node, filepath.Join("clients", "managed.mjs"), "iorepl", "secret", modules)
		})
	}
}

// runClient starts a server and a program with its address and more arguments.
func runClient(t *testing.T, p Profile, program, script string, args ...string) {
	t.Helper()
	s, c := start(t, Options{Profile: p, OneSubtree: true})
	newsFolder(t, s)
	bob(s)
	cmd := exec.Command(program, append([]string{script, c.url + "/EWS/Exchange.asmx"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
		var log strings.Builder
		for _, r := range s.Log() {
			log.WriteString(r.Operation + " " + r.Version + " " + r.Code + "\n")
		}
		t.Errorf("%v\n%s\nlog:\n%sinvalid requests: %v", err, out, log.String(), s.Invalid())
	}
}
