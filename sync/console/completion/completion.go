// Package completion holds the scripts that let shells complete the program's commands and flags. The scripts ask
// the program itself, so they need no change when a flag is added.
package completion

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed iorepl.*
var scripts embed.FS

// Shells are the shells that there is a script for.
func Shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// Script is the script for a shell.
func Script(shell string) ([]byte, error) {
	if !slices.Contains(Shells(), shell) {
		return nil, fmt.Errorf("there is no completion for shell %q; there is for %s", shell, strings.Join(Shells(), ", "))
	}
	return scripts.ReadFile("iorepl." + shell)
}
