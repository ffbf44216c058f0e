package ews

import (
	"bytes"
	"context"
	"log/slog"
	"time"

	"iorepl/sync/ews/transport"
)

// logTo has the connections tell what they do: at level warn that the server wants to be waited for, at debug each exchange.
func logTo(log *slog.Logger, c *transport.Config) {
	if c.Waiting == nil {
		c.Waiting = func(d time.Duration, why error) {
			log.Warn("the server cannot answer now, and is asked again later", "wait", d.Round(time.Second), "error", why)
		}
	}
	if c.Trace == nil && log.Enabled(context.Background(), slog.LevelDebug) {
		c.Trace = func(x transport.Exchange) {
			log := log.With("method", x.Method, "url", x.URL, "operation", operation(x.Request), "status", x.Status, "sent", x.RequestSize, "received", x.AnswerSize,
				"took", x.End.Sub(x.Begin).Round(time.Millisecond), "connection", x.Connection)
			if x.Err != nil {
				log = log.With("error", x.Err)
			}
			log.Debug("exchange")
		}
	}
}

// operation is the name of the element in the body of a SOAP request, "" in an empty handshake.
func operation(request []byte) string {
	_, body, _ := bytes.Cut(request, []byte("<soap:Body><"))
	name, _, _ := bytes.Cut(body, []byte(" "))
	name, _, _ = bytes.Cut(name, []byte(">"))
	return string(name[bytes.IndexByte(name, ':')+1:])
}
