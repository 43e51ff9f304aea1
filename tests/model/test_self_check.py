"""A model is tried before it becomes the active one."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.papers import Paper
from model import activation
from model.activation import activate, rollback
from model.artefact import Artefact
from model.heads import Heads
from model.manifest import write_manifest
from model.plain_files import SELF_CHECK, ArtefactError
from model.self_check import check_answers, check_runs, load_on_cpu, try_model
from model.tagger import Tagger
from model.versions import active_reference, delete, install, models_folder, versions
from model.writing import write_model
from tests.support.artefact import close, write_artefact

RELEASED = Path(__file__).parent / "fixtures" / "version-of-0.1"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A model directory that keeps what it answers."""
    folder = write_artefact(tmp_path / "made", "v1")
    write_model(Artefact.open(folder))
    return folder


def _set_heads(folder: Path, value: float) -> None:
    shapes = ((3, 4), (3,), (2, 4), (2,))
    (folder / "heads.safetensors").write_bytes(
        Heads(*(np.full(shape, value, np.float32) for shape in shapes)).to_bytes()
    )


def test_a_model_answers_as_when_it_was_made(made: Path) -> None:
    """Every probability of areas and fields is kept, to five digits, with the papers."""
    kept = json.loads((made / SELF_CHECK).read_text())["papers"]
    artefact = Artefact.open(made)
    tagger = load_on_cpu(artefact, precision="f32")
    rows = tagger.predict([Paper("", paper["title"], paper["abstract"]) for paper in kept])
    np.testing.assert_allclose([paper["areas"] + paper["fields"] for paper in kept], rows[:, :-1], atol=1e-4)
    check_answers(artefact, tagger)
    assert activate(str(made)) == active_reference() == "v1"
    assert SELF_CHECK in Artefact.open(models_folder() / "v1").files


def _not_finite(folder: Path) -> None:
    _set_heads(folder, np.nan)


def _same_for_all(folder: Path) -> None:
    (folder / SELF_CHECK).unlink()
    _set_heads(folder, 0.0)


def _other_heads(folder: Path) -> None:
    _set_heads(folder, 0.5)


def _no_graph(folder: Path) -> None:
    (folder / "encoder" / "encoder.onnx").write_bytes(b"no graph")


def _no_tokenizer(folder: Path) -> None:
    (folder / "encoder" / "tokenizer.json").write_text("{}")


def _other_taxonomy(folder: Path) -> None:
    record = json.loads((folder / SELF_CHECK).read_text())
    record["papers"][0]["areas"].pop()
    (folder / SELF_CHECK).write_text(json.dumps(record))


def _no_probabilities(folder: Path) -> None:
    record = json.loads((folder / SELF_CHECK).read_text())
    record["papers"][0]["areas"][0] = "much"
    (folder / SELF_CHECK).write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_not_finite, "not finite"),
        (_same_for_all, "answers the same for every paper"),
        (_other_heads, r"answers 0\.\d+ where it answered 0\.\d+ when it was made"),
        (_no_graph, "OpenVINO cannot compile the encoder"),
        (_no_tokenizer, "tokenizer cannot be read"),
        (_other_taxonomy, "belongs to another taxonomy"),
        (_no_probabilities, r"papers\.0\.areas\.0"),
    ],
)
def test_what_does_not_answer_as_it_should_is_not_activated(
    made: Path, tmp_path: Path, spoil: object, reason: str
) -> None:
    """Though its checksums are right; the old one stays active, and nothing of the new one is kept."""
    activate(str(write_artefact(tmp_path / "old", "v0")))
    assert callable(spoil)
    spoil(made)
    close(made, "v1")
    with pytest.raises(AreatagError, match=reason) as caught:
        activate(str(made))
    assert "\n" not in str(caught.value)
    assert active_reference() == "v0" and versions() == ["bundled", "v0"]


def test_papers_longer_than_the_encoder_reads_are_tried(tmp_path: Path) -> None:
    """A model that says it reads 500 tokens and has positions for 64 would fail at the first long paper."""
    folder = Path(shutil.copytree(RELEASED, tmp_path / "model"))
    write_manifest(folder, "v1", {"name": "tiny", "hidden_size": 16, "max_tokens": 500})
    with pytest.raises(ArtefactError, match="cannot run here"):
        activate(str(folder))


