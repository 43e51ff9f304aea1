"""Which papers are replayed, and with which targets."""

from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.labels import LabelledPaper
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, write_soft_labels
from data.tagged_papers import remember
from data.taxonomy_file import parse_taxonomy
from tests.support.retraining import replay_file
from tests.support.tiny import TAXONOMY, records
from training.fine_tuning.near_duplicates import NearDuplicates
from training.retraining import replay as replay_module
from training.retraining.adapted_model import AdaptedModel, load_adapted
from training.retraining.replay import Replay, ReplayOptions, gather_replay
from training.retraining.retrain_inputs import Targets

AREAS = parse_taxonomy(TAXONOMY, "test")
MORE = parse_taxonomy(
    TAXONOMY.replace("      - {id: sea/ships", "      - {id: sea/reefs, name: Reefs}\n      - {id: sea/ships"), "test"
)
PAPERS = tuple(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(60, seed=31))
NOTHING = Targets.of_labels([], AREAS)


@pytest.fixture(scope="module")
def teacher(tiny_model: Path) -> AdaptedModel:
    """The tiny model in its own terms."""
    return load_adapted(str(tiny_model), None, "cpu", 1)


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers that a source must have."""
    monkeypatch.setattr(replay_module, "FEWEST", 20)


def _gather(teacher: AdaptedModel, labelled: Targets = NOTHING, most: int = 1000, **given: object) -> Replay:
    options = ReplayOptions(
        soft_labels=given.get("soft_labels"),  # type: ignore[arg-type]
        papers=given.get("papers", ()),  # type: ignore[arg-type]
        labelled_before=given.get("labelled_before", 0),  # type: ignore[arg-type]
        most=most,
    )
    held_out = NearDuplicates(PAPERS[:5])
    return gather_replay(options, teacher, labelled, lambda paper: paper != PAPERS[9], held_out)


def _all(replay: Replay) -> set[Paper]:
    return {*replay.train.papers, *replay.check.papers}


def test_given_papers_get_the_earlier_models_probabilities(teacher: AdaptedModel, tmp_path: Path) -> None:
    """A tenth is set aside to compare the models on."""
    replay = _gather(teacher, papers=(str(replay_file(tmp_path, 40)),))
    assert replay.source == "papers" and (len(replay.train), len(replay.check)) == (36, 4)
    expected = teacher.tagger.probabilities(replay.train.papers)
    np.testing.assert_allclose(replay.train.values, expected[:, :3], atol=1e-5)


def test_tagged_papers_are_replayed_only_where_that_is_allowed(
    teacher: AdaptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may tag chose them; papers that judge, that teach, or that must not be used are left out."""
    remember(PAPERS, limit=1000)
    labelled = Targets.of_labels([LabelledPaper(PAPERS[7], ("sea/whales",))], AREAS)
    assert _gather(teacher, labelled).source == "none" and not _all(_gather(teacher, labelled))
    monkeypatch.setenv("AREATAG_REPLAY_TAGGED", "true")
    replay = _gather(teacher, labelled)
    assert replay.source == "tagged papers"
    left = _all(replay)
    assert len(left) == len(PAPERS) - 7 and not left & {*PAPERS[:5], PAPERS[7], PAPERS[9]}
    few = _gather(teacher, labelled, most=10)  # too few to protect the encoder
    assert few.source == "none" and len(few.train) == 0 and len(few.check) > 0


def test_labels_learned_before_need_no_others(teacher: AdaptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """They train again with the new ones; tagged papers only compare the models."""
    monkeypatch.setenv("AREATAG_REPLAY_TAGGED", "true")
    remember(PAPERS, limit=1000)
    replay = _gather(teacher, labelled_before=20)
    assert replay.source == "label store" and len(replay.train) == 0 and len(replay.check) == len(PAPERS) - 6


def test_soft_labels_are_taken_by_area(teacher: AdaptedModel, tmp_path: Path) -> None:
    """What they do not know stays open."""
    fewer = parse_taxonomy(TAXONOMY.partition("  - id: sky")[0], "test")
    values = np.linspace(0, 1, 2 * len(PAPERS), dtype=np.float32).reshape(-1, 2)
    path = tmp_path / "soft.parquet"
    write_soft_labels(path, fewer, Provenance(), [SoftLabelBatch(PAPERS, values, np.ones(len(PAPERS), np.float32))])
    replay = _gather(teacher, soft_labels=path)
    assert replay.source == "soft labels" and len(_all(replay)) == len(PAPERS) - 6
    assert np.isnan(replay.train.values[:, 2]).all()
    place = {paper.id: number for number, paper in enumerate(PAPERS)}
    rows = [place[paper.id] for paper in replay.train.papers]
    np.testing.assert_allclose(replay.train.values[:, :2], values[rows], atol=1e-3)


def test_a_new_area_is_open_but_for_papers_unlike_its_own(tiny_model: Path, tmp_path: Path) -> None:
    """Without labelled papers of it there is nothing to be unlike."""
    teacher = load_adapted(str(tiny_model), MORE, "cpu", 1)
    path = str(replay_file(tmp_path, 40))
    new = MORE.index("sea/reefs")
    assert np.isnan(_gather(teacher, Targets.of_labels([], MORE), papers=(path,)).train.values[:, new]).all()
    labelled = Targets.of_labels([LabelledPaper(paper, ("sea/reefs",)) for paper in PAPERS[10:13]], MORE)
    values = _gather(teacher, labelled, papers=(path,)).train.values
    assert np.isnan(values[:, new]).any() and (values[:, new] == 0).sum() >= 30
    assert not np.isnan(np.delete(values, new, axis=1)).any()


def test_papers_of_which_none_can_be_replayed_are_an_error(teacher: AdaptedModel, tmp_path: Path) -> None:
    """Who names them expects that they are."""
    path = replay_file(tmp_path, 3)
    rows = [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(3, seed=6)]
    labelled = Targets.of_labels([LabelledPaper(paper, ()) for paper in rows], AREAS)
    with pytest.raises(AreatagError, match="no paper there can be replayed"):
        _gather(teacher, labelled, papers=(str(path),))
