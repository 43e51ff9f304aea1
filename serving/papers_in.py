"""The papers of a request as the tagger reads them, and what a client is told about wrong area ids."""

from __future__ import annotations

from data.errors import did_you_mean, quoted
from data.papers import Paper, paper_from_fields
from data.taxonomy import Taxonomy
from serving import metrics
from serving.schemas.tagging import HAS_TEXT, PaperIn


def unknown_area(area: str, taxonomy: Taxonomy) -> str:
    """Return what is wrong with an area id that the taxonomy lacks, for a `Detail`."""
    hint = did_you_mean(area, taxonomy.area_ids).strip().rstrip("?")
    return f"is {quoted(area)}, which is no area; GET /areas lists them" + (f" ({hint}?)" if hint else "")


def papers_in(given: list[PaperIn], longest: int) -> tuple[list[Paper], list[list[str]]]:
    """Return the papers to encode, and for each the warnings about what was cut or repeated."""
    papers: list[Paper] = []
    warnings: list[list[str]] = []
    seen: set[str] = set()
    for item in given:
        notes: list[str] = []
        title = _cut(item.title or "", "title", longest, notes)
        abstract = _cut(item.abstract or "", "abstract", longest, notes)
        paper = paper_from_fields({"id": item.id, "title": title, "abstract": abstract})
        if paper.id in seen:
            notes.append("an earlier paper of this call has the same id")
        seen.add(paper.id)
        papers.append(paper)
        warnings.append(notes)
    return papers, warnings


def _cut(text: str, name: str, longest: int, notes: list[str]) -> str:
    """Return the text from its first real character on, at most `longest` characters; note a cut."""
    start = HAS_TEXT.search(text)
    text = text[start.start() :] if start else ""
    if len(text) > longest:
        notes.append(f"the {name} was cut to {longest} characters; it has {len(text)}")
        metrics.CUT_FIELDS.inc()
    return text[:longest]
