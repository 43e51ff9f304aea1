"""The page of a small run, read by a parser: what it says, and that it needs nothing else."""

import json
import re
from pathlib import Path

import pytest

from tests.support.report_page import ReportPage
from training.weak_label import WeakLabelOptions, weak_label

TAXONOMY = """
version: 1
fields:
  - id: v
    name: Vision & <i>more</i>
    areas:
      - {id: v/seg, name: "Segmentation <b>of</b> images", phrases: [segmentation, slice]}
      - {id: v/face, name: Faces, phrases: [face]}
  - id: m
    name: Mathematics
    arxiv: [math.GM]
    areas:
      - {id: m/graph, name: Graphs, arxiv: [math.CO], phrases: [graph]}
      - {id: m/knots, name: Knots}
"""
# readers take scripts out of titles, but not every tag
NASTY = 'A slice of </style><svg onload=alert(1)> $\\frac{a}{b}$ & "bread" \U0001f35e'
KINDS: tuple[tuple[str, str, list[str]], ...] = (
    ("Segmentation of leaves", "cs.CV", ["v/seg"]),
    ("The face of a graph", "math.CO", ["m/graph"]),
    ("A face in the crowd", "cs.CV", ["v/face"]),
    (NASTY, "math.CO", []),
)


def page_of(folder: Path, recorded: int = 80, papers: int = 120) -> ReportPage:
    """The page of a run on made-up papers."""
    (folder / "areas.yaml").write_text(TAXONOMY)
    kinds = [KINDS[i % len(KINDS)] for i in range(papers)]
    rows = [{"id": str(i), "title": title, "categories": category} for i, (title, category, _) in enumerate(kinds)]
    (folder / "papers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    votes = [{"id": str(i), "areas": areas} for i, (_, _, areas) in enumerate(kinds[:recorded])]
    (folder / "votes.jsonl").write_text("".join(json.dumps(vote) + "\n" for vote in votes))
    options = WeakLabelOptions(
        (folder / "papers.jsonl",),
        folder / "soft.parquet",
        folder / "areas.yaml",
        votes=(folder / "votes.jsonl",) if recorded else (),
        report=folder / "report.html",
    )
    weak_label(options)
    return ReportPage((folder / "report.html").read_text(encoding="utf-8"))


def test_the_page_names_the_rule_to_mend(tmp_path: Path) -> None:
    """The phrase that is right least often comes first, with its area, a paper it gets wrong and what to do."""
    page = page_of(tmp_path)
    mend = page.text[page.text.index("Mend these rules first") : page.text.index("Areas with too little evidence")]
    first = mend[: mend.index("Join it with a second phrase")]
    assert "slice for Segmentation <b>of</b> images" in first
    assert "right on 0 of 20 known ones" in " ".join(first.split())
    assert NASTY in first and "recorded: no area" in " ".join(first.split())


def test_the_page_shows_functions_conflicts_and_areas(tmp_path: Path) -> None:
    """Functions with intervals, a conflict with who said what, and the area nobody speaks for."""
    page = page_of(tmp_path)
    text = " ".join(page.text.split())
    for words in ("core phrase in the title", "phrase rules for, recorded votes: votes against", "95 %"):
        assert words in text
    assert re.search(r"against: [\w.,: ]*recorded votes: votes", text)
    evidence = text[text.index("Areas with too little evidence") : text.index("Labelling functions")]
    assert "Knots" in evidence and "No rule ever votes for it" in evidence


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    """No script, no request, no id twice, links that lead somewhere, plots with a description."""
    page_of(tmp_path).check_that_it_needs_nothing_else(plots=3)


def test_without_recorded_votes_the_page_says_what_is_missing(tmp_path: Path) -> None:
    """Nothing is measured then: no plot, no blame, and the way out."""
    page = page_of(tmp_path, recorded=0)
    assert "nothing here is measured" in page.text and "--votes" in page.text
    assert "svg" not in page.tags


def test_a_large_taxonomy_stays_a_small_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows beyond the bounds are left out, and the page says so."""
    for name in ("MOST_AREAS", "MOST_DETAILS"):
        monkeypatch.setattr(f"training.vote_report.page.{name}", 2)
    page = page_of(tmp_path)
    assert "The first 2 of 4 areas" in page.text
    ids = {value for _, name, value in page.attributes if name == "id"}
    assert len([i for i in ids if i.startswith("area-")]) == 2
    assert {value[1:] for _, name, value in page.attributes if name == "href"} <= ids


@pytest.mark.parametrize("recorded", [0, 80])
def test_no_cell_says_nothing_and_every_figure_has_its_name(tmp_path: Path, recorded: int) -> None:
    """What was not measured is no column of dashes; on a phone rows are stacked, where a figure needs its heading."""
    page = page_of(tmp_path, recorded)
    cells = [cell.strip() for rows in page.tables.values() for row in rows for cell in row]
    assert cells and not {"-", "nan", "None"} & set(cells)
    body = page.html[page.html.index("<main") :]
    tables = re.findall(r"<table[^>]*>", body)
    assert tables and all("stack" in table for table in tables)
    figures = re.findall(r"<td([^>]*)>\s*[\d(]", body)
    assert figures and all("data-label=" in attributes for attributes in figures)
    assert ("Recall" in body[body.index('id="table-2"') : body.index('id="table-3"')]) is bool(recorded)


def test_names_are_for_people(tmp_path: Path) -> None:
    """No name of the code is left on the page."""
    text = page_of(tmp_path).text
    assert not re.search(r"\b(phrases|arxiv|zero-shot|learned|recorded|prototypes)\.\w", text)


def test_areas_without_anything_are_listed_in_a_sentence(tmp_path: Path) -> None:
    """And not as rows of zeros."""
    page = page_of(tmp_path)
    assert "Without a likely paper, a recorded one or a vote of a rule: Knots." in " ".join(page.text.split())
    assert not any("Knots" in row[0] for row in page.tables["table-5"])
