"""A student learns its teacher's embeddings, and what heads read of them more."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from data.errors import UsageError
from data.papers import Paper
from model.artefact import Artefact
from model.tagger import Tagger
from tests.support.tiny import records, write_jsonl
from training.fine_tuning.imitation import TeacherEmbeddings, imitation_loss
from training.fine_tuning.train_options import TrainOptions
from training.train import train


def test_loss_by_hand() -> None:
    """The mean of squares of embedding and logits; what no head reads counts a tenth and less of what one reads."""
    wanted, heads = torch.zeros(1, 4), torch.tensor([[10.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    unread, read = torch.tensor([[0.0, 2.0, 0.0, 0.0]]), torch.tensor([[2.0, 0.0, 0.0, 0.0]])
    assert imitation_loss(wanted, wanted, heads).item() == 0.0
    assert imitation_loss(unread, wanted, heads).item() == pytest.approx(1.0)
    assert imitation_loss(read, wanted, heads).item() == pytest.approx(1.0 + 0.1 * 20**2 / 2)


def test_a_teacher_is_asked_for_embeddings_alone(tiny_model: Path) -> None:
    """As its own tagger gives them, one row a paper."""
    papers = [Paper("a", "Whale song", "the whale"), Paper("b", "Bird nests", "")]
    teacher, tagger = TeacherEmbeddings(tiny_model, "cpu"), Tagger.load(tiny_model, "cpu")
    assert teacher.size == tagger.artefact.hidden_size
    np.testing.assert_allclose(teacher(papers), tagger.embed(papers)[:, : teacher.size], atol=1e-5)


def test_labels_are_not_learned(tiny_model: Path, options: TrainOptions, tmp_path: Path) -> None:
    """Papers with wrong labels teach the embeddings of a shorter text, and the heads stay the teacher's."""
    wrong = [row | {"areas": records(1, seed=9)[0]["areas"]} for row in records(48, seed=3)]
    labels = write_jsonl(tmp_path / "wrong.jsonl", wrong)
    options = dataclasses.replace(options, labels=labels, max_tokens=8, inference_tokens=8, imitate=True)
    options = dataclasses.replace(options, epochs=20, learning_rate=1e-3)
    train(options)
    papers = [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(40, seed=4)]
    teacher, student = Tagger.load(tiny_model, "cpu"), Tagger.load(options.output, "cpu")
    short = Tagger(dataclasses.replace(Artefact.open(tiny_model).parts, max_tokens=8), teacher.runtime)
    size = teacher.artefact.hidden_size
    wanted, untaught, taught = (tagger.embed(papers)[:, :size] for tagger in (teacher, short, student))
    assert np.square(taught - wanted).mean() < 0.7 * np.square(untaught - wanted).mean()
    heads = [tagger.artefact.heads.over_embedding(size).area_weight for tagger in (teacher, student)]
    np.testing.assert_allclose(heads[1], heads[0], rtol=1e-2, atol=1e-3)


def test_there_is_nobody_to_imitate(options: TrainOptions) -> None:
    """An encoder alone has no embeddings that were trained for areas, which is said."""
    with pytest.raises(UsageError, match="no model to imitate: name a model directory as the encoder"):
        train(dataclasses.replace(options, encoder=None, imitate=True))
