"""The end of the recipe: from the last training to a finished model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.papers import content_id
from model.artefact import Artefact
from model.lexical import FILE_NAME, LexicalFeatures
from model.tagger import Tagger
from tests.support.tiny import TAXONOMY, records, write_jsonl
from training.bundled.finish import Finish, write_finished, write_lexical
from training.fine_tuning.train_options import TrainOptions


@pytest.fixture(scope="module")
def finish(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Finish:
    """The tiny model with lexical features of its papers, gold, and papers for evaluation."""
    folder = tmp_path_factory.mktemp("finish")
    (folder / "areas.yaml").write_text(TAXONOMY)
    options = TrainOptions(
        output=folder / "unused",
        labels=write_jsonl(folder / "train.jsonl", records(96, seed=1)),
        validation=write_jsonl(folder / "gold.jsonl", records(40, seed=2)),
        held_out=(write_jsonl(folder / "judges.jsonl", records(25, seed=3)),),
        taxonomy=folder / "areas.yaml",
        max_tokens=32,
    )
    (folder / "lexical").mkdir()
    write_lexical(options, folder / "lexical" / FILE_NAME)
    return Finish(
        trained=tiny_model,
        lexical=folder / "lexical",
        options=options,
        inference_tokens=24,
        encoder_name="base-encoder",
        card={"recipe": {"command": "this"}, "trained_on": {"papers": 7}},
    )


@pytest.fixture(scope="module")
def made(finish: Finish, tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    """The finished model; what a killed attempt left was in the way."""
    output = tmp_path_factory.mktemp("made") / "model"
    (output.parent / "model.partial").mkdir()
    (output.parent / "model.partial" / "rest").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.calibrate_model.FEWEST_VALIDATION", 20)
        write_finished(finish, output)
    assert [path.name for path in output.parent.iterdir()] == ["model"] and not (output / "rest").exists()
    return Artefact.open(output)


def test_lexical_features_are_those_of_the_training_papers(finish: Finish) -> None:
    """One a word that tells areas apart."""
    found = LexicalFeatures.load(finish.lexical)
    assert found.size == 5  # three areas and two fields


def test_the_encoder_is_that_of_the_last_training(finish: Finish, made: Artefact) -> None:
    """Byte for byte; the name is that of the one that the recipe began with."""
    for path in (finish.trained / "encoder").iterdir():
        assert (made.encoder_path / path.name).read_bytes() == path.read_bytes()
    assert (made.encoder_name, made.max_tokens) == ("base-encoder", 24)


def test_it_reads_words_and_is_calibrated_on_gold(finish: Finish, made: Artefact) -> None:
    """Gold is named in its card, beside what the recipe says."""
    assert made.lexical is not None and made.heads.area_weight.shape[1] == 16 + 5
    gold = [json.loads(line) for line in (finish.options.validation or Path()).read_text().splitlines()]
    assert set(made.card["calibrated_on"]) == {content_id(row["title"], row["abstract"]) for row in gold}
    assert made.card["recipe"] == {"command": "this"} and made.card["trained_on"] == {"papers": 7}
    assert made.area_calibration.slope != 1.0
    assert made.version and Tagger.load(made.path, "cpu").version == made.version


def test_evaluation_votes_are_measured_apart(made: Artefact) -> None:
    """On papers that calibrated nothing."""
    assert made.metrics["evaluation_votes"]["papers"] == 25
    assert made.metrics["papers"] == 40 and 0 < made.metrics["evaluation_votes"]["micro_f1"] <= 1
