package transport

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"iorepl/sync/ews/soap"
)

const (
	poxRequest  = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
	poxResponse = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
)

// plainXML is a body that is text.
type plainXML []byte

func (b plainXML) Size() int64       { return int64(len(b)) }
func (b plainXML) Reader() io.Reader { return bytes.NewReader(b) }

// poxAnswer is what matters of an answer (MS-OXDSCLI 2.2.4).
type poxAnswer struct {
	XMLName  xml.Name `xml:"Autodiscover"`
	Response struct {
		User struct {
			LegacyDN                string
			AutoDiscoverSMTPAddress string
		}
		Account struct {
			Action       string
			RedirectAddr string
			RedirectURL  string `xml:"RedirectUrl"`
			Protocol     []struct {
				Type   string
				Server string
				EWSURL string `xml:"EwsUrl"`
				ASURL  string `xml:"ASUrl"`
			}
			PublicFolderInformation struct {
				SMTPAddress string `xml:"SmtpAddress"`
			}
		}
		Error struct {
			ErrorCode string
			Message   string
		}
	}
}

// askPOX asks by plain XML, which Exchange 2007 knows too.
func (p *Pool) askPOX(ctx context.Context, address string) (Settings, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<Autodiscover xmlns="` + poxRequest + `"><Request><EMailAddress>`)
	_ = xml.EscapeText(&b, []byte(address)) // a buffer takes everything
	b.WriteString(`</EMailAddress><AcceptableResponseSchema>` + poxResponse + `</AcceptableResponseSchema></Request></Autodiscover>`)
	r, err := p.post(ctx, plainXML(b.Bytes()))
	if err != nil {
		return Settings{}, err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return Settings{}, err
	}
	var a poxAnswer
	if err := xml.Unmarshal(text, &a); err != nil {
		title, begin := soap.Excerpt(text)
		return Settings{}, fmt.Errorf("no answer of Autodiscover but %q", strings.TrimSpace(title+" "+begin))
	}
	account := a.Response.Account
	switch strings.ToLower(account.Action) {
	case "redirectaddr":
		return Settings{}, &redirectedAddress{account.RedirectAddr}
	case "redirecturl":
		return Settings{}, &redirectedURL{account.RedirectURL}
	}
	if e := a.Response.Error; e.ErrorCode != "" {
		return Settings{}, fmt.Errorf("error %s: %s", e.ErrorCode, e.Message)
	}
	s := Settings{Address: a.Response.User.AutoDiscoverSMTPAddress, LegacyDN: a.Response.User.LegacyDN,
		PublicFolderInformation: account.PublicFolderInformation.SMTPAddress}
	for _, protocol := range account.Protocol {
		ews := protocol.EWSURL
		if ews == "" {
			ews = protocol.ASURL // Exchange 2007: the Availability service is EWS
		}
		switch protocol.Type {
		case "EXCH":
			s.InternalEWS, s.InternalRPCClientServer = ews, protocol.Server
		case "EXPR":
			s.ExternalEWS = ews
		}
	}
	return s, nil
}
