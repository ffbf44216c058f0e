package plan

import "strings"

// A path names a folder from the root of an organization: names joined by "/", in which a slash inside a name is
// written %2F and a percent sign before "2F" or "25" is written %25. The root is "".

// Join appends a name, which may hold any character, to a path.
func Join(path, name string) string {
	name = escapeName(name)
	if path == "" {
		return name
	}
	return path + "/" + name
}

// Names splits a path into the names of its folders, unescaped. The root has none.
func Names(path string) []string {
	if path == "" {
		return nil
	}
	names := strings.Split(path, "/")
	for i, n := range names {
		names[i] = unescapeName(n)
	}
	return names
}

// Base is the last name of a path, unescaped, and Parent the path without it.
func Base(path string) string {
	return unescapeName(path[strings.LastIndexByte(path, '/')+1:])
}

// Parent is the path of the folder that holds path's folder; the root's is the root.
func Parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return ""
}

// Within reports whether path is root or lies below it.
func Within(path, root string) bool {
	return root == "" || path == root || strings.HasPrefix(path, root+"/")
}

// Relative is the path below root, "" for root itself. path must be Within root.
func Relative(path, root string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, root), "/")
}

// Under puts a relative path below root; either may be "".
func Under(root, relative string) string {
	switch {
	case root == "":
		return relative
	case relative == "":
		return root
	}
	return root + "/" + relative
}

func escapeName(n string) string {
	if !strings.ContainsAny(n, "/%") {
		return n
	}
	n = strings.NewReplacer("%2F", "%252F", "%2f", "%252f", "%25", "%2525").Replace(n)
	return strings.ReplaceAll(n, "/", "%2F")
}

func unescapeName(n string) string {
	if !strings.Contains(n, "%") {
		return n
	}
	return strings.NewReplacer("%2F", "/", "%2f", "/", "%25", "%").Replace(n)
}
