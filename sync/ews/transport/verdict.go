package transport

import (
	"errors"
	"net/http"
	"time"

	"iorepl/sync/ews/soap"
)

// uncertain marks an error after which nobody knows what became of a request that may be done only once.
func (c *Client) uncertain(r Call, status int, err error) error {
	if r.Idempotent {
		return err
	}
	switch status {
	case http.StatusOK, http.StatusInternalServerError, http.StatusRequestTimeout, http.StatusBadGateway, http.StatusGatewayTimeout:
		return &LostError{err}
	}
	// The others say that EWS never got it.
	return err
}

// IsTooMuch reports whether less in one request may work: the server says so, or neither this side nor a proxy waited longer for an answer.
func IsTooMuch(err error) bool {
	var status *StatusError
	return soap.IsTooMuch(err) || errors.Is(err, errSilent) || errors.As(err, &status) && status.Status == http.StatusGatewayTimeout
}

// isBusy reports whether the server had too much to do for a request as a whole, and so did nothing of it. A 503 that does not say
// for how long counts only once EWS has answered: before that it means that the server is down.
func (c *Client) isBusy(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		return status.Status == http.StatusTooManyRequests || status.Status == http.StatusServiceUnavailable && (status.RetryAfter > 0 || c.hasReached())
	}
	return soap.IsThrottled(err)
}

// mayPass reports whether a request can work if it is repeated. What fails before the first answer is mostly a mistake in the
// configuration, and then nobody wants to wait.
func (c *Client) mayPass(err error) bool {
	var connection *ConnectionError
	var status *StatusError
	switch {
	case errors.As(err, &connection):
		return c.hasReached() && !connection.Final
	case errors.As(err, &status):
		switch status.Status {
		case http.StatusRequestTimeout, loginTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
			return c.hasReached()
		}
		return false
	}
	return soap.IsTransient(err)
}

// loginTimeout is what IIS answers where a session has ended.
const loginTimeout = 440

// mayBeDone reports whether the server may have acted on a request before it answered with a fault.
func mayBeDone(err error) bool {
	class := soap.ClassOf(err)
	var fault *soap.Error
	return errors.As(err, &fault) && (class == soap.Transient || class == soap.Unknown)
}

// backOffIn is how long the server wants to be left alone.
func backOffIn(err error) time.Duration {
	var fault *soap.Error
	var status *StatusError
	switch {
	case errors.As(err, &fault):
		return fault.BackOff
	case errors.As(err, &status):
		return status.RetryAfter
	}
	return 0
}

// allBusy is the error of the first response message if all of them say that the server is busy.
func allBusy(a *soap.Answer) error {
	var first error
	for _, m := range a.Messages() {
		err := soap.ErrorOf(m)
		if !soap.IsThrottled(err) {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func someBusy(a *soap.Answer) bool {
	for _, m := range a.Messages() {
		if soap.IsThrottled(soap.ErrorOf(m)) {
			return true
		}
	}
	return false
}

// backOffOf is the longest time that a response message asks for.
func backOffOf(a *soap.Answer) time.Duration {
	var longest time.Duration
	for _, m := range a.Messages() {
		longest = max(longest, backOffIn(soap.ErrorOf(m)))
	}
	return longest
}
