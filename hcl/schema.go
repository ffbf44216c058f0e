package hcl

import (
	"fmt"
	"maps"
	"slices"

	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// schema is what may stand in a kind of block.
type schema struct {
	labels int
	attrs  []string
	blocks []string
}

var (
	folderRules = []string{"direction", "subfolders", "deletions", "permissions", "conflict", "restore", "recycle", "include", "exclude",
		"classes", "max_size", "modified_within", "properties", "map"}
	tlsAttrs = []string{"ca_file", "certificate_sha256", "server_name", "tls_legacy"}
)

// schemas knows every block by its type; the file itself is "".
var schemas = map[string]schema{
	"":             {blocks: []string{"settings", "locals", "organization", "public_folders", "free_busy"}},
	"settings":     {attrs: []string{"state", "full_scan"}},
	"organization": {labels: 1, attrs: []string{"id", "max_connections", "max_rate"}, blocks: []string{"archive", "ews", "directory"}},
	"archive":      {attrs: []string{"path", "free_busy"}},
	"ews": {attrs: slices.Concat([]string{"url", "autodiscover", "username", "password", "auth", "keytab", "ticket_cache",
		"allow_plain_text", "proxy", "mailbox", "impersonate", "recovery", "timeout"}, tlsAttrs)},
	"directory": {blocks: []string{"ldap", "csv"}},
	"ldap": {attrs: slices.Concat([]string{"url", "start_tls", "base_dn", "filter", "username", "password", "auth", "allow_plain_text", "timeout"},
		tlsAttrs)},
	"csv": {attrs: []string{"path"}},
	"public_folders": {labels: 1, attrs: slices.Concat([]string{"publisher", "subscribers", "schedule", "quiet_hours"}, folderRules),
		blocks: []string{"folder", "limits"}},
	"folder": {labels: 1, attrs: slices.Concat([]string{"to"}, folderRules), blocks: []string{"limits"}},
	"limits": {attrs: []string{"deletions", "updates"}},
	"free_busy": {labels: 1, attrs: []string{"publisher", "subscribers", "source", "admin_groups", "users", "exclude", "users_file",
		"publish_months", "deletions", "map", "schedule", "quiet_hours"}},
}

// examples shows how an attribute is written.
var examples = map[string]string{
	"admin_groups":       `["First Administrative Group"]`,
	"allow_plain_text":   `true`,
	"auth":               `"ntlm"`,
	"autodiscover":       `"iorepl@contoso.example"`,
	"base_dn":            `"DC=contoso,DC=example"`,
	"ca_file":            `"contoso-ca.pem"`,
	"certificate_sha256": `"5f3a…" (64 hexadecimal digits)`,
	"classes":            `["IPM.Post*", "IPM.Note"]`,
	"conflict":           `"keep-both"`,
	"deletions":          `"items"`,
	"direction":          `"two-way"`,
	"exclude":            `["Drafts", "Old/**"]`,
	"filter":             `"(company=Contoso)"`,
	"free_busy":          `"free-busy"`,
	"full_scan":          `"7d"`,
	"id":                 `"contoso"`,
	"impersonate":        `"replication@contoso.example"`,
	"include":            `["News", "Projects/**"]`,
	"keytab":             `"iorepl.keytab"`,
	"mailbox":            `"replication@contoso.example"`,
	"map":                `{ "ann@contoso.example" = "ann@fabrikam.example", "@contoso.example" = "@fabrikam.example" }`,
	"max_connections":    `4`,
	"max_rate":           `"2MB/s"`,
	"max_size":           `"20MB"`,
	"modified_within":    `"90d"`,
	"password":           `env("CONTOSO_PASSWORD")`,
	"path":               `"fabrikam"`,
	"permissions":        `"mapped"`,
	"properties":         `["PublicStrings/Project", "{00062008-0000-0000-c000-000000000046}/0x8501"]`,
	"proxy":              `"http://proxy.contoso.example:3128"`,
	"publish_months":     `3`,
	"publisher":          `organization.contoso`,
	"quiet_hours":        `["mon-fri 08:00-18:00"]`,
	"recovery":           `"soft"`,
	"recycle":            `"Deleted by replication"`,
	"restore":            `true`,
	"schedule":           `["mon-fri 22:00-06:00", "sat,sun 00:00-24:00"]`,
	"server_name":        `"mail.contoso.example"`,
	"source":             `"availability"`,
	"start_tls":          `true`,
	"state":              `"/var/lib/iorepl"`,
	"subfolders":         `false`,
	"subscribers":        `[organization.fabrikam]`,
	"ticket_cache":       `"/var/lib/iorepl/krb5cc"`,
	"timeout":            `"2m"`,
	"tls_legacy":         `true`,
	"to":                 `"Partners/Contoso" (or "Partners/*" for a folder "Projects/*")`,
	"updates":            `"50%"`,
	"url":                `"https://mail.contoso.example/EWS/Exchange.asmx"`,
	"username":           `"CONTOSO\\iorepl"`,
	"users":              `["*@contoso.example"]`,
	"users_file":         `"users.txt"`,
}

// example is the sentence that shows an attribute, with the unit of a limits block where that differs.
func example(blockType, name string) string {
	e := examples[name]
	switch {
	case blockType == "limits" && name == "deletions":
		e = `"10%"`
	case blockType == "ldap" && name == "url":
		e = `"ldaps://dc1.contoso.example"`
	case blockType == "ldap" && name == "auth":
		e = `"simple"`
	case blockType == "csv" && name == "path":
		e = `"recipients.csv"`
	}
	return fmt.Sprintf("Write it like this: %s = %s", name, e)
}

// checkNames reports attributes and blocks that do not belong into a body of this type, and blocks with a wrong number of labels.
func (l *loader) checkNames(blockType string, body *hclsyntax.Body) {
	s := schemas[blockType]
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		attr := body.Attributes[name]
		switch {
		case slices.Contains(s.attrs, name) || blockType == "locals":
		case slices.Contains(s.blocks, name):
			l.fail(attr.NameRange, "Attribute instead of block", "%s is a block: leave the equals sign out and write %s", name, blockForm(name))
		default:
			l.fail(attr.NameRange, "Unknown attribute", "%s has no attribute %q.%s", where(blockType), name, nameHint(name, s.attrs, attrHome(name)))
		}
	}
	for _, b := range body.Blocks {
		switch {
		case slices.Contains(s.blocks, b.Type):
			if want := schemas[b.Type].labels; len(b.Labels) != want {
				l.badLabels(b, want)
			}
		case slices.Contains(s.attrs, b.Type):
			l.fail(b.TypeRange, "Block instead of attribute", "%s is an attribute and needs an equals sign. %s", b.Type, example(blockType, b.Type))
		default:
			l.fail(b.TypeRange, "Unknown block", "%s has no block %q.%s", where(blockType), b.Type, nameHint(b.Type, s.blocks, blockHome(b.Type)))
		}
	}
}

