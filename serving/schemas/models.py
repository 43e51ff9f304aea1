"""What GET /models and POST /models/{version}/activate answer."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ModelVersion(BaseModel):
    """A model version of this machine."""

    name: str = Field(description="What POST /models/{version}/activate takes.", examples=["20260101-0a1b2c3d"])
    version: str | None = Field(description="What results carry as their model; null when the model is damaged.")
    active: bool = Field(description="It is the active version of this machine.")
    serving: bool = Field(description="It answers this service's calls.")
    encoder: str | None
    trained_on: object
    trained_at: str | None
    metrics: dict[str, object]
    fields: int
    areas: int
    problem: str | None = Field(description="What is wrong with a version that cannot be used.")


class ModelsResponse(BaseModel):
    """The model versions of this machine."""

    model: str | None = Field(description="The version that answers now; null while there is none.")
    pinned: bool = Field(description="The service was started with --model: it keeps that model.")
    models: list[ModelVersion]


class ActivateResponse(BaseModel):
    """A version that every worker process serves now."""

    name: str
    model: str = Field(description="What results carry as their model from now on.")
    previous: str | None = Field(description="The model that answered before.")
    workers: int = Field(ge=1, description="Worker processes, all of which have switched.")
