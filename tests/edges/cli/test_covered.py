"""The command line does whatever the console does, calls whatever the API has, and has `--json`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from clawband.client import client
from clawband.edges.api import openapi
from clawband.edges.cli import main
from clawband.edges.console.routes import FORMS, PAGES
from tests.edges.cli.terminal import Terminal
from tests.edges.cli.test_help import COMMANDS

HERE = "the console's own: how it looks, where it leads"
BROWSER = "a passkey or a provider's page needs a browser"
WITHOUT = {
    "/palette": HERE, "/go": HERE, "/keys": HERE, "/theme": HERE,
    "/me/passkeys/begin": BROWSER, "/me/passkeys": BROWSER, "/prove/passkey/begin": BROWSER,
    "/prove/passkey": BROWSER, "/me/openid": BROWSER, "/prove/openid": BROWSER,
    "/doors/{name}/enter": "lets a browser into a front door",
    "/me/terminal": "lets a command line in", "/me/terminal/approve": "lets a command line in",
    "/me/terminal/refuse": "lets a command line in",
}  # fmt: skip
COMMAND = {
    "/": "status",
    "/activity": "activity",
    "/activity/stream": "activity",
    "/events/{id}": "audit show",
    "/events/{id}/proof": "audit prove",
    "/approvals": "approvals",
    "/approvals/{id}": "explain",
    "/approvals/{id}/grant": "approve",
    "/approvals/{id}/refuse": "deny",
    "/approvals/{id}/edit": "approve",
    "/approvals/{id}/vouch": "endorse add",
    "/groups/{id}/grant": "approve",
    "/endorsements": "endorse list",
    "/endorsements/{id}/revoke": "endorse revoke",
    "/workflows": "policy show",
    "/workflows/{name}": "workflow show",
    "/policy": "policy history",
    "/policy/roll-back": "policy rollback",
    "/controls": "status",
    "/controls/pause": "pause",
    "/controls/resume": "resume",
    "/controls/gateways/{name}/remove": "gateway remove",
    "/enforcement": "enforcement",
    "/enforcement/prove": "enforcement",
    "/me": "credential list",
    "/me/codes": "credential add-device",
    "/me/password": "credential password",
    "/me/recovery": "credential recovery-codes",
    "/me/credentials/remove": "credential remove",
    "/me/chats/link": "chat link",
    "/me/chats/confirm": "chat confirm",
    "/me/chats/unlink": "chat unlink",
    "/me/mail": "notices address",
    "/me/mail/{token}": "notices confirm",
    "/me/mail/confirm": "notices confirm",
    "/me/mail/topics": "notices choose",
    "/me/mail/forget": "notices forget",
    "/me/sessions/end": "sessions end",
    "/prove": "prove",
    "/logout": "logout",
    "/people": "who-can",
    "/people/findings": "access findings",
    "/people/operators": "operator list",
    "/people/operators/invite": "operator invite",
    "/people/operators/{name}/recover": "operator recover",
    "/people/operators/{name}/withdraw": "operator uninvite",
    "/people/operators/{name}/remove": "operator remove",
    "/people/accounts": "account list",
    "/people/accounts/add": "account add",
    "/people/accounts/{name}/keys": "key add",
    "/people/accounts/{name}/owner": "account give",
    "/people/accounts/{name}/remove": "account remove",
    "/people/keys/{id}/rotate": "key rotate",
    "/people/keys/{id}/revoke": "key revoke",
    "/people/workloads/{id}/end": "workload revoke",
    "/people/reviews": "review list",
    "/people/reviews/{id}": "review show",
    "/people/reviews/open": "review open",
    "/people/reviews/{id}/decide": "review keep",
    "/people/reviews/{id}/close": "review close",
    "/people/delegations": "delegate to",
    "/people/delegations/{name}/end": "delegate end",
    "/people/elevations": "elevate list",
    "/people/elevations/ask": "elevate ask",
    "/people/elevations/{id}": "elevate show",
    "/people/elevations/{id}/grant": "elevate grant",
    "/people/elevations/{id}/refuse": "elevate refuse",
    "/people/elevations/{id}/end": "elevate end",
    "/people/changes": "changes list",
    "/people/changes/{id}": "changes show",
    "/people/changes/{id}/agree": "changes agree",
    "/people/changes/{id}/refuse": "changes refuse",
    "/secrets": "secret list",
    "/secrets/of/{name:path}": "secret show",
    "/secrets/flow": "secret flow",
    "/secrets/add": "secret add",
    "/secrets/rotations": "rotation list",
    "/secrets/rotations/{id}": "rotation show",
    "/secrets/rotations/{id}/resume": "rotation resume",
    "/secrets/rotations/{id}/roll-back": "rotation roll-back",
    "/secrets/rotate/{name:path}": "rotate",
    "/doors": "door list",
    "/secrets/leaks": "leak list",
    "/secrets/leaks/{id}": "leak show",
    "/secrets/leaks/open": "leak open",
    "/secrets/leaks/{id}/take": "leak take",
    "/secrets/leaks/{id}/mark": "leak mark",
    "/secrets/leaks/{id}/assign": "leak assign",
    "/secrets/leaks/{id}/close": "leak close",
    "/secrets/vaults": "vault status",
    "/secrets/vaults/check": "vault check",
    "/secrets/vaults/rewrap": "vault rewrap",
    "/secrets/honeytokens": "honeytoken list",
    "/secrets/honeytokens/plant": "honeytoken plant",
    "/secrets/honeytokens/{id}/remove": "honeytoken remove",
    "/secrets/certificates": "certificate list",
    "/secrets/certificates/{name}/renew": "certificate renew",
    "/secrets/certificates/{serial}/revoke": "certificate revoke",
    "/secrets/set/{name:path}": "secret set",
    "/secrets/change/{name:path}": "secret change",
    "/secrets/remove/{name:path}": "secret remove",
    "/people/glass": "break-glass list",
    "/people/glass/begin": "break-glass first",
    "/people/glass/{id}": "break-glass show",
    "/people/glass/{id}/second": "break-glass second",
    "/people/glass/{id}/end": "break-glass end",
    "/people/glass/{id}/review": "break-glass review",
}
LEAVES = {" ".join(path) for path in COMMANDS if not any(
    other[: len(path)] == path and other != path for other in COMMANDS
)}  # fmt: skip
TEXT = "its output is a file, a text of its own language, or nothing"
WITHOUT_JSON = {
    "up": TEXT, "serve": TEXT, "attach": TEXT, "detach": TEXT, "contain relay": TEXT,
    "contain run": TEXT, "contain watch": TEXT, "audit export": TEXT, "audit prove": TEXT,
    "audit key": TEXT, "memory diff": TEXT, "egress draft": TEXT, "workflow compile": TEXT,
    "policy check": TEXT, "workflow check": TEXT, "review evidence": TEXT, "review verify": TEXT,
    "gateway installs": "its output is JSON",
    "gateway enroll": "the credential goes into a file", "login": "the token goes into a file",
    "logout": "the token leaves a file",
}  # fmt: skip


def test_every_page_and_form_has_a_command() -> None:
    assert set(COMMAND) | set(WITHOUT) == {*PAGES, *FORMS}
    assert not set(COMMAND) & set(WITHOUT)
    assert set(COMMAND.values()) <= LEAVES


def test_every_command_has_json() -> None:
    with_json = set()
    for name in LEAVES:
        command: click.Command = main.cli
        for word in name.split():
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), word)
            assert found is not None
            command = found
        if any("--json" in each.opts for each in command.params):
            with_json.add(name)
    assert LEAVES - with_json == set(WITHOUT_JSON)


def called() -> Iterator[tuple[str, str]]:
    """The method and the pattern of each path that the command line asks the API for."""
    methods = {"get": "get", "text": "get", "stream": "get", "post": "post", "form": "post",
               "delete": "delete"}  # fmt: skip
    for folder in (Path(main.__file__).parent, Path(client.__file__).parent):
        for file in folder.glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    method = methods.get(node.func.attr)
                    if method and node.args:
                        yield method, pattern(node.args[0])


def pattern(path: ast.expr) -> str:
    if isinstance(path, ast.Constant) and isinstance(path.value, str):
        return re.escape(path.value)
    if not isinstance(path, ast.JoinedStr):
        return "(?!)"
    return "".join(
        re.escape(str(each.value)) if isinstance(each, ast.Constant) else "[^/]+"
        for each in path.values
    )


def test_every_path_of_the_api_is_called() -> None:
    known = set(called())
    paths = {
        (method, path) for path, told in openapi.document()["paths"].items() for method in told
    }
    assert {
        (method, path)
        for method, path in paths
        if not any(verb == method and re.fullmatch(said, path) for verb, said in known)
    } == set()


def test_json_of_a_change_is_what_the_server_answered(terminal: Terminal) -> None:
    paused = terminal("pause", "tool", "refund", "--because", "it is late", "--json")
    assert paused.json["control"] | {"at": ""} == {
        "id": "tool:refund", "kind": "tool", "name": "refund", "by": "ada", "at": "",
        "reason": "it is late",
    }  # fmt: skip
    assert "paused tool:refund" in paused.err, "its words are remarks"
    assert "{" not in terminal("resume", "tool", "refund").out
    failed = terminal("resume", "tool", "refund", "--json")
    assert (failed.code, failed.out) == (3, "")


def test_no_secret_is_printed_that_the_command_keeps(terminal: Terminal) -> None:
    password = terminal.passwords["olga"]
    given = f"{password}\nanother long password\n"
    changed = terminal(
        "--as", "olga", "credential", "password", "--password-stdin", "--json", given=given
    )
    assert set(changed.json) == {"operator"}


@pytest.mark.parametrize("words", [["--words"], ["--words", "--json"]])
def test_policy_in_plain_words(terminal: Terminal, words: list[str]) -> None:
    told = terminal("policy", "show", *words)
    assert told.code == 0 and "lead-capture" in told.out


def test_one_event_is_shown(terminal: Terminal) -> None:
    held = terminal.turn("refund", {"order": "9"})["decision"]
    shown = terminal("audit", "show", held)
    assert "decision:hold" in shown.out and "Tool::refund" in shown.out
    assert terminal("audit", "show", held, "--json").json["id"] == held
    assert terminal("audit", "show", "none").code == 3
