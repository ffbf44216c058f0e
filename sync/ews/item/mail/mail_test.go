package mail

import (
	"bytes"
	"io"
	"io/fs"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// canonical is the canonical form of a message, or the message itself if it cannot be read.
func canonical(data []byte) []byte {
	m, err := Parse(data)
	if err != nil {
		return data
	}
	return m.Encode()
}

func lines(s string) string { return strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n") }

// TestOneMessageInManyForms: what different programs make of one message has one canonical form.
func TestOneMessageInManyForms(t *testing.T) {
	want := lines(`
Received: from a by b; Thu, 16 Jun 2016 22:14:41 -0400
Received: from c by a; Thu, 16 Jun 2016 22:14:40 -0400
From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <j@example.org>
To: Bob <bob@example.org>, carol@example.org
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Date: Fri, 17 Jun 2016 02:14:41 +0000
Message-ID: <1@example.org>
X-A: 1
X-B: 2
X-B: 3
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_v1j7Vl_tyzl1MR-uWP-GZ8do"

--=_v1j7Vl_tyzl1MR-uWP-GZ8do
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe
second
--=_v1j7Vl_tyzl1MR-uWP-GZ8do
Content-Type: application/pdf; name="a b.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="a b.pdf"

AAEC

--=_v1j7Vl_tyzl1MR-uWP-GZ8do--
`)
	want = strings.Replace(want, "second\r\n--", "second\r\n\r\n--", 1)
	tests := []string{want, strings.ReplaceAll(want, "\r\n", "\n"), `From nobody Mon Jan  1 00:00:00 2001
X-B: 2
Received: from a by b;
	Thu, 16 Jun 2016 22:14:41 -0400
Received: from c by a; Thu, 16 Jun 2016 22:14:40 -0400
MIME-Version: 1.0
X-Mozilla-Status: 0001
X-MS-Has-Attach: yes
X-MS-Exchange-Organization-AuthAs: Internal
Content-Language: de-DE
X-B: 3
Content-Type: multipart/mixed;
	boundary=other
Subject: =?iso-8859-1?Q?Gr=FC=DFe?=
message-id:   <1@example.org>
x-a: 1
TO: "Bob" <bob@example.org>
To: "carol@example.org" <carol@example.org>
From: =?iso-8859-1?Q?J=F6rg_?= =?iso-8859-1?Q?M=FCller?= <j@example.org>
Date: Thu, 16 Jun 2016 22:14:41 -0400 (EDT)

This is a multi-part message in MIME format.
--other
Content-Transfer-Encoding: base64
Content-Type: text/plain; charset="ISO-8859-1"

R3L832UKc2Vjb25k
--other
Content-Description: a b.pdf
Content-Disposition: attachment; size=3; creation-date="Thu, 16 Jun 2016 22:14:41 GMT"; filename="a b.pdf"
Content-Type: application/pdf
Content-Transfer-Encoding: quoted-printable

=00=01=02
--other--
bye
`}
	for i, test := range tests {
		if d := cmp.Diff(want, string(canonical([]byte(test)))); d != "" {
			t.Errorf("form %d: %s", i, d)
		}
	}
}

func TestDifferentMessagesStayDifferent(t *testing.T) {
	base := "Subject: s\nX-A: 1\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: application/x; name=n\n\nfile\n--b--\n"
	seen := map[string]string{}
	for _, change := range [][2]string{{"", ""}, {"Subject: s", "Subject: t"}, {"X-A: 1", "X-A: 2"}, {"text", "Text"}, {"file", "File"},
		{"name=n", "name=m"}, {"application/x", "application/y"}, {"mixed", "related"}, {"X-A: 1", "X-A: 1\nX-A: 1"}, {"\n\nfile", "\nContent-ID: <x>\n\nfile"}} {
		got := string(canonical([]byte(strings.Replace(base, change[0], change[1], 1))))
		if old, ok := seen[got]; ok {
			t.Errorf("%q and %q give the same", old, change)
		}
		seen[got] = change[1]
	}
}

func TestSignedPartsKeepTheirBytes(t *testing.T) {
	signed := "--s\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: QUOTED-printable\r\n\r\n=E9  \r\n--s\r\n" +
		"Content-Type: application/pgp-signature\r\n\r\nxyz\r\n--s--\r\n"
	for _, m := range []string{
		"Subject: s\r\nContent-Type: multipart/signed; boundary=s; micalg=x\r\n\r\n" + signed,
		"Subject: s\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/signed; boundary=\"s\"\r\n\r\n" + signed + "\r\n--m--\r\n",
	} {
		if got := canonical([]byte(m)); !bytes.Contains(got, []byte(signed)) || !bytes.Contains(got, []byte(`boundary="s"`)) {
			t.Errorf("signed bytes changed:\n%s", got)
		}
	}
}

func TestWhatCannotBeReadIsKept(t *testing.T) {
	for _, m := range []string{"", "\n\nbody", "no header at all", "Subject: x\nbroken line\n\nbody", "Content-Type: multipart/mixed\n\nno boundary",
		"Content-Type: multipart/mixed; boundary=x\n\nnone of it here", "A: b\nContent-Type: multipart/mixed; boundary=x\n\n--x\nbad header\n\nx\n--x--"} {
		if got := string(canonical([]byte(m))); got != m {
			t.Errorf("%q became %q", m, got)
		}
	}
	deep := "A: b\n" + strings.Repeat("Content-Type: message/rfc822\n\n", 1000)
	if got := canonical([]byte(deep)); !bytes.Equal(got, canonical(got)) {
		t.Error("not idempotent")
	}
}

func TestTextIsNotLost(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"unknown charset", "A: b\nContent-Type: text/plain; charset=x-klingon\n\n\x80\x81", "gIE"},
		{"broken utf-8", "A: b\nContent-Type: text/plain; charset=utf-8\n\n\x80\x81", "gIE"},
		{"no charset, utf-8", "A: b\n\näbcd", "=C3=A4"},
		{"no charset, latin 1", "A: b\n\n\xe4bcd", "=C3=A4"},
		{"file keeps its bytes", "A: b\nContent-Type: text/plain; charset=iso-8859-1; name=a.txt\nContent-Transfer-Encoding: base64\n\n5Ao=", "5Ao="},
		{"html meta", "A: b\nContent-Type: text/html; charset=iso-8859-1\n\n<META http-equiv=x content=\"text/html; charset=iso-8859-1\">", "charset=utf-8\">"},
		{"name in RFC 2047", "A: b\nContent-Type: x/y; name=\"=?iso-8859-1?Q?=E4.txt?=\"\n\nx", "filename*=utf-8''%C3%A4.txt"},
		{"name in RFC 2231", "A: b\nContent-Type: x/y\nContent-Disposition: attachment; filename*=iso-8859-1''%E4.txt\n\nx", "filename*=utf-8''%C3%A4.txt"},
		{"bare address", "To: x@y (Full Name)\n\n", "To: Full Name <x@y>"},
		{"group", "To: undisclosed-recipients:;\n\n", "To: undisclosed-recipients:;"},
		{"no address", "To: all of you\n\n", "To: all of you"},
		{"double spaces", "Subject: a  b\n\n", "Subject: a  b\r\n"},
		{"looks encoded", "Subject: =?utf-8?b?PT94Pz0=?=\n\n", "=?utf-8?b?PT94Pz0=?="},
		{"no date", "Date: yesterday\n\n", "Date: yesterday"},
	}
	for _, test := range tests {
		if got := string(canonical([]byte(test.in))); !strings.Contains(got, test.want) {
			t.Errorf("%s: no %q in\n%s", test.name, test.want, got)
		}
	}
}

