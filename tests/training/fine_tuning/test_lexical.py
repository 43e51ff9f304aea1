"""Learning what words say, and models that have it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from model.activation import activate
from model.adapt_to_taxonomy import adapted_version
from model.artefact import Artefact
from model.heads import Heads
from model.tagger import Tagger
from model.versions import resolve_model
from tests.support.retraining import replay_file, store_labels
from tests.support.tiny import TAXONOMY, records, write_jsonl
from training.evaluation_report.evaluation import evaluate
from training.fine_tuning.examples import Example
from training.fine_tuning.lexical import cross_fitted_logits, fit_lexical, fit_share, with_lexical
from training.fine_tuning.train_options import TrainOptions
from training.retraining.retrain import retrain
from training.retraining.retrain_options import Promote, RetrainOptions
from training.train import train

AREAS = parse_taxonomy(TAXONOMY, "tiny")


def _examples(count: int = 200) -> list[Example]:
    made = []
    for row in records(count, seed=4):
        areas = np.array([area in row["areas"] for area in AREAS.area_ids], dtype=np.float32)  # type: ignore[operator]
        made.append(Example(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])), areas))
    return made


def _train_with_words(tiny_model: Path, folder: Path, patches: dict[str, int], validation: bool = True) -> Path:
    """A model of the tiny corpus that reads words too, made with other limits than for real papers."""
    options = TrainOptions(
        output=folder / "model",
        labels=write_jsonl(folder / "labels.jsonl", records(120, seed=3)),
        taxonomy=tiny_model / "taxonomy.yaml",
        validation=tiny_model.parent / "gold.jsonl" if validation else None,
        encoder=str(tiny_model),
        max_tokens=32,
        inference_tokens=32,
        epochs=1,
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in ({"train.FEWEST_PAPERS": 100} | patches).items():
            patch.setattr(f"training.{name}", limit)
        train(options)
    return options.output


@pytest.fixture(scope="module")
def lexical_model(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of few papers: the training papers say how much words count, and validation papers calibrate."""
    folder = tmp_path_factory.mktemp("lexical")
    return _train_with_words(tiny_model, folder, {"calibrate_model.FEWEST_VALIDATION": 20})


def test_a_word_of_an_area_raises_its_number() -> None:
    """And that of its field; over training papers every number is 0 on average, whatever is not known."""
    examples = _examples()
    examples[0].areas[1] = np.nan
    lexical = fit_lexical(examples, AREAS)
    assert lexical is not None
    whales = lexical([Paper("w", "Whale song", "The ocean")])[0]
    assert whales.argmax() in (0, 3) and whales[0] > 2 and whales[3] > 1 > whales[2]
    mean = lexical([example.paper for example in examples]).mean(axis=0)
    np.testing.assert_allclose(mean, 0, atol=0.02)