def test_an_embedding_of_another_size_is_refused(tmp_path: Path) -> None:
    """Heads and manifest agree with each other, and not with the encoder."""
    folder = write_artefact(tmp_path / "model", "v1")
    shapes = ((3, 5), (3,), (2, 5), (2,))
    (folder / "heads.safetensors").write_bytes(Heads(*(np.ones(shape, np.float32) for shape in shapes)).to_bytes())
    write_manifest(folder, "v1", {"name": "tiny", "hidden_size": 5, "max_tokens": 8})
    with pytest.raises(ArtefactError, match="cannot run here"):
        activate(str(folder))


def test_every_precision_runs_and_float32_answers_as_it_did() -> None:
    """Coarser numbers are no damage, however far they move the answers of a small model."""
    artefact = Artefact.open(RELEASED)
    check_answers(artefact, load_on_cpu(artefact, "f32"))
    for precision in ("bf16", "int8"):
        check_runs(load_on_cpu(artefact, precision))


def test_coarser_numbers_of_a_good_model_are_no_reason_to_refuse_it(made: Path) -> None:
    """Its own float32 is what it is compared with; what serves must only run."""
    artefact = Artefact.open(made)
    tagger = load_on_cpu(artefact)
    coarse = Heads(*(getattr(artefact.heads, name) * np.float32(0.5) for name in Heads.__slots__))
    moved = Tagger(replace(artefact, heads=coarse), tagger.runtime)
    with pytest.raises(ArtefactError, match="when it was made"):
        check_answers(artefact, moved)
    try_model(artefact, moved)
    broken = Heads(*(np.full_like(getattr(artefact.heads, name), np.nan) for name in Heads.__slots__))
    with pytest.raises(ArtefactError, match="not finite"):
        try_model(artefact, Tagger(replace(artefact, heads=broken), tagger.runtime))


def test_rollback_to_what_does_not_run_changes_nothing(made: Path, tmp_path: Path) -> None:
    """What serves now stays active."""
    activate(str(made))
    activate(str(write_artefact(tmp_path / "v2", "v2")))
    _set_heads(models_folder() / "v1", 0.5)
    close(models_folder() / "v1", "v1")
    with pytest.raises(ArtefactError, match="when it was made"):
        rollback()
    assert active_reference() == "v2"


@pytest.mark.parametrize("change", ["exchanged", "removed"])
def test_a_version_that_changes_while_it_is_tried_is_not_activated(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The trial holds no lock; what it found is true only of the files that it ran."""
    other = write_artefact(tmp_path / "other", "v1", micro_f1=0.9)
    install(made)

    def check(artefact: Artefact, tagger: Tagger | None) -> None:
        try_model(artefact, tagger)
        delete("v1")
        if change == "exchanged":
            install(other)

    monkeypatch.setattr(activation, "try_model", check)
    with pytest.raises(AreatagError, match=r"changed while it was tried|v1: no model directory"):
        activate("v1")
    assert active_reference() == "bundled"


def test_a_model_that_answers_nothing_finite_keeps_no_answers(made: Path) -> None:
    """Training ends with an error instead of a model that nobody can activate."""
    artefact, tagger = Artefact.open(made), Tagger.load(made, "cpu")
    broken = Heads(*(np.full_like(getattr(artefact.heads, name), np.inf) for name in Heads.__slots__))
    with pytest.raises(ArtefactError, match="not finite"):
        check_answers(artefact, Tagger(replace(artefact, heads=broken), tagger.runtime))
    with pytest.raises(ArtefactError, match="not finite"):
        write_model(replace(artefact.parts, heads=broken))


def test_answers_may_all_be_tiny_as_long_as_they_depend_on_the_paper(tmp_path: Path) -> None:
    """As those of a model about papers of quite another kind."""
    folder = write_artefact(tmp_path / "model", "v1")
    artefact = Artefact.open(folder)
    tiny = replace(artefact.heads, area_bias=np.full(3, -40, np.float32))
    (folder / "heads.safetensors").write_bytes(tiny.to_bytes())
    close(folder, "v1")
    assert activate(str(folder)) == "v1"
