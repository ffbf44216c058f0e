// Command iorepl replicates public folders and free/busy times between organizations: what is wanted is declared in HCL files,
// plan shows what would change, apply changes it once and ends.
//
// This file is its surface: commands, flags, signals and exit codes. The configuration is read by package hcl, decisions
// are made by package plan, and package sync with its stores carries them out.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"iorepl/hcl"
	"iorepl/hcl/rewrite"
	"iorepl/hcl/selection"
	"iorepl/plan"
	"iorepl/sync"
	"iorepl/sync/archive"
	"iorepl/sync/command"
	"iorepl/sync/console"
	"iorepl/sync/console/completion"
	"iorepl/sync/directory"
	"iorepl/sync/ews"
	"iorepl/sync/ews/item"
	"iorepl/sync/ews/transport"
	"iorepl/sync/freebusy"
	"iorepl/sync/freebusy/contacts"
	"iorepl/sync/scratch"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitChanges     = 2 // plan --detailed-exitcode: there is something to do
	exitPartial     = 3
	exitRefused     = 4 // by a gate or by --expect-plan: nothing was written
	exitLocked      = 5
	exitUsage       = 64
	exitPanic       = 70
	exitConfig      = 78
	exitInterrupted = 130
)

// errConfig is a configuration with mistakes, which have been printed.
var errConfig = errors.New("the configuration has mistakes, nothing was done")

// usageError is a command line that cannot be obeyed.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exitCode is the one way from an error to an exit code.
func exitCode(err error) int {
	var usage usageError
	var help cli.ExitCoder // how the library reports a help topic that there is not
	_, panicked := sync.IsPanic(err)
	switch {
	case err == nil:
		return exitDone
	case panicked:
		return exitPanic
	case errors.As(err, &usage), errors.As(err, &help):
		return exitUsage
	case errors.Is(err, errConfig):
		return exitConfig
	case errors.Is(err, command.ErrInterrupted):
		return exitInterrupted
	case errors.Is(err, sync.ErrLocked):
		return exitLocked
	case errors.Is(err, command.ErrRefused):
		return exitRefused
	case errors.Is(err, command.ErrPartial):
		return exitPartial
	case errors.Is(err, command.ErrChanges):
		return exitChanges
	}
	return exitFailed
}

func main() { os.Exit(run()) }

// run runs the command line and watches for signals: the first one lets what is under way end, a second one
// does not wait for it.
func run() int {
	sync.TuneMemory()
	con := console.New(os.Stdout, os.Stderr, os.Getenv, time.Now)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	soft, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	done := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- &sync.PanicError{Value: v, Stack: debug.Stack()}
			}
		}()
		done <- newApp(con, soft).RunContext(ctx, os.Args)
	}()
	var impatient <-chan time.Time
	for {
		select {
		case err := <-done:
			explain(con, err)
			return exitCode(err)
		case <-signals:
			if soft.Err() == nil {
				con.Note("interrupted: what is under way is finished first; interrupt again to stop at once")
				stop(command.ErrInterrupted)
				continue
			}
			cancel()
			impatient = time.After(2 * time.Second) // a system call may hang for longer than anybody wants to wait
		case <-impatient:
			con.Complain("stopped at once")
			return exitInterrupted
		}
	}
}

// explain says on stderr what an error is about.
func explain(con *console.Console, err error) {
	if err == nil || errors.Is(err, command.ErrChanges) {
		return
	}
	con.Complain("%v", err)
	if p, ok := sync.IsPanic(err); ok {
		fmt.Fprintf(con.Stderr(), "This is a mistake in the program, please report it. What was written so far is safe, and the next run goes on from there.\n\n%s", p.Stack)
	}
}

// program is what the commands have in common.
type program struct {
	con  *console.Console
	soft context.Context // done when the run is to end after what is under way
}

