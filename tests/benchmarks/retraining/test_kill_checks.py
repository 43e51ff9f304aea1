"""What the benchmark of kill -9 would notice."""

from pathlib import Path

from benchmarks.retraining.kill_checks import problems_of, remove_old_versions, stored_entries
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model import activation, versions
from tests.support.artefact import damage, write_artefact


def test_all_is_well(tmp_path: Path) -> None:
    """Stored labels and whole models are no problem."""
    activation.activate(str(write_artefact(tmp_path / "a", "1")))
    with LabelStore.open() as store:
        numbers = store.add([Decision(LabelledPaper(Paper("p", "A title"), areas)) for areas in (("sky/birds",), ())])
    assert stored_entries() == set(numbers)
    assert problems_of(numbers) == []


def test_lost_labels_and_broken_models_are_found(tmp_path: Path) -> None:
    """A label that was acknowledged and is not there, a damaged active model, and a damaged other one."""
    for version in ("1", "2"):
        activation.activate(str(write_artefact(tmp_path / version, version)))
        damage(versions.resolve_model(version))
    lost, *models = problems_of([7])
    assert lost == "1 acknowledged labels are lost, the first is entry 7."
    assert [problem.split(":")[0] for problem in models] == ["The active model 2", "The model 1"]


def test_old_versions_go(tmp_path: Path) -> None:
    """The active one stays, however old."""
    for number in range(6):
        versions.install(write_artefact(tmp_path / str(number), str(number)))
    activation.activate("0")
    remove_old_versions()
    assert versions.versions() == ["bundled", "0", "3", "4", "5"]
