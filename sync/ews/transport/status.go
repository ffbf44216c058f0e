package transport

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"iorepl/sync/ews/soap"
)

// StatusError is an answer that HTTP already says is none.
type StatusError struct {
	Server, Path string
	Status       int
	RetryAfter   time.Duration // 0 if the server does not say
	Location     string        // where a redirection points
	Page         string        // title or beginning of what came with it
	Hint         string
}

func (e *StatusError) Error() string {
	s := fmt.Sprintf("%s answers %s with %d %s", e.Server, e.Path, e.Status, http.StatusText(e.Status))
	if e.Page != "" {
		s += fmt.Sprintf(" (%s)", e.Page)
	}
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// largeRequest is from which size on a refusal is taken for one of the size.
const largeRequest = 1 << 20

// IsTooLarge reports whether the server refused a request for its size: IIS, ASP.NET and grommunio say so in different ways.
func IsTooLarge(err error) bool {
	var e *StatusError
	return errors.As(err, &e) && e.Status == http.StatusRequestEntityTooLarge
}

// statusError reads an answer with an unexpected status. known tells that requests worked before, size is that of the request.
func (p *Pool) statusError(r *http.Response, known bool, size int64) *StatusError {
	begin, _ := io.ReadAll(io.LimitReader(r.Body, 4<<10))
	title, text := soap.Excerpt(begin)
	if title != "" {
		text = title
	}
	e := &StatusError{Server: p.url.Host, Path: p.url.Path, Status: r.StatusCode, RetryAfter: retryAfter(r.Header, p.config.Now()), Page: text}
	switch r.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		e.Location = r.Header.Get("Location")
		e.Hint = fmt.Sprintf("it redirects to %s, where credentials are not sent: set url to the server's own EWS address", redact(r.Header.Get("Location")))
	case http.StatusBadRequest:
		e.Hint = "the server does not understand the request"
	case http.StatusForbidden:
		e.Hint = "the account or this address may not use EWS: check the virtual directory's restrictions, and that url begins with https if TLS is required"
	case http.StatusNotFound:
		if known && size >= largeRequest {
			e.tooLarge(size)
		} else {
			e.Hint = "check the path in url; it is usually /EWS/Exchange.asmx"
		}
	case http.StatusMethodNotAllowed:
		if known && size >= largeRequest {
			e.tooLarge(size)
		} else {
			e.Hint = "this is no EWS: check the path in url; it is usually /EWS/Exchange.asmx"
		}
	case http.StatusRequestEntityTooLarge:
		e.tooLarge(size)
	case http.StatusProxyAuthRequired:
		e.Hint = "write the proxy's user name and password into its URL"
	case http.StatusServiceUnavailable:
		e.Hint = "the server or its application pool is down or busy"
	}
	return e
}

func (e *StatusError) tooLarge(size int64) {
	e.Status = http.StatusRequestEntityTooLarge
	e.Hint = fmt.Sprintf("a request of %d bytes is more than the server takes (maxAllowedContentLength and maxRequestLength in IIS)", size)
}

// maxRetryAfter bounds what a server can demand.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads seconds or a date (RFC 9110, 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
