"""What POST /retrain takes, and what is answered about a retraining."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from serving.requests.local_paths import without_local_paths
from training.retraining.job import JobRecord, State
from training.retraining.options import Promote


class RetrainRequest(BaseModel):
    """A retraining to start, or an interrupted one to go on with."""

    model_config = ConfigDict(extra="forbid")

    promote: Promote = Field(
        Promote.AUTO,
        description="auto: the new version becomes active if the gate lets it pass; never; force: anyway.",
    )
    resume: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="A failed or cancelled job to go on with, as it was started; promote is then not heeded."
    )


class RetrainJob(BaseModel):
    """A retraining."""

    job: str = Field(description="What GET and DELETE /retrain/{job} take.", examples=["20260101-120000-0a1b2c"])
    state: State
    created: str = Field(description="When it was asked for: UTC, ISO 8601.")
    stage: str = Field(description="What it does now.")
    step: int = Field(ge=0)
    steps: int = Field(ge=0, description="Steps of the stage; 0: not known.")
    seconds: float = Field(ge=0, description="Time at work.")
    version: str | None = Field(description="The new version; POST /models/{version}/activate makes it active.")
    verdict: str | None = Field(description="not inferior, inferior, or insufficient evidence.")
    promoted: bool | None = Field(description="Whether it became the active version.")
    metrics: dict[str, Any] = Field(
        description="What it learned from (data, training), its comparison with the active model (gate), forgetting."
    )
    error: str | None = Field(description="Why it failed or was cancelled, and what to do.")

    @classmethod
    def of(cls, record: JobRecord) -> Self:
        """The record without the folders of this machine."""
        return cls.model_validate(without_local_paths(record.model_dump()))
