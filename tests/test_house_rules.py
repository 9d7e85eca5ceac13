"""The rules of the house that no linter knows: sizes, names, mirrors, a pure core, no mocks.

CONTRIBUTING.md gives the reasons. `ruff` and `lint-imports` check the rest.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "clawband"
TESTS = ROOT / "tests"
PLUGIN = ROOT / "plugin"

MODULE_LINES = 300
FUNCTION_LINES = 40
CLASS_LINES = 200
OWN_IMPORTS = 15
PROTOCOL_METHODS = 8
PLUGIN_LINES = 460
ALONE_LINES = 100

BANNED_WORDS = {
    "abstract", "base", "common", "handler", "helper", "helpers", "impl", "manager", "misc",
    "processor", "util", "utils",
}  # fmt: skip

CORE = (
    "model",
    "policy",
    "labels",
    "approvals",
    "audit",
    "identity",
    "openclaw",
    "ports",
    "flows",
    "network",
    "enforcement",
    "containment",
)
MIRRORED = tuple(name for name in CORE if name != "ports")

# Calls that reach for the clock, for entropy or for a file without an import that gives it away.
IMPURE_NAMES = {"open", "input", "print", "exec", "eval"}
IMPURE_ATTRIBUTES = {
    "now", "utcnow", "today", "uuid1", "uuid4", "read_text", "write_text", "read_bytes",
    "write_bytes", "urlopen",
}  # fmt: skip

# `package/module.py` of the mirrored packages that needs no test file of its own, and why.
NO_MIRROR: dict[str, str] = {
    "containment/facts.py": "values only; containment/test_checks.py compares them",
    "model/approval.py": "values only; approvals/test_lifecycle.py moves them",
    "model/certificate.py": "values only; flows/test_certificates.py decides about them",
    "model/control.py": "values only; flows/test_decide.py obeys them",
    "model/deployment.py": "values only",
    "model/document.py": "values only; flows/test_kept.py reads them",
    "model/environments.py": "values only; flows/test_enroll.py asks for one",
    "model/errors.py": "values only; every refusal test reads them",
    "model/event.py": "values only; audit/test_entry.py writes them",
    "model/gateways.py": "a section of the settings; tests/test_settings.py reads it",
    "model/honeytoken.py": "values only; flows/test_honeytokens.py tells of them",
    "model/leak.py": "values only; flows/test_leak.py carries them on",
    "model/network.py": "values only; policy/test_egress.py decides about them",
    "model/secret.py": "values only; flows/test_secrets.py and test_lend.py decide about them",
    "model/notice.py": "values only; flows/test_outbox.py sends them",
    "network/refusal.py": "values only; every test of this package reads them",
}
# Folders whose files carry their own examples, and the test that runs them all.
OWN_EXAMPLES: dict[str, str] = {"labels/classifiers": "labels/classifiers/test_examples.py"}
# Modules that know more of our own modules than OWN_IMPORTS, and why.
MANY_IMPORTS: dict[str, str] = {
    "bootstrap/parts.py": "knows every adapter",
    "bootstrap/serving.py": "knows every edge",
    "edges/egress/gate.py": "stands between the wire and the service",
    "flows/endorse.py": "vouching joins people, approvals, the record and provenance",
    "service/models.py": "joins who asks, policy, what data it is, and what sees it",
    "service/running.py": "knows every port",
    "service/service.py": "knows every part of the service",
}


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines of a definition without its docstring: prose is not what makes code long."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def definitions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def words(name: str) -> set[str]:
    """`HTTPHandler` and `http_handler` both have the word `handler`."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_modules_are_short() -> None:
    sizes = {name_of(path): lines_of(path) for path in modules(SRC) + modules(TESTS)}
    assert {name: size for name, size in sizes.items() if size > MODULE_LINES} == {}


def test_functions_and_classes_are_short() -> None:
    long = {}
    for path in modules(SRC) + modules(TESTS):
        for node in definitions(path):
            limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            if length(node) > limit:
                long[f"{name_of(path)}::{node.name}"] = length(node)
    assert long == {}


def test_plugin_is_small() -> None:
    files = [*PLUGIN.rglob("*.js"), *PLUGIN.rglob("*.mjs"), *PLUGIN.rglob("*.ts")]
    shipped = [
        path
        for path in files
        if not {"node_modules", "test", "tests"} & set(path.relative_to(PLUGIN).parts)
        and ".test." not in path.name
    ]
    sizes = {name_of(path): lines_of(path) for path in shipped}
    # A program of its own: nothing of it is loaded into a gateway.
    assert sizes.pop("plugin/install.js") <= ALONE_LINES
    assert sum(sizes.values()) <= PLUGIN_LINES, sizes