func newApp(con *console.Console, soft context.Context) *cli.App {
	p := &program{con, soft}
	a := &cli.App{
		Name: "iorepl", Usage: "replicate public folders and free/busy times between organizations", Description: command.AppHelp, Version: version(),
		EnableBashCompletion:      true,
		DisableSliceFlagSeparator: true, // folder names have commas in them
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              onUsageError,
		Action:                    noCommand,
		Commands: []*cli.Command{
			{Name: "validate", Action: p.validate, Usage: "check the configuration", Description: command.ValidateHelp, Flags: []cli.Flag{
				&cli.BoolFlag{Name: "online", Usage: "also open the organizations, without writing to them"}}},
			{Name: "plan", Action: p.plan, Usage: "show what apply would change", Description: command.PlanHelp, Flags: append(runFlags(),
				&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit 2 if there is something to do"})},
			{Name: "apply", Action: p.apply, Usage: "make the subscribers what the configuration says", Description: command.ApplyHelp, Flags: append(runFlags(),
				&cli.StringFlag{Name: "expect-plan", Usage: "refuse any plan but the one with this `DIGEST`"},
				&cli.StringSliceFlag{Name: "allow", Usage: "pass `GATE` though it is shut; only with --expect-plan; may be repeated"},
				&cli.DurationFlag{Name: "stop-after", Usage: "end after `DURATION`, such as 90m, and say how much is left"})},
			{Name: "contacts", Action: p.contacts, Usage: "print the contacts that free/busy sessions lack", Description: command.ContactsHelp, Flags: []cli.Flag{
				&cli.StringSliceFlag{Name: "only", KeepSpace: true, Usage: "look at `SESSION` alone; may be repeated"},
				&cli.StringFlag{Name: "for", Usage: "print those of `ORGANIZATION` alone, by its id"},
				&cli.StringFlag{Name: "format", Value: "csv", Usage: "print them as `FORMAT`: csv, ldif, powershell"},
				&cli.StringFlag{Name: "unit", Usage: "create them in the organizational unit `DN`; LDIF needs it"}}},
			{Name: "fmt", Action: p.format, Usage: "bring the configuration into the canonical layout", Description: command.FmtHelp, Flags: []cli.Flag{
				&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "write the files that are not in it, and print their names"},
				&cli.BoolFlag{Name: "check", Usage: "print the names of files that are not in it, and exit 1 if there are any"},
				&cli.BoolFlag{Name: "diff", Usage: "print what would change"}}},
			{Name: "version", Action: p.version, Usage: "print the version"},
			{Name: "completion", Action: p.completion, Usage: "print a script that completes commands and flags", Description: command.CompletionHelp, Flags: []cli.Flag{
				&cli.StringFlag{Name: "shell", Value: "bash", Usage: "for `SHELL`: " + strings.Join(completion.Shells(), ", ")}}},
		},
	}
	for _, cmd := range a.Commands {
		cmd.Flags = append(cmd.Flags, commonFlags()...)
		cmd.UsageText = "iorepl " + cmd.Name + " [options]"
		cmd.HideHelpCommand = true
		cmd.OnUsageError = onUsageError
		cmd.Before = p.prepare
	}
	return a
}

func commonFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Value: ".", EnvVars: []string{"IOREPL_CONFIG"}, Usage: "read this `FILE`, or all *.hcl files of this directory"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing unless something is wrong, or asked for, by --json, contacts, fmt or completion"},
		&cli.StringFlag{Name: "log-level", Value: "warn", Usage: "log from this `LEVEL` on: debug, info, warn, error"},
		&cli.StringFlag{Name: "log-format", Value: "text", Usage: "log in this `FORMAT`: text, json"},
		&cli.BoolFlag{Name: "no-color", Usage: "print without colour, as NO_COLOR in the environment does"},
	}
}

// runFlags are those of plan and apply.
func runFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "only", KeepSpace: true, Usage: "narrow the run to `SESSION[/FOLDER]`, a publisher folder; may be repeated"},
		&cli.BoolFlag{Name: "adopt", Usage: "link equal items that both sides already hold"},
		&cli.IntFlag{Name: "parallelism", Value: 4, Usage: "`N` requests at a time to each organization, 1 to 64"},
		&cli.BoolFlag{Name: "json", Usage: "print one JSON document"},
		&cli.BoolFlag{Name: "strict", Usage: "let the digest cover every change, also new and edited items"},
		&cli.StringFlag{Name: "report", Usage: "write the JSON document to `FILE` too, also after a failure"},
	}
}

