package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"

	"iorepl/plan"
)

// folderFile lies in a directory and holds what a directory cannot.
const folderFile = ".folder.json"

// maxFolderFile is far above what a permission list of any size takes.
const maxFolderFile = 16 << 20

// folderRecord is the content of .folder.json. People may write it by hand, for the class and the permissions; all
// fields may be missing.
//
// Before a directory is renamed, the record gets its new content and, in Was, the old; while the directory is still
// where Was says, Was is what counts. So a rename and everything that goes with it happen at once.
type folderRecord struct {
	Key         plan.Digest   `json:"key,omitzero"`
	Path        string        `json:"path,omitempty"` // of the directory at the last write, to tell a copy from the original
	Name        *string       `json:"name,omitempty"` // true name, where the directory's does not say it
	Class       string        `json:"class,omitempty"`
	Stamp       plan.Stamp    `json:"stamp,omitzero"`
	Marker      string        `json:"marker,omitempty"`
	Permissions permissionMap `json:"permissions,omitzero"`
	Items       int           `json:"items,omitempty"` // lines that the log has at least, see witness.go
	Was         *folderRecord `json:"was,omitempty"`
}

// permissionMap is a permission list as people write it: {"Default": "Reviewer", "anna@contoso.example": "Owner"}.
type permissionMap map[string]plan.Rights

// parseFolder reads .folder.json of the directory rel. A word that it does not know is an error: a misspelled
// "permissions" must not open a folder to everybody.
func parseFolder(data []byte, rel string) (folderRecord, error) {
	var rec folderRecord
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	d.DisallowUnknownFields()
	if err := d.Decode(&rec); err != nil {
		return folderRecord{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return folderRecord{}, fmt.Errorf("something follows the closing brace")
	}
	if rec.Was != nil && rec.Was.Path == rel {
		rec = *rec.Was
	}
	rec.Was = nil
	if rec.Name != nil && norm.NFC.String(path.Base(rec.Path)) != norm.NFC.String(path.Base(rel)) {
		rec.Name = nil // somebody renamed the directory
	}
	return rec, nil
}

func (r folderRecord) marshal() ([]byte, error) {
	b, err := json.MarshalIndent(r, "", "  ")
	return append(b, '\n'), err
}

// list is the permission list in order, with addresses in lower case.
func (m permissionMap) list() plan.Permissions {
	var p plan.Permissions
	for who, rights := range m {
		p = append(p, plan.Permission{Who: canonicalWho(who), Rights: rights})
	}
	return p.Sort()
}

func permissionsOf(p plan.Permissions) permissionMap {
	m := permissionMap{}
	for _, e := range p {
		m[canonicalWho(e.Who)] = e.Rights
	}
	return m
}

func canonicalWho(who string) string {
	for _, w := range []string{plan.Default, plan.Anonymous} {
		if strings.EqualFold(w, who) {
			return w
		}
	}
	return strings.ToLower(who)
}

// rootPermissions are what Exchange gives a new public folder tree.
func rootPermissions() plan.Permissions {
	author, _ := plan.ParseRights("Author")
	return plan.Permissions{{Who: plan.Default, Rights: author}, {Who: plan.Anonymous}}
}
