package transport

import (
	"io"
	"net/http"
	"strings"
	stdsync "sync"
	"time"
)

// Exchange is one HTTP request and its answer, for a wire log. Credentials are left out: of Authorization and the like only the
// scheme stays.
type Exchange struct {
	Connection    int // which of the pool's connections, from 1
	Begin, End    time.Time
	Method, URL   string
	RequestHeader http.Header
	Request       []byte // the first bytes, at most maxTraced
	RequestSize   int64
	Status        int // 0 if there is no answer
	AnswerHeader  http.Header
	Answer        []byte // the first bytes, at most maxTraced
	AnswerSize    int64  // as far as it was read
	Err           error  // why there is no answer, or not all of it
}

const maxTraced = 64 << 10

// publicHeader copies a header without what would let somebody in.
func publicHeader(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Www-Authenticate", "Proxy-Authenticate", "Authentication-Info"} {
		for i, value := range h[name] {
			if scheme, secret, found := strings.Cut(value, " "); found && secret != "" {
				h[name][i] = scheme + " ***"
			}
		}
	}
	for _, name := range []string{"Cookie", "Set-Cookie"} {
		for i := range h[name] {
			h[name][i] = "***"
		}
	}
	return h
}

// traced copies the beginning of what is read. The transport may still be reading a body when the answer to it is there.
type traced struct {
	io.Reader
	mu    stdsync.Mutex
	begin []byte
}

func (t *traced) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := maxTraced - len(t.begin); room > 0 {
		t.begin = append(t.begin, p[:min(n, room)]...)
	}
	return n, err
}

func (t *traced) copied() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]byte(nil), t.begin...)
}
