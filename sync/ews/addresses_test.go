package ews

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"iorepl/sync/ews/transport"
)

// TestAutodiscoverIsAskedOncePerMailbox: and once more where the address does not work, but not where it does not answer.
func TestAutodiscoverIsAskedOncePerMailbox(t *testing.T) {
	var asked []string
	answers := map[string]any{"one@c": "first@c", "two@c": errors.New("error 500")}
	a := addresses{log: slog.New(slog.DiscardHandler), ask: func(_ context.Context, mailbox string) (string, error) {
		asked = append(asked, mailbox)
		if err, ok := answers[mailbox].(error); ok {
			return "", err
		}
		return fmt.Sprint(answers[mailbox]), nil
	}}
	wants := func(mailbox, want string, questions ...string) {
		t.Helper()
		for range 2 {
			if got := a.of(t.Context(), mailbox); got != want {
				t.Errorf("%s is reached under %s, want %s", mailbox, got, want)
			}
		}
		if !slices.Equal(asked, questions) {
			t.Errorf("Autodiscover was asked about %q, want %q", asked, questions)
		}
		asked = nil
	}
	wants("one@c", "first@c", "one@c")
	wants("two@c", "two@c", "two@c")
	answers["one@c"], answers["two@c"] = "second@c", "found@c"
	wants("one@c", "first@c")
	a.renew(t.Context(), "one@c")
	wants("one@c", "second@c", "one@c")
	a.renew(t.Context(), "one@c")
	wants("one@c", "second@c")
	a.renew(t.Context(), "two@c")
	wants("two@c", "found@c", "two@c")

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	answers["three@c"] = context.Canceled
	a.of(canceled, "three@c")
	answers["three@c"] = "third@c"
	wants("three@c", "third@c", "three@c", "three@c")
	answers["four@c"] = fmt.Errorf("autodiscover: %w", &transport.ConnectionError{Err: errors.New("refused")})
	wants("four@c", "four@c", "four@c")
	wants("five@c", "five@c")

	var none addresses
	if got := none.of(t.Context(), "one@c"); got != "one@c" {
		t.Errorf("without Autodiscover: %s", got)
	}
}
