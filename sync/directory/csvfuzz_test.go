package directory

import (
	"bytes"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func FuzzCSV(f *testing.F) {
	f.Add([]byte(exported))
	f.Add([]byte("\uFEFFsep=;\nEmailAddresses;RecipientType\nsmtp:a@b x500:/o=a: b, c x400:;;;UserMailbox"))
	f.Add([]byte("\xFF\xFEE\x00m\x00"))
	f.Add([]byte("Name,RecipientType,PrimarySmtpAddress\n\"A,MailUser,\xFF@\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		b := newBuilder(temporary(t))
		if err := readCSV(t.Context(), "f.csv", bytes.NewReader(content), b); err != nil {
			return
		}
		d := b.build()
		for r := range d.All() {
			if r.Address == "" || len(r.Addresses) == 0 || r.Addresses[0] != r.Address {
				t.Fatalf("%+v", r)
			}
			for _, a := range r.Addresses {
				if !has(d.ByAddress(strings.ToUpper(a)), r) && strings.EqualFold(strings.ToUpper(a), a) {
					t.Fatalf("%+v is not found as %q", r, a)
				}
			}
			if r.DN != "" && !has(d.ByDN(r.DN), r) {
				t.Fatalf("%+v is not found by its DN", r)
			}
		}
	})
}

func has(list iter.Seq[*Recipient], r *Recipient) bool {
	return slices.ContainsFunc(slices.Collect(list), func(s *Recipient) bool { return s.Number == r.Number })
}

// BenchmarkCSV reads 100,000 recipients and reports what one takes of memory afterwards.
func BenchmarkCSV(b *testing.B) {
	const many = 100_000
	var content bytes.Buffer
	content.WriteString("DisplayName,RecipientType,PrimarySmtpAddress,EmailAddresses,LegacyExchangeDN,Notes\n")
	for i := range many {
		fmt.Fprintf(&content, "\"Family name %d, Given name\",UserMailbox,given.family%d@contoso.example,SMTP:given.family%d@contoso.example smtp:u%d@contoso.example X500:/o=Old/ou=Site/cn=Recipients/cn=u%d,%s,%s\n",
			i, i, i, i, i, staffDN(i), strings.Repeat("not kept ", 20))
	}
	b.SetBytes(int64(content.Len()))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var d *Directory
	for b.Loop() {
		built := newBuilder(temporary(b))
		if err := readCSV(b.Context(), "recipients.csv", bytes.NewReader(content.Bytes()), built); err != nil {
			b.Fatal(err)
		}
		d = built.build()
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if d.Len() != many {
		b.Fatalf("%d recipients", d.Len())
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/many, "B/recipient")
	runtime.KeepAlive(d)
	runtime.KeepAlive(&content)
}
