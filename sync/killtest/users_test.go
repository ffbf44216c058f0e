package killtest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"iorepl/sync/synctest"
)

// users are the people who work with the files of a world. What they write bears times that depend on nothing but the
// order of their work, so that two worlds in which they did the same are equal.
type users struct {
	*synctest.World
	*shape
	t     testing.TB
	clock time.Time
}

func newUsers(t testing.TB, w *synctest.World, s *shape) *users {
	return &users{World: w, shape: s, t: t, clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

// after lets time pass between two edits.
func (u *users) after(d time.Duration) *users {
	u.clock = u.clock.Add(d)
	return u
}

// write puts any text into a file.
func (u *users) write(org, path, text string) {
	u.t.Helper()
	u.Put(u.t, org, path, text)
	u.after(time.Minute)
	u.must(os.Chtimes(u.Path(org, path), u.clock, u.clock))
}

// post writes a message.
func (u *users) post(org, path, text string) {
	u.t.Helper()
	u.write(org, path, synctest.Message(path, text))
}

func (u *users) remove(org, path string) {
	u.t.Helper()
	_, err := os.Lstat(u.Path(org, path))
	u.must(errors.Join(err, os.RemoveAll(u.Path(org, path))))
}

func (u *users) rename(org, from, to string) {
	u.t.Helper()
	u.must(os.Rename(u.Path(org, from), u.Path(org, to)))
}

func (u *users) mkdir(org, path string) {
	u.t.Helper()
	u.must(os.MkdirAll(u.Path(org, path), 0o755))
}

// folderFile changes fields of a folder's .folder.json.
func (u *users) folderFile(org, path string, fields map[string]any) {
	u.t.Helper()
	file := u.Path(org, path, ".folder.json")
	record := map[string]any{}
	b, err := os.ReadFile(file)
	if !errors.Is(err, fs.ErrNotExist) {
		u.must(err)
		u.must(json.Unmarshal(b, &record))
	}
	for k, v := range fields {
		record[k] = v
	}
	b, err = json.Marshal(record)
	u.must(err)
	u.must(os.WriteFile(file, b, 0o644))
}

func (u *users) must(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
}

// task and event are calendar objects of two classes.
func event(text string) string { return calendar("VEVENT", text) }
func task(text string) string  { return calendar("VTODO", text) }

func calendar(kind, text string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:" + kind + "\r\nUID:1@contoso.example\r\nDTSTAMP:20260301T120000Z\r\n" +
		"DTSTART:20260302T090000Z\r\nSUMMARY:Meeting\r\nDESCRIPTION:" + text + "\r\nEND:" + kind + "\r\nEND:VCALENDAR\r\n"
}

func card(text string) string {
	return "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Lovelace\r\nNOTE:" + text + "\r\nEND:VCARD\r\n"
}
