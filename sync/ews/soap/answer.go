package soap

import "io"

// Answer is what a server answers.
type Answer struct {
	Server    Server
	HasServer bool     // the answer says what the server is
	Body      *Element // the one element of soap:Body
}

// Decode reads an answer as DecodeEnvelope does. A SOAP fault is an *Error; the answer comes with it, for what it says of the server.
// In any other case of an error there is no answer.
func Decode(r io.Reader, limits Limits) (*Answer, error) {
	e, err := DecodeEnvelope(r, limits)
	if err != nil {
		return nil, err
	}
	a := &Answer{Body: e.Body}
	for _, h := range e.Header {
		if h.Is("ServerVersionInfo") {
			a.Server, a.HasServer = serverOf(h)
		}
	}
	if e.Body.Space == envelopeSpace && e.Body.Name == "Fault" {
		return a, errorOfFault(e.Body)
	}
	return a, nil
}

// Messages are the response messages in the order of what was asked for, whatever they are called. There are none in an answer that
// is not made of them, and in one of grommunio that could not handle any part of the request.
func (a *Answer) Messages() []*Element {
	m := a.Body.Child("ResponseMessages")
	if m == nil {
		return nil
	}
	return m.Children
}
