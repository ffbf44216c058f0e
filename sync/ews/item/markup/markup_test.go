package markup

import "testing"

func TestText(t *testing.T) {
	tests := []struct{ html, want string }{
		{"", ""},
		{"plain  text", "plain text"},
		{"<p>a</p><p>b</p>", "a\n\nb"},
		{"<div>a</div><div>b</div>", "a\nb"},
		{"a<br>b<br/><br>c", "a\nb\n\nc"},
		{"<html><head><title>x</title><style>p{}</style></head><body>a &amp; b&nbsp;&lt;c&gt;</body></html>", "a & b <c>"},
		{"a<!-- > b -->c", "ac"},
		{"<a href=\"x>y\">link</a>", "link"},
		{"1 < 2 and 3<4", "1 < 2 and 3<4"},
		{"<b>bold</b> <i>it</i>", "bold it"},
		{"<ul><li>a</li><li>b</li></ul>", "* a\n* b"},
		{"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"<pre>a\n  b</pre>", "a\n  b"},
		{"<img alt='x y'>", "[x y]"},
		{"<p", ""},
		{"a <p title=\"x>b", "a\n\nb"},
	}
	for _, test := range tests {
		if got := Text(test.html); got != test.want {
			t.Errorf("Text(%q) = %q, want %q", test.html, got, test.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	const meta = "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">"
	for _, form := range []string{"<b>x</b>\ny", "<b>x</b>\r\ny\r\n", "<html><head>\r\n" + meta + "</head><body><b>x</b>\r\ny</body></html>",
		"<html><body><b>x</b>\ny</body></html>"} {
		if got := Canonical(form); got != "<b>x</b>\ny" {
			t.Errorf("Canonical(%q) = %q", form, got)
		}
	}
	if got := Canonical("<html><head>\n" + meta + "\n<style>x</style></head><body class=a>y</body></html>"); got !=
		"<html><head>\n<style>x</style></head><body class=a>y</body></html>" {
		t.Errorf("%q", got)
	}
}

func FuzzText(f *testing.F) {
	f.Add("<p>a<br>&amp;<pre> x</pre>")
	f.Fuzz(func(t *testing.T, s string) {
		Text(s)
		once := Canonical(s)
		if again := Canonical(once); again != once {
			t.Errorf("%q becomes %q", once, again)
		}
	})
}
