package ews

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"iorepl/plan/freebusy"
	"iorepl/sync/ews/soap"
	"iorepl/sync/ews/transport"
)

// window asks for users' times from one day to another, and again in smaller parts where that was too much. splits is how often it did
// so already because something did not come in time.
func (a *Availability) window(ctx context.Context, users []*asked, from, to freebusy.Minute, splits int) {
	days := (to - from) / minutesADay
	answers, err := a.call(ctx, users, from, to, splits == 0)
	if err == nil && len(answers) != len(users) {
		err = fmt.Errorf("the server answered for %d of %d users", len(answers), len(users))
	}
	switch {
	case err == nil:
		a.accepted(days)
		a.take(ctx, users, answers, from, to, splits)
	case ctx.Err() != nil:
		fail(users, err)
	case isCode(err, "ErrorTimeIntervalTooBig") && days > 1:
		for less := a.tooLong(days); from < to; from += less * minutesADay {
			if users = unfailed(users); len(users) > 0 {
				a.window(ctx, users, from, min(to, from+less*minutesADay), splits)
			}
		}
	case (isCode(err, "ErrorMailboxDataArrayTooBig") || transport.IsTooLarge(err)) && len(users) > 1:
		a.tooMany(len(users))
		a.halves(ctx, users, from, to, splits)
	case isCode(err, "ErrorInvalidSmtpAddress") && len(users) > 1, overfull(err) && len(users) > 1:
		a.halves(ctx, users, from, to, splits)
	case overfull(err) && days > 1:
		a.halfTimes(ctx, users, from, to, splits)
	case late(err) && splits < maxSplits && len(users) > 1:
		a.halves(ctx, users, from, to, splits+1)
	case late(err) && splits < maxSplits && days > 1:
		a.halfTimes(ctx, users, from, to, splits+1)
	default:
		fail(users, availabilityError(err))
	}
}

func fail(users []*asked, err error) {
	for _, u := range users {
		u.err = err
	}
}

func (a *Availability) halves(ctx context.Context, users []*asked, from, to freebusy.Minute, splits int) {
	half := (len(users) + 1) / 2
	a.window(ctx, users[:half], from, to, splits)
	a.window(ctx, users[half:], from, to, splits)
}

func (a *Availability) halfTimes(ctx context.Context, users []*asked, from, to freebusy.Minute, splits int) {
	middle := from + (to-from)/minutesADay/2*minutesADay
	a.window(ctx, users, from, middle, splits)
	if users = unfailed(users); len(users) > 0 {
		a.window(ctx, users, middle, to, splits)
	}
}

// take reads an answer, and asks again for those of whom it held too much, whose own server takes fewer days than the one that was asked, or whose calendar did not come in time.
func (a *Availability) take(ctx context.Context, users []*asked, answers []*soap.Element, from, to freebusy.Minute, splits int) {
	server := a.s.Server()
	var tooMuch, tooLate []*asked
	for i, u := range users {
		err := soap.ErrorOf(answers[i].Child("ResponseMessage"))
		switch {
		case err == nil:
			u.err = u.read(answers[i].Child("FreeBusyView"), from, to, server.Grommunio && !sameDomain(u.address, a.s.account))
		case (overfull(err) || isCode(err, "ErrorTimeIntervalTooBig")) && to-from > minutesADay:
			tooMuch = append(tooMuch, u)
		case (late(err) || soap.IsThrottled(err)) && splits < maxSplits:
			tooLate = append(tooLate, u)
		default:
			u.err = availabilityError(kind(err))
		}
		answers[i] = nil
	}
	if len(tooMuch) > 0 {
		a.halfTimes(ctx, tooMuch, from, to, splits)
	}
	switch n := len(tooLate); {
	case n > 1:
		a.halves(ctx, tooLate, from, to, splits+1)
	case n == 1 && to-from > minutesADay:
		a.halfTimes(ctx, tooLate, from, to, splits+1)
	case n == 1:
		a.window(ctx, tooLate, from, to, splits+1)
	}
}

// overfull reports whether there is more in the time that was asked for than one answer may hold: a thousand appointments of a user, or the
// limits of an answer.
func overfull(err error) bool {
	var limit *soap.LimitError
	return isCode(err, "ErrorResultSetTooBig") || errors.As(err, &limit)
}

// late reports whether something did not come in time.
func late(err error) bool {
	var status *transport.StatusError
	if errors.As(err, &status) {
		return status.Status == http.StatusGatewayTimeout || status.Status == http.StatusRequestTimeout
	}
	return isCode(err, "ErrorTimeoutExpired") || isCode(err, "ErrorRequestAborted")
}
