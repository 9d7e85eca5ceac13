"""From a stranger to a guest: the door, the console, and back with a code for this browser."""

import base64
import re
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from tests.edges.ingress.fronting import fronted
from tests.simulators.small import PASSWORD

NAVIGATE = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    with fronted(tmp_path_factory.mktemp("door")) as found:
        yield found


@pytest.fixture
def browsing(front):
    """Browsers, as many as a test wants."""
    with ExitStack() as held:
        yield lambda: Browser(front, held)


class Browser:
    """Somebody's browser; it knows the name of the door, and keeps no cookie by itself."""

    def __init__(self, front, held):
        self.front = front
        self.cookies = {}
        port = front.served.url.rpartition(":")[2]
        self.console = held.enter_context(httpx.Client(base_url=f"http://localhost:{port}"))

    def door(self, path, **more):
        here = f"http://127.0.0.1:{self.front.door.port}"
        said = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        headers = {**NAVIGATE, "host": self.front.host, "cookie": said, **more}
        answer = httpx.get(here + path, headers=headers)
        for each in answer.headers.get_list("set-cookie"):
            key, _, value = each.partition(";")[0].partition("=")
            self.cookies[key] = value
        return answer

    def sign_in(self, name):
        form = {"name": name, "password": PASSWORD, "code": ""}
        origin = str(self.console.base_url).rstrip("/")
        answer = self.console.post("/login", data=form, headers={"origin": origin})
        assert answer.status_code == 303, answer.text

    def sent(self, path="/"):
        """Where the door sends a stranger, on the console."""
        place = urlsplit(self.door(path).headers["location"])
        return f"{place.path}?{place.query}"

    def code(self, place):
        """What the console's page leads to, on the door."""
        page = self.console.get(place)
        assert page.status_code == 200, page.text
        found = urlsplit(re.findall(r'content="0; url=([^"]+)"', page.text)[0])
        assert f"{found.scheme}://{found.netloc}" == self.front.door.origin
        return f"{found.path}?{found.query}"


def test_a_stranger_comes_in_and_where_they_wanted_to_go(browsing):
    at = browsing()
    at.sign_in("operator")
    answer = at.door(at.code(at.sent("/deep?x=1")))
    assert (answer.status_code, answer.headers["location"]) == (303, "/deep?x=1")
    assert at.cookies["clawband-begun"] == ""
    assert at.door("/deep?x=1").json()["fields"]["x-clawband-secretname"] == "operator"


def test_who_is_not_signed_in_is_asked_to_on_the_way(browsing):
    at = browsing()
    answer = at.console.get(at.sent())
    assert answer.headers["location"].startswith("/login?next=%2Fdoors%2Fshop%2Fenter")


def test_a_code_is_worth_nothing_in_another_browser(front, browsing):
    victim, attacker = browsing(), browsing()
    attacker.sign_in("operator")
    code = attacker.code(attacker.sent())
    victim.sent()
    assert victim.door(code).status_code == 403
    assert attacker.door(code).status_code == 403, "the attempt has used it up"
    assert browsing().door(code).status_code == 403
    assert "clawband-door" not in victim.cookies
    assert front.house.events("door:refuse")[-1].detail["category"] == "entry"


def test_a_code_is_good_once(browsing):
    at = browsing()
    at.sign_in("viewer")
    code = at.code(at.sent())
    begun = dict(at.cookies)
    assert at.door(code).status_code == 303
    at.cookies = begun
    assert at.door(code).status_code == 403


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_who_has_no_role_of_the_door_is_told_so(browsing, role):
    at = browsing()
    at.sign_in(role)
    answer = at.console.get(at.sent())
    assert answer.status_code == 403 and "takes one of the roles" in answer.text


@pytest.mark.parametrize("query", ["", "?challenge=short", f"?challenge={'a' * 44}"])
def test_nobody_was_sent_by_a_door(browsing, query):
    at = browsing()
    at.sign_in("operator")
    assert at.console.get(f"/doors/shop/enter{query}").status_code == 400
    assert at.console.get(f"/doors/gone/enter?challenge={'a' * 43}").status_code == 404


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example", "/.clawband/leave", "/a b", "\\x", ""]
)
def test_where_they_wanted_to_go_is_a_path_of_the_door(browsing, wanted):
    at = browsing()
    at.sign_in("operator")
    code = at.code(at.sent())
    verifier = at.cookies["clawband-begun"].partition(".")[0]
    kept = base64.urlsafe_b64encode(wanted.encode()).decode()
    at.cookies["clawband-begun"] = f"{verifier}.{kept}"
    answer = at.door(code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_query_of_many_fields_is_answered(front):
    assert front.request("GET /.clawband/enter?a&b&c&d&e HTTP/1.1").startswith(b"HTTP/1.1 403")