func TestFacts(t *testing.T) {
	m, err := Parse([]byte("Received: x; Thu, 16 Jun 2016 22:14:41 -0400\nReceived: y; Thu, 16 Jun 2016 21:14:41 -0400\nDate: Thu, 16 Jun 2016 20:14:41 -0400\n" +
		"Keywords: a, \"b, c\"\nKeywords: =?utf-8?q?d=C3=A4?=\nSubject: =?utf-8?q?x?=\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a", "b, c", "dä"}, m.Keywords()); d != "" {
		t.Error(d)
	}
	if m.Received().Hour() != 2 || m.Date().Hour() != 0 || m.Text("subject") != "x" {
		t.Errorf("%v %v %q", m.Received(), m.Date(), m.Text("subject"))
	}
	m.SetKeywords(m.Keywords())
	if got := m.Get("keywords"); got != `a, "b, c", =?utf-8?q?d=C3=A4?=` {
		t.Errorf("%q", got)
	}
	m.Set("Subject", "")
	if m.Has("SUBJECT") {
		t.Error("a subject that was removed")
	}
}

func TestRealMail(t *testing.T) {
	corpus := filepath.Join("..", "..", "..", "..", "..", "shared", "corpus", "mail")
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("the files of %s are not here", corpus)
	}
	n, kept := 0, 0
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		once := canonical(data)
		if bytes.Equal(once, data) {
			kept++
			t.Logf("%s is kept", path)
		}
		if d := cmp.Diff(string(once), string(canonical(once))); d != "" {
			t.Errorf("%s: not idempotent: %s", path, d)
		}
		m, err := Parse(data)
		if err != nil {
			return nil
		}
		m.Flatten()
		flat := m.Encode()
		if m, err = Parse(flat); err != nil {
			t.Errorf("%s: flattened, it cannot be read", path)
			return nil
		}
		m.Flatten()
		if d := cmp.Diff(string(flat), string(m.Encode())); d != "" {
			t.Errorf("%s: flattening is not idempotent: %s", path, d)
		}
		unix := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		if d := cmp.Diff(string(once), string(canonical(unix))); d != "" {
			t.Errorf("%s: depends on line ends: %s", path, d)
		}
		return nil
	})
	if err != nil || n == 0 || kept > n/10 {
		t.Errorf("%d messages, %d kept: %v", n, kept, err)
	}
}