// onUsageError is told of flags that the library cannot make sense of.
func onUsageError(c *cli.Context, err error, isCommand bool) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	name = strings.TrimPrefix(name, "-")
	switch {
	case unknown && !isCommand:
		return usagef("there is no flag %q before the command; flags follow it, as in iorepl plan -c DIR", "-"+name)
	case unknown:
		var names []string
		for _, f := range c.Command.Flags {
			names = append(names, f.Names()...)
		}
		return usagef("%s has no flag --%s.%s Run iorepl %[1]s --help", c.Command.Name, name, command.DidYouMean("--", name, names))
	}
	if name, found := strings.CutPrefix(err.Error(), "flag needs an argument: -"); found {
		if name = "-" + strings.TrimPrefix(name, "-"); len(name) > 2 {
			name = "-" + name
		}
		return usagef("%s needs an argument. Run iorepl %s --help", name, c.Command.Name)
	}
	if bad, found := strings.CutPrefix(err.Error(), "invalid "); found {
		_, bad, _ = strings.Cut(bad, "value ")
		value, rest, _ := strings.Cut(bad, " for ")
		name, _, _ := strings.Cut(strings.TrimPrefix(rest, "flag "), ":")
		for _, f := range c.Command.Flags {
			if d, ok := f.(cli.DocGenerationFlag); ok && slices.Contains(f.Names(), strings.TrimLeft(name, "-")) {
				return usagef("--%s cannot be %s: %s", f.Names()[0], value, strings.ReplaceAll(d.GetUsage(), "`", ""))
			}
		}
	}
	return usageError{err}
}

func noCommand(c *cli.Context) error {
	if c.Args().Len() == 0 {
		return errors.Join(cli.ShowAppHelp(c), usagef("a command is missing"))
	}
	var names []string
	for _, cmd := range c.App.Commands {
		names = append(names, cmd.Name)
	}
	return usagef("there is no command %q.%s Run iorepl --help", c.Args().First(), command.DidYouMean("", c.Args().First(), names))
}

// prepare sets up the console and refuses arguments, behind which the library would ignore every flag.
func (p *program) prepare(c *cli.Context) error {
	choices := console.Choices{NoColor: c.Bool("no-color"), Quiet: c.Bool("quiet")}
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, ok := levels[c.String("log-level")]
	if !ok {
		return usagef("--log-level is debug, info, warn or error, not %q", c.String("log-level"))
	}
	choices.Level = level
	switch c.String("log-format") {
	case "text":
	case "json":
		choices.JSON = true
	default:
		return usagef("--log-format is text or json, not %q", c.String("log-format"))
	}
	p.con.Configure(choices)
	if c.Args().Len() > 0 {
		return usagef("%s takes no arguments, but there is %q; a value follows its flag, as in iorepl %[1]s -c DIR", c.Command.Name, c.Args().First())
	}
	return nil
}

// load reads the configuration and prints what is wrong with it.
func (p *program) load(c *cli.Context) (*hcl.Config, error) {
	cfg, files, diags := hcl.Load(c.String("config"), hcl.Options{})
	hcl.WriteDiagnostics(p.con.Stderr(), files, diags, p.con.Width(), p.con.ColorDiagnostics())
	if diags.HasErrors() {
		return nil, errConfig
	}
	if len(cfg.PublicFolders)+len(cfg.FreeBusy) == 0 {
		p.con.Complain("%s: the configuration has no session, public_folders or free_busy, so nothing is replicated", c.String("config"))
	}
	return cfg, nil
}

