"""The operators' API as an OpenAPI 3.1 document, at `/api/v1/openapi.json`.

`openapi.toml` says what each path takes and gives; a path that is not in it fails the tests.
"""

import json
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

import clawband
from clawband.edges.api import problems, wire
from clawband.model.errors import NotFoundError
from clawband.openclaw.validation import visible

PATH = "/api/v1/openapi.json"
NOWHERE = "/api/v1/{path:path}"
PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"
FORMS: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "count": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "instant": {"type": "string", "format": "date-time"},
    "object": {"type": "object", "additionalProperties": True},
    "texts": {"type": "object", "additionalProperties": {"type": "string"}},
}
BOUNDS: Mapping[str, tuple[str, str]] = {
    "text": ("minLength", "maxLength"),
    "count": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
}


def routes() -> list[BaseRoute]:
    """The document, for everybody: it says what any reader of the source knows. And the answer of
    every path below `/api/v1` that nobody has: these routes come last."""

    async def told(_request: Request) -> Response:
        return Response(wire.encode(document()), media_type="application/json")

    def nowhere(request: Request) -> Response:
        path = visible(request.url.path)[:80]
        remedy = f"look at the paths and their methods in `{PATH}`"
        error = f"there is no {visible(request.method)[:20]} {path}"
        allowed = _methods(request)
        if not allowed:
            return problems.problem(NotFoundError(error, remedy=remedy))
        response = problems.problem(problems.MethodError(error, remedy=remedy))
        response.headers["allow"] = ", ".join(allowed)
        return response

    return [
        Route(PATH, told, methods=["GET"]),
        # Its class takes every method there is, also those that nobody has thought of.
        Route(NOWHERE, _Nowhere(nowhere)),
    ]


class _Nowhere:
    """An endpoint for whatever method."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(Request(scope, receive))(scope, receive, send)


def _methods(request: Request) -> list[str]:
    """What a path can be asked for; nothing for a path that nobody has."""
    found = [
        route
        for route in request.app.routes
        if isinstance(route, Route) and route.path.startswith("/api/v1/")
        and route.path != NOWHERE and route.path_regex.match(request.url.path)
    ]  # fmt: skip
    # `/changes/publish` is that path, and not also the change `publish`.
    exact = [route for route in found if route.path == request.url.path]
    return sorted({method for route in exact or found for method in route.methods or ()})


@cache
def document() -> dict[str, Any]:
    """The whole description."""
    text = resources.files(__package__).joinpath("openapi.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)
    paths: dict[str, Any] = {}
    for route in said["route"]:
        paths.setdefault(route["path"], {})[route["method"].lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Clawband",
            "version": clawband.__version__,
            "description": "What the command line and the console do. Errors are problem details "
            "(RFC 9457), each with a remedy.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {name: _shape(fields, told=True) for name, fields in said["schema"].items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Mapping[str, Any]) -> dict[str, Any]:
    path, method = route["path"], route["method"]
    words = [each.strip("{}") for each in path.split("/") if each]
    named = [each.strip("{}") for each in path.split("/") if each.startswith("{")]
    told: dict[str, Any] = {
        "operationId": "-".join([method.lower(), *words]),
        "tags": [route["about"]],
        "summary": route["summary"],
        "parameters": [
            *({"name": each, "in": "path", "required": True, "schema": FORMS["text"]}
              for each in named),
            *(_asked(name, said) for name, said in route.get("query", {}).items()),
        ],
        "responses": {"200": _answer(route), **_problems(method, named, route)},
    }  # fmt: skip
    if "body" in route:
        content = {"schema": _shape(route["body"]), "example": route["example"]}
        required = any(not name.endswith("?") for name in route["body"])
        media = FORM if route.get("form") else "application/json"
        told["requestBody"] = {"required": required, "content": {media: content}}
    if route.get("open"):
        told["security"] = []
    return told


def _asked(name: str, said: str) -> dict[str, Any]:
    form, _, what = said.partition(": ")
    return {
        "name": name.rstrip("?"),
        "in": "query",
        "required": not name.endswith("?"),
        "description": what,
        "schema": _form(form),
    }


def _answer(route: Mapping[str, Any]) -> dict[str, Any]:
    said = route.get("answer", {})
    schema = _form(said) if isinstance(said, str) else _shape(said, told=True)
    media = route.get("media", "application/json")
    return {"description": "done", "content": {media: {"schema": schema}}}


def _problems(method: str, named: list[str], route: Mapping[str, Any]) -> dict[str, Any]:
    """What may go wrong with this one, by status."""
    wrong = {400, 401, 403, 503}
    wrong |= {404} if named else set()
    wrong |= {409} if method != "GET" else set()
    wrong |= set(route.get("problems", ()))
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        str(status): {
            "description": problems.TITLES[status],
            "content": {PROBLEM: {"schema": schema}},
        }
        for status in sorted(wrong)
    }


def _shape(fields: Mapping[str, str], *, told: bool = False) -> dict[str, Any]:
    """An object. What may be missing from something that we tell may also be null."""
    described = {}
    for name, said in fields.items():
        form, _, what = said.partition(": ")
        schema = _form(form)
        if told and name.endswith("?"):
            schema = {"anyOf": [schema, {"type": "null"}]}
        described[name.rstrip("?")] = {**schema, "description": what}
    return {
        "type": "object",
        "properties": described,
        "required": [name for name in fields if not name.endswith("?")],
    }


def _form(said: str) -> dict[str, Any]:
    """`text`, `text 1..64`, `a|b|c`, `[text]`, or the name of a schema."""
    if said.startswith("["):
        return {"type": "array", "items": _form(said[1:-1])}
    if "|" in said:
        return {"type": "string", "enum": said.split("|")}
    word, _, bounds = said.partition(" ")
    schema = dict(FORMS.get(word) or {"$ref": f"#/components/schemas/{word}"})
    ends = zip(BOUNDS.get(word, ()), bounds.split("..") if bounds else (), strict=False)
    return schema | {name: json.loads(end) for name, end in ends if end}
