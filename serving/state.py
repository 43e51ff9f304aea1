"""What the routes of one worker process share."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from model.tagger import Tagger
from serving import metrics
from serving.active_model import ActiveModel
from serving.admission import Allowance, ExhaustedError
from serving.encoder_queue import EncoderQueue
from serving.labels import ServiceLabels
from serving.model_follower import ModelFollower
from serving.requests.body import read_json
from serving.requests.errors import ServiceError, from_validation, not_ready, overloaded
from serving.review_queue import ReviewQueue
from serving.settings import ServiceSettings
from serving.tagged_cache import TaggedCache
from serving.tracing import Tracing

Body = TypeVar("Body", bound=BaseModel)

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
    """Bytes of bodies that are arriving or being read."""
    labels: ServiceLabels
    """The label store, opened when it is first needed."""
    tagged: TaggedCache
    """Papers kept for retrainings, where that is asked for."""
    tracing: Tracing
    review: ReviewQueue

    @classmethod
    def create(cls, settings: ServiceSettings, encoder: EncoderQueue, tracing: Tracing) -> ServiceState:
        """Return the state of a worker that has no model yet."""
        model = ActiveModel(settings)
        return cls(
            settings=settings,
            model=model,
            follower=ModelFollower(settings, model),
            encoder=encoder,
            waiting=Allowance(settings.max_waiting_papers, metrics.WAITING.set),
            held=Allowance(settings.max_held_bytes),
            labels=ServiceLabels(),
            tagged=TaggedCache(settings.cache_papers),
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
        with suppress(TimeoutError):
            await asyncio.wait_for(self.model.decided.wait(), self.settings.max_queue_seconds)
        return self.require_model()

    async def read(self, request: Request, model: type[Body]) -> Body:
        """Return the request's JSON body as `model`; raises the ServiceError that says what is wrong with it."""
        with self.held.share() as held:
            try:
                body = await read_json(request, self.settings.max_body_bytes, self.settings.body_seconds, held.take)
            except ExhaustedError:
                raise self.overloaded("bytes") from None
            try:
                return model.model_validate(body)
            except ValidationError as error:
                raise from_validation(error) from None

    def check_queue(self) -> None:
        """Raise the 429 for a call that would wait so long that it might not be answered in its time.

        The limit on papers alone would not do: a slow machine needs longer for them than a call may take.
        """
        if self.waiting.used > self.settings.max_queue_seconds * self.encoder.pace:
            raise self.overloaded("queue")

    def overloaded(self, limit: str) -> ServiceError:
        """Count a refusal and return the 429 with the time until the papers now waiting are through."""
        metrics.REFUSED.labels(limit).inc()
        seconds = min(self.waiting.used / self.encoder.pace, _LONGEST_RETRY)
        return overloaded("The service has more work than it can take; try again later.", seconds)
