"""What a retraining learns from, on the disk."""

from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.retraining.retrain_inputs import RetrainInputs, Targets

AREAS = parse_taxonomy(TAXONOMY, "test")
NAN = float("nan")


def _targets(*names: str) -> Targets:
    papers = tuple(Paper(name, f"Title {name}", f"About {name}.") for name in names)
    values = np.linspace(0, 1, 3 * len(names), dtype=np.float32).reshape(len(names), 3)
    values[:1, 1] = NAN
    return Targets(papers, values)


INPUTS = RetrainInputs(
    AREAS, _targets("a", "b"), _targets("c"), _targets("d"), _targets("e", "f"), _targets(), "tagged papers"
)


def test_labels_leave_open_what_they_do_not_name() -> None:
    """Unless they are complete."""
    paper = Paper("p", "T")
    labels = [LabelledPaper(paper, ("sea/whales",)), LabelledPaper(paper, ("sea/ships",), ("sky/birds",), False)]
    np.testing.assert_array_equal(Targets.of_labels(labels, AREAS).values, [[1, 0, 0], [NAN, 1, 0]])


def test_some_papers_can_be_taken() -> None:
    """With their values."""
    chosen = _targets("a", "b", "c").where(np.array([True, False, True]))
    assert [paper.id for paper in chosen.papers] == ["a", "c"] and len(chosen) == 2
    np.testing.assert_array_equal(chosen.values, _targets("a", "b", "c").values[[0, 2]])


def test_papers_that_only_judge_are_not_learned_from() -> None:
    """Those that calibrate are."""
    assert [paper.id for paper in INPUTS.learned_from()] == ["a", "b", "c", "e", "f"]


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Also a part without papers, and what is not known; the folder appears when it is complete."""
    folder = tmp_path / "inputs"
    (tmp_path / "inputs.partial").mkdir()  # of a process that was killed
    INPUTS.save(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["inputs"]
    loaded = RetrainInputs.load(folder)
    assert (loaded.taxonomy, loaded.replay_source) == (AREAS, "tagged papers")
    for name in ("train", "calibration", "held_out", "replay", "replay_check"):
        part, expected = getattr(loaded, name), getattr(INPUTS, name)
        assert [(p.id, p.title, p.abstract) for p in part.papers] == [
            (p.id, p.title, p.abstract) for p in expected.papers
        ]
        np.testing.assert_allclose(part.values, expected.values, atol=1e-3)


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    """Rather than a retraining on less."""
    INPUTS.save(tmp_path / "inputs")
    (tmp_path / "inputs" / "replay.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(AreatagError, match=r"replay\.parquet"):
        RetrainInputs.load(tmp_path / "inputs")
