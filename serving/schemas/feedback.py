"""What POST /feedback takes and answers."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from serving.schemas.tagging import PaperIn
from serving.settings import MAX_PAPERS

_AreaIds = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1000)]
LONGEST_NAME = 200
_Name = Annotated[str, Field(max_length=LONGEST_NAME)]


class LabelIn(BaseModel):
    """A curator's decision about one paper."""

    model_config = ConfigDict(strict=True, extra="forbid")

    paper: PaperIn
    areas: _AreaIds = Field(description="Areas that apply; empty and complete: none fits.")
    rejected: _AreaIds | None = Field(None, alias="not", description="Areas that do not apply.")
    complete: bool | None = Field(None, description="False: areas that are not named stay open. Default: true.")
    annotator: _Name | None = Field(None, description="Who decided.")
    model: _Name | None = Field(
        None, description="Version of the model whose answer was corrected; by default the active one."
    )

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        both = set(self.areas) & set(self.rejected or ())
        if both:
            raise PydanticCustomError(
                "contradiction", "names {area} in both areas and not; keep one", {"area": repr(min(both))}
            )
        return self


class FeedbackRequest(BaseModel):
    """Labels to store, all or none."""

    model_config = ConfigDict(strict=True, extra="forbid")

    labels: Annotated[list[LabelIn], Field(min_length=1, max_length=MAX_PAPERS)]


class FeedbackResponse(BaseModel):
    """The labels are on the disk."""

    stored: int = Field(ge=0, description="Number of labels stored.")
    entries: list[int] = Field(description="The number of each label's entry; DELETE /feedback/{entry} withdraws it.")


class UndoResponse(BaseModel):
    """The entry is withdrawn."""

    entry: int = Field(description="Number of the entry that withdraws it; withdrawing that one reinstates it.")
    undoes: int
