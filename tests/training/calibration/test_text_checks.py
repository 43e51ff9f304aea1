"""What a model doubts, on the tiny model."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import AreatagError
from data.labels import LabelledPaper
from data.papers import Paper
from data.readers.labels import read_labels
from model.artefact import Artefact
from model.calibration import NO_ADJUSTMENT
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from model.tags import TagOptions
from tests.support.tiny import records
from training.calibration import text_checks
from training.calibration.text_checks import add_text_checks
from training.evaluation.report import evaluate

FRENCH = Paper("f", "Le chant de la baleine", "Nous étudions le chant de la baleine dans les océans du monde entier.")
NOISE = Paper("n", "zzzz qqqq", "zzzz qqqq xxxx jjjj vvvv. " * 8)


def _papers(seed: int, count: int = 200) -> list[Paper]:
    return [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(count, seed)]


@pytest.fixture(scope="module")
def gold(tiny_model: Path) -> list[LabelledPaper]:
    """The papers that calibrated the tiny model."""
    return list(read_labels(tiny_model.parent / "gold.jsonl", Artefact.open(tiny_model).taxonomy))


@pytest.fixture(scope="module")
def checked(tiny_model: Path, gold: list[LabelledPaper], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tiny model with both checks."""
    folder = tmp_path_factory.mktemp("checked") / "model"
    shutil.copytree(tiny_model, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_checks, "FEWEST", 100)
        # the tiny corpus is no English that the library would know
        patch.setattr(text_checks, "_languages", lambda papers: ("en",))
        add_text_checks(folder, _papers(1), gold)
    yield folder


@pytest.fixture(scope="module")
def tagger(checked: Path) -> Tagger:
    """The checked model on the CPU."""
    return Tagger.load(checked, "cpu")


def test_the_directory_is_still_a_model(checked: Path, tiny_model: Path) -> None:
    """It verifies under the same version, has figures of titles alone, and the others as before."""
    before, after = Artefact.open(tiny_model), Artefact.open(checked)
    assert after.version == before.version
    assert after.typicality is not None and after.typicality.languages == ("en",)
    assert 0 < after.metrics["title_only"]["micro_f1"] <= 1
    assert after.metrics["title_only"]["cross_fitted"] is True
    assert after.metrics["micro_f1"] == before.metrics["micro_f1"]
    assert after.title_areas != NO_ADJUSTMENT


def test_what_was_not_learned_gets_no_areas(tagger: Tagger) -> None:
    """Another language and noise: a warning and no area or field, even with a threshold of 0; scores are shown."""
    options = TagOptions(threshold=0.0, all_scores=True, explain=True)
    for paper, reason in ((FRENCH, "French"), (NOISE, "unlike the papers")):
        (result,) = tagger.tag([paper], options)
        assert result.abstained and not result.areas and not result.fields
        assert len(result.warnings) == 1 and reason in result.warnings[0]
        assert result.scores is not None and set(result.scores) == set(tagger.taxonomy.area_ids)
        assert result.evidence == {}


def test_papers_like_those_of_training_are_tagged_as_before(tagger: Tagger, tiny_model: Path) -> None:
    """Hardly any is withheld, and those that are not have the same areas and scores."""
    papers = _papers(9)
    before, after = Tagger.load(tiny_model, "cpu").tag(papers), tagger.tag(papers)
    withheld = [result for result in after if result.warnings]
    assert len(withheld) <= 6
    for old, new in zip(before, after, strict=True):
        assert new.warnings or (new.areas, new.fields) == (old.areas, old.fields)


def test_titles_alone_have_their_own_calibration(tagger: Tagger, tiny_model: Path) -> None:
    """The adjustment changes their probabilities; with an abstract they stay bit for bit."""
    title, whole = Paper("t", "whale song ocean"), Paper("w", "whale song ocean", "We study the song of the whale.")
    plain = replace(Artefact.open(tiny_model), title_areas=NO_ADJUSTMENT, title_fields=NO_ADJUSTMENT)
    old = Tagger(plain, load_runtime(plain.encoder_path, "cpu")).probabilities([title, whole])
    new = tagger.probabilities([title, whole])
    assert (new[0] != old[0]).all()
    assert (new[1] == old[1]).all()


def test_evaluation_counts_what_is_withheld(checked: Path, tmp_path: Path) -> None:
    """Papers in another language get no area in the evaluation either."""
    rows = [{**row, "title": FRENCH.title, "abstract": FRENCH.abstract} for row in records(6, seed=4)]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert evaluate(gold, checked).metrics["abstention"] == 1.0


def test_a_model_without_the_file_doubts_nothing(tiny_model: Path) -> None:
    """Older models, and those from few papers, answer as they did."""
    tagger = Tagger.load(tiny_model, "cpu")
    assert tagger.doubts([FRENCH, NOISE], tagger.predict([FRENCH, NOISE])) == [None, None]


def test_few_papers_are_refused(tiny_model: Path, tmp_path: Path) -> None:
    """A limit from a handful of papers would withhold at random."""
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    with pytest.raises(AreatagError, match="too few"):
        add_text_checks(folder, _papers(1, count=20))
