package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"iorepl/sync/command"
	"iorepl/sync/ews/ewstest"
)

// errUsage is a flag with a value that there is not.
var errUsage = errors.New("wrong value of a flag")

type options struct {
	contoso, fabrikam string // names of profiles
	port              int    // of contoso; 0: free ones
	dir               string // of the configuration; "": one that is removed in the end
	verbose           bool
	in                io.Reader // each line is a piece of work for anna
	out               io.Writer

	started func(contoso, fabrikam *ewstest.Server) // told of the organizations when they are ready; may be nil
}

// run runs the laboratory until ctx ends.
func run(ctx context.Context, o options) (err error) {
	contoso, err := newOrganization("contoso", o.contoso)
	if err != nil {
		return err
	}
	defer contoso.close()
	fabrikam, err := newOrganization("fabrikam", o.fabrikam)
	if err != nil {
		return err
	}
	defer fabrikam.close()
	if err := errors.Join(furnishContoso(contoso), furnishFabrikam(fabrikam)); err != nil {
		return fmt.Errorf("making the folders: %w", err)
	}
	furnishStaff(contoso, fabrikam, time.Now())
	out := &lines{out: o.out}
	for i, org := range []*organization{contoso, fabrikam} {
		port := o.port
		if port != 0 {
			port += i
		}
		if err := org.listen(port, o.verbose, out); err != nil {
			return err
		}
	}
	dir, remove, err := writeConfiguration(o.dir, contoso, fabrikam)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	welcome(out, o, dir, contoso, fabrikam)
	if o.started != nil {
		o.started(contoso.server, fabrikam.server)
	}
	go work(ctx, o.in, out, contoso)
	<-ctx.Done()
	out.printf("\nThe organizations are gone.\n")
	return nil
}

// welcome says what there is and what to do with it.
func welcome(out *lines, o options, dir string, contoso, fabrikam *organization) {
	var b strings.Builder
	b.WriteString("Two Exchange organizations run on this computer until you press Ctrl-C:\n\n")
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, org := range []*organization{contoso, fabrikam} {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", org.name, org.profile, org.url, org.describe)
	}
	_ = table.Flush() // a strings.Builder takes everything
	b.WriteString("\nIn another terminal, in the same directory:\n\n")
	for _, words := range [][]string{{"validate", "--online"}, {"plan"}, {"apply"}, {"plan"}} {
		fmt.Fprintf(&b, "  %s\n", command.Line(append(append([]string{"go", "run", "."}, words...), "-c", dir)))
	}
	fmt.Fprintf(&b, "\nThe first apply copies everything, so the plan after it is empty. Then press Enter here, and anna works in contoso:\nshe edits a post, writes one, deletes one and gets an appointment. Plan again to see just that.\n")
	if fabrikam.readsFolders() {
		b.WriteString("\nFabrikam's Availability service answers about anna from what was replicated; validate --online compares. Nobody stands for carl there yet:\n" +
			"  " + command.Line([]string{"go", "run", ".", "contacts", "--format", "powershell", "-c", dir}) + "\n")
	}
	kept := "removed in the end"
	if o.dir != "" {
		kept = "kept"
	}
	fmt.Fprintf(&b, "\nThe configuration is lab.hcl in the directory named there, which is %s. Other clients of Exchange Web Services may\n"+
		"log in as iorepl, anna (contoso) and bert (fabrikam) with the password %s.", kept, password)
	if !o.verbose {
		b.WriteString(" With -v their requests are shown here.")
	}
	out.printf("%s\n", b.String())
}

// work does some of anna's work for each line.
func work(ctx context.Context, in io.Reader, out *lines, contoso *organization) {
	for n, s := 1, bufio.NewScanner(in); s.Scan() && ctx.Err() == nil; n++ {
		did, err := workday(contoso, n)
		if err != nil {
			out.printf("anna could not work: %v\n", err)
			continue
		}
		out.printf("%s\n", did)
	}
}

// writeConfiguration makes the directory that the configuration is in.
func writeConfiguration(dir string, contoso, fabrikam *organization) (_ string, remove func() error, err error) {
	remove = func() error { return nil }
	if dir == "" {
		if dir, err = os.MkdirTemp("", "iorepl-lab-"); err != nil {
			return "", nil, err
		}
		remove = func() error { return os.RemoveAll(dir) }
	} else {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", nil, err
		}
		// The organizations are new each time, and a state that remembers others would not fit.
		if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
			return "", nil, errors.Join(err, fmt.Errorf("%w: the directory %s is not empty", errUsage, dir))
		}
	}
	if err := configure(dir, contoso, fabrikam); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return dir, remove, nil
}
