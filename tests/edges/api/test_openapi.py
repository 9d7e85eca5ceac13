"""The description and the API say the same: every path, every name in an answer, every refusal."""

import json
import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from clawband.bootstrap.serving import full_app
from clawband.edges.api import openapi
from tests.edges.api.calling import calling
from tests.simulators.small import story

DOCUMENT = openapi.document()
METHODS = ("get", "post", "put", "delete")
ENDLESS = {("/stream", "get")}


def operations():
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            yield path, method, told


def resolved(schema):
    named = schema.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][named] if named else schema


@story
async def test_every_path_is_described_and_every_description_has_a_path(tmp_path):
    async with calling(tmp_path) as caller:
        routes = full_app(caller.house.service).routes
        served = {
            (re.sub(r":\w+}", "}", each.path.removeprefix("/api/v1")), method.lower())
            for each in routes
            if isinstance(each, Route) and each.path.startswith("/api/v1/")
            for method in set(each.methods or ()) - {"HEAD"}
            if each.path not in (openapi.PATH, openapi.NOWHERE)
        }
    assert served == {(path, method) for path, method, _ in operations()}


def test_it_is_whole_and_every_name_in_it_is_known():
    text = json.dumps(DOCUMENT)
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in DOCUMENT["components"]["schemas"], name
    ids = [told["operationId"] for _, _, told in operations()]
    assert len(set(ids)) == len(ids)
    for path, _, told in operations():
        named = {each["name"] for each in told["parameters"] if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path)) and told["summary"], path


@pytest.mark.parametrize(
    ("path", "told"),
    [(path, told) for path, method, told in operations() if method == "get" and "{" not in path
     and (path, method) not in ENDLESS
     and not any(each["required"] for each in told["parameters"])],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
@story
async def test_an_answer_has_what_is_said_of_it(tmp_path, path, told):
    async with calling(tmp_path) as caller:
        answer = await caller.operate("GET", path)
        assert answer.status_code == 200, answer.text
        schema = resolved(told["responses"]["200"]["content"]["application/json"]["schema"])
        if schema["properties"]:
            got = answer.json()
            assert set(schema["required"]) <= set(got)
            assert set(got) <= set(schema["properties"]), "what is there is described"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
# The router matches no line feed in a path: such a path is nobody's.
WORDS = st.text(
    st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=20
)
FITTING = {
    "string": st.text(max_size=40),
    "number": st.integers() | st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "array": st.lists(st.text(max_size=10), max_size=3),
    "object": st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
}


@st.composite
def sent(draw, told):
    """Path values, a query and a body that fit the description, or nearly."""
    values = {each["name"]: draw(WORDS) for each in told["parameters"]}
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    body = None
    if content:
        properties = content["schema"]["properties"]
        body = {
            name: draw(FITTING.get(schema.get("type"), VALUES) | VALUES)
            for name, schema in properties.items()
            if draw(st.integers(0, 9))
        }
    return values, body


def test_whatever_is_sent_is_answered_as_described(tmp_path):
    rounds = {"left": 0}

    @story
    async def walk():
        async with calling(tmp_path) as caller:
            for number, (path, method, told) in enumerate(sorted(operations(), key=str)):
                if (path, method) in ENDLESS or path == "/session":
                    continue
                for values, body in drawn(told, number):
                    place, asked = path, {**values}
                    for name in re.findall(r"{(\w+)}", path):
                        place = place.replace(f"{{{name}}}", quote(asked.pop(name), safe=""))
                    answer = await caller.operate(method.upper(), place, body, **asked)
                    described = {int(each) for each in told["responses"]}
                    # A path value with a slash is another path.
                    assert answer.status_code in described | {404}, (path, values, body)
                    if answer.status_code != 200:
                        assert answer.headers["content-type"] == openapi.PROBLEM
                    rounds["left"] += 1

    walk()
    assert rounds["left"] > 200


def drawn(told, seed):
    found = []

    @settings(max_examples=8, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(sent(told))
    def keep(each):
        found.append(each)

    keep()
    return found