func (p *program) validate(c *cli.Context) error {
	cfg, err := p.load(c)
	if err != nil {
		return err
	}
	if c.Bool("online") {
		job, err := p.job(c, cfg, nil)
		if err != nil {
			return err
		}
		for _, o := range cfg.Organizations {
			job.Open[o.ID] = p.opener(cfg, o) // also what no session needs yet
		}
		if err := job.Look(p.soft); err != nil {
			return err
		}
	}
	if p.con.Quiet() {
		return nil
	}
	_, err = fmt.Fprintf(p.con.Stdout(), "Configuration is valid: %s, %s.\n",
		command.Count(len(cfg.Organizations), "organization"), command.Count(len(cfg.PublicFolders)+len(cfg.FreeBusy), "session"))
	return err
}

func (p *program) plan(c *cli.Context) error {
	job, err := p.start(c, nil)
	if err != nil {
		return err
	}
	return job.Plan(p.soft, c.Bool("detailed-exitcode"))
}

func (p *program) apply(c *cli.Context) error {
	a := command.Approval{StopAfter: c.Duration("stop-after")}
	digest, err := plan.ParseDigest(c.String("expect-plan"))
	switch {
	case err != nil || c.IsSet("expect-plan") && digest.IsZero():
		return usagef("--expect-plan takes the digest that plan prints last, 22 characters, not %q", c.String("expect-plan"))
	case c.IsSet("allow") && digest.IsZero():
		return usagef("--allow passes a gate for one plan only; add --expect-plan with its digest")
	case c.IsSet("stop-after") && a.StopAfter <= 0:
		return usagef("--stop-after takes a time above zero, such as 90m, not %s", a.StopAfter)
	}
	for _, g := range c.StringSlice("allow") {
		if !slices.Contains(plan.Gates(), plan.Gate(g)) {
			return usagef("there is no gate %q; the gates are %v", g, plan.Gates())
		}
		a.Allow = append(a.Allow, plan.Gate(g))
	}
	a.Expect = digest
	now := time.Now()
	job, err := p.start(c, &now)
	if err != nil {
		return err
	}
	return job.Apply(c.Context, p.soft, a)
}

// start prepares a job, that of an apply if now is given. Where it fails, the report says so.
func (p *program) start(c *cli.Context, now *time.Time) (*command.Job, error) {
	if n := c.Int("parallelism"); n < 1 || n > 64 {
		return nil, usagef("--parallelism is between 1 and 64, not %d", n)
	}
	if err := command.CheckReport(c.String("report")); err != nil {
		return nil, usagef("--report names a file that cannot be written: %v", err)
	}
	cfg, err := p.load(c)
	if err == nil {
		var job *command.Job
		if job, err = p.job(c, cfg, now); err == nil {
			return job, nil
		}
	}
	var failed any = &sync.Report{FormatVersion: plan.FormatVersion, Result: "failed", Error: err.Error()}
	if now == nil {
		failed = &plan.Document{FormatVersion: plan.FormatVersion, Pairs: []plan.DocPair{}, Errors: []string{err.Error()}, Summary: plan.Summary{Errors: 1}, Strict: c.Bool("strict")}
	}
	return nil, errors.Join(err, command.WriteReport(c.String("report"), failed))
}

// again is the command line of an apply that plans the same, but for flags that job knows.
func again(c *cli.Context) []string {
	line := []string{"iorepl", "apply"}
	if c.IsSet("config") {
		line = append(line, "--config", c.String("config"))
	}
	for _, only := range c.StringSlice("only") {
		line = append(line, "--only", only)
	}
	return line
}

