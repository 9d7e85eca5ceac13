"""Installs the pinned OpenClaw once, into a folder given by the caller."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
INSTALL = ("ci", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund")


def digest() -> str:
    """What the installed modules depend on: the lock."""
    return hashlib.sha256(HERE.joinpath("package-lock.json").read_bytes()).hexdigest()


def ensure_modules(folder: Path, node: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """The `node_modules` folder with OpenClaw in it, installed when the lock has changed.

    `node` is a Node 24 program with `npm` beside it. Raises `RuntimeError` when npm fails.
    """
    stamp, modules = folder / "installed", folder / "node_modules"
    if stamp.is_file() and stamp.read_text() == digest() and modules.is_dir():
        return modules
    say("installing OpenClaw 2026.9.6, 647 MB on disk, about a minute")
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [node.with_name("npm"), *INSTALL],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"npm could not install OpenClaw:\n{done.stdout[-2000:]}")
    stamp.write_text(digest())  # last: an install that was cut off is done again
    say("OpenClaw is installed")
    return modules
