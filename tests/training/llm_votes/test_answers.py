"""Reading what language models write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.taxonomy import Area, Field, Taxonomy
from training.llm_votes.answers import Answer, Unusable, read_answers


@pytest.mark.parametrize(
    "content",
    [
        '{"papers": [{"paper": 1, "areas": ["sky/birds"]}]}',
        '```json\n{"papers": [{"paper": 1, "areas": ["sky/birds"]}]}\n```',
        '<think>maybe {"papers": [{"paper": 1, "areas": []}]}? no</think>{"areas": ["sky/birds"]}',
        'Here you are: {"areas": ["sky/birds"]}. Anything {else}?',
        '["sky/birds"]',
        '{"areas": [" Sky/Birds "]}',
    ],
)
def test_json_is_found_wherever_it_stands(content: str, taxonomy: Taxonomy) -> None:
    """Code blocks, thoughts and chatter around the answer do not matter; the last answer counts."""
    assert read_answers(content, 1, taxonomy) == [Answer(("sky/birds",), ())]


@given(st.text() | st.text(alphabet='{}[]":,12 papersareas'))
def test_any_text_gives_one_outcome_a_paper(content: str) -> None:
    """Whatever a model writes, nothing is raised and no paper is lost."""
    taxonomy = Taxonomy(1, (Field("sea", "Sea", (), (Area("sea/ships", "Ships"),)),))
    outcomes = read_answers(content, 3, taxonomy)
    assert len(outcomes) == 3
    assert all(isinstance(outcome, Answer | Unusable) for outcome in outcomes)


def test_deep_nesting_is_no_answer(taxonomy: Taxonomy) -> None:
    """Brackets without end exhaust nothing."""
    assert isinstance(read_answers("[" * 100_000, 1, taxonomy)[0], Unusable)
