"""The labelling functions of `areatag weak-label`: a new one is a file here, and a line below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from training.votes import arxiv_categories, phrases, prototypes, registered, text_classifier, zero_shot
from training.votes.material import Material
from training.votes.vote_matrix import VoteSource

SOURCES: tuple[Callable[[Material], Sequence[VoteSource]], ...] = (
    arxiv_categories.sources,
    phrases.sources,
    prototypes.sources,
    zero_shot.sources,
    registered.sources,
    text_classifier.sources,
)
"""What each file makes of the material of a run, in the order of the rows of the vote matrix."""


def make_sources(material: Material) -> list[VoteSource]:
    """Every source that has something to say about these papers."""
    return [source for sources in SOURCES for source in sources(material)]
