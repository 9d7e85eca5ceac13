"""Runs the sample deployment on a leash: it stops when standard input ends.

    python -m examples.sample FOLDER --modules FOLDER --ports '{"gateway": 18789, ...}'
        --guard '{"socket": ...}' --boundaries FILE

What happens is told as lines of JSON: `{"say": text}`, then `{"modules": path}`, then
`{"ready": true, "gateway": url, "chat": url}`.
"""

import argparse
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any

from examples.sample.gateway import SampleGateway
from examples.sample.modules import ensure_modules


def main() -> None:
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    node = Path(sys.executable).with_name("node")
    modules = ensure_modules(given.modules, node, lambda text: _tell(say=text))
    _tell(modules=str(modules))
    told = json.loads(given.boundaries.read_text()) if given.boundaries else {}
    gateway = SampleGateway(
        given.folder, given.guard, node=node, modules=modules, ports=given.ports,
        proxy=told.get("proxy", ""),
    )  # fmt: skip
    if told:
        gateway.models = (f"{told['models']}/sample", told["models_key"])
    try:
        gateway.start()
        _tell(ready=True, gateway=gateway.url, chat=gateway.chat_network.url)
        _wait(gateway)
    finally:
        gateway.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the sample deployment")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--modules", type=Path, required=True, help="where OpenClaw is installed")
    parser.add_argument("--guard", type=json.loads, help="what Clawband's plugin gets")
    parser.add_argument("--ports", type=json.loads, default={}, help="of its parts")
    parser.add_argument("--boundaries", type=Path, help="how it reaches network and model")
    return parser.parse_args()


def _wait(gateway: SampleGateway) -> None:
    """Until standard input ends or the gateway does."""
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], 1)
        if readable and not os.read(sys.stdin.fileno(), 1024):
            return
        if gateway.process is None or gateway.process.poll() is not None:
            sys.exit(f"the gateway ended; its output is in {gateway.log}")


def _tell(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
