"""Papers and area ids as calls name them: what tagging and feedback take, and what a client is told about it."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from data.errors import did_you_mean, quoted
from data.field_names import text_field
from data.field_values import is_missing
from data.misspelt_fields import misspelt_fields
from data.papers import Paper, RecordError, RepeatedIds, content_id, paper_from_fields, repeated_id
from data.taxonomy import Taxonomy
from data.text import TEXT_CHARACTERS, plain_characters
from serving.http import metrics

_LONG_TEXT = 200
"""Characters from which on a text in an unknown field may be an abstract."""
_MOST_WARNINGS = 3
TEXT_PATTERN = r"[^\s\u0000-\u001f]"
"""At least one character that is neither a blank nor a control character."""
HAS_TEXT = re.compile(TEXT_PATTERN)

_WITH_TEXT: JsonDict = {"type": "string", "pattern": TEXT_PATTERN}
_TITLE_OR_ABSTRACT: JsonDict = {
    "anyOf": [{"required": [name], "properties": {name: _WITH_TEXT}} for name in ("title", "abstract")]
}


def _id_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


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
            raise PydanticCustomError(
                "no_text", "has neither a title nor an abstract; give it at least one{hint}", {"hint": self._hint()}
            )
        return self

    def _hint(self) -> str:
        """What a client that sent a text under another name may have meant."""
        extra = tuple(self.model_extra or ())
        names = {**{name: text_field(name) for name in extra}, **misspelt_fields(extra)}
        meant = [f"{quoted(name)} as {quoted(field)}" for name, field in names.items() if field]
        return f" (send {' and '.join(meant[:_MOST_WARNINGS])}?)" if meant else ""


def unknown_area(area: str, taxonomy: Taxonomy) -> str:
    """Return what is wrong with an area id that the taxonomy lacks, for a `Detail`."""
    hint = did_you_mean(area, taxonomy.area_ids).strip().rstrip("?")
    return f"is {quoted(area)}, which is no area; GET /areas lists them" + (f" ({hint}?)" if hint else "")


def papers_in(given: list[PaperIn]) -> tuple[list[Paper], list[list[str]]]:
    """Return the papers to encode, and for each the warnings about what was cut, not read or repeated."""
    papers: list[Paper] = []
    warnings: list[list[str]] = []
    repeats = RepeatedIds()
    for item in given:
        paper = paper_in(item)
        notes = [*paper.warnings, *_unread_texts(item)]
        if repeats.add(paper):
            notes.append(repeated_id("call"))
        papers.append(paper)
        warnings.append(notes)
    return papers, warnings


def paper_in(item: PaperIn) -> Paper:
    """Return the paper to encode; its own warnings say what was cut."""
    fields = {"id": item.id, "title": item.title, "abstract": item.abstract}
    try:
        paper = paper_from_fields(fields)
    except RecordError:  # nothing but markup or a placeholder: the caller sees by the areas that this is no paper
        title = plain_characters((item.title or item.abstract or "")[:TEXT_CHARACTERS])
        return Paper(item.id or content_id(title, ""), title)
    metrics.CUT_FIELDS.inc(len(paper.warnings))
    return paper


def _unread_texts(item: PaperIn) -> list[str]:
    """Return a warning for each field beside title and abstract that seems to hold a text to be read."""
    extra = item.model_extra or {}
    slips = misspelt_fields(tuple(extra))
    return [
        f"the field {quoted(name)} is not read; send its text as {quoted(meant or 'abstract')}"
        for name, value in extra.items()
        if ((meant := slips.get(name) or text_field(name)) and not is_missing(value)) or _is_long_text(value)
    ][:_MOST_WARNINGS]


def _is_long_text(value: object) -> bool:
    return isinstance(value, str) and len(value) >= _LONG_TEXT and value.count(" ") >= _LONG_TEXT // 10
