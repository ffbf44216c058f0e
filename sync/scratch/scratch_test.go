package scratch

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	stdsync "sync"
	"testing"

	"pgregory.net/rapid"
)

// opened is a DB that writes to the file as soon as it holds so many bytes.
func opened(t testing.TB, memory int) *DB {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // Windows
	d := &DB{memory: memory}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// truncate makes an open file that has no name any more end after its first page, where the system lets it be found.
func truncate(t *testing.T, path string) {
	t.Helper()
	open, _ := filepath.Glob("/proc/self/fd/*")
	for _, name := range open {
		if to, err := os.Readlink(name); err == nil && strings.HasPrefix(to, path) {
			if err := os.Truncate(name, 4096); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Skip("the file cannot be found")
}

func TestTablesAreOrderedMaps(t *testing.T) {
	for _, memory := range []int{1, 500, 5000, maxFresh} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			d := opened(t, memory)
			rapid.Check(t, func(t *rapid.T) { againstAModel(t, d) })
			if err := d.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// againstAModel does the same with tables and with maps.
func againstAModel(t *rapid.T, d *DB) {
	tables := []*Table{d.Table(), d.Table()}
	model := []map[string]string{{}, {}}
	key := rapid.StringMatching(`[abc]{1,3}`)
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		n := rapid.IntRange(0, 1).Draw(t, "table")
		k := key.Draw(t, "key")
		switch rapid.IntRange(0, 8).Draw(t, "step") {
		default:
			v := rapid.StringMatching(`x{0,40}`).Draw(t, "value")
			tables[n].Put([]byte(k), []byte(v))
			model[n][k] = v
		case 0:
			v := tables[n].Get([]byte(k))
			if want, ok := model[n][k]; string(v) != want || (v != nil) != ok {
				t.Fatalf("%s: got %q, want %q, %v", k, v, want, ok)
			}
		case 1:
			prefix := k[:rapid.IntRange(0, len(k)).Draw(t, "length")]
			var got, want []string
			for k, v := range tables[n].Scan([]byte(prefix)) {
				got = append(got, string(k)+"="+string(v))
			}
			for _, k := range slices.Sorted(maps.Keys(model[n])) {
				if strings.HasPrefix(k, prefix) {
					want = append(want, k+"="+model[n][k])
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%q: got %q, want %q", prefix, got, want)
			}
		case 2:
			if rapid.IntRange(0, 5).Draw(t, "drop") == 0 {
				tables[n].Drop()
				clear(model[n])
			}
		}
	}
}

func TestATableMayBeWrittenWhileItIsScanned(t *testing.T) {
	d := opened(t, 10_000)
	table, other := d.Table(), d.Table()
	const many = 20_000
	for i := range many {
		table.Put(fmt.Appendf(nil, "%08d", i), make([]byte, 50))
	}
	n := 0
	for k, v := range table.Scan(nil) {
		if string(k) != fmt.Sprintf("%08d", n) || len(v) != 50 {
			t.Fatalf("record %d is %s", n, k)
		}
		n++
		other.Put(k, k)
		table.Put(k, append(v, 1))
	}
	if n != many || d.file == nil || len(table.Get([]byte("00019999"))) != 51 || string(other.Get([]byte("00000000"))) != "00000000" {
		t.Errorf("%d records, %v", n, d.Err())
	}
}

func TestGoroutinesShareTables(t *testing.T) {
	d := opened(t, 5000)
	table := d.Table()
	var all stdsync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 1000 {
				key := fmt.Appendf(nil, "%d %d", worker, i)
				table.Put(key, key)
				if got := table.Get(key); !bytes.Equal(got, key) {
					t.Errorf("got %q, want %q", got, key)
				}
			}
		})
	}
	all.Wait()
	n := 0
	for range table.Scan(nil) {
		n++
	}
	if n != 4000 || d.Err() != nil {
		t.Errorf("%d records, %v", n, d.Err())
	}
}

func TestThereIsAFileOnlyForWhatIsMuch(t *testing.T) {
	d := opened(t, 0)
	table := d.Table()
	for i := range 1000 {
		table.Put(fmt.Appendf(nil, "%08d", i), nil)
	}
	if d.file != nil {
		t.Error("there is a file for a few records")
	}
	for i := range 20_000 {
		table.Put(fmt.Appendf(nil, "%08d", i), nil)
	}
	if d.file == nil || d.fresh > maxFresh {
		t.Errorf("%d bytes are in memory", d.fresh)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || len(left) != 0 {
		t.Errorf("%q stays, %v", left, err)
	}
	if d.Err() == nil || table.Get([]byte("00000001")) != nil {
		t.Error("a closed table knows something")
	}
}

func TestWhatIsWrongWithTheFileStays(t *testing.T) {
	t.Run("no directory", func(t *testing.T) {
		d := opened(t, 1)
		t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
		t.Setenv("TMP", filepath.Join(t.TempDir(), "missing"))
		table := d.Table()
		table.Put([]byte("a"), nil)
		if err := d.Err(); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "making a temporary file: ") {
			t.Errorf("got %v", err)
		}
		if table.Get([]byte("a")) != nil {
			t.Error("there is something in a table that could not be written")
		}
	})
	t.Run("full", func(t *testing.T) {
		d := opened(t, 1)
		d.Table().Put([]byte("a"), nil)
		d.file.MaxSize = 1
		table := d.Table()
		for i := range 10_000 {
			table.Put(fmt.Appendf(nil, "%d", i), make([]byte, 4000))
		}
		if err := d.Err(); err == nil || !strings.HasPrefix(err.Error(), "writing the temporary file "+d.path+": ") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("damaged", func(t *testing.T) {
		d := opened(t, 1)
		table := d.Table()
		for i := range 1000 {
			table.Put(fmt.Appendf(nil, "%d", i), make([]byte, 100))
		}
		truncate(t, d.path)
		for range table.Scan(nil) {
			continue
		}
		if err := d.Err(); err == nil || !strings.HasPrefix(err.Error(), "reading the temporary file ") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("keys", func(t *testing.T) {
		for _, key := range [][]byte{nil, make([]byte, MaxKey+1)} {
			d := opened(t, 0)
			d.Table().Put(key, nil)
			if d.Err() == nil {
				t.Errorf("a key of %d bytes", len(key))
			}
		}
	})
}
