"""Times as people read them: relative at a glance, exact when asked."""

from datetime import UTC, datetime

from markupsafe import Markup

_STEPS = ((60, 1, "s"), (3_600, 60, "min"), (86_400, 3_600, "h"), (float("inf"), 86_400, "d"))


def ago(at: datetime, now: datetime) -> str:
    """`2 s ago`, `in 4 min`, `just now`."""
    seconds = int((now - at).total_seconds())
    if abs(seconds) < 2:
        return "just now"
    size, unit = next((size, unit) for most, size, unit in _STEPS if abs(seconds) < most)
    amount = f"{abs(seconds) // size} {unit}"
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def exact(at: datetime) -> str:
    """`2026-11-22 03:04:05 UTC`."""
    return f"{at.astimezone(UTC).isoformat(' ')[:19]} UTC"


def after(at: datetime, start: datetime) -> str:
    """`+0.4 s`, `+3 min`: how long after the start."""
    seconds = (at - start).total_seconds()
    if abs(seconds) < 10:
        return f"{seconds:+.1f} s"
    return f"+{ago(start, at).removesuffix(' ago')}"


def tag(at: datetime, shown: str, fixed: bool = False) -> Markup:
    """A `time` element; script keeps those fresh that are not `fixed`, and adds the own zone."""
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds")
    element = (
        Markup('<time datetime="{}" title="{}" data-fixed>{}</time>')
        if fixed
        else Markup('<time datetime="{}" title="{}">{}</time>')
    )
    return element.format(stamp, exact(at), shown)


def clock(at: datetime) -> Markup:
    """An exact time, in text."""
    return tag(at, exact(at), True)
