package ews_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/item"
)

// told is what was said of items that a server does not hold, or not as a whole.
type told map[string]string

func (w told) add(r *sync.Report) {
	for _, list := range [][]sync.Outcome{r.Refused, r.Reduced} {
		for _, o := range list {
			w[o.Organization+" "+strings.TrimPrefix(o.Item, "RE: ")] += o.Reason + "; "
		}
	}
}

// withProject has a property of users' own travel.
func (c *chain) withProject(org string) {
	project, err := item.ParseProperty("PublicStrings/Project:String")
	c.must(err)
	c.options[org].Properties = []item.Property{project}
}

// fill makes the samples in a directory, and gives them as payloads.
func (c *chain) fill(org string) map[string]sync.Payload {
	c.Helper()
	ctx := context.Background()
	s, err := archive.Open(c.archives[org], archive.Options{})
	c.must(err)
	defer s.Close()
	all, err := s.Folders(ctx)
	c.must(err)
	made := map[string]plan.Folder{}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		made[name], err = s.CreateFolder(ctx, all[0], name, folders[name], plan.Stamp{})
		c.must(err)
	}
	payloads := map[string]sync.Payload{}
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		x := samples[name]
		p := sync.Payload{Class: x.class, Name: name, Format: x.format, Data: crlf(strings.ReplaceAll(x.data, "SAMPLE", name)), Properties: x.properties, Modified: c.clock.now()}
		for _, r := range s.Create(ctx, made[x.folder], []sync.NewItem{{Payload: p}}) {
			c.must(r.Err)
		}
		payloads[name] = p
	}
	return payloads
}

// said is what a payload says, in lines that can be compared one by one.
func said(p sync.Payload) []string {
	p = item.Canonical(p)
	lines := []string{"class " + p.Class, "format " + string(p.Format)}
	for _, k := range slices.Sorted(maps.Keys(p.Properties)) {
		lines = append(lines, k+" = "+p.Properties[k])
	}
	return append(lines, strings.Split(string(p.Data), "\r\n")...)
}

// everything are the payloads of all folders by the names of the samples.
func (c *chain) everything(org string) map[string]sync.Payload {
	c.Helper()
	all := map[string]sync.Payload{}
	for name := range folders {
		for subject, p := range c.read(org, name) {
			all[nameOf(subject, p)] = p
		}
	}
	return all
}

// nameOf is the sample that a payload is of: a contact is called by its other name, and an answer by what it answers.
func nameOf(subject string, p sync.Payload) string {
	if _, rest, ok := bytes.Cut(p.Data, []byte("\r\nFN:")); ok {
		fn, _, _ := bytes.Cut(rest, []byte("\r\n"))
		return string(fn)
	}
	return strings.TrimPrefix(subject, "RE: ")
}

// partly says, by server and sample, what an administrator is told where an item does not travel as a whole.
var partly = map[string]map[string]string{
	"2007 SP1":  {"list": "distribution list", "contact with a picture": "picture", "zones": "America/New_York"},
	"grommunio": {"list": "distribution list", "contact with a picture": "loses files", "with files": "loses files"},
}

