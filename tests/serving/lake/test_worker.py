"""Workers have the model of the machine that began the run, or none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model.artefact import Artefact
from model.tagger import Tagger
from model.tags import TagOptions
from serving.batch.writers import OutputFormat
from serving.lake.same_model import AnswersBy
from serving.lake.work_items import look, plan
from serving.lake.worker import Job, LakeWorker
from tests.serving.lake.lake import labels_in


@pytest.fixture
def artefact(tiny_model: Path) -> Artefact:
    """A tiny model."""
    return Artefact.open(tiny_model)


def job(artefact: Artefact, output: Path) -> Job:
    """What this machine would tell workers."""
    model = str(artefact.path)
    return Job(str(output), OutputFormat.JSONL, TagOptions(), model, AnswersBy.of(artefact))


def confirm(area: str) -> None:
    """Have a curator decide."""
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(Paper("1", "On geese"), (area,)), "ada")])


def test_a_worker_loads_its_model_once(artefact: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what curators confirmed wins over it."""
    area = artefact.taxonomy.areas[0].id
    confirm(area)
    loaded, load = [], Tagger.load

    def counted(*given: Any, **named: Any) -> Tagger:
        loaded.append(given)
        return load(*given, **named)

    monkeypatch.setattr(Tagger, "load", counted)
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"id": "{name}", "title": "On geese"}}\n')
    worker = LakeWorker(job(artefact, tmp_path / "out"))
    items = plan(look([str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]), None)
    assert [worker.label(item).counts.labelled for item in items] == [1, 1]
    assert len(loaded) == 1
    assert all(record["areas"][0]["id"] == area for record in labels_in(tmp_path / "out"))


@pytest.mark.parametrize("what", ["model", "taxonomy", "labels"])
def test_a_node_with_another_state_stops_the_run(artefact: Artefact, tmp_path: Path, what: str) -> None:
    """The sentence says what differs."""
    told = job(artefact, tmp_path / "out")
    if what == "labels":
        confirm(artefact.taxonomy.areas[0].id)
    else:
        told = replace(told, answers_by=replace(told.answers_by, **{what: "another"}))
    (tmp_path / "a.jsonl").write_text('{"title": "On geese"}\n')
    (item,) = plan(look([str(tmp_path / "a.jsonl")]), None)
    outcome = LakeWorker(told).label(item)
    assert outcome.stops
    called = {"model": "the model", "taxonomy": "the taxonomy", "labels": "the labels that curators confirmed"}[what]
    assert f"another state than the machine that began the run: {called}. Give all nodes" in outcome.problem
    assert not (tmp_path / "out").exists()


def test_a_node_without_the_model_stops_the_run(artefact: Artefact, tmp_path: Path) -> None:
    """With the sentence of loading it."""
    (tmp_path / "a.jsonl").write_text('{"title": "On geese"}\n')
    (item,) = plan(look([str(tmp_path / "a.jsonl")]), None)
    outcome = LakeWorker(replace(job(artefact, tmp_path / "out"), model="none-such")).label(item)
    assert outcome.stops and "There is no model 'none-such'" in outcome.problem
