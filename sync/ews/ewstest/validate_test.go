package ewstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestVocabularyAgreesWithSchemas compares the server's own check with Microsoft's schemas over requests that are right, and over all that
// result when one element or attribute is taken away, doubled or put elsewhere.
func TestVocabularyAgreesWithSchemas(t *testing.T) {
	if linter == nil {
		t.Skip("xmllint or the schemas are not there")
	}
	const folder = `<t:FolderId Id="AQEuAAADGkRzkKpmEc2byACqAC/EWgMA" ChangeKey="AQAAAA=="/>`
	requests := []string{
		findItems(folder, `<m:IndexedPageItemView MaxEntriesReturned="10" Offset="0" BasePoint="Beginning"/>`, `<m:Restriction><t:Not><t:Exists>`+mark+`</t:Exists></t:Not></m:Restriction>`),
		createPosts(folder, 1),
		setSubject(`<t:ItemId Id="AQ==" ChangeKey="CQ=="/>`, "NeverOverwrite", "x"),
		setPermissions(folder, permission(Default, `<t:CanCreateItems>true</t:CanCreateItems><t:EditItems>None</t:EditItems><t:ReadItems>FullDetails</t:ReadItems>`+ofLevel("Custom"))),
		`<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>s</t:Subject><t:Start>2026-11-02T08:00:00Z</t:Start><t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-11-02</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence></t:CalendarItem></m:Items></m:CreateItem>`,
		`<m:CreateItem><m:Items><t:Contact><t:FileAs>f</t:FileAs><t:EmailAddresses><t:Entry Key="EmailAddress1">a@b</t:Entry></t:EmailAddresses><t:PhysicalAddresses><t:Entry Key="Home"><t:Street>s</t:Street><t:City>c</t:City></t:Entry></t:PhysicalAddresses></t:Contact></m:Items></m:CreateItem>`,
		`<m:CreateAttachment><m:ParentItemId Id="AQ=="/><m:Attachments><t:FileAttachment><t:Name>a</t:Name><t:Content>AAAA</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>`,
		`<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone"><m:ItemIds><t:OccurrenceItemId RecurringMasterId="AQ==" InstanceIndex="2"/></m:ItemIds></m:DeleteItem>`,
		`<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>a</m:UnresolvedEntry></m:ResolveNames>`,
	}
	if n := compareVocabulary(t, map[string]string{"Exchange2007_SP1": "Exchange2007_SP1", "Exchange2016": "interop-mit"}, requests); n < 300 {
		t.Errorf("only %d requests were compared", n)
	}
	// The newest set does not hold the Availability service.
	day := ask{start: "2026-11-01T00:00:00", end: "2026-11-02T00:00:00", interval: 30, view: "Detailed", users: []string{"a@contoso.test", "b@contoso.test"}}
	if n := compareVocabulary(t, map[string]string{"Exchange2007_SP1": "Exchange2007_SP1", "Exchange2010_SP2": "Exchange2010_SP2"}, []string{day.body()}); n < 100 {
		t.Errorf("only %d availability requests were compared", n)
	}
}

// TestIndentedRequests: white space between elements says nothing, at any depth; other text there is refused.
func TestIndentedRequests(t *testing.T) {
	rank, _ := rankOf(Exchange2016, "Exchange2016")
	const folder = `<t:FolderId Id="AQEuAAADGkRzkKpmEc2byACqAC/EWgMA" ChangeKey="AQAAAA=="/>`
	request := strings.Replace(fmt.Sprintf(requestHead, "Exchange2016", createPosts(folder, 2)), "?><", "?>\n<", 1)
	for depth, between := range []string{"><", ">\n  <", ">\n<!-- x -->\t<"} {
		env, err := readEnvelope(strings.NewReader(strings.ReplaceAll(request, "><", between)))
		if err != nil {
			t.Fatalf("%d: %v", depth, err)
		}
		if err := (&call{req: env.body, profile: Exchange2016, rank: rank}).validate(); err != nil || len(env.body.Child("Items").Children) != 2 {
			t.Errorf("%d: %v, %v", depth, err, env.body)
		}
	}
	if _, err := readEnvelope(strings.NewReader(strings.ReplaceAll(request, "><", "> x <"))); err == nil {
		t.Error("text beside elements is taken")
	}
}

// compareVocabulary compares variants of requests in versions, each with the schemas of a set, and says how many they were.
func compareVocabulary(t *testing.T, sets map[string]string, requests []string) int {
	t.Helper()
	n := 0
	for version, set := range sets {
		rank, _ := rankOf(Exchange2016, version)
		dir := t.TempDir()
		ours, names := map[string]error{}, []string{}
		for _, request := range requests {
			for _, variant := range variants(request) {
				text := strings.Replace(strings.Replace(requestHead, "%s", version, 1), "%s", variant, 1)
				env, err := readEnvelope(strings.NewReader(text))
				if err != nil {
					continue
				}
				name := filepath.Join(dir, strconv.Itoa(n))
				n++
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				ours[name] = (&call{req: env.body, profile: Exchange2016, rank: rank}).validate()
				names = append(names, name)
			}
		}
		cmd := exec.Command("xmllint", append([]string{"--nonet", "--noout", "--schema", filepath.Join(schemas, set, "soap-wrapper.xsd")}, names...)...)
		out, _ := cmd.CombinedOutput()
		for _, name := range names {
			theirs := strings.Contains(string(out), name+" validates\n")
			if (ours[name] == nil) != theirs {
				text, _ := os.ReadFile(name)
				t.Errorf("%s\nwe say %v, the schema of %s says valid: %v", text, ours[name], set, theirs)
			}
		}
	}
	return n
}

// variants are a request and what it becomes with one tag changed.
func variants(request string) []string {
	all := []string{request}
	tags := strings.SplitAfter(request, ">")
	for i, tag := range tags {
		if !strings.HasPrefix(tag, "<") || strings.HasPrefix(tag, "</") {
			continue
		}
		end := i
		if !strings.HasSuffix(tag, "/>") {
			name := strings.TrimRight(strings.SplitN(strings.TrimPrefix(tag, "<"), " ", 2)[0], ">")
			for end++; end < len(tags) && !strings.HasSuffix(tags[end], "</"+name+">"); end++ {
			}
			if end == len(tags) {
				continue
			}
		}
		before, it, after := strings.Join(tags[:i], ""), strings.Join(tags[i:end+1], ""), strings.Join(tags[end+1:], "")
		if i == 0 {
			continue
		}
		all = append(all, before+after, before+it+it+after, before+"<t:Nonsense/>"+it+after)
		// Put it behind its neighbour.
		if end+1 < len(tags) && strings.HasSuffix(tags[end+1], "/>") {
			all = append(all, before+tags[end+1]+it+strings.Join(tags[end+2:], ""))
		}
		if j := strings.IndexByte(tag, ' '); j > 0 {
			bare := tag[:j] + strings.TrimLeft(tag[strings.LastIndexByte(tag, '"')+1:], " ")
			all = append(all, before+bare+strings.Join(tags[i+1:], ""), before+strings.Replace(tag, " ", ` Nonsense="1" `, 1)+strings.Join(tags[i+1:], ""))
		}
	}
	return all
}
