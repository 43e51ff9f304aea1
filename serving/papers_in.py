"""The papers of a request as the tagger reads them, and what a client is told about wrong area ids."""

from __future__ import annotations

from data.errors import did_you_mean, quoted
from data.field_names import text_field
from data.field_values import is_missing
from data.papers import Paper, RecordError, content_id, paper_from_fields
from data.taxonomy import Taxonomy
from data.text import TEXT_CHARACTERS, plain_characters
from serving import metrics
from serving.schemas.tagging import PaperIn

_LONG_TEXT = 200
"""Characters from which on a text in an unknown field may be an abstract."""
_MOST_WARNINGS = 3


def unknown_area(area: str, taxonomy: Taxonomy) -> str:
    """Return what is wrong with an area id that the taxonomy lacks, for a `Detail`."""
    hint = did_you_mean(area, taxonomy.area_ids).strip().rstrip("?")
    return f"is {quoted(area)}, which is no area; GET /areas lists them" + (f" ({hint}?)" if hint else "")


def papers_in(given: list[PaperIn]) -> tuple[list[Paper], list[list[str]]]:
    """Return the papers to encode, and for each the warnings about what was cut, not read or repeated."""
    papers: list[Paper] = []
    warnings: list[list[str]] = []
    seen: set[str] = set()
    for item in given:
        paper = _paper(item)
        metrics.CUT_FIELDS.inc(len(paper.warnings))
        notes = [*paper.warnings, *_unread_texts(item)]
        if paper.id in seen:
            notes.append("an earlier paper of this call has the same id")
        seen.add(paper.id)
        papers.append(paper)
        warnings.append(notes)
    return papers, warnings


def _paper(item: PaperIn) -> Paper:
    fields = {"id": item.id, "title": item.title, "abstract": item.abstract}
    try:
        return paper_from_fields(fields)
    except RecordError:  # nothing but markup or a placeholder: the caller sees by the areas that this is no paper
        title = plain_characters((item.title or item.abstract or "")[:TEXT_CHARACTERS])
        return Paper(item.id or content_id(title, ""), title)


def _unread_texts(item: PaperIn) -> list[str]:
    """Return a warning for each field beside title and abstract that seems to hold a text to be read."""
    return [
        f"the field {quoted(name)} is not read; send its text as {quoted(text_field(name) or 'abstract')}"
        for name, value in (item.model_extra or {}).items()
        if (text_field(name) and not is_missing(value)) or _is_long_text(value)
    ][:_MOST_WARNINGS]


def _is_long_text(value: object) -> bool:
    return isinstance(value, str) and len(value) >= _LONG_TEXT and value.count(" ") >= _LONG_TEXT // 10
