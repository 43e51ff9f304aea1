"""What GET /review answers."""

from __future__ import annotations

from pydantic import BaseModel, Field

MOST_REVIEWED = 100
DEFAULT_REVIEWED = 20


class Guess(BaseModel):
    """An area that may apply."""

    id: str
    name: str
    score: float = Field(ge=0, le=1)


class ReviewPaper(BaseModel):
    """A paper whose label would teach the model much."""

    id: str
    title: str
    abstract: str
    guesses: list[Guess] = Field(description="The model's most probable areas, also below their thresholds.")
    reason: str = Field(description="Why a label would help.")
    score: float = Field(ge=0, le=1, description="How much, in comparison with the others.")


class ReviewResponse(BaseModel):
    """Papers to label next, most informative first."""

    model: str
    candidates: int = Field(ge=0, description="Papers kept by the service that have no complete label.")
    considered: int = Field(ge=0, description="Those of them that the model has looked at so far.")
    papers: list[ReviewPaper]
