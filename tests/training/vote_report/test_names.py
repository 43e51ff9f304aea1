"""Names of labelling functions for people."""

from __future__ import annotations

import pytest

from training.vote_report.names import name_for_people
from training.votes.arxiv_categories import ArxivCategories
from training.votes.phrases import PhraseRules
from training.votes.prototypes import Prototypes
from training.votes.text_classifier import LEVELS
from training.votes.zero_shot import HIGH

BUILT_IN = [
    *(function.name for source in (ArxivCategories, PhraseRules, Prototypes) for function in source.functions),
    *(f"zero-shot.z{level:g}" for level in HIGH),
    *(f"learned.{level:g}" for level in LEVELS),
    *("zero-shot.first", "zero-shot.low", "learned.low", "recorded.judge", "arxiv", "phrases", "zero-shot", "learned"),
]


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_function_of_areatag_has_a_name_in_words(name: str) -> None:
    """One of its own, without the dots of the code."""
    assert name_for_people(name) != name and "." not in name_for_people(name)


def test_names_tell_functions_apart() -> None:
    """Also the levels of one source."""
    assert len({name_for_people(name) for name in BUILT_IN}) == len(BUILT_IN)


def test_own_functions_keep_their_names() -> None:
    """Their authors gave them."""
    assert name_for_people("counts_rings") == "counts_rings"
    assert name_for_people("learned.1") == "text classifier: at least 100 %"
