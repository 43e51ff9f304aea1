"""Two models on the same papers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from data.papers import Paper
from model.artefact import Artefact
from model.model_diff import compare_models
from model.tagger import Tagger
from tests.support.artefact import write_artefact


class Runtime:
    """Embeds a paper by the number of its tokens: nothing here hangs on it."""

    device = "cpu"

    def embed(self, token_ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Ones, float32 [n, 4]."""
        return np.ones((len(token_ids), 4), dtype=np.float32)

    def cancel(self) -> None:
        """Nothing takes long."""


def tagger(folder: Path, version: str, biases: list[float], monkeypatch: pytest.MonkeyPatch) -> Tagger:
    """A model whose answers are its biases."""
    monkeypatch.setattr("model.tagger.Tokenizer", lambda _: type("T", (), {"encode": lambda s, t, m: [[0]] * len(t)})())
    artefact = Artefact.open(write_artefact(folder / version, version))
    artefact.heads.area_weight[:], artefact.heads.area_bias[:] = 0.0, biases
    return Tagger(artefact, Runtime())


def test_lost_and_gained_areas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first gives whales and ships, the second ships and birds; one of two areas agrees."""
    first = tagger(tmp_path, "v1", [2.0, 2.0, -2.0], monkeypatch)
    second = tagger(tmp_path, "v2", [-2.0, 2.0, 2.0], monkeypatch)
    papers = [Paper(f"p{n}", "A title") for n in range(300)]
    found = compare_models(first, second, iter(papers))
    assert (found.papers, len(found.changed), found.agreement) == (300, 300, 0.5)
    assert found.lost == {"sea/whales": 300} and found.gained == {"sky/birds": 300}
    assert (found.changed[0].lost, found.changed[0].gained) == (("sea/whales",), ("sky/birds",))
    assert found.probability_difference == pytest.approx(2 / 3 * (0.8808 - 0.1192), abs=1e-3)
    assert found.to_record()["papers_changed"] == 300


def test_a_model_agrees_with_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it gives nothing, and on no papers at all."""
    same = tagger(tmp_path, "v1", [-2.0, -2.0, -2.0], monkeypatch)
    found = compare_models(same, same, [Paper("p", "A title")])
    assert (found.agreement, found.changed, found.probability_difference) == (1.0, [], 0.0)
    assert compare_models(same, same, []).papers == 0
