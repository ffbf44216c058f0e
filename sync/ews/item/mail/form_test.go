package mail

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// TestFormNeverChanges: the digests of canonical forms are kept in stamps, so a message whose form changed would be copied again everywhere.
func TestFormNeverChanges(t *testing.T) {
	head := "From: Ada Lovelace <ada@contoso.test>\nTo: \"Board, The\" <board@contoso.test>, <bob@contoso.test>, \"Carol C\" <carol@contoso.test>\n" +
		"Subject: Quarterly figures\nDate: Mon, 2 Nov 2026 09:00:00 +0100\nMessage-ID:  <1@contoso.test>\nReferences: <2@contoso.test>  <3@contoso.test>\n" +
		"Received: from a by b;\n\tMon, 2 Nov 2026 09:00:01 +0100\nX-MS-Exchange-Organization-SCL: 1\nX-Long: " + strings.Repeat("word ", 30) + "\nMIME-Version: 1.0\n"
	text := strings.Repeat("Lorem ipsum dolor sit amet, consetetur sadipscing elitr.\n", 40)
	quoted := "Content-Transfer-Encoding: quoted-printable\n"
	parts := "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + quoted + "\nSee the=20file =E2=82=AC.\n--b\n" +
		"Content-Type: application/pdf; name=\"a b.pdf\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n" +
		strings.Repeat("AAECAwQFBgcICQoLDA0ODw==\n", 9) + "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninside\n--b--\n"
	tests := []struct{ name, message, want, flat string }{
		{"text", head + "\n" + text, "F9FbOsX4n508", "F9FbOsX4n508"},
		{"text without an end", head + "\n" + text[:len(text)-7], "H2T30kYpeGx0", "H2T30kYpeGx0"},
		{"text with many ends", head + "\n" + text + "\n\n\n", "F9FbOsX4n508", "F9FbOsX4n508"},
		{"nothing", head + "\n", "Qt7fLbjxcPrI", "Qt7fLbjxcPrI"},
		{"quoted without need", head + quoted + "\n" + text, "F9FbOsX4n508", "F9FbOsX4n508"},
		{"quoted without need or end", head + quoted + "\n" + text[:len(text)-7], "XeDxTTJbjkSS", "XeDxTTJbjkSS"},
		{"quoted", head + quoted + "\n" + strings.ReplaceAll(text, "dolor", "d=C3=B6lor =\n") + "=\n", "xFfMEl20XXH5", "xFfMEl20XXH5"},
		{"quoted badly", head + quoted + "\n" + strings.ReplaceAll(text, "dolor", "d=c3=B6lor \n\x01"), "YyvtQx-ek34l", "YyvtQx-ek34l"},
		{"Latin", head + "Content-Type: text/plain; charset=iso-8859-1\n\n" + text + "\xe4\xf6\xfc\n", "G7T6wGU7b9S0", "G7T6wGU7b9S0"},
		{"long lines", head + "\n" + strings.Repeat("x", 997) + "\n" + strings.Repeat("y", 996), "xRLmt_TFu9EZ", "xRLmt_TFu9EZ"},
		{"too long lines", head + "\n" + strings.Repeat("x", 996) + "\n" + strings.Repeat("y", 997), "N7AcjMbDxyGr", "N7AcjMbDxyGr"},
		{"controls", head + "\na\rb\x00c\n", "cHqrDTWFSyGG", "cHqrDTWFSyGG"},
		{"markup", head + "Content-Type: text/html\n\n<meta http-equiv=x content='text/html; charset=latin1'>\n<p>" + text, "dEqODm9DgRHb", "VKEn31kZJuJ6"},
		{"a file", head + "Content-Disposition: attachment; filename=a.txt\n\n" + text, "VPuriu-fxJQD", "p8ZMXG06mO2g"},
		{"parts", head + parts, "vVuI0KA2GF1V", "vVuI0KA2GF1V"},
	}
	digest := func(data []byte) string {
		sum := sha256.Sum256(data)
		return base64.RawURLEncoding.EncodeToString(sum[:9])
	}
	for _, test := range tests {
		for _, message := range []string{test.message, strings.ReplaceAll(test.message, "\n", "\r\n")} {
			m, err := Parse([]byte(message))
			if err != nil {
				t.Fatal(test.name, err)
			}
			form := m.Encode()
			if got := digest(form); got != test.want {
				t.Errorf("%s: %s instead of %s:\n%s", test.name, got, test.want, form)
			}
			if again, err := Parse(form); err != nil || digest(again.Encode()) != test.want {
				t.Errorf("%s: its form has another form, %v", test.name, err)
			}
			m.Flatten()
			form = m.Encode()
			if got := digest(form); got != test.flat {
				t.Errorf("%s, flat: %s instead of %s:\n%s", test.name, got, test.flat, form)
			}
		}
	}
}
