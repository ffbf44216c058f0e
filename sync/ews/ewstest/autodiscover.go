package ewstest

import (
	"bufio"
	"encoding/xml"
	"io"
	"net/http"
	"strings"

	"iorepl/sync/ews/soap"
)

const (
	autodiscoverSpace = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
	poxSpace          = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
	poxOutlookSpace   = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
)

// in makes an element of another service.
func in(space, name string, content ...any) *soap.Element {
	e := soap.T(name, content...)
	e.Space = space
	return e
}

// discovered is whom an address belongs to: an account or a public folder mailbox.
type discovered struct {
	name, address, dn, box string
}

// discover finds an address.
func (s *Server) discover(address string) (discovered, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if a := s.byAddress(address); a != nil && a.mailbox != nil {
		return discovered{a.display, a.address, s.legacyDN(a), guidText(a.mailbox.guid)}, true
	}
	box := s.boxGUID(address)
	known := box == s.hierarchyBox()
	for _, f := range s.state.folders {
		known = known || f.mailbox == box
	}
	if box == "" || !known {
		return discovered{}, false
	}
	return discovered{s.boxAddress(box), s.boxAddress(box), "/o=" + s.options.Organization + "/cn=" + box, box}, true
}

func ewsURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host + "/EWS/Exchange.asmx"
	}
	return "http://" + r.Host + "/EWS/Exchange.asmx"
}

// autodiscoverSOAP answers GetUserSettings (MS-OXWSADISC 3.1.4.3), which came with 2010.
func (s *Server) autodiscoverSOAP(w http.ResponseWriter, r *http.Request) {
	env, err := readEnvelope(io.LimitReader(r.Body, 1<<20))
	if err != nil || env.body.Name != "GetUserSettingsRequestMessage" {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	var addresses, wanted []string
	walk(env.body, func(e *soap.Element) {
		switch e.Name {
		case "Mailbox":
			addresses = append(addresses, strings.TrimSpace(e.Text))
		case "Setting":
			wanted = append(wanted, strings.TrimSpace(e.Text))
		}
	})
	a := func(name string, content ...any) *soap.Element { return in(autodiscoverSpace, name, content...) }
	users := a("UserResponses")
	for _, address := range addresses {
		found, ok := s.discover(address)
		if !ok || found.box == s.boxGUID(address) { // the GUID of a mailbox is known by plain XML alone
			users.Add(a("UserResponse", a("ErrorCode", "InvalidUser"), a("ErrorMessage", "Invalid user '"+address+"'"), a("UserSettingErrors"), a("UserSettings")))
			continue
		}
		values := map[string]string{"UserDisplayName": found.name, "UserDN": found.dn, "AutoDiscoverSMTPAddress": found.address, "InternalEwsUrl": ewsURL(r),
			"ExternalEwsUrl": ewsURL(r), "EwsSupportedSchemas": strings.Join(versionRanks[:newest(s.options.Profile)+1], ", "),
			"InternalRpcClientServer": found.box + "@" + s.options.Domain}
		if box := s.hierarchyBox(); box != "" {
			values["PublicFolderInformation"] = s.boxAddress(box)
			values["InternalRpcClientServer"] = box + "@" + s.options.Domain
		}
		failed, settings := a("UserSettingErrors"), a("UserSettings")
		for _, name := range wanted {
			v, ok := values[name]
			if !ok {
				failed.Add(a("UserSettingError", a("ErrorCode", "SettingIsNotAvailable"), a("ErrorMessage", "Setting is not available."), a("SettingName", name)))
				continue
			}
			settings.Add(a("UserSetting", soap.Attr{Name: "xmlns:i", Value: "http://www.w3.org/2001/XMLSchema-instance"}, soap.Attr{Name: "i:type", Value: "StringSetting"},
				a("Name", name), a("Value", v)))
		}
		users.Add(a("UserResponse", a("ErrorCode", "NoError"), a("ErrorMessage", "No error."), failed, settings))
	}
	answer := a("GetUserSettingsResponseMessage", a("Response", a("ErrorCode", "NoError"), a("ErrorMessage"), users))
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	out := writer{Writer: bufio.NewWriter(w), profile: s.options.Profile}
	io.WriteString(out, `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="`+envelopeSpace+`"><s:Body>`)
	out.element(answer, false)
	io.WriteString(out, "</s:Body></s:Envelope>")
	out.Flush()
}

// autodiscoverPOX answers plain XML (MS-OXDSCLI 2.2.4).
func (s *Server) autodiscoverPOX(w http.ResponseWriter, r *http.Request) {
	req, err := readTree(xml.NewDecoder(io.LimitReader(r.Body, 1<<20)))
	if err != nil {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	var address string
	walk(req, func(e *soap.Element) {
		if e.Name == "EMailAddress" {
			address = strings.TrimSpace(e.Text)
		}
	})
	o := func(name string, content ...any) *soap.Element { return in(poxOutlookSpace, name, content...) }
	answer := in(poxSpace, "Autodiscover")
	found, ok := s.discover(address)
	if !ok {
		answer.Add(in(poxSpace, "Response", in(poxSpace, "Error", soap.Attr{Name: "Time", Value: s.now().Format("15:04:05.0000000")}, soap.Attr{Name: "Id", Value: "1"},
			in(poxSpace, "ErrorCode", "500"), in(poxSpace, "Message", "The email address can't be found."), in(poxSpace, "DebugData"))))
	} else {
		protocol := func(kind string) *soap.Element {
			return o("Protocol", o("Type", kind), o("Server", found.box+"@"+s.options.Domain), o("ASUrl", ewsURL(r)), o("EwsUrl", ewsURL(r)))
		}
		account := o("Account", o("AccountType", "email"), o("Action", "settings"), protocol("EXCH"), protocol("EXPR"))
		if box := s.hierarchyBox(); box != "" {
			account.Add(o("PublicFolderInformation", o("SmtpAddress", s.boxAddress(box))))
		}
		answer.Add(o("Response", o("User", o("DisplayName", found.name), o("LegacyDN", found.dn), o("AutoDiscoverSMTPAddress", found.address)), account))
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	out := writer{Writer: bufio.NewWriter(w), profile: s.options.Profile}
	io.WriteString(out, `<?xml version="1.0" encoding="utf-8"?>`)
	out.element(answer, false)
	out.Flush()
}

// walk calls do with an element and all below it.
func walk(e *soap.Element, do func(*soap.Element)) {
	do(e)
	for _, c := range e.Children {
		walk(c, do)
	}
}
