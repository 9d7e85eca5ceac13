"""From the ticket to the end: asks what to run, has it run, and ends as it ended."""

import _signal
import posix

from clawband.launcher import handover, kernel, probe, wire

REDEEM_SECONDS = 10.0


def main(arguments: list[str]) -> None:
    """Runs the command and ends as it ended; raises `RefusedError` or `OSError` if it could not."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    ticket = posix.environ.get(wire.TICKET, b"").decode("utf-8", "surrogateescape")
    if len(arguments) != 1 or not arguments[0].isdigit() or not ticket:
        raise wire.RefusedError("expected a port, and a ticket in the environment")
    kernel.close_from(3)
    if door := handover.door():
        code = handover.hand_over(door, arguments[0])
    else:
        code = _run(int(arguments[0]), ticket)
    from clawband.launcher.children import end_as

    end_as(code)


def _run(port: int, ticket: str) -> int:
    landlock, supervised = probe.landlock(), probe.supervision()
    facts = _facts(ticket, landlock, supervised)
    question = wire.Question(port, wire.REDEEM, facts, REDEEM_SECONDS)
    # The server writes to disk before it answers: time to load the rest of the program.
    from clawband.launcher import confined
    from clawband.launcher.reports import Reports

    order = confined.Order(question.answer())
    reports = Reports(port, order.token, ticket)
    return confined.run(order, landlock, reports, supervised)


def _facts(ticket: str, landlock: int, supervised: bool) -> wire.Fields:
    own = posix.environ.get(b"SHELL", b"").decode("utf-8", "surrogateescape")
    return [
        ("ticket", ticket),
        ("landlock", str(landlock)),
        ("notify", str(int(supervised))),
        ("uid", str(posix.getuid())),
        ("kernel", posix.uname().release),
        ("cwd", posix.getcwd()),
        ("shell", own),
    ]
