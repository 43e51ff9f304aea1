"""Retraining the tiny model: what is learned from, what becomes of the result, and that nothing else changes."""

import dataclasses
import json
from pathlib import Path

import pytest

from data.errors import AreatagError
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.tagged_papers import remember
from data.taxonomy_file import load_taxonomy
from model import activation, versions
from model.artefact import Artefact
from model.fingerprints import Fingerprints
from model.tagger import Tagger
from tests.support.retraining import LABELS, prepare, replay_file, store_labels
from tests.support.tiny import TAXONOMY, records
from training.retraining import gate
from training.retraining.held_out import is_held_out
from training.retraining.job import State, jobs
from training.retraining.retrain import retrain
from training.retraining.retrain_options import Promote, RetrainOptions

OPTIONS = RetrainOptions(promote=Promote.NEVER, max_tokens=32, threads=1)


def test_with_nothing_to_replay_only_the_heads_learn(tiny_model: Path) -> None:
    """The encoder is the same byte for byte; too few papers judge, so the version is installed and not active."""
    before = prepare(tiny_model)
    result = retrain(dataclasses.replace(OPTIONS, promote=Promote.AUTO))
    made = Artefact.open(versions.resolve_model(result.version))
    for path in (tiny_model / "encoder").iterdir():
        assert (made.encoder_path / path.name).read_bytes() == path.read_bytes()
    assert (made.heads.area_weight != Artefact.open(tiny_model).heads.area_weight).any()
    assert (result.mode, result.verdict, result.promoted) == ("heads", "insufficient evidence", False)
    assert result.base == before and made.card["parent"] == before
    assert versions.active_reference() == before
    assert made.metrics["gate"]["verdict"] == "insufficient evidence"
    assert Tagger.load(result.version).tag([Paper("a", "A whale song in the ocean")])[0].areas[0].id == "sea/whales"


def test_held_out_papers_judge_and_never_train(tiny_model: Path) -> None:
    """Neither is among the fingerprints of what the version learned from, which all others are."""
    prepare(tiny_model)
    result = retrain(OPTIONS)
    learned_from = Fingerprints.read(result.path)
    with LabelStore.open() as store:
        labelled = [label.paper for label in store.labelled_papers()]
    judged = [paper for paper in labelled if is_held_out(paper)]
    assert len(judged) == result.report["gate"]["papers"] > 0
    assert [paper for paper in labelled if paper in learned_from] == [p for p in labelled if not is_held_out(p)]
    assert result.report["data"]["labelled_papers"] == LABELS - len(judged)


def test_replayed_papers_let_the_encoder_learn(tiny_model: Path, tmp_path: Path) -> None:
    """The encoder changes, the card says from what, and the report how far the two models agree."""
    prepare(tiny_model)
    result = retrain(dataclasses.replace(OPTIONS, papers=(str(replay_file(tmp_path)),)))
    made = Artefact.open(result.path)
    assert result.mode == "encoder and heads"
    weights = "encoder/model.safetensors"
    assert (made.path / weights).read_bytes() != (tiny_model / weights).read_bytes()
    assert (result.report["data"]["replay_source"], result.report["data"]["replay_papers"]) == ("papers", 36)
    agreement = result.report["forgetting"]["agreement"]
    assert agreement["papers"] == 4 and agreement["micro_f1"] > 0.5
    assert result.report["forgetting"]["old_areas"]["areas"] == 3
    assert json.loads((made.path / "card.json").read_text())["trained_on"]["replay_papers"] == 36


