package hcl

import (
	"fmt"
	"log/slog"
)

// Secret is a text that must not be shown. It prints as *** for every verb, in JSON and in logs. The zero value is
// no secret at all.
type Secret struct {
	// A function, so that a printer that walks through unexported fields finds nothing to print.
	reveal func() string
}

const hidden = "***"

// NewSecret hides a text.
func NewSecret(s string) Secret { return Secret{func() string { return s }} }

// Reveal returns the text itself; it is for the one place that sends it.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.reveal == nil }

// Equal reports whether both hide the same text.
func (s Secret) Equal(t Secret) bool { return s.IsZero() == t.IsZero() && s.Reveal() == t.Reveal() }

// String returns ***.
func (s Secret) String() string { return hidden }

// GoString returns ***.
func (s Secret) GoString() string { return hidden }

// Format writes *** whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText returns ***; JSON and other encoders use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns ***.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
