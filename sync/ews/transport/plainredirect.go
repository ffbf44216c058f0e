package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// plainRedirect asks, without TLS and so without credentials, where a domain's Autodiscover is (MS-OXDISCO 3.1.5.4). Only an address that
// begins with https counts.
func (d *discovery) plainRedirect(ctx context.Context, from string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return "", err
	}
	request.Header.Set("User-Agent", d.config.UserAgent)
	proxy, err := d.config.proxy()
	if err != nil {
		return "", err
	}
	t := &http.Transport{Proxy: proxy, DialContext: d.config.Dial, ResponseHeaderTimeout: d.config.Timeout, DisableKeepAlives: true}
	r, err := t.RoundTrip(request)
	if err != nil {
		u, _ := url.Parse(from)
		return "", (&Pool{config: d.config, url: u}).failure(err)
	}
	defer r.Body.Close()
	_, _ = io.CopyN(io.Discard, r.Body, maxDrained)
	target, err := r.Location()
	switch {
	case r.StatusCode/100 != 3 || errors.Is(err, http.ErrNoLocation):
		return "", fmt.Errorf("%s: no redirection (%s)", from, r.Status)
	case err != nil:
		return "", fmt.Errorf("%s: %w", from, err)
	case target.Scheme != "https":
		return "", fmt.Errorf("%s redirects to %s, which is not https", from, target.Redacted())
	}
	return target.String(), nil
}
