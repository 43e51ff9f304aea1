"""The encoder of a model directory, from a trained network."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from model.plain_files import ENCODER, LARGEST
from model.runtimes.openvino import OpenVinoRuntime
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch import TorchRuntime
from model.runtimes.torch_encoder import PooledEncoder
from tests.support.tiny import write_tiny_encoder
from training.export.encoder import write_encoder
from training.fine_tuning.network import AreaClassifier


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder of a network with random weights."""
    source = write_tiny_encoder(tmp_path_factory.mktemp("tiny") / "source")
    folder = source.parent / "model" / ENCODER
    write_encoder(AreaClassifier(PooledEncoder.from_directory(source), 3, 2), str(source), folder)
    return folder


def test_only_files_of_a_model_are_written(written: Path) -> None:
    """Whatever else the tokenizer's library writes."""
    names = {f"{ENCODER}/{file.name}" for file in written.iterdir()}
    assert names <= LARGEST.keys()
    assert {f"{ENCODER}/{name}" for name in ("model.safetensors", "encoder.onnx", "config.json")} <= names


def test_weights_take_half_the_room(written: Path) -> None:
    """One copy in half precision serves every runtime."""
    assert {tensor.dtype for tensor in load_file(written / "model.safetensors").values()} == {torch.float16}


def test_both_runtimes_answer_alike(written: Path) -> None:
    """From the weights as they were stored."""
    texts = Tokenizer(written / "tokenizer.json").encode(["the song of a whale", "a bird"], 32)
    openvino = OpenVinoRuntime(written, threads=1, precision="f32").embed(texts)
    np.testing.assert_allclose(openvino, TorchRuntime(written, "cpu").embed(texts), atol=2e-3)
