"""Every path: nobody gets in without a sign-in, and no page holds a script or a style."""

import re

import pytest
from starlette.routing import Route

from clawband.edges.console.routes import FORMS, PAGES, routes
from clawband.edges.console.security import CSP
from clawband.edges.console.visit import THEME_COOKIE
from tests.edges.console.browsing import Page, addresses

OPEN = {
    "/login", "/login/passkey", "/login/passkey/begin", "/static/{name}",
    "/login/openid", "/login/openid/back", "/login/openid/ended",
    "/welcome/{token}", "/welcome/{token}/begin", "/welcome/{token}/passkey",
}  # fmt: skip
EXACT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def concrete(path):
    return re.sub(r"\{[^}]*\}", "something", path)


def test_the_tables_are_all_there_is(house):
    made = routes(house.shop.service, secure=False)
    paths = {route.path for route in made if isinstance(route, Route)}
    assert paths == set(PAGES) | set(FORMS) | OPEN | {"/{path:path}"}


def test_without_a_sign_in_every_page_leads_to_the_login(house):
    client = house.nobody()
    for path in [*PAGES, "/anything/else"]:
        answer = client.get(concrete(path))
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login?next=%2F"), path
        assert "html" not in answer.text


def test_without_a_sign_in_no_form_does_anything(house):
    client = house.nobody()
    for path in FORMS:
        answer = client.post(concrete(path), data={"csrf": "x"}, headers={"origin": house.origin})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path


def test_a_made_up_or_ended_sign_in_is_none(house):
    for secret in ("x", "0" * 64, "é", "a" * 5_000):
        headers = {"cookie": f"clawband={secret}".encode()}
        assert house.nobody().get("/", headers=headers).status_code == 303


@pytest.mark.parametrize("path", sorted(FORMS))
def test_a_form_needs_its_token(house, path):
    client = house.as_("ana")
    for data in ({"other": "x"}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": house.csrf("bo")}):
        answer = client.post(concrete(path), data=data, headers={"origin": house.origin})
        assert answer.status_code == 403, (path, data)
        assert "this sign-in" in Page(answer.text).text.lower()


@pytest.mark.parametrize("path", sorted(FORMS))
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://{}", "http://{}.evil", "{}", None]
)
def test_a_form_comes_from_our_own_pages(house, path, origin):
    here = house.origin.removeprefix("http://")
    headers = {"origin": origin.format(here)} if origin else {}
    data = {"csrf": house.csrf("ana")}
    answer = house.as_("ana").post(concrete(path), data=data, headers=headers)
    assert answer.status_code == 403
    assert "form of this console" in Page(answer.text).text


def test_a_form_is_small_and_a_form(house):
    headers = {"origin": house.origin, "content-type": "application/x-www-form-urlencoded"}
    client = house.as_("ana")
    assert client.post("/theme", content=b"a" * 70_000, headers=headers).status_code == 400
    assert client.post("/theme", content=b"\xff\xfe=1", headers=headers).status_code == 400
    many = "&".join(f"f{n}=1" for n in range(100))
    assert client.post("/theme", content=many, headers=headers).status_code == 400
    json = {"origin": house.origin, "content-type": "application/json"}
    assert client.post("/theme", content=b"{}", headers=json).status_code == 400


def test_every_answer_has_the_headers(house):
    client = house.as_("ana")
    paths = [*addresses(house.shop), "/palette", "/go?q=x", "/nowhere", "/events/none",
             "/login", "/static/console.css", "/static/none.js",
             f"/events/{house.shop.ids['permit']}/proof"]  # fmt: skip
    assert EXACT == CSP
    for path in paths:
        headers = client.get(path).headers
        assert headers["content-security-policy"] == EXACT, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert ("no-store" in headers["cache-control"]) is not path.startswith("/static/c")


def test_no_page_holds_script_style_or_handlers(house):
    pages = {path: house.as_("ana").get(path) for path in addresses(house.shop)}
    pages["/login"] = house.nobody().get("/login")
    pages["/welcome"] = house.nobody().get(house.invitation("wren", "approver"))
    assert pages["/welcome"].status_code == 200
    pages["/welcome/gone"] = house.nobody().get("/welcome/gone")
    pages["/nowhere"] = house.as_("vi").get("/nowhere")
    for path, answer in pages.items():
        page = Page(answer.text)
        for element in page.elements:
            assert element.tag not in {"style", "base", "iframe", "object", "embed"}, path
            assert not [name for name in element.attributes if name.startswith("on")], path
            assert "style" not in element.attributes, path
            for name in ("href", "src", "action", "formaction"):
                target = element.attributes.get(name, "/")
                assert re.match(r"/(?!/)|#|otpauth://totp/", target), (path, target)
        for script in page.all("script"):
            assert script.attributes["src"].startswith("/static/"), path
            assert script.attributes["type"] == "module"
        assert "<script>" not in answer.text


def test_every_form_on_a_page_carries_the_token(house):
    token = house.csrf("ana")
    for path in addresses(house.shop):
        html = house.as_("ana").get(path).text
        for form in re.findall(r'<form method="post".*?</form>', html, re.DOTALL):
            assert f'name="csrf" value="{token}"' in form, path


def test_static_files_are_named_and_versioned(house):
    client = house.nobody()
    page = Page(client.get("/login").text)
    sheet = next(each.attributes["href"] for each in page.all("link") if "css" in str(each))
    assert "immutable" in client.get(sheet).headers["cache-control"]
    assert client.get("/static/..%2fsecurity.py").status_code in (303, 404)
    assert client.get("/static/console.css").headers["content-type"].startswith("text/css")


def test_the_theme_is_a_word_in_a_cookie(house):
    answer = house.post("ana", "/theme", theme="dark", back="/policy")
    assert (answer.status_code, answer.headers["location"]) == (303, "/policy")
    assert f"{THEME_COOKIE}=dark" in answer.headers["set-cookie"]
    assert 'data-theme="dark"' in house.client.get("/").text
    house.as_("ana").cookies.set(THEME_COOKIE, "purple<script>")
    assert 'data-theme="auto"' in house.client.get("/").text
    away = house.post("ana", "/theme", theme="dark", back="//evil.example")
    assert away.headers["location"] == "/"