def test_the_gate_promotes(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With enough papers to judge by, a version that is not worse becomes the active one."""
    prepare(tiny_model)
    monkeypatch.setattr(gate, "FEWEST_HELD_OUT", 5)
    monkeypatch.setattr(gate, "MARGIN", 1.0)
    monkeypatch.setattr(gate, "AREA_MARGIN", 1.0)
    result = retrain(dataclasses.replace(OPTIONS, promote=Promote.AUTO))
    assert (result.verdict, result.promoted, result.forced) == ("not inferior", True, False)
    assert versions.active_reference() == result.version
    assert Artefact.open(result.path).card["retraining"]["promotion"] == "by the gate"


def test_a_forced_promotion_is_recorded(tiny_model: Path) -> None:
    """The version becomes active against the gate, and its card says so for good."""
    before = prepare(tiny_model)
    result = retrain(dataclasses.replace(OPTIONS, promote=Promote.FORCE))
    assert (result.promoted, result.forced) == (True, True)
    assert versions.active_reference() == result.version
    assert Artefact.open(result.path).card["retraining"]["promotion"] == "forced"
    assert activation.rollback() == before


def test_papers_learned_before_and_tagged_papers_are_replayed(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First labels that taught the base, then the cache of tagged papers, if the operator allows that."""
    monkeypatch.setattr("training.retraining.replay.FEWEST", 20)
    prepare(tiny_model)
    remember((Paper(str(r["id"]), str(r["title"]), str(r["abstract"])) for r in records(30, seed=7)), 100)
    assert retrain(OPTIONS).report["data"]["replay_source"] == "none"
    monkeypatch.setenv("AREATAG_REPLAY_TAGGED", "true")
    first = retrain(dataclasses.replace(OPTIONS, promote=Promote.FORCE))
    assert first.report["data"]["replay_source"] == "tagged papers"
    store_labels(10, seed=8)
    second = retrain(OPTIONS)
    assert second.report["data"]["replay_source"] == "label store"
    assert second.base == first.version and second.report["forgetting"]["agreement"]["papers"] > 10


def test_a_forgotten_paper_is_not_used(tiny_model: Path, tmp_path: Path) -> None:
    """Neither its labels nor its text, from whatever source it comes."""
    prepare(tiny_model)
    replayed = replay_file(tmp_path)
    row = json.loads(replayed.read_text().splitlines()[0])
    paper = Paper(row["id"], row["title"], row["abstract"])
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(paper, ("sea/whales",)))])
        assert store.forget(paper.id).papers == 1
    result = retrain(dataclasses.replace(OPTIONS, papers=(str(replayed),)))
    assert paper not in Fingerprints.read(result.path)
    assert result.report["data"]["replay_papers"] == 36  # of 39


def test_a_new_area_is_learned(tiny_model: Path, tmp_path: Path) -> None:
    """With a larger taxonomy, its labels teach the new area and the old ones stay."""
    prepare(tiny_model)
    larger = tmp_path / "larger.yaml"
    larger.write_text(TAXONOMY + "      - {id: sky/study, name: Study, description: A study with a new method}\n")
    with LabelStore.open() as store:
        papers = [Paper(f"n{n}", f"a new method {n}", f"we study a new method, number {n}") for n in range(30)]
        store.add([Decision(LabelledPaper(paper, ("sky/study",))) for paper in papers])
    result = retrain(dataclasses.replace(OPTIONS, taxonomy=larger))
    tagger = Tagger.load(result.version)
    assert tagger.taxonomy == load_taxonomy(larger)
    new = tagger.probabilities([Paper("a", "a new method", "we study a new method"), Paper("b", "whale song ocean")])
    assert new[0, 3] > new[1, 3]
    assert result.report["gate"]["all_areas"]["active"] < result.report["gate"]["active_micro_f1"]


def test_failures_are_recorded(tiny_model: Path, tmp_path: Path) -> None:
    """Without labels, or with papers that are none, the job is failed and says why; the active model stays."""
    before = activation.activate(str(tiny_model))
    with pytest.raises(AreatagError, match="no labels to learn from"):
        retrain(OPTIONS)
    store_labels()
    empty = tmp_path / "none.jsonl"
    empty.write_text('{"id": "x"}\n')
    with pytest.raises(AreatagError, match="can be replayed"):
        retrain(dataclasses.replace(OPTIONS, papers=(str(empty),)))
    failed = [job.read() for job in jobs()]
    assert [record.state for record in failed] == [State.FAILED, State.FAILED]
    assert "none.jsonl" in str(failed[0].error)
    assert versions.active_reference() == before
