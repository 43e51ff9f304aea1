"""How a route is declared: path, method, role, what it takes and answers, and its errors, all in one place.

    router = Router()

    @router.call("POST", "/tag", Role.TAG, "The areas of papers", TagResponse, example=ANSWER, errors=(429, 503))
    async def tag(wanted: Annotated[TagRequest, JsonBody(TagRequest, example=REQUEST)]) -> Response: ...

From this FastAPI checks parameters and calls the handler, `serving.http.access` refuses calls without the role before a
byte of the body is read, metrics and log know the call by its path, and `serving.http.document` describes it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from re import Pattern
from typing import Any, TypeVar, get_type_hints

from fastapi import APIRouter, Request, Response
from fastapi.params import Depends
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from serving.http.described_errors import BODY_STATUSES, OPEN_STATUSES, described_errors
from serving.http.forms import MEDIA_TYPE as FORM
from serving.http.keys import Role
from serving.http.multipart import MULTIPART
from serving.http.problems import answers_problems
from serving.http.uploads import Upload

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

READING = frozenset({"GET", "HEAD", "OPTIONS"})
OTHER = "other"
_FILE = {"type": "string", "format": "binary"}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class JsonBody(Depends):
    """Marks the parameter that gets the call's JSON body, read within the limits of the service.

    FastAPI would read the body itself, whole and of any length, before it looks at it.
    """

    def __init__(self, model: type[BaseModel], example: object, required: bool = True) -> None:
        async def read(request: Request) -> BaseModel:
            body: BaseModel = await request.app.state.read_body(request, model, required)
            return body

        super().__init__(read)
        self.models = (model,)
        self.described = {
            "required": required,
            "content": {"application/json": {"schema": _schema_of(model), "example": example}},
        }


class FormBody(Depends):
    """Marks the parameter that gets the fields of a form without files, within the limits of JSON bodies."""

    def __init__(self, model: type[BaseModel], example: Mapping[str, object]) -> None:
        async def read(request: Request) -> BaseModel:
            body: BaseModel = await request.app.state.read_form(request, model)
            return body

        super().__init__(read)
        self.models = (model,)
        self.described = {"required": True, "content": {FORM: {"schema": _schema_of(model), "example": example}}}


class FileBody(Depends):
    """Marks the parameter that gets an `Upload`: a file as the body, or as the part "file" of a form.

    Args:
        example: of a file.
        fields: the models and examples of the other parts of the form, which are JSON. With some, it must be a form.
    """

    def __init__(self, example: str, fields: Mapping[str, tuple[type[BaseModel], object]] | None = None) -> None:
        fields = fields or {}

        async def read(request: Request) -> AsyncIterator[Upload]:
            async with request.app.state.receive_file(request, tuple(fields)) as upload:
                yield upload  # until the answer has been sent

        super().__init__(read)
        self.models = tuple(model for model, _ in fields.values())
        parts = {"file": _FILE, **{name: _schema_of(model) for name, (model, _) in fields.items()}}
        form: dict[str, Any] = {
            "schema": {"type": "object", "properties": parts, "required": [*parts], "additionalProperties": False},
            "example": {"file": example, **{name: given for name, (_, given) in fields.items()}},
        }
        if fields:
            form["encoding"] = {name: {"contentType": "application/json"} for name in fields}
        alone = {} if fields else {"application/octet-stream": {"schema": _FILE, "example": example}}
        self.described = {"required": True, "content": {**alone, MULTIPART: form}}


Body = JsonBody | FormBody | FileBody


class Call(APIRoute):
    """A route with a role; one that answers GET answers HEAD too, as routes of Starlette do."""

    role = Role.ADMIN
    body: Body | None = None
    example: object = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether path and method are this route's."""
        return super().matches(_as_get(scope))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call."""
        await super().handle(_as_get(scope), receive, send)


class Router(APIRouter):
    """The routes of one resource."""

    def __init__(self) -> None:
        super().__init__(route_class=Call, redirect_slashes=False)

    def call(
        self,
        method: str,
        path: str,
        role: Role,
        summary: str,
        answers: type[BaseModel] | None = None,
        *,
        example: object,
        media_types: Sequence[str] = (),
        status: int = 200,
        errors: Sequence[int] = (),
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare the function below as what a method of a path does; its docstring says more to those who call it.

        Args:
            method: in capitals.
            path: with parameters in braces.
            role: who may call it.
            summary: one line of the OpenAPI document.
            answers: what it answers as JSON; None: plain text.
            example: of an answer.
            media_types: of an answer that is a file.
            status: of the answer when all goes well.
            errors: statuses of its failures, besides those that come with its role and its body.
        """

        def declare(endpoint: Endpoint) -> Endpoint:
            body = _body_of(endpoint)
            statuses = {*errors, *(BODY_STATUSES if body else ()), *(OPEN_STATUSES if role is not Role.NONE else ())}
            self.add_api_route(
                path,
                endpoint,
                methods=[method],
                summary=summary,
                operation_id=endpoint.__name__,
                response_model=answers,
                response_class=JSONResponse if answers else Response if media_types else PlainTextResponse,
                status_code=status,
                response_description="OK",
                responses=_files(status, media_types) | described_errors(statuses, role.name.lower(), path),
                openapi_extra=({"requestBody": body.described} if body else {}) | _security(role, path),
            )
            route = self.routes[-1]
            assert isinstance(route, Call)
            route.role, route.body, route.example = role, body, example
            return endpoint

        return declare

    def hidden(self, path: str, role: Role) -> Callable[[Endpoint], Endpoint]:
        """Declare what GET of a path answers and the document does not mention."""

        def declare(endpoint: Endpoint) -> Endpoint:
            self.add_api_route(path, endpoint, include_in_schema=False, response_model=None)
            route = self.routes[-1]
            assert isinstance(route, Call)
            route.role = role
            return endpoint

        return declare


