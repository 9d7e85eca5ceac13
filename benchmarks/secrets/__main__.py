"""Finding leaked secrets: `python -m benchmarks.secrets [--gitleaks PATH] [--detect-secrets PATH]`.

Recall and precision on a labelled corpus of our own, a text each (`corpus.py`), and speed on a tree
of the texts without secrets. Beside it the other tools as commands, with their own rules, when they
are on PATH or named. The corpus is ours and knows the forms our kinds know: read the others'
recall by kind, not as their worth.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.secrets.corpus import FORMS, Text, texts

SEED = 20_261_122
COPY_MB = 4
"""Size of one large file of the tree that speed is measured on."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`found` runs it on a folder and returns the paths it names."""

    name: str
    command: Sequence[str]
    found: Callable[[Path, Sequence[str]], set[str]]


def said(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[0]}: {done.stderr.strip()[-400:]}")
    return done.stdout


def ours(folder: Path, command: Sequence[str]) -> set[str]:
    return {row["file"] for row in json.loads(said([*command, str(folder)]))}


def gitleaks(folder: Path, command: Sequence[str]) -> set[str]:
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        said([*command, "dir", str(folder), "--no-banner", "--exit-code=0", "--report-format=json",
              f"--report-path={report.name}"])  # fmt: skip
        return {row["File"] for row in json.loads(Path(report.name).read_text() or "[]")}


def detect_secrets(folder: Path, command: Sequence[str]) -> set[str]:
    rows = json.loads(said([*command, "-C", str(folder), "scan", "--all-files", "."]))["results"]
    return {str(folder / path) for path in rows}


def write(folder: Path, corpus: Sequence[Text]) -> None:
    for text in corpus:
        path = folder / text.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.body)


def large(folder: Path, corpus: Sequence[Text], megabytes: int) -> int:
    """A tree of files without a secret; returns its bytes."""
    plain = "\n".join(text.body for text in corpus if not text.kind)
    piece = (plain * (COPY_MB * 1_000_000 // len(plain) + 1))[: COPY_MB * 1_000_000]
    folder.mkdir()
    for number in range(max(1, megabytes // COPY_MB)):
        (folder / f"{number}.txt").write_text(piece)
    return max(1, megabytes // COPY_MB) * len(piece.encode())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.secrets", description=__doc__)
    parser.add_argument("--each", type=int, default=16, help="texts of each kind (16)")
    parser.add_argument("--megabytes", type=int, default=64, help="of the tree for speed (64)")
    parser.add_argument("--gitleaks", default=shutil.which("gitleaks"))
    parser.add_argument("--detect-secrets", default=shutil.which("detect-secrets"))
    parser.add_argument("--missed", action="store_true", help="name what we missed and got wrong")
    asked = parser.parse_args()
    tools = [
        Tool(
            "clawband scan secrets",
            [sys.executable, "-m", "clawband", "scan", "secrets", "--json"],
            ours,
        )
    ]
    tools += [Tool("gitleaks", [asked.gitleaks], gitleaks)] if asked.gitleaks else []
    tools += (
        [Tool("detect-secrets", [asked.detect_secrets], detect_secrets)]
        if asked.detect_secrets
        else []
    )
    corpus = list(texts(SEED, asked.each))
    kinds = {text.name: text.kind for text in corpus}
    print(f"{len(FORMS)} kinds, {sum(map(bool, kinds.values()))} texts with a secret, "
          f"{sum(not kind for kind in kinds.values())} without; {os.cpu_count()} processors, "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"{'tool':24}{'recall':>9}{'precision':>11}{'kinds':>8}{'MB/s':>9}")
    with tempfile.TemporaryDirectory() as made:
        small, big = Path(made, "small"), Path(made, "big")
        write(small, corpus)
        size = large(big, corpus, asked.megabytes)
        for tool in tools:
            found = {str(Path(path).relative_to(small)) for path in tool.found(small, tool.command)}
            right = {name for name in found if kinds[name]}
            wrong = found - right
            whole = Counter(kinds[name] for name in right)
            every = sum(count >= asked.each * 0.9 for count in whole.values())
            of = sum(map(bool, kinds.values()))
            # The slowest of them would take an hour for what the others do in seconds.
            part = big if tool.found is not detect_secrets else None
            began = perf_counter()
            if part:
                tool.found(part, tool.command)
            speed = f"{size / 1e6 / (perf_counter() - began):9.1f}" if part else "        -"
            print(f"{tool.name:24}{len(right) / of:9.1%}{len(right) / max(1, len(found)):11.1%}"
                  f"{every:4}/{len(FORMS)}{speed}")  # fmt: skip
            if asked.missed and tool is tools[0]:
                missed = sorted(name for name, kind in kinds.items() if kind and name not in found)
                print("  missed:", *missed, "\n  wrong:", *sorted(wrong))


if __name__ == "__main__":
    main()