// job is the selected part of the configuration as package sync knows it.
func (p *program) job(c *cli.Context, cfg *hcl.Config, now *time.Time) (*command.Job, error) {
	part, err := selection.Parse(c.StringSlice("only")).Of(cfg, now)
	if err != nil {
		return nil, usageError{err}
	}
	job := &command.Job{Console: p.con, State: cfg.Settings.State, Open: map[string]command.Open{}, Wants: part.Wants, Resting: part.Resting, Now: time.Now(),
		Adopt: c.Bool("adopt"), Parallelism: c.Int("parallelism"), JSON: c.Bool("json"), Strict: c.Bool("strict"), Again: again(c), Report: c.String("report")}
	for _, o := range cfg.Organizations {
		job.Known = append(job.Known, o.ID)
	}
	for _, f := range part.FreeBusy {
		session := freebusy.Session{Name: f.Name, Place: selection.Place(cfg, f.Range), Publisher: f.Publisher.ID, Source: f.Source, AdminGroups: f.AdminGroups,
			Users: f.Users, Exclude: f.Exclude, Months: f.PublishMonths, Deletions: f.Deletions == plan.DeleteItems, Map: f.Map}
		job.Open[f.Publisher.ID] = p.opener(cfg, f.Publisher)
		for _, o := range f.Subscribers {
			job.Open[o.ID] = p.opener(cfg, o)
			session.Subscribers = append(session.Subscribers, o.ID)
		}
		job.FreeBusy = append(job.FreeBusy, session)
	}
	job.Holds = func(id string, store sync.Store) (*freebusy.Organization, error) { return p.holds(cfg, id, store) }
	for _, s := range part.Sessions {
		session := sync.Session{Name: s.Name, Publisher: s.Publisher.ID}
		job.Open[s.Publisher.ID] = p.opener(cfg, s.Publisher)
		for _, o := range s.Subscribers {
			job.Open[o.ID] = p.opener(cfg, o)
			session.Subscribers = append(session.Subscribers, o.ID)
		}
		for _, f := range s.Folders {
			session.Blocks = append(session.Blocks, sync.Block{Path: f.Path, Pattern: strings.Contains(f.Path, "*"), Matches: f.Matches, Target: f.Target,
				Source: selection.Place(cfg, f.Range), Rules: f.Rules})
		}
		job.Sessions = append(job.Sessions, session)
	}
	return job, nil
}

