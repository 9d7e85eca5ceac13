"""What it costs to search a text for a value: `python benchmarks/passages.py`.

- build: the first search of a text, which finds nothing.
- strict, loose: a further search that finds nothing; loose after it decoded what is encoded.
- first loose: the search that decodes.
- hit, near: a search that finds; one whose host is everywhere, with other paths.
- bytes/KiB: what a searched text holds beside itself, traced by the interpreter.
"""

import tracemalloc
from collections.abc import Callable
from time import perf_counter

from clawband.labels.passage import Passage
from clawband.model.provenance import Meaning

LINE = (
    "Dear Ann, the meeting is on {} May at 10:00; write to bob.{}@corp.example or see "
    "https://corp.example/docs/{}. 1,2{:02d}.50 EUR go to GB29NWBK6016133{:07d}. "
)
SCRIPTS = {
    "ascii": {},
    "cyrillic": {ord("e"): "е", ord("a"): "а", ord("o"): "о"},
    "html": {ord("."): "&#46;", ord(";"): "<br>"},
}


def text(size: int, script: str) -> str:
    lines = "".join(LINE.format(n % 28 + 1, n, n, n % 100, n) for n in range(size // 100))
    return lines[:size].translate(SCRIPTS[script])[:size]


def seconds(call: Callable[[], object], times: int) -> float:
    call()
    begin = perf_counter()
    for _ in range(times):
        call()
    return (perf_counter() - begin) / times


def row(size: int, script: str) -> str:
    content = text(size * 1024, script)
    times = max(3, 200 // size)
    build = seconds(lambda: Passage(content).find(Meaning.RECIPIENT, "no@one.example"), times)
    tracemalloc.start()
    passage = Passage(content)
    passage.find(Meaning.RECIPIENT, "no@one.example")
    held = tracemalloc.get_traced_memory()[0] / size
    tracemalloc.stop()
    begin = perf_counter()
    passage.find_loose(Meaning.RECIPIENT, "no@one.example")
    decoded = perf_counter() - begin
    figures = [
        seconds(lambda: passage.find(Meaning.RECIPIENT, "no@one.example"), 50),
        seconds(lambda: passage.find_loose(Meaning.RECIPIENT, "no@one.example"), 50),
        seconds(lambda: passage.find(Meaning.RECIPIENT, "bob.3@corp.example"), 50),
        seconds(lambda: passage.find(Meaning.URL, "https://corp.example/none"), times),
    ]
    cells = (f"{figure * 1e6:9.0f}" for figure in figures)
    return (
        f"{size:4} {script:9} {build * 1e3:8.2f} {decoded * 1e3:9.2f} {' '.join(cells)} {held:9.0f}"
    )


if __name__ == "__main__":
    print(" KiB script    build ms  loose ms strict us  loose us    hit us   near us bytes/KiB")
    for size in (1, 16, 256):
        for script in SCRIPTS:
            print(row(size, script))
