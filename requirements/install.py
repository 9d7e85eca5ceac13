"""Sets up `.venv` from the hashed locks; `make` calls it, and a second run costs almost nothing.

    python3 requirements/install.py runtime sample
    python3 requirements/install.py dev

Each argument is the name of a lock beside this file. pip does the installing, so that a mirror,
a proxy or a certificate that is configured for pip is used, and the hashes decide what is accepted.

This file runs before anything is installed: standard library only, and old Pythons must be able to
read it far enough to be told that they are too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
KNOWN_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
# The dev lock holds everything that the others hold.
SUPERSET = "dev"


def main(names):
    """Install each named lock into `.venv` and the project on top; returns the exit code."""
    if sys.version_info < OLDEST:
        return use_newer_python()
    if not names or any(not os.path.exists(lock_path(name)) for name in names):
        return fail("expected the names of locks in requirements/, got `%s`" % " ".join(names))
    missing = [name for name in names if not is_done(name)]
    if not missing:
        return 0
    if not os.path.exists(VENV):
        say("the first set-up takes about a minute, later ones nothing")
    code = ensure_venv()
    for name in missing:
        code = code or install_lock(name)
    code = code or install_project()
    if code == 0:
        # If we stop before this line, the next run installs again: pip finds most of it in place.
        for name in missing:
            write(stamp_path(name), stamp(name))
    return code


def use_newer_python():
    """Continue with a newer Python if this machine has one under a known name."""
    for name in KNOWN_NAMES:
        found = shutil.which(name)
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            say("python3 is %d.%d, using %s" % (sys.version_info[0], sys.version_info[1], found))
            return subprocess.call([found, *sys.argv])
    return fail(
        "expected Python 3.11 or newer, got %d.%d" % sys.version_info[:2],
        "install one and name it: make PYTHON=python3.12 ...",
    )


def ensure_venv():
    """Make `.venv`, anew if it belongs to another Python or another folder."""
    if os.path.exists(VENV_PYTHON) and read(identity_path()) == identity():
        return 0
    try:
        import ensurepip  # noqa: F401 - Debian ships Python without it
    except ImportError:
        return fail(
            "this Python cannot make virtual environments: `ensurepip` is missing",
            "install it (Debian, Ubuntu: apt-get install python%d.%d-venv) and run make again"
            % sys.version_info[:2],
        )
    say("making a virtual environment in .venv (Python %d.%d)" % sys.version_info[:2])
    code = subprocess.call([sys.executable, "-m", "venv", "--clear", VENV])
    if code:
        return fail("the virtual environment could not be made", "read the lines above")
    write(identity_path(), identity())
    return 0


def install_lock(name):
    """Install one lock; pip refuses whatever does not have the locked hash."""
    total = sum(1 for line in read(lock_path(name)).splitlines() if "==" in line and line[0] != "#")
    say("installing %d locked packages (%s)" % (total, name))
    arguments = ["--require-hashes", "--compile", "--progress-bar", "off", "-r", lock_path(name)]
    return pip(arguments, total)


def install_project():
    """Put `clawband` itself into the environment, editable, with nothing fetched."""
    say("installing clawband itself")
    return pip(["--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT], 0)


def pip(arguments, total):
    """Run pip install, tell how far it is, and show its words only if it fails."""
    command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, cwd=ROOT
    )
    lines, seen, told, fetching = [], 0, time.time(), total > 0
    for line in process.stdout:
        lines.append(line)
        seen += line.startswith(("Collecting ", "Requirement already satisfied:"))
        if total and line.startswith("Installing collected packages"):
            fetching = False
            say("  all fetched, unpacking")
        elif fetching and time.time() - told > 3:
            told = time.time()
            say("  fetched %d of %d" % (min(seen, total), total))
    if process.wait() == 0:
        return 0
    sys.stderr.write("".join(lines[-40:]))
    return fail("pip could not install", "read pip's words above, then run make again")


def stamp(name):
    """The digest of all that decides what is installed."""
    import tomllib  # here, because an old Python has none and must come far enough to say so

    # The rest of pyproject.toml configures linters: a change there installs nothing.
    project = tomllib.loads(read(os.path.join(ROOT, "pyproject.toml")))["project"]
    parts = (read(lock_path(name)), repr(project), read(__file__), read(identity_path()))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_done(name):
    """Whether this lock, or the one that includes it, is installed as it stands."""
    if not os.path.exists(VENV_PYTHON) or read(identity_path()) != identity():
        return False
    return any(read(stamp_path(each)) == stamp(each) for each in {name, SUPERSET})


def identity():
    """What `.venv` was made for: it works for one Python, in one folder."""
    return "%s %s" % (VENV, sys.version)


def lock_path(name):
    return os.path.join(HERE, name + ".txt")


def stamp_path(name):
    return os.path.join(VENV, ".clawband-%s" % name)


def identity_path():
    return os.path.join(VENV, ".clawband-python")


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def say(text):
    print("set-up: " + text, flush=True)


def fail(text, remedy=""):
    sys.stderr.write("set-up: error: %s\n" % text)
    if remedy:
        sys.stderr.write("set-up: %s\n" % remedy)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(fail("stopped", "run make again: it goes on where it was"))
