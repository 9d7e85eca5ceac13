"""The screen of a door: requests are looked through by the OWASP core rules before they pass."""

import asyncio
import ctypes
import os
import subprocess
from pathlib import Path

import pytest

from clawband.bootstrap.fronting import SCREEN, _screened
from clawband.edges.ingress.screen import LIBRARY, Rules
from clawband.model.errors import UnavailableError
from clawband.network import head
from tests.edges.ingress.fronting import fronted

CORE = Path("/usr/share/modsecurity-crs/rules")
TEXT = """SecRuleEngine On
SecRequestBodyAccess On
SecAuditEngine Off
SecRule REQUEST_HEADERS:Content-Type "^application/json" \\
  "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
Include /etc/modsecurity/crs/crs-setup.conf
Include /usr/share/modsecurity-crs/rules/*.conf
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    try:
        ctypes.CDLL(LIBRARY)
        missing = "" if CORE.is_dir() else "modsecurity-crs"
    except OSError:
        missing = "libmodsecurity3"
    if missing:
        assert os.environ.get("CI") != "true", f"install {missing}"
        pytest.skip(f"needs the packages libmodsecurity3 and modsecurity-crs; {missing} is missing")
    found = tmp_path_factory.mktemp("rules") / "core.conf"
    found.write_text(TEXT)
    return found


@pytest.fixture(scope="module")
def rules(path):
    return Rules(str(path))


def request(target, *fields, method="GET"):
    lines = (
        f"{method} {target} HTTP/1.1", "Host: shop.example.com", "User-Agent: Mozilla/5.0",
        "Accept: */*", *fields, "", "",
    )  # fmt: skip
    return head.request("\r\n".join(lines).encode())


def posted(body, kind="application/json"):
    return request("/v1/x", f"Content-Type: {kind}", f"Content-Length: {len(body)}", method="POST")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/?id=1%27%20OR%201=1--", "942100 SQL Injection"),
        ("/?q=%3Cscript%3Ealert(1)%3C/script%3E", "941100 XSS"),
        ("/x?cmd=;cat%20/etc/passwd", "932100 Remote Command Execution"),
    ],
)
def test_an_attack_is_refused_with_the_rules_that_saw_it(rules, target, said):
    assert said in asyncio.run(rules.look(request(target), "203.0.113.9", b""))


def test_what_is_in_a_body_is_seen(rules):
    bad = b'{"a":"1 UNION SELECT password FROM users"}'
    assert "942" in rules.looked(posted(bad), "203.0.113.9", bad)
    form = b"q=%3Cscript%3Ealert(1)%3C/script%3E"
    kind = "application/x-www-form-urlencoded"
    assert "941" in rules.looked(posted(form, kind), "203.0.113.9", form)


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"openclaw/support","messages":[{"role":"user","content":"what of order 3?"}]}',
        b'{"text":"' + b"and what became of it, " * 2_000 + b'"}',
    ],
)
def test_what_people_ask_passes(rules, body):
    assert rules.looked(request("/chat?session=main&x=1"), "203.0.113.9", b"") == ""
    assert rules.looked(posted(body), "203.0.113.9", body) == ""


def test_one_request_is_not_held_against_the_next(rules):
    for _ in range(3):
        assert rules.looked(request("/?id=1%27%20OR%201=1--"), "203.0.113.9", b"")
        assert rules.looked(request("/"), "203.0.113.9", b"") == ""


@pytest.mark.parametrize("text", ["SecRuleEngine Maybe\n", "Include /nowhere/x.conf\n", None])
def test_rules_that_cannot_be_used_are_told_before_a_door_opens(path, tmp_path, text):
    wrong = tmp_path / "wrong.conf"
    if text:
        wrong.write_text(text)
    with pytest.raises(UnavailableError, match="cannot be used"):
        Rules(str(wrong))
    with pytest.raises(UnavailableError, match="cannot be used"):
        asyncio.run(_screened(str(wrong)))
    assert subprocess.run([*SCREEN, str(path)], check=False).returncode == 0


def test_without_the_library_it_says_what_to_install():
    with pytest.raises(UnavailableError, match="needs libnone-of-this") as refused:
        Rules("core.conf", "libnone-of-this.so.3")
    assert "libmodsecurity3" in refused.value.remedy


def test_the_door_passes_on_what_the_rules_take_and_nothing_else(path, tmp_path):
    with fronted(tmp_path, waf=str(path)) as front:
        inside = f"Cookie: {front.came()[0]}"
        agent = ("User-Agent: Mozilla/5.0", "Accept: */*")
        assert b" 200 OK" in front.request("GET /chat HTTP/1.1", inside, *agent)
        before = len(front.behind.requests)
        answer = front.request("GET /?id=1%27%20OR%201=1-- HTTP/1.1", inside, *agent)
        assert answer.startswith(b"HTTP/1.1 403 ") and b"942100" in answer
        body = b'{"a":"1 UNION SELECT password FROM users"}'
        length = f"Content-Length: {len(body)}"
        kind = "Content-Type: application/json"
        answer = front.request("POST /x HTTP/1.1", inside, *agent, kind, length, body=body)
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert len(front.behind.requests) == before
