package freebusy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"iorepl/plan"
)

// Stamp is what a free/busy message or file that iorepl wrote says of itself, in one string under 255 characters. Stores keep the
// string as it is and do not interpret it.
type Stamp struct {
	Born    string      // organization whose user it is
	Via     string      // organizations between Born and From on its way, in order, with commas between them; "" for none
	From    string      // organization it was copied from
	For     string      // organization it was made for
	User    plan.Digest // see UserKey
	Content plan.Digest // Times.Digest of what was written
	Written Minute      // the range timestamp that was written with it
}

const stampFormat = "1"

// ErrNewerStamp is returned for a stamp that a newer program wrote.
var ErrNewerStamp = errors.New("it was written by a newer version of iorepl")

// UserKey names a user by the address that the user's organization knows.
func UserKey(address string) plan.Digest { return plan.Sum("user", strings.ToLower(address)) }

// Onward is the Via of a stamp for where the times go next.
func (s Stamp) Onward() string {
	switch {
	case s.From == s.Born:
		return ""
	case s.Via == "":
		return s.From
	}
	return s.Via + "," + s.From
}

// Passed reports whether the times have been in an organization before they came to where the stamp is.
func (s Stamp) Passed(organization string) bool {
	return organization != "" && (organization == s.Born || organization == s.From || slices.Contains(strings.Split(s.Via, ","), organization))
}

// hops is how many organizations lie between the user's own and the one that the times were made for.
func (s Stamp) hops() int { return hops(s.Born, s.Via, s.From) }

func hops(born, via, from string) int {
	switch {
	case from == born:
		return 0
	case via == "":
		return 1
	}
	return 2 + strings.Count(via, ",")
}

// Encode is the string form.
func (s Stamp) Encode() string {
	from := s.From
	if s.Via != "" {
		from = s.Via + "," + s.From
	}
	return strings.Join([]string{stampFormat, s.Born, from, s.For, s.User.String(), s.Content.String(), strconv.Itoa(int(s.Written))}, ";")
}

// ParseStamp reads what Encode wrote. It returns ErrNewerStamp for a newer format, and another error for what no iorepl wrote.
func ParseStamp(text string) (s Stamp, err error) {
	format, _, _ := strings.Cut(text, ";")
	if n, e := strconv.Atoi(format); e == nil && n > 1 {
		return s, ErrNewerStamp
	}
	f := strings.Split(text, ";")
	if len(f) != 7 || f[0] != stampFormat || len(text) >= plan.MaxStamp || f[1] == "" || f[3] == "" || slices.Contains(strings.Split(f[2], ","), "") {
		return s, fmt.Errorf("%q is not a stamp", text)
	}
	s.Born, s.From, s.For = f[1], f[2], f[3]
	if i := strings.LastIndexByte(s.From, ','); i >= 0 {
		s.Via, s.From = s.From[:i], s.From[i+1:]
	}
	if s.User, err = plan.ParseDigest(f[4]); err != nil {
		return Stamp{}, err
	}
	if s.Content, err = plan.ParseDigest(f[5]); err != nil {
		return Stamp{}, err
	}
	n, err := strconv.ParseInt(f[6], 10, 32)
	if err != nil || strconv.FormatInt(n, 10) != f[6] {
		return Stamp{}, fmt.Errorf("%q is not a stamp", text)
	}
	s.Written = Minute(n)
	return s, nil
}
