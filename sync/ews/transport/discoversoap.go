package transport

import (
	"context"
	"fmt"
	"strings"

	"iorepl/sync/ews/soap"
)

// The namespaces of Autodiscover by SOAP (MS-OXWSADISC).
const (
	autodiscoverSpace = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
	addressingSpace   = "http://www.w3.org/2005/08/addressing"
)

// askSOAP sends GetUserSettings.
func (p *Pool) askSOAP(ctx context.Context, address string) (Settings, error) {
	a := func(name string, content ...*soap.Element) *soap.Element {
		e := &soap.Element{Space: autodiscoverSpace, Name: name}
		e.Add(content...)
		return e
	}
	text := func(space, name, value string) *soap.Element {
		return &soap.Element{Space: space, Name: name, Text: value}
	}
	var wanted []*soap.Element
	for _, name := range []string{"ExternalEwsUrl", "InternalEwsUrl", "PublicFolderInformation", "InternalRpcClientServer", "AutoDiscoverSMTPAddress", "UserDN"} {
		wanted = append(wanted, text(autodiscoverSpace, "Setting", name))
	}
	question := soap.Envelope{
		Header: []*soap.Element{
			text(autodiscoverSpace, "RequestedServerVersion", "Exchange2010"),
			text(addressingSpace, "Action", autodiscoverSpace+"/Autodiscover/GetUserSettings"),
			text(addressingSpace, "To", p.url.String()),
		},
		Body: a("GetUserSettingsRequestMessage", a("Request",
			a("Users", a("User", text(autodiscoverSpace, "Mailbox", address))),
			a("RequestedSettings", wanted...))),
	}
	r, err := p.post(ctx, question.Message(), 500)
	if err != nil {
		return Settings{}, err
	}
	defer r.Body.Close()
	answer, err := soap.Decode(r.Body, soap.Limits{Bytes: p.config.MaxAnswer, Elements: 10_000})
	if err != nil {
		return Settings{}, err
	}
	user := within(answer.Body, "Response", "UserResponses", "UserResponse")
	switch code := valueOf(user, "ErrorCode"); code {
	case "NoError":
	case "RedirectAddress":
		return Settings{}, &redirectedAddress{valueOf(user, "RedirectTarget")}
	case "RedirectUrl":
		return Settings{}, &redirectedURL{valueOf(user, "RedirectTarget")}
	case "":
		return Settings{}, fmt.Errorf("%s: %s", valueOf(answer.Body, "Response", "ErrorCode"), valueOf(answer.Body, "Response", "ErrorMessage"))
	default:
		return Settings{}, fmt.Errorf("%s: %s", code, valueOf(user, "ErrorMessage"))
	}
	var s Settings
	fields := map[string]*string{"ExternalEwsUrl": &s.ExternalEWS, "InternalEwsUrl": &s.InternalEWS, "PublicFolderInformation": &s.PublicFolderInformation,
		"InternalRpcClientServer": &s.InternalRPCClientServer, "AutoDiscoverSMTPAddress": &s.Address, "UserDN": &s.LegacyDN}
	if settings := within(user, "UserSettings"); settings != nil {
		for _, c := range settings.Children {
			if field := fields[valueOf(c, "Name")]; field != nil {
				*field = valueOf(c, "Value")
			}
		}
	}
	return s, nil
}

// within is the element that a path of local names leads to, nil if there is none.
func within(e *soap.Element, path ...string) *soap.Element {
	for _, name := range path {
		if e == nil {
			return nil
		}
		var found *soap.Element
		for _, c := range e.Children {
			if c.Name == name {
				found = c
				break
			}
		}
		e = found
	}
	return e
}

func valueOf(e *soap.Element, path ...string) string {
	if e = within(e, path...); e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text)
}
