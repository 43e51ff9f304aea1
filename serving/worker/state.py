"""What the routes of one worker process share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from model.tagger import Tagger
from serving.http import metrics
from serving.http.errors import ServiceError, from_validation, not_ready, overloaded
from serving.http.forms import read_form
from serving.http.limits import Allowance, ExhaustedError, read_json
from serving.http.settings import ServiceSettings
from serving.http.spool import Spool
from serving.http.tracing import ObserveBatch, Tracing
from serving.http.uploads import FILE, Upload, receive_file
from serving.tagging.tagged_cache import TaggedCache
from serving.worker.active_model import ActiveModel
from serving.worker.encoder_queue import EncoderQueue
from serving.worker.file_threads import FileThreads
from serving.worker.label_access import ServiceLabels
from serving.worker.model_follower import ModelFollower
from serving.worker.review_queue import ReviewQueue

Body = TypeVar("Body", bound=BaseModel)
_ReadBody = Callable[[Request, int, float, Callable[[int], None]], Awaitable[object]]

_LONGEST_RETRY = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One worker's settings, its model, its way to the encoder and its two limits."""

    settings: ServiceSettings
    model: ActiveModel
    follower: ModelFollower
    encoder: EncoderQueue
    waiting: Allowance
    """Papers in the queue or in the encoder."""
    held: Allowance
    """Bytes of bodies that are arriving or being read, as far as they are in memory."""
    spooled: Allowance
    """Bytes of files and of answers made of them that are on disk."""
    files: FileThreads
    labels: ServiceLabels
    """The label store, opened when it is first needed."""
    tagged: TaggedCache | None
    """Keeps papers for reviews and retrainings; None where that is not asked for."""
    tracing: Tracing | None
    """None where nothing is traced."""
    review: ReviewQueue

    @classmethod
    def create(cls, settings: ServiceSettings, encoder: EncoderQueue, tracing: Tracing | None) -> ServiceState:
        """Return the state of a worker that has no model yet."""
        model = ActiveModel(settings)
        return cls(
            settings=settings,
            model=model,
            follower=ModelFollower(settings, model),
            encoder=encoder,
            waiting=Allowance(settings.max_waiting_papers, metrics.WAITING.set),
            held=Allowance(settings.max_held_bytes),
            spooled=Allowance(settings.max_spooled_bytes),
            files=FileThreads(settings.file_seconds, settings.max_file_bytes),
            labels=ServiceLabels(),
            tagged=TaggedCache(settings.cache_papers) if settings.cache_papers else None,
            tracing=tracing,
            review=ReviewQueue(encoder),
        )

    def require_model(self) -> Tagger:
        """Return the active tagger; raises the ServiceError 503 that says why there is none."""
        if self.model.current is not None:
            return self.model.current
        if self.model.failed:
            raise not_ready("The model could not be started; the log of the service says why.")
        raise not_ready("The model is still loading; ask again in a moment.")

    async def await_model(self) -> Tagger:
        """Return the active tagger; a call that comes while it is still loading waits as it would in the queue.

        So a worker that was killed and started again refuses nobody. Raises as `require_model`.
        """
        if not self.model.decided.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.model.decided.wait(), self.settings.max_queue_seconds)
        return self.require_model()

    async def read_body(self, request: Request, model: type[Body], required: bool) -> Body:
        """Return the request's JSON body as `model`; one that is not required and empty counts as {}.

        Raises:
            ServiceError: what is wrong with it.
        """
        empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
        return await self._read(request, model, _no_body if empty and not required else read_json)

    async def read_form(self, request: Request, model: type[Body]) -> Body:
        """Return the form that is the request's body as `model`; raises as `read_body`."""
        return await self._read(request, model, read_form)

    async def _read(self, request: Request, model: type[Body], read: _ReadBody) -> Body:
        with self.held.share() as held:
            try:
                body = await read(request, self.settings.max_body_bytes, self.settings.body_seconds, held.take)
                return model.model_validate(body)
            except ExhaustedError:
                raise self.overloaded("bytes") from None
            except ValidationError as error:
                raise from_validation(error) from None

    @asynccontextmanager
    async def receive_file(self, request: Request, fields: Sequence[str]) -> AsyncIterator[Upload]:
        """Give the file that a call sends, and further JSON fields of its form, while it is answered.

        Raises:
            ServiceError: what is wrong with it.
        """
        limits = {FILE: self.settings.max_file_bytes, **dict.fromkeys(fields, self.settings.max_body_bytes)}
        try:
            received = receive_file(request, limits, self.settings.file_seconds, lambda: Spool(self.held, self.spooled))
            async with received as upload:
                yield upload
        except ExhaustedError:
            raise self.overloaded("bytes") from None

    @contextmanager
    def queued(self, papers: int) -> Iterator[None]:
        """Let so many papers wait for the encoder while the block runs.

        Raises:
            ServiceError: 429 for a call that would wait so long that it might not be answered in its time. The limit on
                papers alone would not do: a slow machine needs longer for them than a call may take.
        """
        with self.waiting.share() as waiting:
            if self.waiting.used > self.settings.max_queue_seconds * self.encoder.pace:
                raise self.overloaded("queue")
            try:
                waiting.take(papers)
            except ExhaustedError:
                raise self.overloaded("papers") from None
            yield

    def traced_encoder(self) -> AbstractContextManager[ObserveBatch | None]:
        """Trace what the encoder does inside the block, where calls are traced."""
        return self.tracing.encoder() if self.tracing else nullcontext()

    def traced(self, part: str) -> AbstractContextManager[object]:
        """Give the call's span a part of this name, where calls are traced."""
        return self.tracing.tracer.start_as_current_span(part) if self.tracing else nullcontext()

    def overloaded(self, limit: str) -> ServiceError:
        """Count a refusal and return the 429 with the time until the papers now waiting are through."""
        metrics.REFUSED.labels(limit).inc()
        seconds = min(self.waiting.used / self.encoder.pace, _LONGEST_RETRY)
        return overloaded("The service has more work than it can take; try again later.", seconds)


async def _no_body(_: Request, __: int, ___: float, ____: Callable[[int], None]) -> object:
    return {}


async def _state_of(request: Request) -> ServiceState:
    state: ServiceState = request.app.state.service
    return state


State = Annotated[ServiceState, Depends(_state_of)]
"""The type of a handler's parameter that gets the worker's state."""
