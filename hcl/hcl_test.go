package hcl

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	hashihcl "github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/tools/txtar"

	"iorepl/plan"
)

var update = flag.Bool("update", false, "rewrite the golden diagnostics in testdata")

// unpack writes an archive's files into a directory and returns the environment it asks for.
func unpack(t *testing.T, name string) (dir string, archive *txtar.Archive, opts Options) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	env := map[string]string{}
	for _, f := range archive.Files {
		switch f.Name {
		case "diagnostics":
		case "env":
			for line := range strings.Lines(string(f.Data)) {
				k, v, _ := strings.Cut(strings.TrimSpace(line), "=")
				env[k] = v
			}
		default:
			path := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, archive, Options{LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
}

func rendered(dir string, files map[string]*hashihcl.File, diags hashihcl.Diagnostics) string {
	var b bytes.Buffer
	WriteDiagnostics(&b, files, diags, 0, false)
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), dir+string(filepath.Separator), ""), dir, "DIR")
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	names, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			dir, archive, opts := unpack(t, name)
			cfg, files, diags := Load(dir, opts)
			if cfg != nil || !diags.HasErrors() {
				t.Errorf("loaded, want errors")
			}
			got := rendered(dir, files, diags)
			if strings.Contains(got, "hunter2") {
				t.Errorf("a password is shown:\n%s", got)
			}
			last := &archive.Files[len(archive.Files)-1]
			if last.Name != "diagnostics" {
				t.Fatal("the archive does not end in diagnostics")
			}
			if *update {
				last.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(last.Data); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("diagnostics differ (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

func TestSoundConfigurationsLoad(t *testing.T) {
	names, _ := filepath.Glob("testdata/good/*.txtar")
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			dir, _, opts := unpack(t, name)
			if cfg, files, diags := Load(dir, opts); cfg == nil || len(diags) > 0 {
				t.Errorf("%s", rendered(dir, files, diags))
			}
		})
	}
}

