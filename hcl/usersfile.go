package hcl

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxUsersFile is the size in bytes that no list of users reaches.
const maxUsersFile = 64 << 20

// maxWrongLines is how many lines of one file are reported.
const maxWrongLines = 10

// usersFile adds to a list of users those of a file: one address, or glob of addresses, a line, in UTF-8, or in UTF-16 with a byte order mark, as
// PowerShell writes it. What follows a # is a comment.
func (s *section) usersFile(into *[]string) {
	var path string
	if s.path("users_file", &path); path == "" {
		return
	}
	name := path
	if rel, err := filepath.Rel(s.dir, path); err == nil {
		name = filepath.ToSlash(rel)
	}
	wrong := func(format string, args ...any) {
		s.failed["users_file"] = true
		s.fail(s.at("users_file"), "Unsuitable file", format, args...)
	}
	data, err := readLimited(path, maxUsersFile)
	if err == nil {
		data, _, err = transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	}
	if err != nil {
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			err = e.Err
		}
		wrong("users_file %s cannot be read: %v.", name, err)
		return
	}
	n, lines, found := 0, 0, 0
	for line := range strings.Lines(string(data)) {
		n++
		line, _, _ = strings.Cut(line, "#")
		pattern := strings.TrimSpace(line)
		if pattern == "" {
			continue
		}
		found++
		user, err := parseUserGlob(pattern)
		if err != nil || strings.ContainsAny(pattern, "\\,;\x00") {
			if lines++; lines <= maxWrongLines {
				wrong("%s:%d: %q is neither an address nor a pattern of addresses. Write one a line, such as ann@contoso.example or *@contoso.example.", name, n, pattern)
			}
			continue
		}
		*into = append(*into, user)
	}
	switch {
	case lines > maxWrongLines:
		wrong("%s has %d more lines of this kind.", name, lines-maxWrongLines)
	case found == 0:
		wrong("users_file %s names nobody. Write one address a line, or leave users_file out for all users.", name)
	}
}
