"""Installs pinned modules once, OpenClaw if nothing else is said, into a folder of the caller."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
INSTALL = ("ci", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund")


def digest(lock: Path = HERE) -> str:
    """What the installed modules depend on: the lock."""
    return hashlib.sha256(lock.joinpath("package-lock.json").read_bytes()).hexdigest()


def ensure_modules(
    folder: Path,
    node: Path,
    say: Callable[[str], None] = lambda _: None,
    *,
    lock: Path = HERE,
    name: str = "OpenClaw",
) -> Path:
    """The `node_modules` folder with `name` in it, installed when its lock has changed.

    `node` is a Node 24 program with `npm` beside it; `lock` the folder with `package.json` and its
    lock. Whoever asks while it is being installed waits. Raises `RuntimeError` when npm fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "installing").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        return _installed(folder, node, say, lock, name)


def _installed(folder: Path, node: Path, say: Callable[[str], None], lock: Path, name: str) -> Path:
    stamp, modules = folder / "installed", folder / "node_modules"
    if stamp.is_file() and stamp.read_text() == digest(lock) and modules.is_dir():
        return modules
    big = " 2026.9.6, 647 MB on disk, about a minute" if lock == HERE else ""
    say(f"installing {name}{big}")
    stamp.unlink(missing_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copyfile(lock / file, folder / file)
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
        raise RuntimeError(f"npm could not install {name}:\n{done.stdout[-2000:]}")
    stamp.write_text(digest(lock))  # last: an install that was cut off is done again
    say(f"{name} is installed")
    return modules
