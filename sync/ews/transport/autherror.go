package transport

import (
	"fmt"
	"strings"
)

// AuthError says that a server does not accept the credentials, or not the way in which they are sent. It is found out with one try
// and ends the use of the server, so that no account is locked.
type AuthError struct {
	Server, Account string
	Reason          string // what happened
	Hint            string // what to do
	Tried           bool   // the password was sent, or a proof that it is known
}

func (e *AuthError) Error() string {
	s := e.Server + " does not let " + e.Account + " in: " + e.Reason
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (p *Pool) authError(reason string, hints ...string) *AuthError {
	account := p.config.Username
	if account == "" {
		account = "anybody without a user name"
	}
	return &AuthError{Server: p.url.Host, Account: account, Reason: reason, Hint: strings.Join(hints, "; ")}
}

// refused is the error for credentials that a server answered with 401, announcing schemes.
func (p *Pool) refused(announced []string) *AuthError {
	e := p.explainRefusal(announced)
	e.Tried = true
	return e
}

func (p *Pool) explainRefusal(announced []string) *AuthError {
	offers := "it offers " + schemeNames(announced)
	name := p.config.Username
	switch p.config.Auth {
	case authBasic:
		if !hasScheme(announced, "Basic") && len(announced) > 0 {
			return p.authError(offers+" and not Basic", `set auth = "ntlm", or have Basic enabled on its EWS virtual directory`)
		}
	case authKerberos:
		if !hasScheme(announced, "Negotiate") && len(announced) > 0 {
			return p.authError(offers+" and not Negotiate", `set auth = "ntlm"`)
		}
		return p.authError("the Kerberos ticket was answered with 401", fmt.Sprintf("check that the service principal HTTP/%s belongs to the server's account, "+
			"that the clocks agree, and that the account may use EWS", p.url.Hostname()))
	}
	hints := []string{"check user name and password, and that the account is not locked and may use EWS"}
	if p.config.Auth == authNTLM {
		switch {
		case strings.Contains(name, "@"):
			hints = append(hints, `some servers take NTLM names only as DOMAIN\user`)
		case !strings.Contains(name, `\`):
			hints = append(hints, `try DOMAIN\user`)
		}
		if p.url.Scheme == "http" {
			hints = append(hints, "Extended Protection works only over https")
		} else {
			hints = append(hints, "where Extended Protection is required, nothing may end TLS between here and the server")
		}
		if hasScheme(announced, "Basic") {
			hints = append(hints, `Basic is offered too (auth = "basic")`)
		}
	}
	return p.authError("the password was tried once and answered with 401", hints...)
}

// schemeNames lists what a server announces, for people.
func schemeNames(announced []string) string {
	if len(announced) == 0 {
		return "no way to log in"
	}
	return strings.Join(announced, ", ")
}
