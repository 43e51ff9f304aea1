"""Fine-tuning by the `transformers` Trainer, on a tiny network."""

from dataclasses import replace
from pathlib import Path

import datasets
import pytest
import torch
from transformers import TrainingArguments

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from tests.support.tiny import TAXONOMY, records, write_tiny_encoder
from training.fine_tuning import trainer
from training.fine_tuning.examples import Example, build_dataset
from training.fine_tuning.network import AreaClassifier
from training.fine_tuning.train_options import TrainOptions
from training.fine_tuning.trainer import fine_tune

AREAS = parse_taxonomy(TAXONOMY, "test")
OPTIONS = TrainOptions(output=Path("unused"), device="cpu", epochs=2, batch_size=4, learning_rate=1e-3, head_rate=10.0)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder."""
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny") / "encoder")


@pytest.fixture(scope="module")
def dataset(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> datasets.Dataset:
    """Sixteen papers whose words give their areas away."""
    examples = []
    for row in records(16, seed=41):
        paper = Paper(str(row["id"]), str(row["title"]), str(row["abstract"]))
        values = torch.tensor([float(area in row["areas"]) for area in AREAS.area_ids])  # type: ignore[operator]
        examples.append(Example(paper, values.numpy()))
    path = tmp_path_factory.mktemp("data") / "examples.arrow"
    return build_dataset(examples, AREAS, Tokenizer(encoder / "tokenizer.json"), 32, path)


def _network(encoder: Path) -> AreaClassifier:
    torch.manual_seed(3)
    return AreaClassifier(PooledEncoder.from_directory(encoder), len(AREAS.areas), len(AREAS.fields))


def _weights(network: AreaClassifier) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def test_a_run_takes_its_steps_and_learns(encoder: Path, dataset: datasets.Dataset, tmp_path: Path) -> None:
    """Encoder and heads move, and the last step is kept so that a killed run need not train again."""
    network = _network(encoder)
    before = _weights(network)
    told: list[tuple[int, int, float]] = []
    run = fine_tune(
        network, dataset, replace(OPTIONS, epochs=30), tmp_path / "work", 0, lambda *step: told.append(step)
    )
    assert run["steps"] == 120 and run["loss"] > 0
    assert [(step, steps) for step, steps, _ in told] == [(25, 120), (50, 120), (75, 120), (100, 120)]
    assert told[-1][2] < told[0][2]
    moved = {name for name, tensor in _weights(network).items() if not torch.equal(tensor, before[name])}
    assert "area_head.weight" in moved and any(name.startswith("encoder.") for name in moved)
    assert [path.name for path in (tmp_path / "work").glob("checkpoint-*")] == ["checkpoint-120"]


def test_a_layer_that_is_frozen_stays(encoder: Path, dataset: datasets.Dataset, tmp_path: Path) -> None:
    """The optimiser gets only what is trained."""
    network = _network(encoder)
    network.encoder.requires_grad_(False)
    before = _weights(network)
    fine_tune(network, dataset, OPTIONS, tmp_path / "work", 0)
    for name, tensor in _weights(network).items():
        assert torch.equal(tensor, before[name]) is name.startswith("encoder."), name


def test_heads_learn_faster_and_biases_do_not_decay(encoder: Path, dataset: datasets.Dataset) -> None:
    """Four groups of parameters: encoder and heads, matrices and others."""
    made = trainer._Trainer(
        model=_network(encoder),
        args=TrainingArguments(output_dir="unused", learning_rate=1e-3, weight_decay=0.5, use_cpu=True),
        train_dataset=dataset,
    )
    made.head_learning_rate = 1e-2
    groups = made.create_optimizer().param_groups
    assert {(group["lr"], group["weight_decay"]) for group in groups} == {
        (1e-3, 0.5),
        (1e-3, 0.0),
        (1e-2, 0.5),
        (1e-2, 0.0),
    }
    assert sum(len(group["params"]) for group in groups) == len(list(made.model.parameters()))
    assert all((group["weight_decay"] > 0) is (parameter.ndim > 1) for group in groups for parameter in group["params"])


def test_a_finished_run_is_not_trained_again(encoder: Path, dataset: datasets.Dataset, tmp_path: Path) -> None:
    """Its last checkpoint is what it came to."""
    first, second = _network(encoder), _network(encoder)
    fine_tune(first, dataset, OPTIONS, tmp_path / "work", 0)
    run = fine_tune(second, dataset, replace(OPTIONS, resume=True), tmp_path / "work", 0)
    assert run["steps"] == 8
    for name, tensor in _weights(second).items():
        torch.testing.assert_close(tensor, _weights(first)[name])


def test_a_checkpoint_that_was_being_written_is_passed_over(
    encoder: Path, dataset: datasets.Dataset, tmp_path: Path
) -> None:
    """A run that was killed over it goes on from the one before, and from the start where that is no better."""
    options, work = replace(OPTIONS, checkpoint_minutes=0.0), tmp_path / "work"
    whole = _network(encoder)
    fine_tune(whole, dataset, options, work, 0)
    assert sorted(path.name for path in work.glob("checkpoint-*")) == ["checkpoint-7", "checkpoint-8"]
    for cut in (["checkpoint-8"], ["checkpoint-7", "checkpoint-8"]):
        for name in cut:
            (work / name / "complete").unlink()
            (work / name / "trainer_state.json").unlink()
        resumed = _network(encoder)
        assert fine_tune(resumed, dataset, replace(options, resume=True), work, 0)["steps"] == 8
        for name, tensor in _weights(resumed).items():
            torch.testing.assert_close(tensor, _weights(whole)[name], atol=1e-3, rtol=0.1)
