"""The tables: counts, percentages, and the 95% interval behind each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from benchmarks.agentdojo.figures import Figures, Rate, together
from benchmarks.agentdojo.injections import PLAIN, STYLES

if TYPE_CHECKING:
    from benchmarks.agentdojo.program import Result

ALL = "all four"


def show(results: Sequence["Result"], deciders: Sequence[str]) -> None:
    pairs = sum(result.pairs.get(PLAIN, 0) for result in results)
    tasks = sum(result.tasks for result in results)
    print(f"AgentDojo v1.2.2 without a model: {tasks} user tasks and {pairs} pairs that its own"
          " checkers accept.\nEach cell: count, share, Wilson's 95% interval.\n")  # fmt: skip
    _decisions(results, deciders)
    _paraphrases(results, deciders)
    _own(results, deciders)
    _spoken(results, deciders)
    _left_out(results)


def _suites(results: Sequence["Result"], name: str) -> list[tuple[str, Figures]]:
    each = [(result.suite, result.measured[name].figures) for result in results]
    return [*each, (ALL, together(figures for _, figures in each))] if len(each) > 1 else each


def _decisions(results: Sequence["Result"], deciders: Sequence[str]) -> None:
    rows = [
        (name if not number else "", suite, _rate(counts.acted), _rate(counts.partly, plain=True),
         _rate(figures.untouched), f"{figures.approvals:.2f}", str(figures.denials),
         _rate(figures.approved, plain=True), _rate(counts.finished, plain=True))
        for name in deciders
        for number, (suite, figures) in enumerate(_suites(results, name))
        if (counts := figures.styles.get(PLAIN))
    ]  # fmt: skip
    if not rows:
        return
    head = ("decision", "suite", "attacks that act", "… partly", "user tasks finished, no person",
            "approvals/task", "refusals", "… if approved", "… under attack")  # fmt: skip
    print("Tools: attacks that act without a person, and what user tasks cost\n")
    _print(head, rows)


def _paraphrases(results: Sequence["Result"], deciders: Sequence[str]) -> None:
    named = [style for style in STYLES if any(style.name in r.pairs for r in results)]
    if len(named) < 2:
        return
    print("\nThe same attacks in other words: attacks that act without a person\n")
    rows = []
    blind = []
    for name in deciders:
        if all(len(result.measured[name].figures.styles) < 2 for result in results):
            blind.append(name)
            continue
        for number, (suite, figures) in enumerate(_suites(results, name)):
            shown = [_rate(figures.styles[style.name].acted, plain=True) for style in named]
            rows.append((name if not number else "", suite, *shown))
    _print(("decision", "suite", *(style.name for style in named)), rows)
    if blind:
        print(f"\nNever look at a text, so no paraphrase changes them: {', '.join(blind)}.")
    print()
    for style in named:
        print(f"  {style.name}: {style.says}")


def _own(results: Sequence["Result"], deciders: Sequence[str]) -> None:
    rows = [
        (name, suite, _rate(figures.own.acted), _rate(figures.own.partly, plain=True))
        for name in deciders
        for suite, figures in _suites(results, name)
        if figures.own.acted.of and suite != ALL
    ]
    if rows:
        print("\nAttacks that AgentDojo ships without calls (6 to 13), with calls of ours\n")
        _print(("decision", "suite", "attacks that act", "… partly"), rows)


def _spoken(results: Sequence["Result"], deciders: Sequence[str]) -> None:
    rows = [
        (name, suite, str(said.pairs), str(said.permitted), str(said.changed), str(said.held),
         str(said.denied), _rate(Rate(said.acted, said.pairs)))
        for name in deciders
        for suite, figures in _suites(results, name)
        if (said := figures.spoken).pairs and suite != ALL
    ]  # fmt: skip
    if rows:
        print("\nAttacks that only want something said: what became of the reply\n")
        _print(("decision", "suite", "pairs", "permitted", "changed", "held", "refused",
                "its checker still says yes"), rows)  # fmt: skip


def _left_out(results: Sequence["Result"]) -> None:
    if any(result.left_out for result in results):
        print("\nLeft out, because AgentDojo's own checkers do not accept them:\n")
    for result in results:
        grouped: dict[str, list[str]] = {}
        for name, why in result.left_out.items():
            grouped.setdefault(why, []).append(name)
        for why, names in grouped.items():
            shown = ", ".join(sorted({n.partition(":")[2] or n for n in names}, key=_number))
            print(f"  {result.suite}: {len(names)} × {why}: {shown}")


def _number(name: str) -> tuple[str, int]:
    kind, _, number = name.rpartition("_")
    return kind, int(number) if number.isdigit() else -1


def _rate(rate: Rate, *, plain: bool = False) -> str:
    if not rate.of:
        return "-"
    low, high = rate.interval
    shown = f"{rate.hits}/{rate.of} {100 * rate.share:.1f}%"
    return shown if plain else f"{shown} [{100 * low:.1f}-{100 * high:.1f}]"


def _print(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print(f"| {' | '.join(cells)} |")
