package soap_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"iorepl/sync/ews/soap"
)

func TestFaultsOfEveryServerBecomeErrors(t *testing.T) {
	const detail = `<detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">`
	const types = ` xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"`
	for name, test := range map[string]struct {
		fault string
		want  soap.Error
	}{
		"2007": {`<faultcode>soap11:Client</faultcode><faultstring>Bad id.</faultstring>` + detail + `ErrorSchemaValidation</e:ResponseCode></detail>`,
			soap.Error{Code: "ErrorSchemaValidation", Message: "Bad id.", Class: soap.Fault}},
		"2010 busy": {`<faultcode xmlns:a="x">a:ErrorServerBusy</faultcode><faultstring xml:lang="en-US">The server cannot service this request right now. Try again later.</faultstring>` +
			detail + `ErrorServerBusy</e:ResponseCode><e:Message xmlns:e="y">Busy</e:Message><t:MessageXml` + types + `><t:Value Name="BackOffMilliseconds">297749</t:Value></t:MessageXml></detail>`,
			soap.Error{Code: "ErrorServerBusy", Message: "The server cannot service this request right now. Try again later.", Class: soap.Throttled, BackOff: 297749 * time.Millisecond}},
		"schema, 2010": {`<faultcode>a:ErrorSchemaValidation</faultcode><faultstring>The request failed schema validation.</faultstring>` + detail + `ErrorSchemaValidation</e:ResponseCode>
			<t:MessageXml` + types + `><t:LineNumber>2</t:LineNumber><t:LinePosition>630</t:LinePosition><t:Violation>The 'Id' attribute is invalid</t:Violation></t:MessageXml></detail>`,
			soap.Error{Code: "ErrorSchemaValidation", Message: "The request failed schema validation.", Class: soap.Fault, Detail: "number 2, position 630, The 'Id' attribute is invalid"}},
		"wrapped busy": {`<faultcode>a:ErrorInternalServerError</faultcode><faultstring>An internal server error occurred.</faultstring>` + detail + `ErrorInternalServerError</e:ResponseCode>
			<t:MessageXml` + types + `><t:Value Name="InnerErrorMessageText">busy</t:Value><t:Value Name="InnerErrorResponseCode">ErrorServerBusy</t:Value><t:Value Name="BackOffMilliseconds">-5</t:Value></t:MessageXml></detail>`,
			soap.Error{Code: "ErrorServerBusy", Message: "An internal server error occurred.", Class: soap.Throttled, Detail: "InnerErrorMessageText busy"}},
		"grommunio, code":    {`<faultcode>ErrorCannotFindUser</faultcode><faultstring>E-3113: failed</faultstring>`, soap.Error{Code: "ErrorCannotFindUser", Message: "E-3113: failed"}},
		"grommunio, unknown": {`<faultcode>SOAP:Client</faultcode><faultstring>Unknown request 'ExportItems'.</faultstring>`, soap.Error{Code: "Client", Message: "Unknown request 'ExportItems'.", Class: soap.Fault}},
		"server":             {`<faultcode>SOAP:Server</faultcode><faultstring>oops</faultstring>`, soap.Error{Code: "Server", Message: "oops", Class: soap.Transient}},
		"nothing":            {``, soap.Error{Code: "no response code", Class: soap.Fault}},
		"long back-off": {detail + `ErrorServerBusy</e:ResponseCode><t:MessageXml` + types + `><t:Value Name="BackOffMilliseconds">999999999999999</t:Value></t:MessageXml></detail>`,
			soap.Error{Code: "ErrorServerBusy", Class: soap.Throttled, BackOff: 24 * time.Hour}},
	} {
		test.want.Whole = true
		a, err := soap.Decode(strings.NewReader(wrap("<s:Fault>"+test.fault+"</s:Fault>")), soap.Limits{})
		var got *soap.Error
		if !errors.As(err, &got) || *got != test.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, err, &test.want)
		} else if a == nil || a.Server.Major != 14 {
			t.Errorf("%s: the answer does not say what the server is: %+v", name, a)
		}
	}
}

func TestFaultBodyIsReadAsItIsMeant(t *testing.T) {
	xml := soap.T("MessageXml", soap.T("Value", soap.Attr{Name: "Name", Value: "BackOffMilliseconds"}, "1500"))
	var b strings.Builder
	if _, err := (soap.Envelope{Body: soap.FaultBody("ErrorServerBusy", "Busy <&>", xml)}).Message().WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	_, err := soap.Decode(strings.NewReader(b.String()), soap.Limits{})
	if got := (*soap.Error)(nil); !errors.As(err, &got) || got.Code != "ErrorServerBusy" || got.Message != "Busy <&>" || got.BackOff != 1500*time.Millisecond {
		t.Errorf("got %+v from %s", err, b.String())
	}
}