// opener opens an organization.
func (p *program) opener(cfg *hcl.Config, o *hcl.Organization) command.Open {
	return func(ctx context.Context, cache string) (sync.Store, error) {
		var store sync.Store
		var err error
		if readOnly := selection.Published(cfg, o); o.EWS != nil {
			store, err = p.exchange(ctx, cfg, o, cache, readOnly)
		} else {
			store, err = archive.Open(o.Archive.Path, archive.Options{Cache: cache, ReadOnly: readOnly})
			if err == nil && selection.WithExchange(cfg) {
				store = sync.Canonical(store, item.Canonical)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("organization %s: %w", o.ID, err)
		}
		return sync.Limit(store, o.MaxConnections, o.MaxRate), nil
	}
}

// holds is what an organization has for sessions of free/busy; without an open store, its directory alone.
func (p *program) holds(cfg *hcl.Config, id string, store sync.Store) (*freebusy.Organization, error) {
	o := cfg.Organizations[slices.IndexFunc(cfg.Organizations, func(o *hcl.Organization) bool { return o.ID == id })]
	organization := &freebusy.Organization{ID: id, Files: o.Archive != nil, Directory: func(ctx context.Context, db *scratch.DB) (*directory.Directory, error) {
		return directory.Open(ctx, db, p.directory(o))
	}}
	if store == nil {
		return organization, nil
	}
	if exchange, ok := sync.As[*ews.Store](store); ok {
		organization.Folder, organization.Availability = exchange.LegacyFreeBusy(), exchange.Availability()
		return organization, nil
	}
	files, err := archive.OpenFreeBusy(o.Archive.FreeBusy, archive.Options{ReadOnly: selection.Published(cfg, o)})
	if err != nil {
		return nil, fmt.Errorf("organization %s: %w", o.ID, err)
	}
	organization.Folder, organization.Close = files, files.Close
	return organization, nil
}

// directory is how an organization's users and contacts are looked up.
func (p *program) directory(o *hcl.Organization) directory.Options {
	opts := directory.Options{Log: p.con.Logger().With("organization", o.ID)}
	if csv := o.Directory.CSV; csv != nil {
		opts.CSV = &directory.CSV{Path: csv.Path}
	}
	if l := o.Directory.LDAP; l != nil {
		opts.LDAP = &directory.LDAP{URL: l.URL, StartTLS: l.StartTLS, BaseDN: l.BaseDN, Filter: l.Filter, Username: l.Username, Password: l.Password.Reveal(), Auth: l.Auth,
			CAFile: l.CAFile, CertificateSHA256: l.CertificateSHA256, ServerName: l.ServerName, TLSLegacy: l.TLSLegacy, AllowPlainText: l.AllowPlainText, Timeout: l.Timeout}
	}
	return opts
}

// exchange opens an organization in Exchange or grommunio.
func (p *program) exchange(ctx context.Context, cfg *hcl.Config, o *hcl.Organization, cache string, readOnly bool) (sync.Store, error) {
	e := o.EWS
	opts := ews.Options{Autodiscover: e.Autodiscover, Mailbox: e.Mailbox, HardDelete: e.Recovery == "none", ReadOnly: readOnly, Cache: cache, NoFolders: selection.WithoutFolders(cfg, o),
		FullScan: cfg.Settings.FullScan, Log: p.con.Logger().With("organization", o.ID),
		Transport: transport.Config{URL: e.URL, Username: e.Username, Password: e.Password.Reveal(), Auth: e.Auth, Keytab: e.Keytab, TicketCache: e.TicketCache,
			CAFile: e.CAFile, CertificateSHA256: e.CertificateSHA256, ServerName: e.ServerName, TLSLegacy: e.TLSLegacy, AllowPlainText: e.AllowPlainText,
			Proxy: e.Proxy, Timeout: e.Timeout, MaxConnections: o.MaxConnections, Impersonate: e.Impersonate, UserAgent: "iorepl/" + version()}}
	for _, name := range selection.Properties(cfg, o) {
		property, err := item.ParseProperty(name)
		if err != nil {
			return nil, fmt.Errorf("properties: %w", err)
		}
		opts.Properties = append(opts.Properties, property)
	}
	return ews.Open(ctx, opts)
}

func (p *program) contacts(c *cli.Context) error {
	format, unit := c.String("format"), c.String("unit")
	switch {
	case !slices.Contains(contacts.Formats(), format):
		return usagef("--format is csv, ldif or powershell, not %q", format)
	case format == "ldif" && unit == "":
		return usagef("--format ldif needs --unit, such as OU=Partners,DC=fabrikam,DC=example")
	case format == "csv" && unit != "":
		return usagef("--unit has no place in CSV; give it to New-MailContact")
	}
	cfg, err := p.load(c)
	if err != nil {
		return err
	}
	job, err := p.job(c, cfg, nil)
	if err != nil {
		return err
	}
	if to := c.String("for"); to != "" && !slices.Contains(job.Known, to) {
		return usagef("--for names an organization %q, and there are %s", to, strings.Join(job.Known, ", "))
	}
	if c.IsSet("only") && len(job.FreeBusy) == 0 {
		return usagef("--only names no free_busy session, and contacts are missing from no other")
	}
	return job.Contacts(p.soft, c.String("for"), format, unit)
}

func (p *program) format(c *cli.Context) error {
	mode := rewrite.Mode{Write: c.Bool("write"), Check: c.Bool("check"), Diff: c.Bool("diff")}
	if mode.Write && mode.Check {
		return usagef("--write and --check exclude each other: what is written need not be checked")
	}
	n, files, diags, err := rewrite.Files(p.con.Stdout(), c.String("config"), mode)
	hcl.WriteDiagnostics(p.con.Stderr(), files, diags, p.con.Width(), p.con.ColorDiagnostics())
	switch {
	case err != nil:
		return err
	case diags.HasErrors():
		return errConfig
	case mode.Check && n > 0:
		return fmt.Errorf("not in the canonical layout: %s; iorepl fmt --write writes it", command.Count(n, "file"))
	}
	return nil
}

func (p *program) completion(c *cli.Context) error {
	script, err := completion.Script(c.String("shell"))
	if err != nil {
		return usageError{err}
	}
	_, err = p.con.Stdout().Write(script)
	return err
}

func (p *program) version(c *cli.Context) error {
	_, err := fmt.Fprintln(p.con.Stdout(), "iorepl", c.App.Version)
	return err
}

// version is what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return fmt.Sprintf("%s (%s, %s/%s)", info.Main.Version, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}
