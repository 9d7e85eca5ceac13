"""What cleaning a result and finding links cost: `python -m benchmarks.cleaning [--json]`.

Microseconds per KB of plain text, Markdown, an HTML page and JSON, beside `str.encode` as a floor,
on texts of the size of a usual result; each figure is the median of several rounds. Then how often
cleaning changes or remarks on ordinary text: the sources of the standard library and the
descriptions of the packages installed here, none of which holds an attack.
"""

import argparse
import json
import statistics
import sysconfig
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path
from time import perf_counter

from clawband.labels.cleaning import clean, marked
from clawband.labels.defusing import defused
from clawband.labels.links import links

SENTENCE = (
    "The quarterly report was sent to the team on Monday, and the figures (see below) agree. "
)
SIZE = 32 * 1024
ROUNDS = 15


def plain() -> str:
    return (SENTENCE * 12 + "\n\n") * 30


def foreign() -> str:
    return (
        "Отчёт за квартал отправлен. Größe, naïve – “so”. 四半期報告書。 👩‍🚀 " * 20 + "\n"
    ) * 25


def markdown() -> str:
    part = (
        f"## Part\n\n{SENTENCE * 3}\n\n- see [the page](https://example.com/a/b) and `notes.md`\n"
    )
    return part * 80


def page() -> str:
    row = (
        f'<tr class="row"><td style="color:#333">{SENTENCE}</td><td><a href="/item/17?x=1&amp;y=2">'
        'more</a><img src="https://cdn.example.com/i.png" alt="a picture"></td></tr>\n'
    )
    menu = '<ul aria-hidden="true"><li>→</li></ul><!-- the menu -->'
    return (
        f"<!doctype html><html><head><title>x</title></head><body>{menu}{row * 120}</body></html>"
    )


def rows() -> str:
    return json.dumps(
        [
            {"id": f"{number:032x}", "name": f"Zoë {number}", "mail": f"z{number}@example.com",
             "url": f"https://api.example.com/v1/items/{number}", "total": number / 7}
            for number in range(200)
        ]
    )  # fmt: skip


TEXTS: dict[str, Callable[[], str]] = {
    "plain text": plain,
    "other scripts": foreign,
    "markdown": markdown,
    "html page": page,
    "json": rows,
}
WAYS: dict[str, Callable[[str], object]] = {
    "encode": str.encode,
    "clean": clean,
    "marked": lambda text: marked(text, "web_fetch:example.com"),
    "links": links,
    "defused": lambda text: defused(text, links(text)),
}


def cost(way: Callable[[str], object], text: str) -> float:
    """Microseconds per KB, the median."""
    taken = []
    for _ in range(ROUNDS):
        started = perf_counter()
        way(text)
        taken.append(perf_counter() - started)
    return statistics.median(taken) * 1e6 / (len(text.encode()) / 1024)


def ordinary() -> Iterator[tuple[str, Iterable[str]]]:
    library = Path(sysconfig.get_paths()["stdlib"])
    yield (
        "source files",
        (path.read_text("utf-8", "replace") for path in sorted(library.glob("*.py"))),
    )
    yield (
        "package descriptions",
        (str(each.metadata.json.get("description", "")) for each in distributions()),
    )


def remarks(texts: Iterable[str]) -> tuple[int, int, Counter[str]]:
    """How many texts, how many changed, and in how many each signal was."""
    count = changed = 0
    kinds: Counter[str] = Counter()
    for text in texts:
        text = text[:200_000]
        cleaned = clean(text)
        count += 1
        changed += cleaned.text != text
        kinds.update(each.kind for each in cleaned.signals)
    return count, changed, kinds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    costs = {
        name: {way: round(cost(do, make()[:SIZE]), 2) for way, do in WAYS.items()}
        for name, make in TEXTS.items()
    }
    benign = {name: remarks(texts) for name, texts in ordinary()}
    if as_json:
        print(json.dumps({"us_per_kb": costs, "ordinary": benign}, indent=2))
        return
    print("µs per KB        " + "".join(f"{way:>10}" for way in WAYS))
    for name, each in costs.items():
        print(f"{name:<17}" + "".join(f"{each[way]:>10.1f}" for way in WAYS))
    for name, (count, changed, kinds) in benign.items():
        said = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()) or "none"
        print(f"\nof {count} {name} changed: {changed}; signals in: {said}")


if __name__ == "__main__":
    main()