func TestResponseMessagesSayHowItWent(t *testing.T) {
	a := decode(t, wrap(`<m:R`+namespaces+`><m:ResponseMessages>
		<m:x ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:x>
		<m:Y ResponseClass="Error"><m:MessageText>Not there.</m:MessageText><m:ResponseCode>ErrorItemNotFound</m:ResponseCode></m:Y>
		<m:Z ResponseClass="Warning"><m:ResponseCode>ErrorNameResolutionMultipleResults</m:ResponseCode></m:Z>
		<m:Z ResponseClass="Warning"><m:ResponseCode>ErrorBatchProcessingStopped</m:ResponseCode></m:Z>
		<m:Z ResponseClass="Error"><m:ResponseCode>ErrorInvalidPropertySet</m:ResponseCode><m:MessageXml><t:FieldURI FieldURI="item:DateTimeReceived"/>
			<t:ExtendedFieldURI PropertyTag="0x3007" PropertyType="SystemTime"/></m:MessageXml></m:Z>
		<m:Z ResponseClass="Error"><m:ResponseCode>ErrorMadeUpTomorrow</m:ResponseCode></m:Z>
		<m:Z/>
		<m:Z><m:ResponseCode>NoError</m:ResponseCode></m:Z>
		</m:ResponseMessages></m:R>`))
	want := []struct {
		text  string
		class soap.Class
	}{
		{"", 0}, {"ErrorItemNotFound: Not there", soap.Gone}, {"", 0}, {"ErrorBatchProcessingStopped", soap.Transient},
		{"ErrorInvalidPropertySet (item:DateTimeReceived, extended property PropertyTag=0x3007 PropertyType=SystemTime)", soap.Permanent},
		{"ErrorMadeUpTomorrow", soap.Unknown}, {"the response message Z says neither success nor error", soap.Unknown}, {"", 0},
	}
	got := a.Messages()
	if len(got) != len(want) {
		t.Fatalf("%d messages", len(got))
	}
	for i, w := range want {
		err := soap.ErrorOf(got[i])
		if text := errorText(err); text != w.text || soap.ClassOf(err) != w.class {
			t.Errorf("message %d: %q (%v), want %q (%v)", i, text, soap.ClassOf(err), w.text, w.class)
		}
	}
	if err := soap.ErrorOf(nil); err == nil {
		t.Error("a missing message passes for a success")
	}
	if m := decode(t, wrap("<R/>")).Messages(); m != nil {
		t.Errorf("messages of nothing: %v", m)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestServersAreKnownByTheirBuild(t *testing.T) {
	for attrs, want := range map[string]soap.Server{
		`MajorVersion="8" MinorVersion="1" MajorBuildNumber="436" MinorBuildNumber="0" Version="Exchange2007_SP1"`: {Version: soap.Exchange2007SP1, Major: 8, Minor: 1, Build: 436},
		`MajorVersion="14" MinorVersion="0" MajorBuildNumber="722"`:                                                {Version: soap.Exchange2010, Major: 14, Build: 722},
		`MajorVersion="14" MinorVersion="1" MajorBuildNumber="218"`:                                                {Version: soap.Exchange2010SP1, Major: 14, Minor: 1, Build: 218},
		`MajorVersion="14" MinorVersion="3" MajorBuildNumber="123"`:                                                {Version: soap.Exchange2010SP2, Major: 14, Minor: 3, Build: 123},
		`MajorVersion="15" MinorVersion="0" MajorBuildNumber="516"`:                                                {Version: soap.Exchange2013, Major: 15, Build: 516},
		`MajorVersion="15" MinorVersion="0" MajorBuildNumber="847" MinorBuildNumber="32" Version="V2_9"`:           {Version: soap.Exchange2013SP1, Major: 15, Build: 847},
		`MajorVersion="15" MinorVersion="0" MajorBuildNumber="847" MinorBuildNumber="4040" Version="V2017_07_11"`:  {Version: soap.Exchange2013SP1, Major: 15, Build: 847, Grommunio: true},
		`MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6" Version="V2017_07_11"`:    {Version: soap.Exchange2016, Major: 15, Minor: 1, Build: 2507},
		`MajorVersion="15" MinorVersion="2" MajorBuildNumber="1118"`:                                               {Version: soap.Exchange2016, Major: 15, Minor: 2, Build: 1118},
		`Version="Exchange2010_SP1"`: {Version: soap.Exchange2010SP1},
	} {
		a := decode(t, strings.Replace(wrap("<R/>"), `MajorVersion="14" MinorVersion="2" MajorBuildNumber="328" MinorBuildNumber="9" Version="Exchange2010_SP2"`, attrs, 1))
		if a.Server != want || !a.HasServer {
			t.Errorf("%s: %+v, want %+v", attrs, a.Server, want)
		}
	}
}
