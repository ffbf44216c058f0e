package soap

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// addDetail reads a MessageXml: values by name, paths of properties, violations of the schema.
func (e *Error) addDetail(x *Element) {
	if x == nil {
		return
	}
	var details []string
	for _, c := range x.Children {
		text := strings.TrimSpace(c.Text)
		switch {
		case c.Name == "Value" && c.Attr("Name") == "BackOffMilliseconds":
			// Longer than a day is no statement about load.
			if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
				e.BackOff = time.Duration(min(n, 86_400_000)) * time.Millisecond
			}
		case c.Name == "Value" && c.Attr("Name") == "InnerErrorResponseCode":
			// An ErrorInternalServerError often wraps what it is about.
			if e.Code == "ErrorInternalServerError" && text != "" && text != "NoError" {
				e.Code = text
			}
		case c.Name == "Value" && text != "":
			details = append(details, fmt.Sprintf("%s %s", c.Attr("Name"), text))
		case c.Name == "FieldURI" || c.Name == "IndexedFieldURI":
			details = append(details, strings.TrimSuffix(c.Attr("FieldURI")+" "+c.Attr("FieldIndex"), " "))
		case c.Name == "ExtendedFieldURI":
			var parts []string
			for _, a := range c.Attrs {
				parts = append(parts, a.Name+"="+a.Value)
			}
			details = append(details, "extended property "+strings.Join(parts, " "))
		case c.Name == "Violation":
			if !strings.Contains(e.Message, text) {
				details = append(details, text)
			}
		case c.Name == "LineNumber" || c.Name == "LinePosition":
			details = append(details, fmt.Sprintf("%s %s", strings.ToLower(strings.TrimPrefix(c.Name, "Line")), text))
		}
	}
	e.Detail = line(strings.Join(details, ", "), 500)
}
