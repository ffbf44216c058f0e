package ews_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/rpc"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"testing"

	"iorepl/sync/ews/ewstest"
	"iorepl/sync/ews/soap"
)

// The servers of a benchmark keep everything in memory, so they run in a process of their own: this test, which tells on standard output
// where it listens, and ends with standard input.
func TestServeBenchmark(t *testing.T) {
	if os.Getenv("IOREPL_BENCH_SERVE") == "" {
		t.Skip("only the benchmarks run this, in a process of its own")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &control{}
	addresses := []string{l.Addr().String()}
	for side, domain := range benchDomains {
		address, err := c.serve(side, domain)
		if err != nil {
			t.Fatal(err)
		}
		addresses = append(addresses, address)
	}
	r := rpc.NewServer()
	if err := r.RegisterName("Control", c); err != nil {
		t.Fatal(err)
	}
	go r.Accept(l)
	fmt.Println("serving", strings.Join(addresses, " "))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// benchDomains are the organizations: publisher and subscriber.
var benchDomains = [2]string{"contoso.test", "fabrikam.test"}

// benchRoot is the folder that is replicated.
const benchRoot = "Replicated"

// control is what the benchmark can ask the servers for, beside what anybody can.
type control struct {
	servers   [2]*ewstest.Server
	snapshots [2]*ewstest.Snapshot

	mu       stdsync.Mutex
	record   bool
	requests []Recorded
	open     map[int]bool // of requests: not answered yet
}

// Recorded is a request as it came.
type Recorded struct {
	Side  int
	Body  []byte
	After []int // writes that had been answered before, as far as this request may depend on them
}

// Fill says what the publisher holds.
type Fill struct {
	Folders, Items int // Items in all
	Size           int // bytes of a message, or of its attachment
	Attachment     bool
}

func (c *control) serve(side int, domain string) (string, error) {
	s := ewstest.New(ewstest.Options{Profile: ewstest.Exchange2016, Domain: domain, MaxRequest: 256 << 20})
	s.AddUser("iorepl", "secret", "iorepl@"+domain)
	if err := s.SetPermission("", "iorepl@"+domain, ewstest.Owner); err != nil {
		return "", err
	}
	if _, err := s.User("anna@"+domain).AddFolder(benchRoot, "IPF.Note"); err != nil {
		return "", err
	}
	c.servers[side] = s
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go (&http.Server{ConnContext: s.ConnContext, Handler: c.recorder(side, s.Handler())}).Serve(l)
	return l.Addr().String(), nil
}

// recorder keeps the bodies of requests while that is wanted.
func (c *control) recorder(side int, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		record := c.record && r.ContentLength > 0
		c.mu.Unlock()
		if !record {
			next.ServeHTTP(w, r)
			return
		}
		body := bytes.NewBuffer(make([]byte, 0, r.ContentLength))
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(r.Body, body), r.Body}
		c.mu.Lock()
		i := len(c.requests)
		request := Recorded{Side: side}
		for n := range c.requests {
			if !c.open[n] && c.requests[n].Side == side {
				request.After = append(request.After, n)
			}
		}
		c.requests, c.open[i] = append(c.requests, request), true
		c.mu.Unlock()
		next.ServeHTTP(w, r)
		c.mu.Lock()
		c.requests[i].Body = body.Bytes()
		delete(c.open, i)
		c.mu.Unlock()
	})
}

// Fill makes the publisher's folders and items.
func (c *control) Fill(f Fill, _ *struct{}) error {
	user := c.servers[0].User("anna@contoso.test")
	item := soap.T("Message", soap.T("MimeContent", benchMessage(f)), soap.T("ItemClass", "IPM.Note"))
	for i := range f.Folders {
		path := fmt.Sprintf("%s/Folder %04d", benchRoot, i)
		if _, err := user.AddFolder(path, "IPF.Note"); err != nil {
			return err
		}
		n := f.Items / f.Folders
		if i < f.Items%f.Folders {
			n++
		}
		if err := user.AddItems(path, n, item); err != nil {
			return err
		}
	}
	return nil
}

// benchMessage is a message of a size, or one with an attachment of it.
func benchMessage(f Fill) []byte {
	head := "From: Ada <ada@contoso.test>\r\nTo: Board <board@contoso.test>\r\nSubject: Quarterly figures\r\nDate: Mon, 2 Nov 2026 09:00:00 +0000\r\n" +
		"Message-ID: <1@contoso.test>\r\nMIME-Version: 1.0\r\n"
	text := "Content-Type: text/plain; charset=utf-8\r\n\r\n"
	if !f.Attachment {
		pad := strings.Repeat("Lorem ipsum dolor sit amet, consetetur sadipscing elitr.\r\n", f.Size/58+1)
		return []byte((head + text + pad)[:max(f.Size, len(head+text))])
	}
	data := make([]byte, f.Size)
	seed := uint64(88172645463325252)
	for i := range data {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		data[i] = byte(seed)
	}
	b := &bytes.Buffer{}
	b.WriteString(head + "Content-Type: multipart/mixed; boundary=\"=_x\"\r\n\r\n--=_x\r\n" + text + "See the file.\r\n--=_x\r\n" +
		"Content-Type: application/octet-stream; name=figures.bin\r\nContent-Disposition: attachment; filename=figures.bin\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n")
	encoded := base64.StdEncoding.EncodeToString(data)
	for len(encoded) > 0 {
		n := min(76, len(encoded))
		b.WriteString(encoded[:n] + "\r\n")
		encoded = encoded[n:]
	}
	b.WriteString("--=_x--\r\n")
	return b.Bytes()
}

// Snapshot keeps the state of both servers.
func (c *control) Snapshot(struct{}, *struct{}) error {
	for i, s := range c.servers {
		c.snapshots[i] = s.Snapshot()
	}
	return nil
}

// Restore puts back what Snapshot kept.
func (c *control) Restore(struct{}, *struct{}) error {
	for i, s := range c.servers {
		s.Restore(c.snapshots[i])
	}
	return nil
}

// Record begins to keep requests anew, or stops.
func (c *control) Record(on bool, _ *struct{}) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.record = on; on {
		c.requests, c.open = nil, map[int]bool{}
	}
	return nil
}

// Requests are those that were kept. What is asked depends on what was written before; what is written, on all but new items.
func (c *control) Requests(_ struct{}, all *[]Recorded) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	writes := make([]string, len(c.requests))
	for i, r := range c.requests {
		for _, name := range []string{"CreateItem", "CreateFolder", "UpdateItem", "UpdateFolder"} {
			if bytes.Contains(r.Body, []byte("<m:"+name)) {
				writes[i] = name
			}
		}
	}
	for i := range c.requests {
		r := &c.requests[i]
		r.After = slices.DeleteFunc(r.After, func(n int) bool { return writes[n] == "" || writes[n] == "CreateItem" && writes[i] != "" })
	}
	*all, c.requests = c.requests, nil
	return nil
}

// Log is what a server was asked since the last call.
func (c *control) Log(side int, all *[]ewstest.Request) error {
	*all = c.servers[side].Log()
	c.servers[side].ClearLog()
	return nil
}
