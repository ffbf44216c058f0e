package killtest

import (
	"testing"

	"iorepl/plan"
)

// failing names the kill point in every failure.
type failing struct {
	testing.TB
	where string
}

func (f failing) Fatal(args ...any) {
	f.Helper()
	f.TB.Fatal(append([]any{f.where + ": "}, args...)...)
}

func (f failing) Fatalf(format string, args ...any) {
	f.Helper()
	f.TB.Fatalf("%s: "+format, append([]any{f.where}, args...)...)
}

func text(p *plan.Plan) string {
	if p == nil {
		return "no plan"
	}
	b := &builder{}
	if err := p.Document(false).WriteText(b, plan.Colors{}); err != nil {
		return err.Error()
	}
	return string(*b)
}

type builder []byte

func (b *builder) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
