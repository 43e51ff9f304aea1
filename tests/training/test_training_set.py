"""What a training learns from: inputs divided, and the dataset that a resumed run uses again."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, write_soft_labels
from data.taxonomy_file import load_taxonomy
from model.runtimes.tokenization import Tokenizer
from tests.support.tiny import TAXONOMY, records, write_jsonl, write_tiny_encoder
from training.fine_tuning.train_options import TrainOptions
from training.training_set import TrainingSet, TrainInputs


@pytest.fixture
def options(tmp_path: Path) -> TrainOptions:
    """Forty-eight labelled papers of the tiny corpus, and eight that validate."""
    (tmp_path / "areas.yaml").write_text(TAXONOMY)
    return TrainOptions(
        output=tmp_path / "out",
        labels=write_jsonl(tmp_path / "labels.jsonl", records(48, seed=3)),
        taxonomy=tmp_path / "areas.yaml",
        validation=write_jsonl(tmp_path / "gold.jsonl", records(8, seed=7)),
        max_tokens=32,
    )


def _trained_on(options: TrainOptions) -> list[str]:
    return [example.paper.id for example in TrainInputs.read(options).examples(options)]


def test_validation_papers_never_train(options: TrainOptions, tmp_path: Path) -> None:
    """A training paper that is also in the validation file, by text or by title, is left out."""
    rows = records(48, seed=3)
    gold = [rows[0], {**rows[1], "abstract": "another abstract of the same paper."}]
    validation = write_jsonl(tmp_path / "gold.jsonl", gold)
    titles = {"".join(filter(str.isalnum, str(row["title"]).lower())) for row in gold}
    left = [row["id"] for row in rows if "".join(filter(str.isalnum, str(row["title"]).lower())) not in titles]
    assert _trained_on(dataclasses.replace(options, validation=validation)) == left


def test_no_held_out_paper_or_near_duplicate_reaches_training(options: TrainOptions, tmp_path: Path) -> None:
    """Of validation and held-out papers, and of later versions of them, neither title nor text is trained on."""
    words = ("the whale song of a new ocean", "ship and harbour for sail results", "bird nest and flight of a method")
    long = [" ".join(f"{text} {start} {number}" for number in range(8)) for start, text in enumerate(words)]
    gold = {"id": "g", "title": "Whale gold", "abstract": long[0], "areas": ["sea/whales"]}
    held = {"id": "h", "title": "Ship held out", "abstract": long[1], "areas": ["sea/ships"]}
    copies = [
        {**gold, "id": "1"},
        {**gold, "id": "2", "title": "WHALE: gold!", "abstract": "Words of their own."},
        {**held, "id": "3", "title": "Another title", "abstract": f"New words. {held['abstract']} And more."},
        {**held, "id": "4", "title": "Notes", "abstract": " ".join(str(held["abstract"]).split()[:30])},
    ]
    other = {"id": "5", "title": "Bird", "abstract": long[2], "areas": ["sky/birds"]}
    soft_papers = tuple(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in (*copies, other))
    batch = SoftLabelBatch(soft_papers, np.full((5, 3), 0.5, np.float32), np.ones(5, np.float32))
    soft = tmp_path / "soft.parquet"
    write_soft_labels(soft, load_taxonomy(options.taxonomy), Provenance(), [batch])
    changed = dataclasses.replace(
        options,
        soft_labels=soft,
        labels=write_jsonl(tmp_path / "labels.jsonl", [*copies, *records(4)]),
        validation=write_jsonl(tmp_path / "gold.jsonl", [gold, *records(8, seed=7)]),
        held_out=(write_jsonl(tmp_path / "held.jsonl", [held]),),
    )
    assert _trained_on(changed) == ["5", *(row["id"] for row in records(4))]


def test_a_resumed_run_uses_the_same_papers(options: TrainOptions, tmp_path: Path) -> None:
    """Tokens, sample and fingerprints are those that were written, whatever the inputs are now."""
    tokenizer = Tokenizer(write_tiny_encoder(tmp_path / "encoder") / "tokenizer.json")
    inputs = TrainInputs.read(options)
    first = TrainingSet.prepare(inputs, tokenizer, options, tmp_path)
    papers = [item.paper for item in inputs.labelled]
    assert sorted(paper.id for paper in first.sample) == sorted(paper.id for paper in papers)
    assert all(paper in first.fingerprints for paper in papers)
    nothing = dataclasses.replace(inputs, labelled=())
    again = TrainingSet.prepare(nothing, tokenizer, dataclasses.replace(options, resume=True), tmp_path)
    assert again.dataset["input_ids"] == first.dataset["input_ids"] and again.sample == first.sample
    assert again.fingerprints.values.tolist() == first.fingerprints.values.tolist()
    with pytest.raises(AreatagError, match="Nothing to learn from"):
        TrainingSet.prepare(nothing, tokenizer, options, tmp_path)


def test_the_sample_has_papers_with_an_abstract_only(options: TrainOptions, tmp_path: Path) -> None:
    """A title alone does not look like a whole paper to the encoder."""
    rows = [*records(3), {"id": "t", "title": "Only a title", "abstract": "", "areas": []}]
    labels = write_jsonl(tmp_path / "labels.jsonl", json.loads(json.dumps(rows)))
    tokenizer = Tokenizer(write_tiny_encoder(tmp_path / "encoder") / "tokenizer.json")
    changed = dataclasses.replace(options, labels=labels)
    made = TrainingSet.prepare(TrainInputs.read(changed), tokenizer, changed, tmp_path)
    assert len(made) == 4 and "t" not in {paper.id for paper in made.sample}


def test_labels_without_any_area_are_an_error(options: TrainOptions, tmp_path: Path) -> None:
    """It names the file; with soft labels there is something to learn."""
    labels = write_jsonl(tmp_path / "none.jsonl", [{**row, "areas": []} for row in records(5, seed=3)])
    with pytest.raises(AreatagError, match=r"None of the 5 papers in .*none.jsonl has an area"):
        TrainInputs.read(dataclasses.replace(options, labels=labels))


def test_what_is_odd_about_labels_is_said_before_training(
    options: TrainOptions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A paper given twice trains once, with its later label."""
    rows = records(6, seed=3)
    changed = {**rows[0], "areas": ["sky/birds"] if rows[0]["areas"] != ["sky/birds"] else ["sea/ships"]}
    labels = write_jsonl(tmp_path / "twice.jsonl", [*rows, changed])
    inputs = TrainInputs.read(dataclasses.replace(options, labels=labels))
    assert len(inputs.labelled) == 6
    assert list(inputs.labelled[0].areas) == changed["areas"]
    assert "1 paper is given more than once with different labels" in caplog.text
    assert "only 6 papers are labelled" in caplog.text


def test_papers_that_do_not_train_are_counted(
    options: TrainOptions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """How many of how many, and why; where none is left, the error says it too."""
    rows = records(12, seed=3)
    changed = dataclasses.replace(
        options,
        labels=write_jsonl(tmp_path / "twelve.jsonl", rows),
        validation=write_jsonl(tmp_path / "some.jsonl", rows[:3]),
    )
    tokenizer = Tokenizer(write_tiny_encoder(tmp_path / "encoder") / "tokenizer.json")
    made = TrainingSet.prepare(TrainInputs.read(changed), tokenizer, changed, tmp_path)
    assert f"{12 - len(made)} of 12 papers are not trained on" in caplog.text and len(made) <= 9
    everything = dataclasses.replace(changed, validation=changed.labels)
    with pytest.raises(AreatagError, match=r"every paper given for training .* \(12 are left out\)"):
        TrainingSet.prepare(TrainInputs.read(everything), tokenizer, everything, tmp_path)