// TestEachClassTravels, property by property, from a directory to a server, to another server, and back to a directory. What a server does
// not hold it says; everything else is the same everywhere.
func TestEachClassTravels(t *testing.T) {
	if testing.Short() {
		t.Skip("a long one, left out of short runs")
	}
	for _, way := range [][2]string{{"2016", "2016"}, {"2016", "2010 SP2"}, {"2016", "2007 SP1"}, {"2016", "grommunio"}, {"2010 SP2", "2016"},
		{"2007 SP1", "2016"}, {"grommunio", "2016"}, {"grommunio", "grommunio"}} {
		t.Run(way[0]+" to "+way[1], func(t *testing.T) {
			c := newChain(t)
			c.directory("source")
			c.directory("target")
			sources := c.fill("source")
			for i, org := range []string{"a", "b"} {
				c.server(org, ewstest.Options{Profile: profiles[way[i]]})
				c.withProject(org)
			}
			for _, hop := range [][2]string{{"source", "a"}, {"a", "b"}, {"b", "target"}} {
				for _, name := range slices.Sorted(maps.Keys(folders)) {
					c.session(hop[0], name, hop[1], name, nil)
				}
			}
			notes := told{}
			for range 3 {
				out := c.apply()
				if out.err != nil {
					t.Fatal(out.err)
				}
				notes.add(out.report)
				if len(out.report.Failed)+len(out.report.Skipped) > 0 {
					t.Errorf("the run fails:\n%s", out.said())
				}
			}
			c.quiet()
			held := map[string]map[string]sync.Payload{"source": sources, "a": c.everything("a"), "b": c.everything("b")}
			for i, hop := range [][2]string{{"source", "a"}, {"a", "b"}} {
				for name := range samples {
					before, there := held[hop[0]][name]
					if !there {
						continue
					}
					after, arrived := held[hop[1]][name]
					told := notes[hop[1]+" "+name] + notes[hop[1]+" "+before.Name]
					d := ""
					if arrived {
						d = cmp.Diff(said(before), said(after))
					}
					want, whole := partly[way[i]][name], partly[way[i]][name] == ""
					switch {
					case whole && !arrived:
						t.Errorf("%s does not reach %s: %s", name, way[i], told)
					case whole && d != "":
						t.Errorf("%s on %s (-before +after) %s\n%s", name, way[i], told, d)
					case !whole && (d != "" || !arrived) && !strings.Contains(told, want):
						t.Errorf("%s on %s: %q is not told, but %q", name, way[i], want, told)
					}
				}
			}
			s, err := archive.Open(c.archives["target"], archive.Options{})
			c.must(err)
			defer s.Close()
			target := map[string]sync.Payload{}
			for name := range folders {
				for subject, p := range payloads(t, s, name) {
					target[nameOf(subject, p)] = p
				}
			}
			for name, p := range held["b"] {
				if d := cmp.Diff(said(p), said(target[name])); d != "" {
					t.Errorf("%s in the directory (-%s +directory)\n%s", name, way[1], d)
				}
			}
		})
	}
}

// TestSecureMailFromAFileStaysSecure: a file of S/MIME says nothing of an item class, without which a server would show an empty message with a file.
func TestSecureMailFromAFileStaysSecure(t *testing.T) {
	const head = "From: a <a@example.org>\nSubject: secret\nDate: Fri, 17 Jun 2016 02:14:41 +0000\nMIME-Version: 1.0\n"
	for class, body := range map[string]string{
		"IPM.Note.SMIME": "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CAMIACAQAx\n",
		"IPM.Note.SMIME.MultipartSigned": "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha1; boundary=s\n\n" +
			"--s\nContent-Type: text/plain\n\nhello\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAG\n--s--\n",
	} {
		for name, profile := range profiles {
			t.Run(class+" to "+name, func(t *testing.T) {
				c := newChain(t)
				c.directory("source")
				c.must(os.MkdirAll(filepath.Join(c.archives["source"], "Mail"), 0o755))
				c.must(os.WriteFile(filepath.Join(c.archives["source"], "Mail", "secret.eml"), crlf(head+body), 0o644))
				c.server("a", ewstest.Options{Profile: profile})
				c.session("source", "Mail", "a", "Mail", nil)
				c.complete()
				c.quiet()
				s, err := archive.Open(c.archives["source"], archive.Options{})
				c.must(err)
				defer s.Close()
				got, want := c.read("a", "Mail")["secret"], payloads(t, s, "Mail")["secret"]
				if got.Class != class {
					t.Errorf("it is a %s", got.Class)
				}
				if d := cmp.Diff(said(want), said(got)); d != "" {
					t.Errorf("-file +server\n%s", d)
				}
			})
		}
	}
}
