"""What calls say of the concepts of a vocabulary: their names in a language, and what they are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from data.errors import quoted
from data.taxonomy import Taxonomy
from serving.http.errors import ServiceError

LANGUAGE = "en"
"""Of the texts that are read, and of the names of areas where the taxonomy does not say another."""

NameLanguage = Annotated[
    str,
    Query(max_length=35, description="Of the names (BCP 47), where the taxonomy has them in it; else the usual ones."),
]


class CrosswalkOut(BaseModel):
    """What a field or an area is elsewhere; only what there is."""

    exact_match: list[str] = []
    close_match: list[str] = []
    arxiv: list[str] = []
    openalex: list[str] = []


def label_languages(taxonomy: Taxonomy) -> Sequence[str]:
    """Return the languages of labels, the usual one first."""
    return taxonomy.languages or (LANGUAGE,)


def label_language(wanted: str, taxonomy: Taxonomy) -> str:
    """Return the language of labels that a client gets; "": the usual one.

    Raises:
        ServiceError: 400 no area has a name in that language, nor in one that it is a variety of.
    """
    known = label_languages(taxonomy)
    tag = wanted.lower()
    while tag and tag not in known:
        tag = tag.rpartition("-")[0]
    if wanted and not tag:
        problem = f"The language {quoted(wanted)} is not supported by the vocabulary"
        raise ServiceError(400, f"{problem}; its labels are in {', '.join(map(repr, known))}.")
    return tag
