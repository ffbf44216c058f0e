package hcl

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"iorepl/plan"
)

// Matches reports whether a publisher folder is one that the block names; folders below it are not.
func (f *Folder) Matches(publisherPath string) bool {
	pattern, names := plan.Names(f.Path), plan.Names(publisherPath)
	if len(pattern) != len(names) {
		return false
	}
	for i, p := range pattern {
		if !matchName(p, names[i]) {
			return false
		}
	}
	return true
}

// Target is the subscriber folder for a publisher folder that the block Matches, or that lies below such a one.
func (f *Folder) Target(publisherPath string) string {
	if !f.HasTo {
		return publisherPath
	}
	pattern, names := plan.Names(f.Path), plan.Names(publisherPath)
	var matched []string
	for i, p := range pattern {
		if strings.Contains(p, "*") && i < len(names) {
			matched = append(matched, names[i])
		}
	}
	target := ""
	for _, name := range plan.Names(f.To) {
		if name == "*" && len(matched) > 0 {
			name, matched = matched[0], matched[1:]
		}
		target = plan.Join(target, name)
	}
	for _, name := range names[min(len(pattern), len(names)):] {
		target = plan.Join(target, name)
	}
	return target
}

// matchName matches a name with a pattern in which each * stands for any text.
func matchName(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	last := len(parts) - 1
	if !strings.HasPrefix(name, parts[0]) {
		return false
	}
	name = name[len(parts[0]):]
	if !strings.HasSuffix(name, parts[last]) {
		return false
	}
	name = name[:len(name)-len(parts[last])]
	for _, part := range parts[1:last] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return true
}

// parseFolderPath brings a path of the configuration into plan's notation. Its errors are sentences.
func parseFolderPath(s string) (string, error) {
	s = strings.TrimPrefix(s, "/")
	if s == "" {
		return "", nil
	}
	path := ""
	for segment := range strings.SplitSeq(s, "/") {
		if segment == "" {
			return "", errors.New("a slash at its end or two in a row leave a name empty; a slash inside a name is written %2F")
		}
		name := plan.Base(segment)
		switch {
		case name == "." || name == "..":
			return "", errors.New("a path starts at the root and has no . and no .. in it")
		case strings.ContainsFunc(name, unicode.IsControl):
			return "", errors.New("there is a control character in it")
		}
		path = plan.Join(path, name)
	}
	return path, nil
}

// parseFolderPattern is parseFolderPath for a path that may have wildcards.
func parseFolderPattern(s string) (string, error) {
	path, err := parseFolderPath(s)
	if err == nil && strings.Contains(path, "**") {
		err = errors.New("* stands for text within one name; what lies below a folder goes with it by subfolders = true")
	}
	return path, err
}

// parseTarget is parseFolderPath for a path in which whole names may be *, as many as the pattern has names with one.
func parseTarget(pattern string) func(string) (string, error) {
	return func(s string) (string, error) {
		path, err := parseFolderPath(s)
		if err != nil {
			return "", err
		}
		stars := 0
		for _, name := range plan.Names(path) {
			if name == "*" {
				stars++
			} else if strings.Contains(name, "*") {
				return "", errors.New("a * in it is a whole name and takes over the name that the folder's * matched")
			}
		}
		switch want := wildcards(pattern); {
		case stars < want:
			return "", fmt.Errorf("it has to say with %d * where the names go that the folder's * match, or all of them would end in one folder", want)
		case stars > want:
			return "", fmt.Errorf("it has %d * and the folder has %d", stars, want)
		}
		return path, nil
	}
}

// wildcards counts the names with a * in them.
func wildcards(path string) (n int) {
	for _, name := range plan.Names(path) {
		if strings.Contains(name, "*") {
			n++
		}
	}
	return n
}

// parseTargetPath is parseFolderPath for a single folder that is not the root.
func parseTargetPath(s string) (string, error) {
	path, err := parseFolderPath(s)
	switch {
	case err != nil:
	case path == "":
		err = errors.New("it cannot be the root")
	case strings.Contains(path, "*"):
		err = errors.New("it is one folder, without *")
	}
	return path, err
}
