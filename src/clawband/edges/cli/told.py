"""An event of the log in words."""

from typing import Any

import click

from clawband.edges.cli import show
from clawband.edges.cli.visible import short, visible

Told = dict[str, Any]


def row(event: Told) -> str:
    """An event on one line, and a second one with the reason of a refusal."""
    decision = event["tag"].startswith("decision:")
    where = event["agent"] or event["gateway"] or event["who"] or "clawband"
    what = f"{event['action'] if decision else event['tag']} {thing(event)}".rstrip()
    outcome = painted(f"{short(event['outcome'] or '-', 9):<9}")
    line = f"{show.clock(event['at'])}  {outcome} {short(where, 24):<16} {visible(what)}"
    said = because(event)
    return f"{line}  {visible(event['id'])}" + (f"\n{'':>20}{said}" if said else "")


def title(event: Told) -> str:
    """What happened or was asked, as a sentence of ours."""
    if event["tag"].startswith("decision:"):
        return visible(_question(event))
    who, detail = event["who"], event["detail"]
    titles = {
        "message:receive": f"message received from {who or 'somebody'}",
        "message:send": "message sent",
        "call:finish": f"call finished: {thing(event)}",
        "call:unreported": f"a result without a permitted call: {thing(event)}",
        "run:finish": "turn finished",
        "approval:open": f"held for a person: {detail.get('approval', '')}",
        "approval:grant": f"approved by {who}",
        "approval:refuse": f"refused by {who}",
        "approval:expire": "nobody decided in time",
        "approval:spend": f"approval used: {detail.get('approval', '')}",
        "model:finish": f"{thing(event)} answered: {_answered(detail)}",
        "witness:differ": f"{thing(event)}: {detail.get('seen', 'witnesses differ')}",
        "enforcement:missing": f"{thing(event)}: {detail.get('seen', 'nobody was asked')}",
        "enforcement:lost": f"{event['agent']} is not governed any more",
        "enforcement:restored": f"{event['agent']} is governed again",
        "launch:start": "the command started, contained",
        "launch:refuse": "the command was not started",
        "launch:block": f"the command tried: {detail.get('attempt', '')}",
        "launch:end": f"the command ended with {detail.get('exit', 0)}",
        "egress:refuse": f"no way to {thing(event)}: {detail.get('reason', '')}",
        "egress:close": f"{thing(event)}: {_carried(detail)}",
        "egress:bypass": f"tried to leave beside the proxy: {thing(event)}",
        "enforcement:refuse": f"the plugin refused by itself: {detail.get('why', '')}",
    }
    return visible(titles.get(event["tag"], event["tag"]))


def _question(event: Told) -> str:
    verb = event["action"].partition(":")[2] or event["action"]
    questions = {
        "message:receive": f"may the agent hear {event['who'] or 'this'}?",
        "message:send": "may it reply?" if event["run"] else f"may it leave by {thing(event)}?",
        "result:read": f"may the model see the result of {thing(event)}?",
        "model:ask": f"may it ask {thing(event)}?",
        "net:connect": f"may it connect to {thing(event)}?",
        "net:request": f"may it {_sent(event['detail'])} to {thing(event)}?",
        "plugin:install": f"may {thing(event)} be installed?",
    }
    return questions.get(event["action"], f"may it {verb} with {thing(event)}?")


def _answered(detail: Told) -> str:
    """What came back from a model."""
    calls = len(detail.get("calls") or ())
    tokens = f"{detail.get('input', 0)} tokens in, {detail.get('output', 0)} out"
    return f"{tokens}, {show.count(calls, 'call')}" if calls else tokens


def _carried(detail: Told) -> str:
    return (
        f"{detail.get('sent', 0)} bytes out, {detail.get('received', 0)} in, "
        f"{detail.get('milliseconds', 0)} ms; {detail.get('why', '')}"
    )


def _sent(detail: Told) -> str:
    words = (detail.get("method"), detail.get("route"))
    return "send " + (" ".join(filter(None, words)) or "a request")


def thing(event: Told) -> str:
    """The name in `Tool::refund`."""
    return str(event["resource"]).partition("::")[2] or str(event["resource"])


def because(event: Told) -> str:
    """Why something was refused or held, and what would change that; empty for the rest."""
    detail = event["detail"]
    if event["outcome"] not in ("deny", "hold", "refused"):
        return ""
    said = detail.get("because") or [detail.get("problem") or detail.get("why") or ""]
    text = "; ".join(str(each) for each in said if each)
    remedy = detail.get("remedy")
    return visible(f"{text} ({remedy})" if remedy and text else text)


def painted(outcome: str) -> str:
    """An outcome, padded or not, in its colour."""
    return click.style(outcome, fg=show.VERDICTS.get(outcome.strip()))
