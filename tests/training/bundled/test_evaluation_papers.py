"""Papers of evaluation votes, so that they can be kept out of training."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import AreatagError
from data.readers.labels import read_labels
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY, write_jsonl
from training.bundled.evaluation_papers import write_evaluation_papers

AREAS = parse_taxonomy(TAXONOMY, "tiny")
PAPERS = [{"id": str(number), "title": f"Reef {number}", "abstract": "We dive."} for number in range(6)]


def _inputs(folder: Path) -> list[Path]:
    first = write_jsonl(folder / "first.jsonl", [*PAPERS[:3], {"id": "no paper"}])
    return [first, write_jsonl(folder / "second.jsonl", PAPERS[3:])]


def test_they_come_in_the_order_of_the_pool(tmp_path: Path) -> None:
    """With text and areas; the others, and records that are no papers, are left out."""
    areas: dict[str, list[str]] = {"4": ["sea/ships", "sky/birds"], "1": [], "2": ["sea/whales"]}
    votes = write_jsonl(tmp_path / "votes.jsonl", [{"id": paper, "areas": given} for paper, given in areas.items()])
    output = tmp_path / "papers.jsonl"
    write_evaluation_papers(_inputs(tmp_path), votes, AREAS, output)
    assert [json.loads(line) for line in output.read_text().splitlines()] == [
        PAPERS[1] | {"areas": []},
        PAPERS[2] | {"areas": ["sea/whales"]},
        PAPERS[4] | {"areas": ["sea/ships", "sky/birds"]},
    ]
    assert [label.paper.id for label in read_labels(output, AREAS)] == ["1", "2", "4"]


def test_a_paper_that_is_not_there_stops_it(tmp_path: Path) -> None:
    """It could not be kept out of training; no file is left that lacks it."""
    votes = write_jsonl(tmp_path / "votes.jsonl", [{"id": name, "areas": []} for name in ("1", "98", "99")])
    output = tmp_path / "papers.jsonl"
    with pytest.raises(AreatagError, match=r"^2 papers of votes\.jsonl are not among .* \(98 is one\); give all"):
        write_evaluation_papers(_inputs(tmp_path), votes, AREAS, output)
    assert not output.exists()


def test_a_paper_that_comes_twice_is_written_once(tmp_path: Path) -> None:
    """As it was first."""
    votes = write_jsonl(tmp_path / "votes.jsonl", [{"id": "1", "areas": ["sea/whales"]}])
    inputs = [*_inputs(tmp_path), write_jsonl(tmp_path / "third.jsonl", [PAPERS[1] | {"title": "Another"}])]
    write_evaluation_papers(inputs, votes, AREAS, tmp_path / "papers.jsonl")
    (line,) = (tmp_path / "papers.jsonl").read_text().splitlines()
    assert json.loads(line)["title"] == "Reef 1"
