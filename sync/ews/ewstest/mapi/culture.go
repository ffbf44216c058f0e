package mapi

import (
	"strconv"
	"strings"

	"iorepl/sync/ews/soap"
)

// cultures are the locales that are known by number and by name.
var cultures = []struct {
	id   int32
	name string
}{{0x0409, "en-US"}, {0x0809, "en-GB"}, {0x0407, "de-DE"}, {0x0C07, "de-AT"}, {0x0807, "de-CH"}, {0x040C, "fr-FR"}, {0x0410, "it-IT"},
	{0x0C0A, "es-ES"}, {0x0413, "nl-NL"}, {0x0411, "ja-JP"}, {0x0419, "ru-RU"}, {0x0415, "pl-PL"}, {0x0416, "pt-BR"}, {0x0816, "pt-PT"},
	{0x041D, "sv-SE"}, {0x0406, "da-DK"}, {0x0414, "nb-NO"}, {0x040B, "fi-FI"}, {0x0804, "zh-CN"}, {0x0404, "zh-TW"}, {0x0412, "ko-KR"}}

// readCulture is the language of a message, where it is known (PidTagMessageLocaleId).
func readCulture(r *reading) *soap.Element {
	id := r.it.integer(pCulture)
	for _, c := range cultures {
		if c.id == id {
			return soap.T("Culture", c.name)
		}
	}
	return nil
}

func writeCulture(c *change, e *soap.Element) error {
	want := strings.TrimSpace(e.Text)
	for _, known := range cultures {
		if strings.EqualFold(known.name, want) {
			c.it.props.set(pCulture, known.id)
			return nil
		}
	}
	return refuse("ErrorUnsupportedCulture", "The culture %s is not supported.", strconv.Quote(want))
}
