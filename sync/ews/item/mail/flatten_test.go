package mail

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

func flattened(t *testing.T, data string) string {
	t.Helper()
	m, err := Parse([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	m.Flatten()
	return string(m.Encode())
}

// TestStructuresThatServersDoNotKeep: parts put together in different ways are one message for a server.
func TestStructuresThatServersDoNotKeep(t *testing.T) {
	const text, html = "Content-Type: text/plain\n\nhello\n", "Content-Type: text/html\n\n<p>hello</p>\n"
	file := "Content-Type: application/pdf; name=a.pdf\n\npdf\n"
	tests := [][]string{
		{ // HTML with or without text beside it
			"Subject: s\n" + html,
			"Subject: s\nContent-Type: multipart/alternative; boundary=a\n\n--a\n" + text + "--a\n" + html + "--a--\n",
			"Subject: s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" + html + "--m--\n",
			"Subject: s\nContent-Type: multipart/related; boundary=m\n\n--m\n" + html + "--m--\n",
		},
		{ // a file beside text
			"Subject: s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" + text + "--m\n" + file + "--m--\n",
			"Subject: s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" + file + "--m\n" + text + "--m--\n",
			"Subject: s\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/mixed; boundary=n\n\n--n\n" + text + "--n--\n--m\n" + file + "--m--\n",
			"Subject: s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" + text + "--m\nContent-Type: application/pdf\nContent-Disposition: inline; filename=a.pdf\n\npdf\n--m--\n",
		},
		{ // nameless, or with the name that a server gave it
			"Subject: s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" + text + "--m\nContent-Type: text/plain; charset=utf-8\n\nsecond\n--m--\n",
			"Subject: s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" + text + "--m\nContent-Type: text/plain; charset=utf-8; name=ATT00001.txt\n" +
				"Content-Disposition: attachment; filename=ATT00001.txt\nContent-Transfer-Encoding: base64\n\nc2Vjb25kDQo=\n--m--\n",
		},
		{ // importance said in different ways
			"Subject: s\nImportance: High\n\n", "Subject: s\nX-Priority: 1 (Highest)\n\n", "Subject: s\nImportance: high\nX-Priority: 1\nX-MSMail-Priority: High\n\n",
		},
		{ // categories
			"Subject: s\nKeywords: \"a b\", c\n\n", "Subject: s\nKeywords: =?utf-8?q?a_b?=\nKeywords: c\n\n",
		},
		{ // what says nothing
			"Subject: Re: s\nFrom: a@b\n\n", "Subject: Re: s\nThread-Topic: s\nFrom: a@b\nSender: <a@b>\nTo: undisclosed-recipients:;\nImportance: normal\nDate: never\nCc:\n\n",
		},
		{ // a subject that says nothing, in an encoded word
			"From: a@b\n\n", "From: a@b\nSubject: =?utf-8?B??=\n\n",
		},
	}
	for _, forms := range tests {
		want := flattened(t, forms[0])
		for _, form := range forms[1:] {
			if got := flattened(t, form); got != want {
				t.Errorf("%s\nbecomes\n%s\nnot\n%s", form, got, want)
			}
		}
	}
}

func TestSecureMailIsKept(t *testing.T) {
	body := "--s\r\nContent-Type: text/plain\r\n\r\nsigned\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nxyz\r\n--s--\r\n"
	got := flattened(t, "Subject: s\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=s\n\n"+body)
	if !strings.HasSuffix(got, "\r\n\r\n"+body) {
		t.Errorf("S/MIME changed: %s", got)
	}
	got = flattened(t, "Subject: s\nContent-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\n\n"+strings.ReplaceAll(body, "pkcs7", "pgp"))
	if !strings.Contains(got, "signed\r\n") || !strings.Contains(got, "Content-Type: application/pgp-signature; name=\"smime.p7s\"") {
		t.Errorf("PGP: %s", got)
	}
}

func TestDraft(t *testing.T) {
	m := Draft{From: Address{Name: "A", Address: "a@x"}, To: []Address{{Address: "b@x"}}, Subject: "Grüße", Body: "<p>x</p>", HTML: true,
		Files: []File{{Name: "p.png", Type: "image/png", ID: "p", Inline: true, Data: []byte{1}}, {Name: "m", Type: "message/rfc822", Message: true, Data: []byte("Subject: in\n\nx")}}}.Message()
	got := m.Encode()
	for _, want := range []string{"From: A <a@x>", "To: b@x", "multipart/mixed", "multipart/related", "multipart/alternative", "Content-ID: <p>", "Subject: in"} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if again := flattened(t, string(got)); again != string(got) {
		t.Errorf("%s is not flat", got)
	}
}

// TestLargeFilesAreNotCopiedOften bounds the memory that a message with a large file takes while it is put into canonical form.
func TestLargeFilesAreNotCopiedOften(t *testing.T) {
	m := Draft{Subject: "s", Files: []File{{Name: "a", Type: "application/x", Data: make([]byte, 8<<20)}}}.Message()
	data := m.Encode()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	m.Flatten()
	m.Encode()
	runtime.ReadMemStats(&after)
	if got, limit := after.TotalAlloc-before.TotalAlloc, uint64(3*len(data)); got > limit {
		t.Errorf("%d bytes for a message of %d", got, len(data))
	}
}
