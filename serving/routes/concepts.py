"""What calls say of the concepts of a vocabulary: their names in a language, and what they are elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

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
