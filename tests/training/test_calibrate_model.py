"""What makes a trained model whole: OOD detector, calibration of titles alone, metrics, on the tiny model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from data.papers import Paper
from model.artefact import Artefact
from model.calibration import NO_ADJUSTMENT
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from model.tags import TagOptions
from tests.support.tiny import records, train_tiny_model
from training.calibration import ood
from training.evaluation_report.evaluation import evaluate

FRENCH = Paper("f", "Le chant de la baleine", "Nous étudions le chant de la baleine dans les océans du monde entier.")
NOISE = Paper("n", "zzzz qqqq", "zzzz qqqq xxxx jjjj vvvv. " * 8)


def _papers(seed: int, count: int = 200) -> list[Paper]:
    return [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(count, seed)]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model from enough papers for both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ood, "FEWEST", 100)
        # the tiny corpus is no English that the library would know
        patch.setattr(ood, "_languages", lambda papers: ("en",))
        return train_tiny_model(tmp_path_factory.mktemp("checked"), papers=200)


@pytest.fixture(scope="module")
def tagger(checked: Path) -> Tagger:
    """The checked model on the CPU."""
    return Tagger.load(checked, "cpu")


def _tagger_without(folder: Path, **without: object) -> Tagger:
    artefact = replace(Artefact.open(folder), **without)  # type: ignore[arg-type]
    return Tagger(artefact, load_runtime(artefact.encoder_path, "cpu"))


def test_training_fits_both(checked: Path) -> None:
    """The model knows its languages, and has a calibration and cross-fitted metrics of titles alone."""
    artefact = Artefact.open(checked)
    assert artefact.ood is not None and artefact.ood.languages == ("en",)
    assert artefact.ood.lengths.title < artefact.ood.lengths.paper
    assert 0 < artefact.metrics["title_only"]["micro_f1"] <= 1
    assert artefact.metrics["title_only"]["cross_fitted"] is True
    assert artefact.title_areas != NO_ADJUSTMENT


def test_what_was_not_learned_gets_no_areas(tagger: Tagger) -> None:
    """Another language and noise: a warning and no area or field, even with a threshold of 0; scores are shown."""
    options = TagOptions(threshold=0.0, all_scores=True, explain=True)
    for paper, reason in ((FRENCH, "French"), (NOISE, "unlike the papers")):
        (result,) = tagger.tag([paper], options)
        assert result.abstained and not result.areas and not result.fields
        assert len(result.warnings) == 1 and reason in result.warnings[0]
        assert result.scores is not None and set(result.scores) == set(tagger.taxonomy.area_ids)
        assert result.evidence == {}


def test_papers_like_those_of_training_are_tagged_all_the_same(tagger: Tagger, checked: Path) -> None:
    """Hardly any is withheld, and those that are not have the same areas and scores."""
    papers = _papers(9)
    before, after = _tagger_without(checked, ood=None).tag(papers), tagger.tag(papers)
    withheld = [result for result in after if result.warnings]
    assert len(withheld) <= 6
    for old, new in zip(before, after, strict=True):
        assert new.warnings or (new.areas, new.fields) == (old.areas, old.fields)


def test_titles_alone_have_their_own_calibration(tagger: Tagger, checked: Path) -> None:
    """The adjustment changes their probabilities; with an abstract they stay bit for bit."""
    title, whole = Paper("t", "whale song ocean"), Paper("w", "whale song ocean", "We study the song of the whale.")
    plain = _tagger_without(checked, title_areas=NO_ADJUSTMENT, title_fields=NO_ADJUSTMENT)
    old = plain.probabilities([title, whole])
    new = tagger.probabilities([title, whole])
    assert (new[0] != old[0]).all()
    assert (new[1] == old[1]).all()


def test_evaluation_counts_what_is_withheld(checked: Path, tmp_path: Path) -> None:
    """Papers in another language get no area in the evaluation either."""
    rows = [{**row, "title": FRENCH.title, "abstract": FRENCH.abstract} for row in records(6, seed=4)]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert evaluate(gold, checked).report.metrics["abstention"] == 1.0


def test_a_model_of_few_papers_has_no_detector(tiny_model: Path) -> None:
    """A limit from a hundred papers would withhold at random: such models, and older ones, have none."""
    tagger = Tagger.load(tiny_model, "cpu")
    assert tagger.artefact.ood is None
    assert tagger.ood_warnings([FRENCH, NOISE], tagger.predict([FRENCH, NOISE])) == [None, None]