func (l *loader) badLabels(b *hclsyntax.Block, want int) {
	if want == 0 {
		l.fail(b.LabelRanges[0], "Label not wanted", "A block %q has no label: write %s", b.Type, blockForm(b.Type))
		return
	}
	rng := b.TypeRange
	if len(b.LabelRanges) > 1 {
		rng = b.LabelRanges[1]
	}
	l.fail(rng, "Wrong number of labels", "A block %q has one label: write %s", b.Type, blockForm(b.Type))
}

func blockForm(blockType string) string {
	if schemas[blockType].labels == 1 {
		return blockType + ` "NAME" { … }`
	}
	return blockType + " { … }"
}

func where(blockType string) string {
	if blockType == "" {
		return "The top level of a configuration"
	}
	return fmt.Sprintf("A block %q", blockType)
}

// nameHint is a question about a near name, or says where the name belongs, or lists what there is.
func nameHint(name string, here []string, home string) string {
	switch near := didYouMean(name, here); {
	case home != "":
		return fmt.Sprintf(" It belongs into %s.", home)
	case near != "":
		return near
	case len(here) == 0:
		return " It has none at all."
	default:
		return fmt.Sprintf(" It takes %s.", quoteList(here))
	}
}

func attrHome(name string) string {
	return homes(func(s schema) bool { return slices.Contains(s.attrs, name) })
}

func blockHome(name string) string {
	return homes(func(s schema) bool { return slices.Contains(s.blocks, name) })
}

// homes names the blocks that have something, or "".
func homes(has func(schema) bool) string {
	var types []string
	for _, t := range slices.Sorted(maps.Keys(schemas)) {
		if has(schemas[t]) {
			types = append(types, t)
		}
	}
	switch {
	case len(types) == 0:
		return ""
	case types[0] == "":
		return "the top level"
	}
	return "a block " + quoteList(types)
}

// only returns the one block of a type that may stand once in a body, or nil.
func (l *loader) only(body *hclsyntax.Body, blockType string) *hclsyntax.Block {
	var first *hclsyntax.Block
	for _, b := range body.Blocks {
		switch {
		case b.Type != blockType:
		case first == nil:
			first = b
		default:
			l.fail(b.DefRange(), "Block given twice", "There is a block %q already (%s). Keep one of them.", blockType, at(first.DefRange()))
		}
	}
	return first
}

// at names a place in running text.
func at(r hashihcl.Range) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }
