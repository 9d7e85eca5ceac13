"""The description and the API say the same: every path, every name in an answer, every refusal."""

import json
import re
from collections.abc import Iterable

import pytest
from starlette.routing import Route

from clawband.bootstrap.serving import full_app
from clawband.edges.api import openapi
from clawband.model.control import ControlKind
from clawband.model.environments import ENVIRONMENTS
from clawband.model.notice import Topic
from tests.edges.api.calling import calling, is_problem
from tests.simulators.small import story

DOCUMENT = openapi.document()
METHODS = ("get", "post", "put", "delete")
ENDLESS = {("/stream", "get")}
NOT_HERE = {"/certificates/trust"}
"""A small Clawband has no authority of its own; tests/edges/api/test_certificates.py has one."""
ENUMS: dict[str, tuple[str, Iterable[str]]] = {
    "/pause": ("kind", ControlKind),
    "/resume": ("kind", ControlKind),
    "/gateways": ("environment", ENVIRONMENTS),
    "/notices/topics": ("topics", Topic),
}


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
     and (path, method) not in ENDLESS and path not in NOT_HERE
     and not any(each["required"] for each in told["parameters"])],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
@story
async def test_an_answer_has_what_is_said_of_it(tmp_path, path, told):
    async with calling(tmp_path) as caller:
        answer = await caller.operate("GET", path)
        assert answer.status_code == 200, answer.text
        ((media, described),) = told["responses"]["200"]["content"].items()
        assert answer.headers["content-type"].partition(";")[0] == media
        schema = resolved(described["schema"])
        if schema.get("properties"):
            got = answer.json()
            assert set(schema["required"]) <= set(got)
            assert set(got) <= set(schema["properties"]), "what is there is described"


def test_a_kind_of_value_is_described_as_the_code_has_it():
    bodies = {
        path: told["requestBody"]["content"]["application/json"]["schema"]["properties"]
        for path, method, told in operations() if method == "post" and path in ENUMS
    }  # fmt: skip
    for path, (name, known) in ENUMS.items():
        schema = bodies[path][name].get("items", bodies[path][name])
        assert set(schema["enum"]) == set(known), path


@story
async def test_another_method_is_refused_with_those_there_are(tmp_path):
    async with calling(tmp_path) as caller:
        for method in ("PUT", "OPTIONS", "TRACE", "BREW"):
            answer = await caller.operate(method, "/operators")
            is_problem(answer, 405)
            assert answer.headers["allow"] == "GET, HEAD, POST"
        is_problem(await caller.operate("PUT", "/nothing"), 404)


@pytest.mark.parametrize("asked", ["limit=0", "limit=1001", "limit=ten", "limit=", "before=-1",
                                   "limit=٣", "before=1e3", "limit=" + "9" * 5000])  # fmt: skip
@story
async def test_a_number_that_is_not_understood_is_never_ignored(tmp_path, asked):
    async with calling(tmp_path) as caller:
        problem = is_problem(await caller.operate("GET", f"/events?{asked}"), 400)
        assert asked.partition("=")[0] in problem["detail"] and problem["remedy"]
