"""Signing in: the cookie, where it leads, what guessing costs."""

from urllib.parse import urljoin, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from clawband.edges.console.security import local_path
from tests.edges.console.browsing import Page
from tests.edges.console.shop import PASSWORD


def enter(house, name="ana", password=PASSWORD, origin="", **fields):
    data = {"name": name, "password": password, **fields}
    headers = {"origin": origin or house.origin}
    return house.nobody().post("/login", data=data, headers=headers)


def test_the_right_password_opens(own):
    answer = enter(own, next="/policy")
    assert (answer.status_code, answer.headers["location"]) == (303, "/policy")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("clawband=")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie and "Domain" not in cookie
    assert own.client.get("/").status_code == 200
    again = own.client.get("/login?next=/activity")
    assert (again.status_code, again.headers["location"]) == (303, "/activity")


def test_over_https_the_cookie_is_bound_to_the_host(behind_tls):
    assert enter(behind_tls).status_code == 401, "the origin must be the HTTPS one"
    answer = enter(behind_tls, origin=behind_tls.origin.replace("http:", "https:"))
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-clawband=")
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_a_wrong_password_says_nothing_of_the_name(own):
    wrong = enter(own, password="something else entirely")
    unknown = enter(own, name="nobody", password="something else entirely")
    assert wrong.status_code == unknown.status_code == 401
    assert "set-cookie" not in wrong.headers
    said = [Page(each.text).text.replace("nobody", "ana") for each in (wrong, unknown)]
    assert said[0] == said[1]


def test_a_sign_in_from_elsewhere_is_refused(own):
    answer = enter(own, origin="http://evil.example")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_it_on_the_server(own):
    enter(own, name="cleo")
    secret = own.client.cookies["clawband"]
    own.shop.secrets["leaving"] = secret
    csrf = own.shop.service.operators.who(secret).csrf
    answer = own.client.post("/logout", data={"csrf": csrf}, headers={"origin": own.origin})
    assert answer.headers["location"] == "/login"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    own.client.cookies.set("clawband", secret)
    assert own.client.get("/").status_code == 303


def test_a_link_from_elsewhere_arrives_with_one_step_of_our_own(own):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    page = own.nobody().get("/approvals?x=1", headers=headers)
    assert page.status_code == 200
    assert 'content="0; url=/approvals?x=1"' in page.text
    assert "approvals wait" not in page.text


def test_what_is_typed_comes_back_escaped(own):
    answer = enter(own, name='"><img src=x onerror=alert(1)>', next="/x\"'><script>")
    page = Page(answer.text)
    assert "img" not in {each.tag for each in page.elements if "onerror" in each.attributes}
    assert "<script>" not in answer.text


def test_where_a_sign_in_may_lead():
    good = ["/", "/events/dec_1?x=1", "/activity?q=a%20b&show=held"]
    assert [local_path(each) for each in good] == good
    bad = ["", "//evil", "https://evil", "/\\evil", "\\\\evil", "javascript:alert(1)", "/a\nb",
           " /x", "/\t/evil", "evil"]  # fmt: skip
    assert {local_path(each) for each in bad} == {"/"}


@given(st.text(alphabet="/\\:.@?#\t\n evilhtps", max_size=20))
def test_wherever_it_leads_it_stays_here(wanted):
    target = urlsplit(urljoin("http://console.example/login", local_path(wanted)))
    assert (target.scheme, target.netloc) == ("http", "console.example")
