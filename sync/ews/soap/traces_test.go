package soap_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iorepl/sync/ews/soap"
)

// lastAnswers says what the last answer of each recorded transcript means, as both servers word it.
var lastAnswers = map[string]string{
	"Exchange2007_SP1/create_distinguished_folder_subfolder":                       "success",
	"Exchange2007_SP1/create_existing_folder":                                      "exists ErrorFolderExists",
	"Exchange2007_SP1/create_folder_with_invalid_distinguished_parent_id":          "fault ErrorSchemaValidation",
	"Exchange2007_SP1/create_folder_with_invalid_non_distinguished_parent_id":      "denied ErrorNonExistentMailbox",
	"Exchange2007_SP1/create_folder_with_malformed_parent_id":                      "fault ErrorInvalidIdMalformed",
	"Exchange2007_SP1/create_non_distinguished_folder_subfolder":                   "success",
	"Exchange2007_SP1/hard_delete_distinguished_folder_subfolder":                  "gone ErrorItemNotFound",
	"Exchange2007_SP1/hard_delete_non_distinguished_folder_subfolder":              "gone ErrorItemNotFound",
	"Exchange2007_SP1/hard_delete_root_subfolder":                                  "permanent ErrorDeleteDistinguishedFolder",
	"Exchange2007_SP1/move_folder_to_folder_that_has_subfolder_with_the_same_name": "unknown ErrorMoveCopyFailed",
	"Exchange2007_SP1/move_folder_to_msgfolderroot":                                "success",
	"Exchange2007_SP1/move_folder_to_valid_folder":                                 "success",
	"Exchange2007_SP1/move_invalid_folder_to_valid_folder":                         "fault ErrorInvalidIdMalformed",
	"Exchange2007_SP1/move_valid_folder_to_invalid_folder":                         "fault ErrorInvalidIdMalformed",
	"Exchange2010_SP2/create_distinguished_folder_subfolder":                       "success",
	"Exchange2010_SP2/create_existing_folder":                                      "exists ErrorFolderExists",
	"Exchange2010_SP2/create_folder_with_invalid_distinguished_parent_id":          "fault ErrorSchemaValidation",
	"Exchange2010_SP2/create_folder_with_invalid_non_distinguished_parent_id":      "gone ErrorParentFolderNotFound",
	"Exchange2010_SP2/create_folder_with_malformed_parent_id":                      "fault ErrorInvalidIdMalformed",
	"Exchange2010_SP2/create_non_distinguished_folder_subfolder":                   "success",
	"Exchange2010_SP2/hard_delete_distinguished_folder_subfolder":                  "gone ErrorItemNotFound",
	"Exchange2010_SP2/hard_delete_non_distinguished_folder_subfolder":              "gone ErrorItemNotFound",
	"Exchange2010_SP2/hard_delete_root_subfolder":                                  "permanent ErrorDeleteDistinguishedFolder",
	"Exchange2010_SP2/move_folder_to_folder_that_has_subfolder_with_the_same_name": "unknown ErrorMoveCopyFailed",
	"Exchange2010_SP2/move_folder_to_msgfolderroot":                                "success",
	"Exchange2010_SP2/move_folder_to_valid_folder":                                 "success",
	"Exchange2010_SP2/move_invalid_folder_to_valid_folder":                         "fault ErrorInvalidIdMalformed",
	"Exchange2010_SP2/move_valid_folder_to_invalid_folder":                         "fault ErrorInvalidIdMalformed",
	"Exchange2010_SP2/get_server_time_zones_sync":                                  "", // recorded empty
}

func TestRecordedAnswersDecode(t *testing.T) {
	const traces = "../../../../shared/ews-traces"
	if _, err := os.Stat(traces); err != nil {
		t.Skipf("the recorded answers are not there: %v", err)
	}
	seen := 0
	err := filepath.WalkDir(traces, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "README.md" {
			return err
		}
		seen++
		version, _, _ := strings.Cut(strings.TrimPrefix(filepath.ToSlash(path), traces+"/"), "/")
		last := ""
		for i, text := range answersOf(t, path) {
			if last = verdict(t, text, version); strings.HasPrefix(last, "?") {
				t.Errorf("%s, answer %d: %s", path, i, last)
			}
		}
		if want, ok := lastAnswers[version+"/"+d.Name()]; !ok || last != want {
			t.Errorf("%s ends with %q, want %q", path, last, want)
		}
		return nil
	})
	if err != nil || seen != len(lastAnswers) {
		t.Fatalf("%d transcripts instead of %d: %v", seen, len(lastAnswers), err)
	}
}

// verdict says in words what an answer says; with a question mark in front where it is not as expected.
func verdict(t *testing.T, text, version string) string {
	t.Helper()
	a, err := soap.Decode(strings.NewReader(text), soap.Limits{})
	var page *soap.NotSOAP
	if errors.As(err, &page) && page.Title == "You are not authorized to view this page" {
		return "page"
	}
	var e *soap.Error
	switch {
	case errors.As(err, &e):
		return e.Class.String() + " " + e.Code
	case err != nil:
		return "? " + err.Error()
	case !a.HasServer || a.Server.Version.String() != version:
		return "? server " + a.Server.String()
	case len(a.Messages()) == 0:
		return "? no response messages"
	}
	said := "success"
	for _, m := range a.Messages() {
		if err := soap.ErrorOf(m); errors.As(err, &e) {
			said = e.Class.String() + " " + e.Code
		} else if err != nil || m.Value("ResponseCode") != "NoError" {
			return "? " + m.Value("ResponseCode")
		}
	}
	return said
}

// answersOf are the bodies of the answers in a transcript.
func answersOf(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	body, current := false, ""
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line, ours := strings.CutPrefix(scanner.Text(), "< ")
		switch {
		case !ours:
			if current != "" {
				all = append(all, current)
			}
			body, current = false, ""
		case body:
			current += line + "\n"
		case line == "":
			body = true
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
