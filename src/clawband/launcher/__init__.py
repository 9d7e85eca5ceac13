"""The launcher: what starts each command that an agent runs, confined.

A program of its own, `python -I -S run.py PORT`, run by the gateway in place of the command, with
a ticket in its environment: what stands on a command line can be read by every other command.
It knows nothing else of Clawband and nothing else imports it. It starts in milliseconds, so it
imports only what Python has built in and two extension modules. `docs/containment.md` says what it
holds, and what it does not.

    run       the entry file: small, because Python compiles it at every start
    command   one command from ticket to exit status
    probe     what the kernel offers
    confined  the confined command itself, from the server's order to its exit code
    handover  full containment: the same command line again, as another user
    spawner   the other end of it, a program of its own
    wire      what is asked of and told to the server
    kernel    system calls by number, with `_ctypes` alone
    folders   Landlock: the files that may be read and written
    numbers   the system calls by name, for each architecture
    gate      seccomp: the calls that are refused, and those that are asked about
    confine   what the child does to itself between fork and exec
    temporary the command's own folder
    address   where a `connect` wants to go
    watch     answers the calls that the gate asks about, and reports what was refused
    reports   tells what was refused, and the end
    children  signals, exit statuses, and what is left when the command is over
"""
