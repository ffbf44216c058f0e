package soap

import "strings"

// errorOfFault reads a SOAP fault as the servers word them: Exchange 2007 with the code in the detail only, later ones also in
// faultcode and with a MessageXml, grommunio in faultcode only or, where it does not know the request, not at all.
func errorOfFault(f *Element) *Error {
	e := &Error{Whole: true}
	sender := true
	for _, c := range f.Children {
		text := strings.TrimSpace(c.Text)
		switch c.Name {
		case "faultcode":
			_, local, found := strings.Cut(text, ":")
			if !found {
				local = text
			}
			sender = local != "Server"
			if e.Code == "" {
				e.Code = local
			}
		case "faultstring":
			e.Message = line(text, 1000)
		case "detail":
			e.readDetail(c)
		}
	}
	e.classify()
	if e.Class == Unknown && !strings.HasPrefix(e.Code, "Error") {
		// Whose fault it is says SOAP itself (SOAP 1.1, section 4.4.1).
		e.Class = Transient
		if sender {
			e.Class = Fault
		}
	}
	return e
}

func (e *Error) readDetail(detail *Element) {
	// The code first, since what wraps another code gives way to it.
	for _, c := range detail.Children {
		if code := strings.TrimSpace(c.Text); c.Name == "ResponseCode" && code != "" {
			e.Code = code
		}
	}
	for _, c := range detail.Children {
		if c.Name == "MessageXml" {
			e.addDetail(c)
		}
	}
}
