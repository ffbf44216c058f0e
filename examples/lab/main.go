// Command lab is somewhere to try iorepl out without an Exchange server: it runs two organizations on this computer, with folders, items and
// accounts, writes a configuration for them, and prints how to replicate from one to the other. It ends on Ctrl-C,
// and nothing of it remains.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(lab()) }

func lab() int {
	o := options{in: os.Stdin, out: os.Stdout}
	flag.StringVar(&o.contoso, "contoso", "2016", "server of the publisher: 2007, 2010, 2016 or grommunio")
	flag.StringVar(&o.fabrikam, "fabrikam", "2010", "server of the subscriber: 2007, 2010, 2016 or grommunio")
	flag.IntVar(&o.port, "port", 8451, "port of contoso; fabrikam has the next one; free ones where these are taken, or for 0")
	flag.StringVar(&o.dir, "dir", "", "empty directory for the configuration, which is kept; default one that is removed in the end")
	flag.BoolVar(&o.verbose, "v", false, "print the requests that the organizations get")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "lab takes no arguments, but there is %q\n", flag.Arg(0))
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		if errors.Is(err, errUsage) {
			return 2
		}
		return 1
	}
	return 0
}
