"""What the tracked files may say: paths that exist, locks without addresses, ADRs in order."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ADRS = ROOT / "docs" / "adr"

REQUIRED = (
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md",
    "docs/decision-path.md", "docs/openclaw.md", "docs/performance.md", "docs/threat-model.md",
)  # fmt: skip

# Split, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE_PATH = re.compile(
    r"(?<![\w.~*/-])/(?:work|root|Users|home/(?!user\b|you\b|node\b)[\w.-]*)/"
)
WORKPLACE = re.compile(r"\.\./shared\b|\.library\b")
REGISTRY = re.compile(
    r"pypi\.(?:org|python)|python"
    + r"hosted|npm"
    + r"js\.(?:org|com)|deb\.deb"
    + r"ian|yarn"
    + r"pkg",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"https?://|--index-url|--extra-index|--find-links|git\+|file:", re.IGNORECASE)
ADR_NAME = re.compile(r"(\d{4})(-[a-z0-9]+){2,}\.md")
ADR_PARTS = ("## Context", "## Decision", "## Refused", "## Consequences")
PATH_ROOTS = ("src/", "tests/", "docs/", "plugin/", "examples/", "benchmarks/", "requirements/")
# Generated on the reader's machine, so it is not in the tree.
MADE_LATER = re.compile(r"[<>{}*…$]|/\.\.\.|node_modules|NNNN")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file git knows or would add; without git (a source archive) there is nothing to say."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        if path != Path(__file__).resolve():
            try:
                found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found


def places(pattern: re.Pattern[str], but: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{number} {line.strip()[:80]}"
        for name, text in texts()
        if not name.startswith(but or ("\0",))
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def documents() -> list[Path]:
    return sorted(path for path in tracked() if path.suffix == ".md")


@pytest.mark.parametrize("name", REQUIRED)
def test_the_document_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_nothing_is_left_for_later() -> None:
    assert places(UNFINISHED, but=("LICENSE", "tests/golden/")) == []


def test_no_path_of_one_machine() -> None:
    assert places(MACHINE_PATH) == []
    assert places(WORKPLACE) == []


def test_no_registry_is_named() -> None:
    assert places(REGISTRY) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name
)
def test_python_lock_has_hashes_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not ADDRESS.search(text)
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))


def test_dev_lock_includes_the_others() -> None:
    dev = pins("dev")
    assert {**dev, **pins("runtime"), **pins("sample")} == dev


def test_npm_locks_have_hashes_and_no_address() -> None:
    for path in tracked():
        if path.name in {"package-lock.json", "npm-shrinkwrap.json"}:
            packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
            fetched = {
                name: each for name, each in packages.items() if name and not each.get("link")
            }
            assert [name for name, each in fetched.items() if "resolved" in each] == [], path
            whole = {"bundled", "inBundle"}
            loose = [n for n, e in fetched.items() if "integrity" not in e and not whole & set(e)]
            assert loose == [], path


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_in_a_document_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # A changelog speaks of the past.
    if path.name == "CHANGELOG.md":
        return
    missing = []
    for quoted in re.findall(r"`([^`\s]+)`", text):
        name, _, test = quoted.partition("::")
        if not quoted.startswith(PATH_ROOTS) or MADE_LATER.search(quoted):
            continue
        target = ROOT / name.partition("#")[0].rstrip(":0123456789")
        known = target.exists() and (not test or f"def {test.split('[')[0]}(" in target.read_text())
        if not known:
            missing.append(quoted)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", link) and not (path.parent / link.partition("#")[0]).exists():
            missing.append(link)
    assert missing == []


def test_adrs_are_numbered_and_whole() -> None:
    names = sorted(path.name for path in ADRS.glob("[0-9]*.md"))
    matches = [ADR_NAME.fullmatch(name) for name in names]
    assert [name for name, match in zip(names, matches, strict=True) if not match] == []
    numbers = [int(match[1]) for match in matches if match]
    assert numbers == list(range(1, len(numbers) + 1))
    for name, number in zip(names, numbers, strict=True):
        text = (ADRS / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {number:04d} "), name
        assert re.search(r"^Status: (accepted|superseded by \d{4})\b", text, re.MULTILINE), name
        assert [part for part in ADR_PARTS if part not in text] == [], name


def test_menu_is_made_from_the_makefile() -> None:
    menu = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("up", "test", "check", "lint", "fmt", "golden", "bench", "lock", "clean"):
        assert f"make {target} " in menu
