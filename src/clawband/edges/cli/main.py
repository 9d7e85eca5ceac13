"""The root of the command line: which commands exist, and what becomes of an error.

A command's file is imported when the command is used, so the table below repeats each one's first
line of help; a test keeps the two equal.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clawband import __version__
from clawband.model import errors

if TYPE_CHECKING:
    from clawband.edges.cli.local import Local

Entry = tuple[str, str]
SECTIONS: dict[str, dict[str, Entry]] = {
    "Run": {
        "up": ("up", "Run Clawband, the console and a guarded gateway."),
        "serve": ("serve", "Run the server in the foreground."),
        "attach": ("attach", "Put a gateway under guard: show, ask, write openclaw.json."),
        "detach": ("attach", "Undo what attach wrote."),
        "contain": ("contain", "Full containment: generate, run and check it."),
        "status": ("status", "Is enforcement alive, what waits, what is paused."),
    },
    "Decide": {
        "approvals": ("approvals", "What waits for a person, with the exact arguments."),
        "approve": ("approvals", "Let one held action happen, once."),
        "deny": ("approvals", "Refuse one held action."),
        "delegate": ("delegate", "Who decides approvals while somebody is away."),
        "endorse": ("endorse", "Vouch for a value or a source, for a purpose and a time."),
        "memory": ("memory", "What agents wrote into their files, and how to undo it."),
        "pause": ("stops", "Stop something at once, until it is resumed."),
        "resume": ("stops", "End a pause."),
    },
    "Look": {
        "activity": ("activity", "What was decided and what happened."),
        "walk": ("walk", "From a message to its calls, results and reply, and back."),
        "explain": ("explain", "Why, where each value comes from, and what would help."),
        "audit": ("audit", "Export, verify and prove the record."),
        "models": ("models", "What agents ask models, and what it costs."),
        "budgets": ("budgets", "What is used of each budget, and what is left."),
        "enforcement": ("enforcement", "Is every agent governed, and what holds each path."),
        "egress": ("egress", "Explain what may leave, and why."),
        "scan": ("scan", "Find what should not be there."),
        "classify": ("classify", "Find secrets, personal and business data in files."),
    },
    "Change": {
        "policy": ("policy", "Check, publish and roll back policy."),
        "workflow": ("workflow", "Check, show and compile workflow manifests."),
        "tools": ("tools", "What each tool does, and what its arguments mean."),
        "gateway": ("gateway", "The gateways under guard."),
        "door": ("door", "The front doors through which people reach gateways."),
        "certificate": ("certificate", "Certificates: what is shown, until when, and to whom."),
        "secret": ("secret", "Secrets: what is kept, who has it, and a new value."),
        "vault": ("vault", "Where values are, and what wraps our own vault."),
        "rotate": ("rotation", "Exchange the value of a secret, and prove the old one dead."),
        "rotation": ("rotation", "Rotations: under way, ended, and when the next is due."),
        "honeytoken": ("honeytoken", "Credentials that open nothing; a use is an alarm."),
        "leak": ("leak", "Leaked secrets: from the report to the dead value."),
    },
    "People": {
        "operator": ("operator", "The people who operate Clawband."),
        "elevate": ("elevate", "A role for a while, granted by somebody else."),
        "propose": ("propose", "Propose a change that takes two people."),
        "changes": ("propose", "Changes that wait for a second person."),
        "break-glass": ("break_glass", "Emergency: two people, two sealed codes, an hour."),
        "account": ("account", "Service accounts: programs that call the API."),
        "key": ("key", "Keys of service accounts: scoped, told once, ending."),
        "workload": ("workload", "What programs were lent for their tokens."),
        "review": ("review", "Access reviews: who still needs what."),
        "sso": ("sso", "Accounts that sign in with the provider of `[openid]`."),
        "trade": ("sso", "Sign in as a workload, with the token of a CI job."),
        "who-can": ("who_can", "Who can do what, the gravest first."),
        "may": ("who_can", "May WHO do ACTION with RESOURCE, and why."),
        "access": ("access", "Who has more than they need."),
        "login": ("sign_in", "Sign in to the server."),
        "prove": ("sign_in", "Show your second factor again."),
        "logout": ("sign_in", "End this sign-in."),
        "whoami": ("sign_in", "Who is signed in, with which roles."),
        "sessions": ("sign_in", "Where you are signed in."),
        "credential": ("credential", "What you sign in with: codes, recovery codes, passkeys."),
        "notices": ("notices", "What you are told by mail, and where."),
        "chat": ("chat", "The chats from which you decide approvals."),
    },
}
EXITS: dict[type[errors.Error], int] = {
    errors.InputError: 2,
    errors.NotFoundError: 3,
    errors.ConflictError: 4,
    errors.AuthenticationError: 5,
    errors.UnavailableError: 6,
    errors.InvariantError: 70,
}
INTERRUPTED = 130


class Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for section in SECTIONS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for section in SECTIONS.values():
            if cmd_name in section:
                module = import_module(f"clawband.edges.cli.{section[cmd_name][0]}")
                command: click.Command = getattr(module, cmd_name.replace("-", "_"))
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry[1]) for name, entry in section.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
              default=Path(), help="Folder with clawband.toml (default: here).")  # fmt: skip
@click.option("--server", envvar="CLAWBAND_SERVER", default="", metavar="URL",
              help="The server, if clawband.toml does not name it.")  # fmt: skip
@click.option("--as", "who", envvar="CLAWBAND_AS", default="", metavar="NAME",
              help="Act as NAME, who signed in here too (default: the last one).")  # fmt: skip
@click.version_option(__version__, prog_name="clawband", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, folder: Path, server: str, who: str) -> None:
    """Clawband decides, records and proves what OpenClaw agents do."""
    from clawband.edges.cli.place import Place

    context.obj = Place(folder, context.obj, server=server, who=who)


def _usage(error: click.ClickException) -> int:
    """A command that was typed wrong, in the voice of our own errors."""
    from clawband.edges.cli import show

    context = getattr(error, "ctx", None)
    said = error.format_message().rstrip(".")
    command = context.command_path if context else "clawband"
    show.problem(errors.InputError(said[:1].lower() + said[1:], remedy=f"see `{command} --help`"))
    return EXITS[errors.InputError]


def run(arguments: Sequence[str], local: "Local") -> int:
    """Run one command; the exit code. Every error ends here: its message, its remedy, its code."""
    try:
        code = cli.main(list(arguments), "clawband", standalone_mode=False, obj=local)
        return code if isinstance(code, int) else 0
    except errors.Error as error:
        from clawband.edges.cli import show

        show.problem(error)
        return next((EXITS[kind] for kind in type(error).mro() if kind in EXITS), 70)
    except click.ClickException as error:
        return _usage(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone (`| head`): not an error, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
