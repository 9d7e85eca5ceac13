"""`python -m tests.fuzz NAME --seconds 300`: look for bytes that break a law.

What is found is written to the folder `--keep` names, and is passed to the law alone by
`python -m tests.fuzz NAME --again FILE`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["clawband.network", "clawband.model.hosts", "clawband.edges.models", "clawband.labels"]
):
    from tests.fuzz.laws import LAWS
from tests.fuzz.seeds import seeds

LONGEST = 4_096


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("name", choices=sorted(LAWS))
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()))
    options.add_argument("--again", type=Path, help="only this input")
    chosen = options.parse_args()
    law = LAWS[chosen.name]
    if chosen.again:
        law(chosen.again.read_bytes())
        return
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()[chosen.name]):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        atheris.Setup(
            [sys.argv[0], f"-max_total_time={chosen.seconds}", f"-max_len={LONGEST}",
             f"-artifact_prefix={chosen.keep}/{chosen.name}-", "-print_final_stats=1", corpus],
            law,
        )  # fmt: skip
        atheris.Fuzz()


if __name__ == "__main__":
    main()
