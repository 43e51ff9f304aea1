"""What the routes of one worker process share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from model.tagger import Tagger
from serving import metrics
from serving.active_model import ActiveModel
from serving.admission import Allowance, ExhaustedError
from serving.encoder_queue import EncoderQueue
from serving.http_errors import ServiceError, from_validation, not_ready, overloaded
from serving.labels import ServiceLabels
from serving.model_follower import ModelFollower
from serving.request_body import read_json
from serving.settings import ServiceSettings

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

    @classmethod
    def create(cls, settings: ServiceSettings, encoder: EncoderQueue) -> ServiceState:
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
        )

    def require_model(self) -> Tagger:
        """Return the active tagger; raises the ServiceError 503 that says why there is none."""
        if self.model.current is not None:
            return self.model.current
        if self.model.failed:
            raise not_ready("The model could not be started; the log of the service says why.")
        raise not_ready("The model is still loading; ask again in a moment.")

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

    def overloaded(self, limit: str) -> ServiceError:
        """Count a refusal and return the 429 with the time until the papers now waiting are through."""
        metrics.REFUSED.labels(limit).inc()
        seconds = min(self.waiting.used / self.encoder.pace, _LONGEST_RETRY)
        return overloaded("The service has more work than it can take; try again later.", seconds)
