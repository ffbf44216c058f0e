package directory

import (
	"context"

	"github.com/Azure/go-ntlmssp"
	"github.com/go-ldap/ldap/v3"

	"iorepl/sync/trust"
)

// login tells the server who is asking, once.
func (c *connection) login(ctx context.Context) error {
	c.doing = "the login"
	var err error
	if c.Auth == authNTLM {
		n := negotiator{password: c.Password}
		if c.certificate != nil {
			n.binding = trust.Binding(c.certificate)
		}
		_, err = c.ldap.NTLMChallengeBind(&ldap.NTLMBindRequest{Username: c.Username, Password: c.Password, Negotiator: n})
	} else {
		err = c.ldap.Bind(c.Username, c.Password)
	}
	if err != nil {
		return c.failure(ctx, err)
	}
	c.log.Debug("logged in to the directory", "server", c.address, "account", c.Username, "auth", c.Auth, "tls", c.secure)
	return nil
}

// negotiator answers NTLM challenges, bound to the TLS connection where there is one: servers may demand it (LdapEnforceChannelBinding).
type negotiator struct {
	password string
	binding  []byte
}

func (negotiator) Negotiate(string, string) ([]byte, error) {
	return ntlmssp.NewNegotiateMessage("", "")
}

func (n negotiator) ChallengeResponse(challenge []byte, username, _ string) ([]byte, error) {
	if n.binding != nil {
		bound, err := trust.BindChallenge(challenge, n.binding)
		if err != nil {
			return nil, err
		}
		challenge = bound
	}
	return ntlmssp.NewAuthenticateMessage(challenge, username, n.password, nil)
}
