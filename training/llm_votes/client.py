"""One request to the endpoint: sent again when turned away or lost, within the budget, and never showing the key."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from data.errors import AreatagError, without_secret
from training.llm_votes.budget import Budget
from training.llm_votes.retry_after import retry_after
from training.llm_votes.settings import KEY, MODEL, URL, Endpoint, Limits

FIRST_WAIT = 1.0
"""Seconds before the first repetition; each further one waits twice as long, up to `LONGEST_BACKOFF`."""
LONGEST_BACKOFF = 60.0
_MOST_BYTES = 4_000_000
"""Longest response that is read."""
_MOST_QUOTED = 200
_TURNED_AWAY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_INVALID = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}


_NAMED_BY = {
    "response_format": ("response_format", "json_schema"),
    "temperature": ("temperature",),
    "max_tokens": ("max_completion_tokens",),
}
"""Optional parameters, and words in an error message by which an endpoint says that it does not take one."""


class RequestFailedError(AreatagError):
    """A request got no answer; another paper's may."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote."""

    content: str
    truncated: bool
    """Whether it ran into the limit of its answer."""


@dataclass(slots=True)
class ChatClient:
    """Asks the endpoint; one for each run."""

    http: httpx.AsyncClient
    endpoint: Endpoint
    limits: Limits
    budget: Budget
    schema: dict[str, object]
    _refused: set[str] = field(default_factory=set)
    """Optional parameters that the endpoint does not take."""
    _resume_at: float = 0.0
    """Time of the event loop until which the endpoint asked everybody to wait."""
    _answered: bool = False

    async def complete(self, system: str, user: str, answer_tokens: int) -> Completion:
        """Send a prompt until it is answered.

        Raises:
            BudgetSpent: the budget does not allow the request, or its next repetition.
            RequestFailedError: no answer after all repetitions, or the endpoint finds this request invalid.
            AreatagError: no request can succeed: the key, the model or the address is refused.
        """
        tries, problem = 0, ""
        while tries <= self.limits.retries:
            await self._wait_for_turn()
            response = await self._send(self._body(system, user, answer_tokens), answer_tokens)
            if isinstance(response, _Response) and response.status == HTTPStatus.OK:
                completion = _completion(response.body)
                if completion is not None:
                    self._answered = True
                    return completion
                problem = "its response is no chat completion"
            elif isinstance(response, str):
                problem = response
            elif self._drop_refused(response):
                continue  # the same try, without what the endpoint does not know
            else:
                problem = self._problem(response)
            if tries < self.limits.retries:
                await self._pause(tries, retry_after(response.headers) if isinstance(response, _Response) else None)
            tries += 1
        raise RequestFailedError(f"{self.endpoint.host} gave no answer in {tries} tries; at last, {problem}.")

    async def _wait_for_turn(self) -> None:
        """Sit out a pause that the endpoint asked for, whichever request it told."""
        loop = asyncio.get_running_loop()
        while (rest := self._resume_at - loop.time()) > 0:
            await asyncio.sleep(rest)

    async def _pause(self, tries: int, asked: float | None) -> None:
        if asked is None:
            backoff = min(FIRST_WAIT * 2**tries, LONGEST_BACKOFF)
            await asyncio.sleep(backoff * random.uniform(0.5, 1.0))  # not all at once again
            return
        if asked > self.limits.longest_wait:
            raise AreatagError(
                f"{self.endpoint.host} asks for a pause of {asked:.0f} seconds; run the same command again after it."
            )
        self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + asked)

    def _body(self, system: str, user: str, answer_tokens: int) -> bytes:
        optional: dict[str, object] = {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "areas", "strict": True, "schema": self.schema},
            },
            "temperature": 0,
            "max_tokens": answer_tokens,
        }
        if "max_tokens" in self._refused:
            optional["max_completion_tokens"] = answer_tokens  # its newer name
        body: dict[str, object] = {
            "model": self.endpoint.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            **{name: value for name, value in optional.items() if name not in self._refused},
        }
        return json.dumps(body, ensure_ascii=False).encode(errors="replace")

    async def _send(self, body: bytes, answer_tokens: int) -> _Response | str:
        """A response, or what went wrong on the way."""
        reserved = self.budget.reserve(len(body), answer_tokens)
        used: int | None = None  # without a report it may have been worked on, and paid for
        try:
            async with asyncio.timeout(self.limits.timeout):
                response = await self._post(body)
            used = _used_tokens(response.body) if response.status == HTTPStatus.OK else 0
            return response
        except TimeoutError:
            return f"it took longer than {self.limits.timeout:g} seconds"
        except httpx.ConnectError:
            used = 0
            return "no connection could be made"
        except httpx.HTTPError as error:
            return f"the connection failed ({type(error).__name__})"
        finally:
            self.budget.settle(reserved, used)

    async def _post(self, body: bytes) -> _Response:
        headers = {"Content-Type": "application/json"}
        if key := self.endpoint.key.get_secret_value():
            headers["Authorization"] = f"Bearer {key}"
        url = f"{self.endpoint.url}/chat/completions"
        async with self.http.stream("POST", url, content=body, headers=headers) as response:
            content = bytearray()
            async for part in response.aiter_bytes():
                content += part
                if len(content) > _MOST_BYTES:
                    break
            return _Response(response.status_code, response.headers, bytes(content))

    def _drop_refused(self, response: _Response) -> bool:
        """Leave out from now on an optional parameter that the endpoint names as wrong; whether there was one."""
        if response.status not in _INVALID:
            return False
        message = response.body[:20_000].decode(errors="replace")
        for parameter, words in _NAMED_BY.items():
            if parameter not in self._refused and any(word in message for word in words):
                self._refused.add(parameter)
                return True
        return False

    def _problem(self, response: _Response) -> str:
        """What is wrong, where a repetition may help; raises where none can."""
        status, host = response.status, self.endpoint.host
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise AreatagError(f"{host} refuses the key (status {status}); check {KEY} and what it allows.")
        if status == HTTPStatus.PAYMENT_REQUIRED:
            raise AreatagError(f"{host} wants to be paid first (status 402); run the same command again after that.")
        if status == HTTPStatus.NOT_FOUND:
            raise AreatagError(
                f"{host} knows no such address or model (status 404){self._quoted(response)}; check {URL} and {MODEL}."
            )
        if status in _INVALID and self._answered:
            raise RequestFailedError(f"{host} finds the request invalid (status {status}){self._quoted(response)}.")
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _TURNED_AWAY:
            raise AreatagError(
                f"{host} turns requests down (status {status}){self._quoted(response)}; check {URL} and {MODEL}."
            )
        return f"it answered with status {status}"

    def _quoted(self, response: _Response) -> str:
        """What the endpoint says is wrong, on one line and without the key, which some repeat."""
        try:
            message = json.loads(response.body)["error"]["message"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return ""
        text = "".join(character if character.isprintable() else " " for character in str(message))
        text = without_secret(text, self.endpoint.key.get_secret_value(), "(key)")
        return f" and says {' '.join(text.split())[:_MOST_QUOTED]!r}"


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    headers: Mapping[str, str]
    body: bytes


def _completion(body: bytes) -> Completion | None:
    """None when it is no chat completion."""
    try:
        choice = json.loads(body)["choices"][0]
        content = choice["message"].get("content") or ""
        finish = choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return Completion(content, finish == "length") if isinstance(content, str) else None


def _used_tokens(body: bytes) -> int | None:
    try:
        total = json.loads(body)["usage"]["total_tokens"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None
