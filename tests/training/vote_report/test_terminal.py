"""What `areatag weak-label` shows on the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from data.papers import Paper, Reject
from data.taxonomy import Area, Field, Taxonomy
from training.label_model.fit_label_model import fit_label_model
from training.label_model.model import LabelModel
from training.vote_report.analysis import Analysis
from training.vote_report.terminal import WeakLabelReport
from training.votes.vote_matrix import LabellingFunction, Numbers, Rule, Votes

N_AREAS = 14
AREAS = tuple(Area(f"f/area-{number:02d}" if number else "f/[bold]", f"Area {number}") for number in range(N_AREAS))
TAXONOMY = Taxonomy(1, (Field("f", "F", (), AREAS),))
PAPERS = [Paper(str(number), f"Paper {number}") for number in range(1200)]


class Fixed:
    """A source with two rules for the first area: one is always wrong, the other always right."""

    functions = (LabellingFunction("fixed.one", "fixed", 0.7), LabellingFunction("fixed.silent", "fixed", 0.7))
    rules = (Rule(0, "hint", "[red]leaf"), Rule(0, "hint", "moss"))

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """For the first area of every paper but the first."""
        votes = np.zeros((2, len(papers), N_AREAS), np.int8)
        votes[0, :, 0] = [paper.id != "0" for paper in papers]
        return votes

    def fired(self, papers: Sequence[Paper], votes: Votes) -> tuple[Numbers, Numbers]:
        """The wrong one on even papers."""
        numbers = np.flatnonzero(votes[0, :, 0])
        return numbers, np.array([int(papers[int(number)].id) % 2 for number in numbers], np.intp)


def _model(votes: Votes) -> LabelModel:
    labels = np.full(votes.shape[1:], -1, np.int8)
    return fit_label_model(votes, labels, Fixed.functions)


def _report(wrong: bool = True) -> WeakLabelReport:
    source = Fixed()
    votes = source.vote(PAPERS)
    labels = np.full((len(PAPERS), N_AREAS), -1, np.int8)
    labels[:20, 0] = [number % 2 if wrong else 1 for number in range(20)]
    probabilities = np.zeros((len(PAPERS), N_AREAS), np.float32)
    probabilities[:, 0] = 0.9
    for area in range(1, N_AREAS):
        probabilities[: 20 - area, area] = 0.6
    analysis = Analysis(TAXONOMY, [source])
    analysis.add(PAPERS, votes, labels, probabilities)
    rejects = tuple(Reject("x", number, "Bad.") for number in range(1001))
    return WeakLabelReport(rejects, 20, analysis, _model(votes[:, :50]), 61.6)


def _lines(report: WeakLabelReport) -> list[str]:
    return [" ".join(line.replace("│", " ").split()) for line in report.to_table().splitlines()]


def test_functions_with_shares_counts_and_rates() -> None:
    """A rate of nothing is a dash, counts have their thousands."""
    lines = _lines(_report())
    pairs = 1200 * N_AREAS
    shares = f"{1199 / 1200:.3f} {1199 / pairs:.4f} 0.0000 0.0000"
    assert f"fixed.one {shares} 1,199 0 0.526 - 1.000" in lines  # ten of nineteen known papers
    assert "fixed.silent 0.000 0.0000 0.0000 0.0000 0 0 - - 0.000" in lines


def test_the_weights_of_sources_prior_silence_and_other_areas() -> None:
    """Each under its name; the bias is none of them."""
    lines = _lines(_report())
    heading = next(number for number, line in enumerate(lines) if "silence" in line)
    assert "prior" in lines[heading] and "fixed" in lines[heading] and "other areas" in lines[heading]
    assert "1.00 0.70 0.00 0.00" in lines[heading + 1 : heading + 3]


def test_the_ten_areas_with_the_fewest_likely_papers() -> None:
    """The fewest first, names as they are."""
    lines = _lines(_report())
    shown = [line for line in lines if line.startswith("f/area")]
    assert [line.split()[0] for line in shown] == [f"f/area-{number}" for number in ("13", "12", "11", "10")] + [
        f"f/area-{number:02d}" for number in range(9, 3, -1)
    ]
    assert shown[0] == "f/area-13 4 7 0"  # 7 papers of probability 0.6 are 4.2


def test_rules_to_mend_with_what_is_known_of_them() -> None:
    """Text is no markup, whatever brackets it has; without a wrong one there is no table."""
    lines = _lines(_report())
    assert any(line.startswith("[red]leaf hint f/[bold] 599 0 of 9") for line in lines)
    assert not any(line.startswith("moss") for line in lines)
    assert "Rules to mend first" not in _report(wrong=False).to_table()


def test_the_last_line_sums_up() -> None:
    """Papers, rejected records, papers with recorded votes, seconds."""
    report = _report()
    assert _lines(report)[-1] == ("1,200 papers labelled, 1,001 records rejected, 20 papers with recorded votes, 62 s.")
    assert report.papers == 1200 and [found.name for found in report.functions] == ["fixed.one", "fixed.silent"]


def test_it_has_no_colours_and_no_long_lines() -> None:
    """It goes to a file or a log as it is."""
    table = _report().to_table()
    assert "\x1b" not in table and max(map(len, table.splitlines())) <= 118


def test_scripts_get_the_same_figures_as_json() -> None:
    """Of all areas; a rate of nothing is null."""
    record = json.loads(json.dumps(_report().to_record(), allow_nan=False))
    assert (record["papers"], record["rejected"], record["recorded_papers"]) == (1200, 1001, 20)
    one, silent = record["functions"]
    assert (one["name"], one["votes_for"], one["recall"]) == ("fixed.one", 1199, 1.0)
    assert silent["precision_for"] is None and silent["votes_for"] == 0
    assert list(record["areas"]) == list(TAXONOMY.area_ids)
    assert record["areas"]["f/area-13"] == {"expected_papers": 4.2, "likely_papers": 7, "recorded_papers": 0}
