"""Candidates for review from files and soft labels."""

from pathlib import Path

import numpy as np
import pytest

from data.errors import UsageError
from data.papers import Reject
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY, write_jsonl
from training.curation.given_candidates import candidates_in
from training.weak_label import WeakLabelOptions, weak_label

AREAS = parse_taxonomy(TAXONOMY, "test")
FEWER = TAXONOMY.replace("      - {id: sea/ships, name: Ships, description: Ships and harbours and sailing}\n", "")


def _rows(*words: str) -> list[dict[str, str]]:
    return [{"id": word, "title": f"A {word}", "abstract": f"We study the {word}."} for word in words]


def test_papers_come_in_the_order_of_the_inputs(tmp_path: Path) -> None:
    """A bad record is told and costs only itself."""
    first = write_jsonl(tmp_path / "a.jsonl", [*_rows("whale"), {"id": "bad"}, *_rows("ship")])
    second = write_jsonl(tmp_path / "b.jsonl", _rows("bird"))
    rejects: list[Reject] = []
    found = list(candidates_in([str(first), str(second)], AREAS, None, rejects.append))
    assert [(item.paper.id, item.votes) for item in found] == [("whale", None), ("ship", None), ("bird", None)]
    assert [(reject.file, reject.line) for reject in rejects] == [(str(first), 2)]
    with pytest.raises(UsageError, match="no file or directory"):
        list(candidates_in([str(tmp_path / "missing.jsonl")], AREAS, None, rejects.append))


def test_soft_labels_are_votes_on_the_areas_that_both_know(tmp_path: Path) -> None:
    """In the columns of the taxonomy asked with; it says nothing of the others."""
    (tmp_path / "fewer.yaml").write_text(FEWER)
    papers = write_jsonl(tmp_path / "p.jsonl", _rows("whale", "bird"))
    votes = write_jsonl(tmp_path / "v.jsonl", [{"id": "whale", "areas": ["sea/whales"]}])
    soft = tmp_path / "soft.parquet"
    weak_label(WeakLabelOptions((papers,), soft, tmp_path / "fewer.yaml", votes=(votes,)))
    found = {item.paper.id: item.votes for item in candidates_in([str(soft)], AREAS, None, lambda reject: None)}
    assert "whale" in found
    given = found["whale"]
    assert given is not None
    assert np.isnan(given).tolist() == [False, True, False]
    assert given[0] > given[2]