class RouteTable:
    """Finds the route of a request by its path, before the app does: its name for metrics and log, and its role."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._roles: dict[str, dict[str, Role]] = {}
        self._patterns: dict[str, Pattern[str]] = {}
        for route in routes:
            assert isinstance(route, Call)
            roles = self._roles.setdefault(route.path_format, {})
            roles.update(dict.fromkeys(route.methods or (), route.role))
            if "GET" in roles:
                roles["HEAD"] = roles["GET"]
            if "{" in route.path_format:
                self._patterns[route.path_format] = route.path_regex

    def name_of(self, path: str) -> str:
        """Return the path with its parameters as {names}; "other" for what no route answers.

        A path of a client must not become a name of metrics, logs and traces: there is no bound on their number.
        """
        if path in self._roles and path not in self._patterns:
            return path
        return next((name for name, pattern in self._patterns.items() if pattern.match(path)), OTHER)

    def role_of(self, method: str, path: str) -> Role:
        """Return the role that a call needs.

        Other methods of a path that is open to all need none; what no route answers needs TAG to be read and ADMIN
        for all else.
        """
        roles = self._roles.get(self.name_of(path), {})
        if roles and not any(roles.values()):
            return Role.NONE
        return roles.get(method, Role.TAG if method in READING else Role.ADMIN)


def method_name(method: str) -> str:
    """Return a method of HTTP as it is, and "other" for what a client has invented."""
    return method if method in _METHODS else OTHER


def json_answer(content: object, status: int = 200) -> Response:
    """Return content as JSON; a metric that could not be computed is NaN, which JSON does not have."""
    return Response(to_json(content, inf_nan_mode="null"), status, media_type="application/json")


def _as_get(scope: Scope) -> Scope:
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _body_of(endpoint: Callable[..., Any]) -> Body | None:
    hints = get_type_hints(endpoint, include_extras=True).values()
    marks = (mark for hint in hints for mark in getattr(hint, "__metadata__", ()))
    return next((mark for mark in marks if isinstance(mark, Body)), None)


def _schema_of(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _files(status: int, media_types: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    """Return what the document says of an answer that is a file."""
    return {status: {"content": {name: {"schema": {}} for name in media_types}}} if media_types else {}


def _security(role: Role, path: str) -> dict[str, Any]:
    if role is Role.NONE:
        return {}
    keys: list[dict[str, list[str]]] = [{"key": []}]
    if answers_problems(path):
        keys.append({"password": []})
    return {"security": [{}, *keys] if role is Role.TAG else keys}
