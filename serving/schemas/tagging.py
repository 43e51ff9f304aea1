"""What REST clients send and get; validation of requests and the source of the OpenAPI document."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from serving.settings import MAX_EXPLAINED_PAPERS, MAX_PAPERS

TEXT_PATTERN = r"[^\s\u0000-\u001f]"
"""At least one character that is neither a blank nor a control character."""
HAS_TEXT = re.compile(TEXT_PATTERN)

_WITH_TEXT: JsonDict = {"type": "string", "pattern": TEXT_PATTERN}
_TITLE_OR_ABSTRACT: JsonDict = {
    "anyOf": [{"required": [name], "properties": {name: _WITH_TEXT}} for name in ("title", "abstract")]
}


def _id_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _whole_number(value: object) -> object:
    """JSON has one kind of number: 3.0 is as whole as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# pydantic looks at the characters of a text only where one is constrained: without, a lone surrogate passes.
_Text = Annotated[str, Field(min_length=0)]


class PaperIn(BaseModel):
    """A paper to tag. Further fields of a record (categories, venue ...) are allowed and not read.

    One that seems to hold a text (summary, Abstract) gets a warning.
    """

    model_config = ConfigDict(strict=True, extra="allow", json_schema_extra=_TITLE_OR_ABSTRACT)

    id: Annotated[
        Annotated[str, Field(max_length=500)] | None,
        BeforeValidator(_id_as_text, json_schema_input_type=Annotated[str, Field(max_length=500)] | int | None),
    ] = Field(None, description="Comes back in the result; made from the content when absent.")
    title: _Text | None = Field(None, examples=["Segment anything in high quality"])
    abstract: _Text | None = Field(None, examples=["We present a promptable model for image segmentation."])

    @model_validator(mode="after")
    def _needs_text(self) -> Self:
        if not any(HAS_TEXT.search(part) for part in (self.title or "", self.abstract or "")):
            raise PydanticCustomError("no_text", "has neither a title nor an abstract; give it at least one")
        return self


class TagRequest(BaseModel):
    """Papers to tag, in one call and with one model."""

    model_config = ConfigDict(strict=True, extra="forbid")

    papers: Annotated[list[PaperIn], Field(min_length=1, max_length=MAX_PAPERS)]
    top_k: Annotated[
        Annotated[int, Field(ge=1)] | None,
        BeforeValidator(_whole_number, json_schema_input_type=Annotated[int, Field(ge=1)] | None),
    ] = Field(None, description="Most areas a paper may get; a cap, never a minimum.")
    threshold: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        None, description="Probability that replaces every area's own threshold."
    )
    areas: Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="Only these area ids are considered."
    )
    explain: bool = Field(
        False,
        description=f"Also return the sentences each area rests on; at most {MAX_EXPLAINED_PAPERS} papers.",
    )

    @model_validator(mode="after")
    def _few_explained(self) -> Self:
        if self.explain and len(self.papers) > MAX_EXPLAINED_PAPERS:
            raise PydanticCustomError(
                "too_many_explained",
                "papers has {count} items, but a call with explain takes at most {limit}",
                {"count": len(self.papers), "limit": MAX_EXPLAINED_PAPERS},
            )
        return self


class Scored(BaseModel):
    """An area or a field with its calibrated probability."""

    id: str
    name: str
    score: float = Field(ge=0, le=1)
    confirmed: bool = Field(False, description="True where a curator's label, not the model, gives the area.")


class EvidenceOut(BaseModel):
    """A sentence, and what the area's probability loses without it."""

    sentence: str
    drop: float


class LabelRecord(BaseModel):
    """The tags of one paper."""

    id: str
    title: str
    areas: list[Scored] = Field(description="At or above their threshold, highest score first.")
    fields: list[Scored] = Field(description="Probability that at least one area of the field applies.")
    abstained: bool = Field(description="True when areas is empty.")
    warnings: list[str]
    model: str
    evidence: Annotated[dict[str, list[EvidenceOut]], Field(description="By area id; only with explain.")] = {}


class TagResponse(BaseModel):
    """One result a paper, in the order of the request, all from one model."""

    model: str
    results: list[LabelRecord]


class AreaOut(BaseModel):
    """An area of the taxonomy."""

    id: str
    name: str
    description: str
    arxiv: list[str]
    phrases: list[str]
    threshold: float = Field(ge=0, le=1, description="A paper gets the area at or above this probability.")


class FieldOut(BaseModel):
    """A field with its areas."""

    id: str
    name: str
    arxiv: list[str]
    areas: list[AreaOut]


class AreasResponse(BaseModel):
    """The taxonomy the active model was trained on."""

    model: str
    version: int
    fields: list[FieldOut]


class ModelResponse(BaseModel):
    """The active model."""

    version: str
    encoder: str | None = Field(description="The pretrained encoder it was fine-tuned from.")
    trained_on: object = Field(description="What it was trained on, from its card.")
    trained_at: str | None
    metrics: dict[str, object]
    fields: int
    areas: int
    card: dict[str, object]


class ErrorItem(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="Where, such as papers[3].title; empty for the whole body.")
    problem: str


class ErrorResponse(BaseModel):
    """Why a call failed."""

    error: str
    detail: list[ErrorItem]