def test_of_many_terms_those_that_move_with_areas_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filler words say nothing."""
    monkeypatch.setattr("training.fine_tuning.lexical.MAX_TERMS", 9)
    monkeypatch.setattr("training.fine_tuning.lexical.MOST_FREQUENT", 1.0)
    lexical = fit_lexical(_examples(), AREAS)
    assert lexical is not None and {"whale", "ship", "bird"} <= set(lexical.row_of)


def test_papers_that_share_no_term_have_no_lexical_features() -> None:
    """Nothing is in several of them."""
    areas = np.array([1, 0, 0], dtype=np.float32)
    assert fit_lexical([Example(Paper(str(row), f"Title{row}", ""), areas) for row in range(40)], AREAS) is None


def test_heads_add_each_number_to_its_own_logit() -> None:
    """Areas first, then fields, as the numbers stand."""
    generator = np.random.default_rng(0)
    heads = Heads(*(generator.normal(size=shape).astype(np.float32) for shape in ((3, 4), (3,), (2, 4), (2,))))
    embeddings, words = generator.normal(size=(6, 4)).astype(np.float32), generator.normal(size=(6, 5))
    areas, fields = heads.logits(embeddings)
    both = with_lexical(heads, (0.5, 2.0)).logits(np.hstack([embeddings, words]).astype(np.float32))
    np.testing.assert_allclose(both[0], areas + 0.5 * words[:, :3], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(both[1], fields + 2.0 * words[:, 3:], rtol=1e-4, atol=1e-5)


def test_words_count_by_what_they_add() -> None:
    """Noise gets next to nothing, a second witness as much as the first, and a contrary one never less than 0."""
    generator = np.random.default_rng(0)
    truth = generator.normal(size=(500, 3)).astype(np.float32)
    labels = truth > 0
    seen, again, noise = (
        (share * truth + generator.normal(size=truth.shape)).astype(np.float32) for share in (1, 1, 0)
    )
    assert fit_share(seen, again, labels) == pytest.approx(1, abs=0.3)
    assert fit_share(seen, noise, labels) < 0.2
    assert fit_share(seen, -again, labels) == 0
    assert fit_share(seen, again, np.zeros_like(labels)) == 0
    both = cross_fitted_logits(seen, again, labels)
    assert ((both > 0) == labels).mean() > ((seen > 0) == labels).mean() + 0.03


def test_a_trained_model_reads_words(lexical_model: Path, tiny_model: Path) -> None:
    """The share is in its heads, the figures are cross-fitted, and continuing from it learns the words anew."""
    artefact = Artefact.open(lexical_model)
    assert artefact.lexical is not None and artefact.feature_size == artefact.hidden_size + 5
    assert artefact.heads.area_weight[:, artefact.hidden_size :].diagonal().min() > 0
    assert artefact.embedding_calibration is not None and 0 < artefact.metrics["embedding_alone"]["micro_f1"] <= 1
    assert artefact.card["training"]["lexical_terms"] == len(artefact.lexical.row_of)
    assert evaluate(tiny_model.parent / "gold.jsonl", lexical_model).report.metrics["micro_f1"] > 0.8
    tagger = Tagger.load(lexical_model)
    papers = [Paper("a", "A whale song in the ocean"), Paper("b", "Nothing", "Nothing that it knows.")]
    np.testing.assert_array_equal(tagger.predict(papers)[0], tagger.predict(papers[:1])[0])
    assert tagger.tag(papers)[0].areas[0].id == "sea/whales"


def test_without_validation_papers_the_training_papers_calibrate_words_too(tiny_model: Path, tmp_path: Path) -> None:
    """Such a model has no metrics, and can be exported without its words."""
    artefact = Artefact.open(_train_with_words(tiny_model, tmp_path, {}, validation=False))
    assert artefact.lexical is not None and artefact.metrics == {} and artefact.embedding_calibration is not None
    assert artefact.heads.area_weight[:, artefact.hidden_size :].diagonal().min() > 0
    assert artefact.area_calibration != artefact.embedding_calibration.areas


def test_of_many_papers_the_validation_papers_say_how_much_words_count(tiny_model: Path, tmp_path: Path) -> None:
    """There is no linear probe to tell, and with too few of them the model has no words."""
    many = {"fine_tuning.schedule.PROBED": 50}
    enough = {"train.FEWEST_VALIDATION": 20, "calibrate_model.FEWEST_VALIDATION": 20}
    folders = [tmp_path / name for name in ("enough", "few")]
    for folder in folders:
        folder.mkdir()
    artefact = Artefact.open(_train_with_words(tiny_model, folders[0], many | enough))
    assert artefact.lexical is not None and 0 < artefact.metrics["embedding_alone"]["micro_f1"] <= 1
    assert artefact.heads.area_weight[:, artefact.hidden_size :].diagonal().min() > 0
    assert Artefact.open(_train_with_words(tiny_model, folders[1], many)).lexical is None


def test_too_few_papers_get_no_words(tiny_model: Path) -> None:
    """The tiny model itself has 96 papers."""
    artefact = Artefact.open(tiny_model)
    assert artefact.lexical is None and artefact.feature_size == artefact.hidden_size


@pytest.mark.parametrize("replayed", [False, True])
def test_retraining_keeps_the_words(lexical_model: Path, tmp_path: Path, replayed: bool) -> None:
    """With heads alone and with the encoder, whose dataset then has the words too; areas are still found."""
    activate(str(lexical_model))
    store_labels()
    papers = (str(replay_file(tmp_path)),) if replayed else ()
    result = retrain(RetrainOptions(promote=Promote.NEVER, max_tokens=32, threads=1, papers=papers))
    assert result.mode == ("encoder and heads" if replayed else "heads")
    before, after = Artefact.open(lexical_model), Artefact.open(result.path)
    assert before.lexical is not None and after.lexical is not None
    assert before.lexical.row_of == after.lexical.row_of
    assert before.heads.area_weight.shape == after.heads.area_weight.shape
    if replayed:  # the heads alone have nothing to learn from labels that they foretell
        assert (before.heads.area_weight != after.heads.area_weight).any()
    assert Tagger.load(result.path).tag([Paper("a", "A whale song in the ocean")])[0].areas[0].id == "sea/whales"


def test_a_new_area_is_tagged_beside_areas_that_read_words(lexical_model: Path) -> None:
    """The others keep their scores to the last bit; words say nothing of the new one yet."""
    clouds = "      - {id: sky/clouds, name: Clouds, description: Nests of whales in flight}\n"
    version = adapted_version(str(lexical_model), parse_taxonomy(TAXONOMY + clouds, "areas.yaml"))
    papers = [dataclasses.replace(example.paper, id=str(row)) for row, example in enumerate(_examples(8))]
    before, after = Tagger.load(lexical_model), Tagger.load(resolve_model(version))
    np.testing.assert_array_equal(after.predict(papers)[:, :3], before.predict(papers)[:, :3])
    assert not after.artefact.heads.area_weight[3, after.artefact.hidden_size :].any()
