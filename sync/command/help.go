package command

// What the help of a command says beside its flags.
const (
	AppHelp = `What is wanted stands in HCL files. Run validate, look at what plan prints, then run apply; run apply
again and again, from cron or as a scheduled task. Every command takes its configuration by --config.

Exit codes:
    0  done                          5  locked by another run
    1  failed                       64  usage
    2  changes are pending,         70  a mistake in the program
       from plan --detailed-exitcode
    3  applied in part              78  configuration
    4  refused by a gate or by     130  interrupted
       --expect-plan, nothing written`

	ValidateHelp = `Reports every mistake of the configuration at once, without connecting to anything. With --online it also
opens the organizations and checks what it can without writing: that they answer, that the folders are there, and that
the accounts may do in Exchange's folders what the sessions need. What an account lacks comes with the command that grants it.
For free/busy it reads the directories and some users' times, and asks the subscriber about somebody who was published before.

Examples:
    iorepl validate
    iorepl validate -c /etc/iorepl --online`

	PlanHelp = `Prints what apply would do and changes nothing. The last line has the digest of the plan, by which an apply can
be held to it. Schedules and quiet hours do not matter to a plan.

Examples:
    iorepl plan
    iorepl plan --only news --only "staff/Projects/2025, draft"
    iorepl plan --json --detailed-exitcode > plan.json`

	ApplyHelp = `Plans, prints the plan, checks the gates of all sessions and carries it out. It may be interrupted at any moment; the
next apply goes on from there. A gate that is shut is passed by approving this very plan: its digest and the gate.

Examples:
    iorepl apply
    iorepl apply --quiet --stop-after 2h --report /var/log/iorepl.json
    iorepl apply --expect-plan X3dKx0aJvT2h1rYfQmPz9A --allow deletions`

	ContactsHelp = `Prints a contact for each user that a free_busy session publishes and whom nobody stands for in a subscriber's directory. It
asks the directories alone and writes nothing anywhere. What keeps contacts that are there from being used goes to standard error.

Examples:
    iorepl contacts --for fabrikam --format powershell > contacts.ps1
    iorepl contacts --for fabrikam --format ldif --unit "OU=Contoso,DC=fabrikam,DC=example" > contacts.ldf`

	FmtHelp = `Prints the files of the configuration in the canonical layout.

Examples:
    iorepl fmt -w
    iorepl fmt --check --diff`

	CompletionHelp = `Examples:
    source <(iorepl completion --shell bash)
    source <(iorepl completion --shell zsh)
    iorepl completion --shell fish | source
    iorepl completion --shell powershell | Out-String | Invoke-Expression`
)