// TestNamesInAddresses: an encoded word of a name holds nothing that a program which splits lists at commas or quotes trips over (RFC 2047 section 5).
func TestNamesInAddresses(t *testing.T) {
	for _, name := range []string{"Müller, Anna", `Öz "the one" (Berlin)`, "ä;b:c", "Zoë <z@y.test>", "Jürgen", "a, b", "日本 太郎, 部長"} {
		written := encodeAddress(&mail.Address{Name: name, Address: "a@b.test"})
		word, _, _ := strings.Cut(written, " <a@b.test>")
		if !strings.HasPrefix(word, `"`) && strings.ContainsAny(word, specials) {
			t.Errorf("%q holds what is not allowed in a word", written)
		}
		list, err := (&mail.AddressParser{}).ParseList(written + ", c@d.test")
		if err != nil || len(list) != 2 || list[0].Name != name {
			t.Errorf("%q reads as %v, %v", written, list, err)
		}
		if got := addresses(written); len(got) != 1 || got[0].Name != name {
			t.Errorf("%q reads as %v here", written, got)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add([]byte("To: a <b@c>, =?utf-8?q?=C3=A4?= <d@e>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/rfc822\n\nA: b\n\nc\n--b--"))
	f.Add([]byte("Subject: \xe4  x\t y\nContent-Type: text/html; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n=\n=E4=\r\n"))
	f.Add([]byte("To:\"a\"b\rc\xcbd<0@0>\n\n"))
	f.Add([]byte("Content-Disposition: attachment; filename*0*=utf-8''a; filename*1=b\nContent-Type: a/b; c=\"d\\\"e\"\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		once := canonical(data)
		if again := canonical(once); !bytes.Equal(once, again) {
			t.Errorf("%q\n%q\n%q", data, once, again)
		}
		m, err := Parse(data)
		if err != nil {
			return
		}
		m.Flatten()
		once = m.Encode()
		if m, err = Parse(once); err != nil {
			t.Fatalf("%q\n%q: %v", data, once, err)
		}
		m.Flatten()
		if again := m.Encode(); !bytes.Equal(once, again) {
			t.Errorf("flat: %q\n%q\n%q", data, once, again)
		}
	})
}

func FuzzQuotedPrintable(f *testing.F) {
	for _, s := range []string{"a=3D=\r\nb\r\n", "caf=C3=A9", "x=", "=\r\n", "a \r\n", "==\r\n", "a=3d", "\n", "a=3\r\nD", "tab\t=\r\n", "=0D=0A\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, plain, ok := decodeQuoted(body)
		if !ok {
			return
		}
		if plain && !isPlainText(got) {
			t.Fatalf("%q is called plain", body)
		}
		want, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
		if err != nil && len(body) > 4096 {
			return // the library does not read longer lines
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%q: %q instead of %q, %v", body, got, want, err)
		}
	})
}