def test_no_name_says_nothing() -> None:
    bad = set()
    for path in modules(SRC) + modules(TESTS):
        for part in path.relative_to(ROOT).with_suffix("").parts:
            if words(part) & BANNED_WORDS:
                bad.add(name_of(path))
        for node in definitions(path):
            if isinstance(node, ast.ClassDef) and words(node.name) & BANNED_WORDS:
                bad.add(f"{name_of(path)}::{node.name}")
    assert bad == set()


def test_every_package_says_what_it_is() -> None:
    folders = {path.parent for path in modules(SRC)}
    silent = set()
    for folder in folders:
        start = folder / "__init__.py"
        if not start.exists() or not ast.get_docstring(tree_of(start)):
            silent.add(name_of(folder))
    assert silent == set()


def test_modules_know_few_of_our_own() -> None:
    crowded = {}
    for path in modules(SRC):
        known = set()
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clawband"):
                known.add(node.module)
        if len(known) > OWN_IMPORTS and path.relative_to(SRC).as_posix() not in MANY_IMPORTS:
            crowded[name_of(path)] = len(known)
    assert crowded == {}


def test_ports_are_narrow() -> None:
    wide = {}
    for path in modules(SRC / "ports"):
        for node in definitions(path):
            if isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases):
                methods = sum(isinstance(part, ast.FunctionDef) for part in node.body)
                if methods > PROTOCOL_METHODS:
                    wide[f"{name_of(path)}::{node.name}"] = methods
    assert wide == {}


@pytest.mark.parametrize("package", CORE)
def test_the_core_reaches_for_nothing(package: str) -> None:
    calls = set()
    for path in modules(SRC / package):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if (isinstance(called, ast.Name) and called.id in IMPURE_NAMES) or (
                isinstance(called, ast.Attribute) and called.attr in IMPURE_ATTRIBUTES
            ):
                calls.add(f"{name_of(path)}:{node.lineno} {ast.unparse(called)}")
    assert calls == set()


@pytest.mark.parametrize("package", MIRRORED)
def test_every_core_module_has_its_mirror(package: str) -> None:
    missing, needless = [], []
    for path in modules(SRC / package):
        inside = path.relative_to(SRC)
        if path.name == "__init__.py" or inside.parent.as_posix() in OWN_EXAMPLES:
            continue
        mirror = TESTS / inside.parent / f"test_{inside.name}"
        listed = inside.as_posix() in NO_MIRROR
        if not mirror.exists() and not listed:
            missing.append(name_of(mirror))
        if mirror.exists() and listed:
            needless.append(inside.as_posix())
    assert missing == []
    assert needless == [], "these have a mirror: take them off NO_MIRROR"


def test_every_exception_still_exists() -> None:
    assert [name for name in NO_MIRROR if not (SRC / name).exists()] == []
    assert [name for name in OWN_EXAMPLES.values() if not (TESTS / name).exists()] == []


def test_pages_and_the_api_read_past_nobodys_eyes() -> None:
    """What belongs to an environment is read through `service.seen`, which asks who looks."""
    reads = {"find", "leaf", "walk", "prove", "watch", "payload"}
    reads |= {"approval", "approvals", "enrolled", "controls", "versions", "all_endorsements"}
    past = set()
    for path in modules(SRC / "edges" / "console") + modules(SRC / "edges" / "api"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr in reads:
                of = ast.unparse(node.value)
                if of.endswith((".store", ".log", ".stops")) or of in {"store", "log"}:
                    past.add(f"{name_of(path)}:{node.lineno}")
    assert past == set()


def test_nothing_is_mocked() -> None:
    mocks = set()
    for path in modules(SRC) + modules(TESTS):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                text = ast.unparse(node)
                if re.search(r"\bmock\b|MagicMock|pytest_mock", text):
                    mocks.add(f"{name_of(path)}:{node.lineno}")
            # The environment and the current folder may be set for a test; our own code may not.
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                replaces = node.attr in {"setattr", "delattr", "setitem", "delitem"}
                if node.value.id in {"monkeypatch", "mocker"} and replaces:
                    mocks.add(f"{name_of(path)}:{node.lineno}")
    assert mocks == set()
