"""From labels and replay sources to what a retraining learns from."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from model.tagger import Tagger
from tests.support.artefact import write_artefact
from tests.support.retraining import replay_file, store_labels
from training.retraining import gather_inputs
from training.retraining.adapted_model import AdaptedModel, load_adapted
from training.retraining.gather_inputs import FEWEST_REPLAYED, MOST_REPLAYED, read_inputs
from training.retraining.held_out import is_held_out
from training.retraining.replay import Replay, ReplayOptions, gather_replay
from training.retraining.retrain_inputs import RetrainInputs
from training.retraining.retrain_options import RetrainOptions

OPTIONS = RetrainOptions(seed=4, max_tokens=5)


@pytest.fixture
def base(tmp_path: Path) -> AdaptedModel:
    """A model that is retrained."""
    return load_adapted(str(write_artefact(tmp_path / "model", "v1")), None, "cpu", 1)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ReplayOptions, AdaptedModel]]:
    """What replay papers were asked for, and of which teacher."""
    calls: list[tuple[ReplayOptions, AdaptedModel]] = []

    def noted(options: ReplayOptions, teacher: AdaptedModel, *rest: object) -> Replay:
        calls.append((options, teacher))
        return gather_replay(options, teacher, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(gather_inputs, "gather_replay", noted)
    return calls


def test_without_labels_there_is_nothing_to_learn(base: AdaptedModel, own_home: Path) -> None:
    """No store is made by asking; labels that say nothing, or that only judge, are none."""
    with pytest.raises(AreatagError, match=r"no labels to learn from; store some with POST /feedback or areatag"):
        read_inputs(OPTIONS, base)
    assert not own_home.exists()
    held_out = next(paper for paper in (Paper(str(n), f"Reef {n}") for n in range(100)) if is_held_out(paper))
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(Paper("1", "Open"), (), (), complete=False))])
        store.add([Decision(LabelledPaper(held_out, ("sea/whales",)))])
    with pytest.raises(AreatagError, match="no labels to learn from"):
        read_inputs(OPTIONS, base)


def test_an_error_says_what_became_of_the_labels(base: AdaptedModel) -> None:
    """There are some, but each is held out, nearly equals one that is, or says nothing."""
    held_out = next(
        paper for paper in (Paper(str(n), f"Reef {n}", f"Corals {n}.") for n in range(100)) if is_held_out(paper)
    )
    versions = (Paper("v", held_out.title, f"Corals again, {n}.") for n in range(100))
    version = next(paper for paper in versions if not is_held_out(paper))
    with LabelStore.open() as store:
        store.add(
            [Decision(LabelledPaper(held_out, ("sea/whales",))), Decision(LabelledPaper(version, ("sea/whales",)))]
        )
        store.add([Decision(LabelledPaper(Paper("1", "Open"), (), (), complete=False))])
    with pytest.raises(AreatagError) as raised:
        read_inputs(OPTIONS, base)
    said = str(raised.value)
    assert "1 of the labelled papers only compare versions." in said
    assert "Of the labels 1 nearly equals a held-out paper and 1 says nothing of the model's areas, so these" in said


def test_labels_that_are_left_out_are_noted(base: AdaptedModel, tmp_path: Path) -> None:
    """With the inputs, so that a resumed job says the same."""
    held_out = next(label.paper for label in store_labels(40) if is_held_out(label.paper))
    versions = (Paper("v", held_out.title, f"Another text, {n}.") for n in range(100))
    version = next(paper for paper in versions if not is_held_out(paper))
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(version, ("sea/whales",)))])
    inputs = read_inputs(OPTIONS, base)
    assert "nearly equal" in inputs.left_out and "says nothing" not in inputs.left_out
    inputs.save(tmp_path / "inputs")
    assert RetrainInputs.load(tmp_path / "inputs").left_out == inputs.left_out


@pytest.mark.parametrize(
    "label",
    [
        LabelledPaper(Paper("1", "One"), ("sea/whales",), (), complete=False),
        LabelledPaper(Paper("1", "One"), (), ("sea/whales",), complete=False),
    ],
)
def test_one_word_about_one_area_is_something_to_learn(base: AdaptedModel, label: LabelledPaper) -> None:
    """A yes, or a no; the other areas stay open."""
    with LabelStore.open() as store:
        store.add([Decision(label)])
    inputs = read_inputs(OPTIONS, base)
    assert [paper.title for paper in inputs.train.papers] == ["One"]
    assert np.isnan(inputs.train.values).sum() == 2


def test_every_label_has_one_use(base: AdaptedModel, tmp_path: Path) -> None:
    """It trains, calibrates an encoder that is trained, or is held out; replay papers come beside them."""
    labels = store_labels(200)
    options = dataclasses.replace(OPTIONS, papers=(str(replay_file(tmp_path)),))
    inputs = read_inputs(options, base)
    parts = [inputs.train, inputs.calibration, inputs.held_out]
    contents = [{content_id(p.title, p.abstract) for p in part.papers} for part in parts]
    assert all(contents) and sum(map(len, contents)) == len(set.union(*contents)) <= len(labels)
    assert all(is_held_out(paper) for paper in inputs.held_out.papers)
    assert not any(is_held_out(paper) for paper in (*inputs.train.papers, *inputs.calibration.papers))
    assert (inputs.replay_source, len(inputs.replay), len(inputs.replay_check)) == ("papers", 36, 4)
    assert inputs.taxonomy == base.artefact.taxonomy


def test_where_only_heads_are_trained_no_label_is_set_aside_to_calibrate(base: AdaptedModel) -> None:
    """Heads are calibrated by fits that left papers out."""
    store_labels(200)
    inputs = read_inputs(OPTIONS, base)
    assert inputs.replay_source == "none" and len(inputs.calibration) == 0
    with LabelStore.open() as store:
        judged = [label for label in store.labelled_papers() if is_held_out(label.paper)]
        assert len(inputs.train) + len(judged) <= store.counts()[0]
    assert len(inputs.train) > 120


def test_forgotten_papers_are_not_replayed(base: AdaptedModel, tmp_path: Path) -> None:
    """Although they are in the file that is named."""
    store_labels(20)
    path = replay_file(tmp_path)
    before = read_inputs(dataclasses.replace(OPTIONS, papers=(str(path),)), base)
    gone = before.replay.papers[3]
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(gone, ("sea/whales",)))])
        store.forget(gone.id)
    after = read_inputs(dataclasses.replace(OPTIONS, papers=(str(path),)), base)
    assert gone not in (*after.replay.papers, *after.replay_check.papers)
    assert len(after.replay) + len(after.replay_check) == len(before.replay) + len(before.replay_check) - 1


@pytest.mark.parametrize(("labels", "few"), [(10, True), (200, False)])
def test_the_teacher_reads_what_its_pupil_reads(
    base: AdaptedModel, asked: list[tuple[ReplayOptions, AdaptedModel]], tmp_path: Path, labels: int, few: bool
) -> None:
    """Eight replay papers for each label are asked for, but not too few."""
    store_labels(labels)
    papers = (str(replay_file(tmp_path)),)
    inputs = read_inputs(dataclasses.replace(OPTIONS, papers=papers), base)
    ((options, teacher),) = asked
    assert teacher.artefact.max_tokens == 5 and base.artefact.max_tokens == 8
    assert (options.seed, options.soft_labels, options.papers) == (4, None, papers)
    assert options.most == (FEWEST_REPLAYED if few else 8 * len(inputs.train))


def test_no_more_replay_papers_than_fit_are_asked_for(
    base: AdaptedModel, asked: list[tuple[ReplayOptions, AdaptedModel]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store of thousands of labels does not make a retraining endless."""
    monkeypatch.setattr(gather_inputs, "REPLAY_PER_LABEL", 1000)
    store_labels(40)
    read_inputs(OPTIONS, base)
    assert asked[0][0].most == MOST_REPLAYED


def test_labels_that_taught_the_base_are_counted(
    base: AdaptedModel, asked: list[tuple[ReplayOptions, AdaptedModel]]
) -> None:
    """Only those that train again now."""
    store_labels(40)
    inputs = read_inputs(OPTIONS, base)
    known = [*inputs.train.papers[:7], *inputs.held_out.papers[:2], Paper("x", "Another")]
    learned = frozenset(content_id(paper.title, paper.abstract) for paper in known)
    tagger = Tagger(dataclasses.replace(base.artefact, learned_labels=learned), base.tagger.runtime)
    read_inputs(OPTIONS, dataclasses.replace(base, tagger=tagger))
    assert [options.labelled_before for options, _ in asked] == [0, 7]
