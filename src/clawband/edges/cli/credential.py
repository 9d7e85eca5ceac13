"""`clawband credential`: what you prove yourself with."""

import click

from clawband.client.transport import part
from clawband.edges.cli import show
from clawband.edges.cli.place import Place
from clawband.edges.cli.sign_in import renewed
from clawband.edges.cli.visible import visible


@click.group()
def credential() -> None:
    """What you sign in with: codes, recovery codes, passkeys."""


@credential.command("list")
@show.json_option()
@click.pass_obj
def list_(place: Place, as_json: bool) -> None:
    """Your second factors."""
    told = place.client.get("/credentials")
    if as_json:
        show.data(told)
        return
    rows = [
        (each["id"][:12], "passkey", each["label"], show.clock(each["added"]), _used(each["used"]))
        for each in told["passkeys"]
    ]
    device = told["one_time"]
    if device:
        added, used = show.clock(device["added"]), _used(device["used"])
        rows.append(("one-time", "device for codes", "-", added, used))
    if told["recovery_codes"]:
        rows.append(("recovery", f"{told['recovery_codes']} recovery codes", "-", "-", "-"))
    columns = ("id", "what", "label", "added", "last used")
    show.table(columns, rows, "a password, and nothing else")


@credential.command("add-device")
@click.option("--code-stdin", is_flag=True, help="Read the first code from standard input.")
@click.pass_obj
@show.answers
def add_device(place: Place, code_stdin: bool) -> None:
    """Add an app or a device that shows codes (RFC 6238).

    Afterwards your password alone signs in nowhere. Take recovery codes, too.
    """
    begun = place.client.post("/credentials/one-time")
    show.line(f"secret   {begun['secret']}")
    show.line(f"address  {begun['uri']}")
    code = show.password("the code that it shows now", piped=code_stdin)
    renewed(place, place.client.post("/credentials/one-time/confirm", {"code": code}))
    show.line("added; take recovery codes with `clawband credential recovery-codes`")


@credential.command("recovery-codes")
@show.json_option()
@click.pass_obj
def recovery_codes(place: Place, as_json: bool) -> None:
    """Ten new codes for when the device is lost; the old ones end."""
    told = place.client.post("/credentials/recovery")
    if as_json:
        show.data(told)
        return
    for code in told["codes"]:
        show.line(code)
    show.note("each is good once, in place of a code; shown once, so print them or write them down")


@credential.command()
@click.option("--password-stdin", is_flag=True,
              help="Read the current and the new one from lines of standard input.")  # fmt: skip
@click.pass_obj
@show.answers
def password(place: Place, password_stdin: bool) -> None:
    """Change your password; everywhere else you are signed out."""
    body = {
        "current": show.password("current password", piped=password_stdin),
        "password": show.password("new password", piped=password_stdin, twice=True),
    }
    renewed(place, place.client.post("/credentials/password", body))
    show.line("changed")


@credential.command()
@click.argument("id")
@click.pass_obj
@show.answers
def remove(place: Place, id: str) -> None:
    """Remove a passkey by the first characters of its ID, or `one-time` or `recovery`."""
    known = [each["id"] for each in place.client.get("/credentials")["passkeys"]]
    found = [each for each in known if each.startswith(id)]
    place.client.delete(f"/credentials/{part(found[0] if len(found) == 1 else id)}")
    show.line(f"removed {visible(id)}")


def _used(at: str) -> str:
    return show.clock(at) if at else "never"
