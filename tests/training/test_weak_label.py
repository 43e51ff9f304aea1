"""The weak-label pipeline on a handful of made-up papers."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError, UsageError
from data.soft_labels import SoftLabels
from training.weak_label import WeakLabelOptions, weak_label

TAXONOMY = """
version: 1
fields:
  - id: v
    name: Vision
    arxiv: [cs.CV]
    areas:
      - {id: v/seg, name: Image segmentation, phrases: [segmentation]}
      - {id: v/face, name: Face recognition, phrases: [face]}
  - id: m
    name: Mathematics
    areas:
      - {id: m/graph, name: Graph theory, arxiv: [math.CO], phrases: [graph colouring]}
"""
RULES = """
v/seg: {core: [segmentation]}
v/face: {core: [face]}
m/graph: {core: [graph colouring]}
"""
KINDS = (
    ("Segmentation of leaves", "cs.CV", "v/seg"),
    ("A face in the crowd", "cs.CV", "v/face"),
    ("Graph colouring made hard", "math.CO", "m/graph"),
    ("A note on nothing in particular", "", None),
)


def options(folder: Path, papers: int = 80, recorded: int = 60) -> WeakLabelOptions:
    """Files for a run, written to `folder`."""
    (folder / "areas.yaml").write_text(TAXONOMY)
    (folder / "rules.yaml").write_text(RULES)
    kinds = [KINDS[i % len(KINDS)] for i in range(papers)]
    with (folder / "papers.jsonl").open("w") as stream:
        for number, (title, categories, _) in enumerate(kinds):
            stream.write(json.dumps({"id": str(number), "title": title, "categories": categories}) + "\n")
        stream.write('{"id": "broken"}\n')
    with (folder / "model.jsonl").open("w") as stream:
        for number, (_, _, area) in enumerate(kinds[:recorded]):
            stream.write(json.dumps({"id": str(number), "areas": [area] if area else []}) + "\n")
    return WeakLabelOptions(
        inputs=(folder / "papers.jsonl",),
        output=folder / "soft.parquet",
        taxonomy=folder / "areas.yaml",
        rules=folder / "rules.yaml",
        votes=(folder / "model.jsonl",) if recorded else (),
        report=folder / "report.html",
    )


def test_soft_labels_follow_the_votes(tmp_path: Path) -> None:
    """Papers without recorded votes get their area, bad records are counted, and the report names every function."""
    told: list[tuple[str, int, int]] = []
    report = weak_label(options(tmp_path), lambda *stage: told.append(stage))
    assert (report.papers, len(report.rejects), report.labelled) == (80, 1, 60)
    assert told[-1] == ("labelling", 80, 80)
    labels = SoftLabels(tmp_path / "soft.parquet")
    (batch,) = labels.batches()
    fresh = batch.probabilities[60:]
    for number, (_, _, area) in enumerate(KINDS):
        if area is not None:
            assert np.nanargmax(fresh[number]) == labels.taxonomy.index(area)
            assert np.nanmax(fresh[number]) > 0.7
    assert {"arxiv.primary", "learned.low"} < {function.name for function in labels.provenance.functions}
    table = report.to_table()
    for name in ("phrases.title", "arxiv.far", "recorded.model", "80 papers labelled, 1 records rejected"):
        assert name in table
    assert "core phrase in the title" in (tmp_path / "report.html").read_text()


def test_recorded_votes_are_not_judged_by_themselves(tmp_path: Path) -> None:
    """Their precision is left open, and a recorded paper is nearly certain."""
    report = weak_label(options(tmp_path))
    recorded = next(f for f in report.functions if f.name == "recorded.model")
    assert np.isnan(recorded.precision_for) and recorded.papers == 0.75
    (batch,) = SoftLabels(tmp_path / "soft.parquet").batches()
    assert batch.probabilities[0, 0] > 0.9


def test_it_works_without_recorded_votes(tmp_path: Path) -> None:
    """With rules and categories alone, uncovered pairs stay open and votes still rank the areas."""
    report = weak_label(options(tmp_path, recorded=0))
    assert report.labelled == 0
    (batch,) = SoftLabels(tmp_path / "soft.parquet").batches()
    assert np.isnan(batch.probabilities[3]).all()
    assert batch.probabilities[0, 0] > batch.probabilities[0, 1] > batch.probabilities[0, 2]


def test_a_users_functions_join(tmp_path: Path) -> None:
    """Functions of a Python file stand in the analysis."""
    (tmp_path / "mine.py").write_text(
        "from training.votes.registered import labelling_function\n"
        "@labelling_function()\n"
        "def leaves(paper):\n"
        "    return ['v/seg'] if 'leaves' in paper.title else None\n"
    )
    chosen = options(tmp_path)
    with_mine = WeakLabelOptions(chosen.inputs, chosen.output, chosen.taxonomy, functions=(tmp_path / "mine.py",))
    (mine,) = (f for f in weak_label(with_mine).functions if f.name == "leaves")
    assert mine.votes_for == 20


def test_no_papers_and_bad_paths_are_one_sentence(tmp_path: Path) -> None:
    """An input without papers fails, and so does an output that cannot be written."""
    chosen = options(tmp_path)
    (tmp_path / "empty.jsonl").write_text('{"id": "x"}\n')
    with pytest.raises(AreatagError, match=r"No papers in .*empty\.jsonl"):
        weak_label(WeakLabelOptions((tmp_path / "empty.jsonl",), chosen.output, chosen.taxonomy))
    with pytest.raises(UsageError):
        weak_label(WeakLabelOptions(chosen.inputs, tmp_path / "no" / "soft.parquet", chosen.taxonomy))


def test_a_report_that_cannot_be_written_is_found_before_the_work(tmp_path: Path) -> None:
    """Nothing is read or labelled for a report in a folder that does not exist."""
    told: list[tuple[str, int, int]] = []
    with pytest.raises(UsageError, match=r"report\.html"):
        weak_label(
            replace(options(tmp_path), report=tmp_path / "no" / "report.html"), lambda *stage: told.append(stage)
        )
    assert not told and not (tmp_path / "soft.parquet").exists()
