"""What a run of `areatag label` does whatever its output is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from data.errors import AreatagError
from data.papers import Paper, Reject
from model.runtimes.registry import Device
from model.tagger import Tagger
from model.tags import TagOptions, TagResult
from serving.batch.counts import Counts
from serving.batch.writers import OutputFormat
from serving.cli.label_run import LabelRun, label_into
from tests.serving.cli.fake_tagger import use_fake_tagger

RUN = LabelRun(
    inputs=("geese.jsonl", "herons.jsonl"),
    input_format=None,
    output=Path("out.jsonl"),
    rejected=None,
    file_format=OutputFormat.JSONL,
    options=TagOptions(),
    model=None,
    device=Device.AUTO,
    resume=False,
    strict=False,
)
PAPERS: list[Paper | Reject] = [Paper("a", "On segmentation"), Reject("geese.jsonl", 2, "bad"), Paper("b", "On herons")]


class Output:
    """Keeps what it is given."""

    window_path = None

    def __init__(self, finished: bool = False) -> None:
        self.counts, self.finished = Counts(), finished
        self.ids: list[str] = []
        self.done: list[str] = []

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Keep a chunk."""
        self.counts = counts
        self.ids += [result.id for result in results]

    def finish(self) -> None:
        """Note it."""
        self.done.append("finished")


@pytest.fixture(autouse=True)
def fake_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model is loaded."""
    use_fake_tagger(monkeypatch)


def test_records_are_labelled_and_the_output_finished() -> None:
    """The first record, which is looked at before the model is loaded, is not lost."""
    output = Output()
    counts = label_into(lambda tagger: output, iter(PAPERS), RUN)
    assert counts == output.counts == Counts(3, 2, 1)
    assert (output.ids, output.done) == (["a", "b"], ["finished"])


def test_without_records_no_model_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the inputs."""
    monkeypatch.setattr(Tagger, "load", None)
    with pytest.raises(AreatagError, match=r"no papers in geese\.jsonl, herons\.jsonl"):
        label_into(lambda tagger: Output(), iter([]), RUN)


def test_nothing_is_labelled_twice() -> None:
    """An output that is complete is left alone; one whose records are all written is put in its place."""
    assert label_into(lambda tagger: None, iter(PAPERS), RUN) is None
    output = Output(finished=True)
    assert label_into(lambda tagger: output, iter(PAPERS), RUN) == Counts()
    assert (output.ids, output.done) == ([], ["finished"])


def test_papers_that_could_not_be_kept_are_a_message(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once, at the end; the labels are complete."""
    (own_home / "tagged-papers.db").mkdir(parents=True)
    monkeypatch.setenv("AREATAG_CACHE_PAPERS", "10")
    output = Output()
    assert label_into(lambda tagger: output, iter(PAPERS), RUN) == Counts(3, 2, 1)
    assert capsys.readouterr().err.count("The papers are labelled and not kept for retraining.") == 1
    assert output.done == ["finished"]
