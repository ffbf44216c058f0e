package ewstest

import (
	"net/http"
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	const list = "FindItem"
	setup := func(t *testing.T) (*Server, *client, string) {
		s, c := start(t, Options{Profile: Exchange2016})
		news := newsFolder(t, s)
		c.post(createPosts(news, 5))
		return s, c, news
	}
	count := func(c *client, news string) int {
		return len(c.ok(findItems(news, "", "")).Child("RootFolder", "Items").Children)
	}

	t.Run("fail before and after the effect", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: "CreateItem", Action: Fail{Code: "ErrorInternalServerError"}})
		s.Inject(Fault{Operation: "CreateItem", Action: Fail{Code: "ErrorTimeoutExpired", After: true}})
		s.Inject(Fault{Operation: "CreateItem", Action: Fail{Code: "ErrorServerBusy", Whole: true}})
		if got := c.code(createPosts(news, 1)); got != "ErrorInternalServerError" || count(c, news) != 5 {
			t.Errorf("got %s and %d items, want the error and no effect", got, count(c, news))
		}
		if got := c.code(createPosts(news, 1)); got != "ErrorTimeoutExpired" || count(c, news) != 6 {
			t.Errorf("got %s and %d items, want the error and the effect", got, count(c, news))
		}
		status, text, err := c.raw(c.envelope(createPosts(news, 1)))
		if err != nil || status != 500 || !strings.Contains(text, `Name="BackOffMilliseconds">1000<`) {
			t.Errorf("got %d %s %v, want 500 with the time to wait", status, text, err)
		}
		c.ok(createPosts(news, 1))
	})
	t.Run("one of a batch fails", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: "CreateItem", Action: Fail{Code: "ErrorItemSave", Only: []int{1}}})
		var codes []string
		for _, m := range c.post(createPosts(news, 3)).Child("ResponseMessages").Children {
			codes = append(codes, m.Value("ResponseCode"))
		}
		if strings.Join(codes, " ") != "NoError ErrorItemSave NoError" || count(c, news) != 7 {
			t.Errorf("got %q and %d items", codes, count(c, news))
		}
	})
	t.Run("the connection is cut", func(t *testing.T) {
		for _, tt := range []struct {
			phase Phase
			items int
			fails bool
		}{{Before, 5, true}, {Drop, 6, true}, {Inside, 6, true}, {After, 6, false}} {
			s, c, news := setup(t)
			s.Inject(Fault{Operation: "CreateItem", Action: Cut{tt.phase}})
			_, _, err := c.raw(c.envelope(createPosts(news, 1)))
			if (err != nil) != tt.fails || count(c, news) != tt.items {
				t.Errorf("phase %d: error %v and %d items, want %d", tt.phase, err, count(c, news), tt.items)
			}
		}
	})
	t.Run("the effect comes late", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: "CreateItem", Action: Late{}})
		if _, _, err := c.raw(c.envelope(createPosts(news, 1))); err == nil || count(c, news) != 5 {
			t.Errorf("error %v and %d items, want none yet", err, count(c, news))
		}
		if n := s.Release(); n != 1 || count(c, news) != 6 {
			t.Errorf("%d released and %d items, want 6", n, count(c, news))
		}
	})
	t.Run("a stale replica answers", func(t *testing.T) {
		s, c, news := setup(t)
		old := s.Snapshot()
		c.post(createPosts(news, 1))
		s.Inject(Fault{Operation: list, Action: Stale{old}})
		if a, b := count(c, news), count(c, news); a != 5 || b != 6 {
			t.Errorf("%d then %d items, want 5 then 6", a, b)
		}
	})
	t.Run("a page never ends", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Times: -1, Action: Endless{}})
		if got := c.ok(findItems(news, "", "")).Child("RootFolder").Attr("IncludesLastItemInRange"); got != "false" {
			t.Errorf("IncludesLastItemInRange is %s", got)
		}
	})
	t.Run("a page is short", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Action: Partial{2}})
		if n := count(c, news); n != 2 {
			t.Errorf("%d items, want 2", n)
		}
	})
	t.Run("401 once", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Action: Status{Code: 401}})
		status, _, err := c.raw(c.envelope(findItems(news, "", "")))
		if err != nil || status != http.StatusUnauthorized || count(c, news) != 5 {
			t.Errorf("got %d %v", status, err)
		}
	})
	t.Run("a page instead of SOAP", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Action: Page()})
		if _, text, err := c.raw(c.envelope(findItems(news, "", ""))); err != nil || !strings.Contains(text, "<!DOCTYPE html>") {
			t.Errorf("got %s %v", text, err)
		}
	})
	t.Run("HTML follows", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Action: Trailing{}})
		if _, text, err := c.raw(c.envelope(findItems(news, "", ""))); err != nil || !strings.HasSuffix(text, "</html>") || !strings.Contains(text, "NoError") {
			t.Errorf("got %s %v", text, err)
		}
	})
	t.Run("illegal characters", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Action: Illegal{}})
		if _, text, err := c.raw(c.envelope(findItems(news, "", ""))); err != nil || !strings.Contains(text, "post 000\x01&#xB;&#xFFFE;") {
			t.Errorf("got %s %v", text, err)
		}
	})
	t.Run("too much", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Action: Oversized{1 << 20}})
		if _, text, err := c.raw(c.envelope(findItems(news, "", ""))); err != nil || len(text) < 1<<20 {
			t.Errorf("got %d bytes %v", len(text), err)
		}
	})
	t.Run("only the third, only one account", func(t *testing.T) {
		s, c, news := setup(t)
		s.Inject(Fault{Operation: list, Account: "anna@contoso.test", Skip: 2, Action: Fail{Code: "ErrorInternalServerError"}})
		var codes []string
		for range 4 {
			codes = append(codes, c.as("anna").code(findItems(news, "", "")), c.code(findItems(news, "", "")))
		}
		if got := strings.Join(codes, " "); got != "NoError NoError NoError NoError ErrorInternalServerError NoError NoError NoError" {
			t.Errorf("got %s", got)
		}
	})
}
