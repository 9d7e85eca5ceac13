"""Single sign-on with a real OpenID provider, a real server, and a real browser."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import expect

from examples.sample.gateway import free_port
from examples.sample.modules import ensure_modules
from tests.edges.console.browsing import Page

ROOT = Path(__file__).resolve().parents[2]
PROVIDER = Path(__file__).with_name("provider")
SECRET = "a secret: of the client & more"
SETTINGS = """
state = "s"
port = {port}
[people]
origin = "http://localhost:{port}"
[openid]
issuer = "{issuer}"
client = "clawband"
name = "Example"
secret_file = "secret"
[openid.roles]
admins = ["admin"]
desk = ["operator", "viewer"]
"""


@dataclass
class Company:
    """Clawband and the provider that its people sign in with."""

    origin: str
    issuer: str

    def browser(self) -> httpx.Client:
        return httpx.Client(timeout=30, trust_env=False)

    def go(self, http: httpx.Client, url: str) -> httpx.Response:
        """Follow redirects, and the console's own step."""
        answer = http.get(url, follow_redirects=True)
        for each in Page(answer.text).all("meta"):
            if each.attributes.get("http-equiv") == "refresh":
                wanted = each.attributes["content"].removeprefix("0; url=")
                return http.get(urljoin(str(answer.url), wanted), follow_redirects=True)
        return answer

    def sign_in(self, http: httpx.Client, name: str) -> httpx.Response:
        form = self.go(http, f"{self.origin}/login/openid?next=/people")
        if "Sign in at Example" not in form.text:
            return form  # the provider knows this browser
        sent = http.post(str(form.url), data={"name": name})
        return self.go(http, urljoin(str(sent.url), sent.headers["location"]))

    def who(self, http: httpx.Client) -> dict[str, object]:
        headers = {"authorization": f"Bearer {http.cookies.get('clawband', 'none')}"}
        answer = http.get(f"{self.origin}/api/v1/session", headers=headers)
        return answer.json() if answer.status_code == 200 else {}


def started(command: list[str | Path], ready: str) -> subprocess.Popen[str]:
    # A session of its own: `node` is a program that starts the real one.
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout
    for line in process.stdout:
        if ready in line:
            return process
    raise AssertionError(f"{command[0]} did not start")


@pytest.fixture(scope="module")
def company(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    modules = ensure_modules(
        ROOT / ".clawband" / "oidc", node, print, lock=PROVIDER, name="the OpenID provider"
    )
    program = modules.with_name("provider.mjs")
    shutil.copyfile(PROVIDER / "provider.mjs", program)
    folder = tmp_path_factory.mktemp("o")
    port = free_port()
    origin, there = f"http://localhost:{port}", free_port()
    (folder / "secret").touch(0o600)
    (folder / "secret").write_text(SECRET)
    issuer = f"http://127.0.0.1:{there}"
    (folder / "clawband.toml").write_text(SETTINGS.format(port=port, issuer=issuer))
    told = {
        "port": there, "client": "clawband", "secret": SECRET,
        "back": f"{origin}/login/openid/back",
        "ended": f"http://127.0.0.1:{port}/login/openid/ended",
    }  # fmt: skip
    running = []
    try:
        running.append(started([node, program, json.dumps(told)], "ready"))
        serve = [sys.executable, "-m", "clawband", "-C", folder, "serve"]
        running.append(started(serve, "Clawband is at"))
        yield Company(origin, issuer)
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
            if process.stdout:
                process.stdout.close()


def test_people_come_in_with_the_roles_of_their_groups(company):
    for name, roles, assurance in [("ana", ["admin"], 2), ("bo", ["viewer"], 1)]:
        with company.browser() as http:
            page = company.sign_in(http, name)
            assert (page.status_code, page.url.path) == (200, "/people"), Page(page.text).text
            told = company.who(http)
            assert told["operator"]["name"] == name and told["assurance"] == assurance
            # Bo is an operator, too, as soon as there is a second factor.
            assert told["operator"]["roles"] == roles


def test_who_is_in_no_group_stays_out(company):
    with company.browser() as http:
        page = company.sign_in(http, "zoe")
        assert page.status_code == 401 and "none of their groups" in page.text
        assert company.who(http) == {}


def test_the_same_answer_a_second_time_is_refused(company):
    with company.browser() as http:
        form = company.go(http, f"{company.origin}/login/openid")
        cookie = http.cookies["clawband-openid"]
        sent = http.post(str(form.url), data={"name": "ana"})
        resumed = http.get(urljoin(str(sent.url), sent.headers["location"]))
        back = resumed.headers["location"]
        assert back.startswith(f"{company.origin}/login/openid/back?code=")
        assert http.get(back).status_code == 303
        http.cookies.set("clawband-openid", cookie, domain="localhost.local")
        again = http.get(f"{back}&arrived=1")
        assert again.status_code == 401 and "used before" in again.text


def test_signed_out_there_is_signed_out_here(company):
    with company.browser() as http, company.browser() as other:
        company.sign_in(http, "ana")
        company.sign_in(other, "bo")
        page = company.go(http, f"{company.issuer}/session/end")
        fields = {
            each.attributes["name"]: each.attributes.get("value", "")
            for each in Page(page.text).all("input")
        }
        (form,) = Page(page.text).all("form")
        http.post(form.attributes["action"], data={**fields, "logout": "yes"})
        assert company.who(http) == {}
        assert company.who(other)["operator"]["name"] == "bo"


def test_in_a_real_browser_the_strict_cookies_come_along(company, browser):
    """`SameSite=Strict`, the policy of the page and the way back are Chromium's own here."""
    page = browser.new_context().new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{company.origin}/login?next=/policy")
    page.get_by_role("link", name="Sign in with Example").click()
    page.get_by_label("Name").fill("ana")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{company.origin}/policy")
    cookies = {each["name"]: each for each in page.context.cookies(company.origin)}
    assert cookies["clawband"]["sameSite"] == "Strict" and cookies["clawband"]["httpOnly"]
    assert "clawband-openid" not in cookies
    page.goto(f"{company.origin}/me")
    expect(page.get_by_text("You sign in with Example, too.")).to_be_visible()
    assert [each for each in complaints if "Content Security" in each] == []
    page.context.close()