func TestCompleteExampleDecodes(t *testing.T) {
	dir, _, opts := unpack(t, "testdata/good/complete.txtar")
	got, files, diags := Load(dir, opts)
	if len(diags) > 0 {
		t.Fatal(rendered(dir, files, diags))
	}
	contoso := &Organization{
		Label: "contoso", ID: "contoso-1", MaxConnections: 8, MaxRate: 2e6,
		EWS: &EWS{
			URL: "https://mail.contoso.example/EWS/Exchange.asmx", Username: `CONTOSO\iorepl`, Password: NewSecret("pass-word-1"), Auth: "basic",
			CertificateSHA256: strings.Repeat("00112233445566778899aabbccddeeff", 2), ServerName: "mail", TLSLegacy: true, AllowPlainText: true,
			Proxy: "http://proxy:3128", Mailbox: "public@contoso.example", Impersonate: "admin@contoso.example", Recovery: "none", Timeout: 30 * time.Second,
		},
		Directory: &Directory{LDAP: &LDAP{
			URL: "ldap://dc1.contoso.example", StartTLS: true, BaseDN: "DC=contoso,DC=example", Filter: "(company=Contoso)", Username: "svc",
			Password: NewSecret("pass-word-2!"), Auth: "ntlm", CAFile: filepath.Join(dir, "ca.pem"), TLSLegacy: true, Timeout: 10 * time.Second,
		}},
	}
	fabrikam := &Organization{
		Label: "fabrikam", ID: "fabrikam", MaxConnections: 4, Archive: &Archive{Path: filepath.Join(dir, "fabrikam"), FreeBusy: filepath.Join(dir, "fabrikam", ".free-busy")},
		Directory: &Directory{CSV: &CSV{Path: filepath.Join(dir, "recipients.csv")}},
	}
	litware := &Organization{
		Label: "litware", ID: "litware", MaxConnections: 4,
		EWS: &EWS{Autodiscover: "iorepl@litware.example", Username: "iorepl@litware.example", Password: NewSecret("pass-word-3"), Auth: "ntlm",
			Recovery: "soft", Timeout: 2 * time.Minute},
	}
	tailspin := &Organization{
		Label: "tailspin", ID: "tailspin", MaxConnections: 4,
		EWS: &EWS{URL: "https://mail.tailspin.example/EWS/Exchange.asmx", Username: "iorepl@TAILSPIN.EXAMPLE", Auth: "kerberos",
			Keytab: filepath.Join(dir, "tailspin.keytab"), Recovery: "soft", Timeout: 2 * time.Minute},
		Directory: &Directory{CSV: &CSV{Path: filepath.Join(dir, "tailspin.csv")}},
	}
	addresses := map[string]string{"ann@contoso.example": "ann@fabrikam.example", "@contoso.example": "@fabrikam.example"}
	session := plan.Rules{
		TwoWay: true, Subfolders: true, Deletions: plan.DeleteItems, Permissions: plan.MappedPermissions, Conflict: plan.NewestWins,
		Map: addresses, ModifiedWithin: 14 * 24 * time.Hour, Recycle: "Deleted/By replication",
		Limits: plan.Limits{Deletions: plan.Limit{Count: 25, IsCount: true}, Updates: plan.Limit{Percent: 50}},
	}
	folder := session
	folder.TwoWay, folder.Deletions, folder.Permissions, folder.Conflict, folder.Restore = false, plan.DeleteItemsAndFolders, plan.DefaultAndAnonymous, plan.KeepBoth, true
	folder.Exclude, folder.Include, folder.Classes, folder.MaxSize = []string{"Drafts", "Old/**"}, []string{"*"}, []string{"IPM.Post*", "IPM.Note"}, 1536
	folder.Properties = []string{"PublicStrings/A/B", "{00062008-0000-0000-c000-000000000046}/0x8501"}
	folder.Limits = plan.Limits{Deletions: plan.Limit{Percent: 12.5}, Updates: plan.Limit{Percent: 100}}
	want := &Config{
		Dir:           dir,
		Settings:      Settings{State: filepath.Join(dir, "state"), FullScan: 36 * time.Hour},
		Organizations: []*Organization{contoso, fabrikam, litware, tailspin},
		PublicFolders: []*PublicFolders{{
			Name: "news", Publisher: contoso, Subscribers: []*Organization{fabrikam, tailspin},
			Folders: []*Folder{
				{Label: "/Marketing/Announce%2fments", Path: "Marketing/Announce%2Fments", To: "Partners/Contoso", HasTo: true, Rules: folder},
				{Label: "Projects/*", Path: "Projects/*", Rules: session},
			},
			Schedule:   []Window{{Days: [7]bool{true, true, false, true, false, false, true}, From: 22 * 60, To: 6 * 60}},
			QuietHours: []Window{{Days: [7]bool{true, true, true, true, true, true, true}, From: 8 * 60, To: 18 * 60}},
		}},
		FreeBusy: []*FreeBusy{
			{Name: "back", Publisher: fabrikam, Subscribers: []*Organization{contoso}, Source: "ifb", PublishMonths: 3},
			{Name: "staff", Publisher: contoso, Subscribers: []*Organization{fabrikam}, Source: "legacy-folder",
				AdminGroups: []string{"First Administrative Group"}, Users: []string{"*@contoso.example", "ann@litware.example"}, Exclude: []string{"boss@contoso.example"},
				PublishMonths: 6, Deletions: plan.DeleteItems,
				Map:      map[string]string{"@contoso.example": "@contoso.partner"},
				Schedule: []Window{{Days: [7]bool{true, true, true, true, true, true, true}, From: 0, To: 24 * 60}}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(hashihcl.Range{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r := got.PublicFolders[0].Folders[1].Range; filepath.Base(r.Filename) != "sessions.hcl" || r.Start.Line != 33 {
		t.Errorf("range of the second folder: %v", r)
	}
	assertNoSecrets(t, got, "pass-word")
}

// assertNoSecrets prints a value in all the ways there are.
func assertNoSecrets(t *testing.T, v any, secret string) {
	t.Helper()
	js, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "v", v)
	out := string(js) + logged.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%p", "%T"} {
		out += fmt.Sprintf(verb, v)
	}
	if strings.Contains(out, secret) || strings.Contains(out, fmt.Sprintf("%x", secret)) {
		t.Errorf("the secret is printed: %s", out)
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	s := NewSecret("hunter2")
	if s.Reveal() != "hunter2" {
		t.Fatal(s.Reveal())
	}
	for _, v := range []any{s, &s, []Secret{s}, map[string]Secret{"a": s}, EWS{Password: s}, struct{ inner Secret }{s}} {
		assertNoSecrets(t, v, "hunter2")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		if got := fmt.Sprintf(verb, s); got != "***" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if js, _ := json.Marshal(s); string(js) != `"***"` {
		t.Errorf("JSON: %s", js)
	}
}

func TestColoredAndNarrowDiagnosticsHideSecretsToo(t *testing.T) {
	dir, _, opts := unpack(t, "testdata/mistakes/secrets.txtar")
	_, files, diags := Load(dir, opts)
	var b bytes.Buffer
	WriteDiagnostics(&b, files, diags, 40, true)
	if !strings.Contains(b.String(), "\x1b[31m") || strings.Contains(b.String(), "hunter2") {
		t.Error(b.String())
	}
}

func TestValuesOfVariablesAreNotPrinted(t *testing.T) {
	expr, _ := hclsyntax.ParseExpression([]byte("local.x"), "x", hashihcl.InitialPos)
	var b bytes.Buffer
	WriteDiagnostics(&b, map[string]*hashihcl.File{"x": {Bytes: []byte("local.x")}}, hashihcl.Diagnostics{{
		Summary: "Wrong", Subject: expr.Range().Ptr(), Expression: expr,
		EvalContext: &hashihcl.EvalContext{Variables: map[string]cty.Value{"local": cty.ObjectVal(map[string]cty.Value{"x": cty.StringVal("hunter2")})}},
	}}, 0, false)
	if strings.Contains(b.String(), "hunter2") {
		t.Error(b.String())
	}
}

func TestSingleFileIsAConfiguration(t *testing.T) {
	dir, _, opts := unpack(t, "testdata/good/mesh.txtar")
	if err := os.WriteFile(filepath.Join(dir, "broken.hcl"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	cfg, files, diags := Load(filepath.Join(dir, "main.hcl"), opts)
	if len(diags) > 0 {
		t.Fatal(rendered(dir, files, diags))
	}
	if cfg.Dir != dir || cfg.Settings.State != filepath.Join(dir, ".iorepl") || cfg.Settings.FullScan != 7*24*time.Hour {
		t.Errorf("dir %s, settings %+v", cfg.Dir, cfg.Settings)
	}
	if _, _, diags := Load(filepath.Join(dir, "none.hcl"), opts); len(diags) != 1 || diags[0].Summary != "Configuration not found" {
		t.Errorf("missing file: %v", diags)
	}
}

func TestHugeFilesAreRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large.hcl")
	if err := os.WriteFile(name, bytes.Repeat([]byte("# x\n"), maxFileSize/4+1), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, diags := Load(name, Options{}); len(diags) != 1 || !strings.Contains(diags[0].Detail, "larger than 1024 kB") {
		t.Errorf("%v", diags)
	}
}
