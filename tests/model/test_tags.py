"""Answers of the tagger as records."""

from dataclasses import replace

from data.crosswalk import Crosswalk
from data.taxonomy import Area
from model.tags import Evidence, Score, TagResult

RESULT = TagResult(
    id="p",
    title="Whale song",
    areas=(Score("sea/whales", "Whales", 0.75),),
    fields=(Score("sea", "Sea science", 0.875),),
    abstained=False,
    warnings=("The abstract is empty.",),
    model="v1",
)


def test_a_record_has_what_every_answer_has() -> None:
    """Scores and evidence that nobody asked for are not there, rather than empty."""
    assert RESULT.to_record() == {
        "id": "p",
        "title": "Whale song",
        "areas": [{"id": "sea/whales", "name": "Whales", "score": 0.75}],
        "fields": [{"id": "sea", "name": "Sea science", "score": 0.875}],
        "abstained": False,
        "warnings": ["The abstract is empty."],
        "model": "v1",
    }


def test_scores_and_evidence_are_there_when_asked_for() -> None:
    """Also when there is none."""
    evidence: dict[str, tuple[Evidence, ...]] = {
        "sea/whales": (Evidence("A whale sings.", 0.5), Evidence("It is loud.", -0.125))
    }
    record = replace(RESULT, scores={"sea/whales": 0.75, "sky/birds": 0.0}, evidence=evidence).to_record()
    assert record["scores"] == {"sea/whales": 0.75, "sky/birds": 0.0}
    assert record["evidence"] == {
        "sea/whales": [{"sentence": "A whale sings.", "drop": 0.5}, {"sentence": "It is loud.", "drop": -0.125}]
    }
    empty = replace(RESULT, scores={}, evidence={}).to_record()
    assert (empty["scores"], empty["evidence"]) == ({}, {})


def test_only_a_confirmed_area_says_so() -> None:
    """Records of areas that no curator looked at are as they were."""
    confirmed = Score("sky/birds", "Birds", 1.0, confirmed=True)
    record = replace(RESULT, areas=(confirmed, *RESULT.areas)).to_record()
    assert record["areas"] == [
        {"id": "sky/birds", "name": "Birds", "score": 1.0, "confirmed": True},
        {"id": "sea/whales", "name": "Whales", "score": 0.75},
    ]


def test_more_warnings_stand_before_and_behind() -> None:
    """Nothing else changes."""
    more = RESULT.with_warnings(["It was cut."], ("It was late.",))
    assert more == replace(RESULT, warnings=("It was cut.", "The abstract is empty.", "It was late."))
    assert RESULT.with_warnings(()) is RESULT


def test_concepts_of_a_vocabulary() -> None:
    """URI and notation are there where the taxonomy has them, and the name is in the language asked for."""
    area = Area("whales", "Whales", uri="http://x.example/w", notation="59", names=(("fi", "Valaat"),))
    assert Score.of(area, 0.5, "fi") == Score("whales", "Valaat", 0.5, False, "http://x.example/w", "59")
    result = replace(
        RESULT, areas=(Score.of(area, 1.0, confirmed=True),), crosswalk={"whales": Crosswalk(arxiv=("q-bio.PE",))}
    )
    record = result.to_record()
    assert record["areas"] == [
        {
            "id": "whales",
            "name": "Whales",
            "score": 1.0,
            "confirmed": True,
            "uri": "http://x.example/w",
            "notation": "59",
        }
    ]
    assert record["crosswalk"] == {"whales": {"arxiv": ["q-bio.PE"]}}
