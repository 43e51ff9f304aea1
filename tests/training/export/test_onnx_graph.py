"""The encoder's graph, whose weights stay in the safetensors file."""

from pathlib import Path

import numpy as np
import onnx
import openvino
import pytest
import torch
from safetensors.torch import load_file, save_file

from data.errors import AreatagError
from model.runtimes.torch_encoder import PooledEncoder
from tests.support.tiny import write_tiny_encoder
from training.export.onnx_graph import write_onnx_graph


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder with half-precision weights and its graph."""
    folder = write_tiny_encoder(tmp_path_factory.mktemp("tiny") / "encoder")
    encoder = PooledEncoder.from_directory(folder)
    half = {name: tensor.half() for name, tensor in encoder.transformer.state_dict().items()}
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})
    encoder.transformer.load_state_dict({name: tensor.float() for name, tensor in half.items()})
    write_onnx_graph(encoder, folder / "model.safetensors", folder / "encoder.onnx")
    return folder


def test_the_graph_points_into_the_weights(folder: Path) -> None:
    """At the place of each matrix, so that none is on the disk twice; no path of this machine is in it."""
    graph = onnx.load_model(str(folder / "encoder.onnx"), load_external_data=False)
    outside = {
        item.name.removeprefix("transformer.").removesuffix(".fp16"): {e.key: e.value for e in item.external_data}
        for item in graph.graph.initializer
        if item.data_location == onnx.TensorProto.EXTERNAL
    }
    content = (folder / "model.safetensors").read_bytes()
    tensors = load_file(folder / "model.safetensors")
    assert {"embeddings.word_embeddings.weight"} <= outside.keys() <= tensors.keys()
    for name, place in outside.items():
        assert place["location"] == "model.safetensors"
        start, length = int(place["offset"]), int(place["length"])
        assert content[start : start + length] == tensors[name].numpy().tobytes()
    written = (folder / "encoder.onnx").read_bytes()
    assert str(Path(__file__).parents[3]).encode() not in written
    assert b"Traceback" not in written and b"site-packages" not in written


@pytest.mark.parametrize(("batch", "tokens"), [(1, 1), (3, 9), (5, 40)])
def test_it_computes_what_the_network_does(folder: Path, batch: int, tokens: int) -> None:
    """For any number of texts and tokens."""
    generator = np.random.default_rng(tokens)
    ids = generator.integers(5, 20, size=(batch, tokens))
    mask = np.ones_like(ids)
    mask[0, tokens // 2 + 1 :] = 0
    request = openvino.Core().compile_model(folder / "encoder.onnx", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    embeddings = request([ids, mask])[0]
    with torch.inference_mode():
        expected = PooledEncoder.from_directory(folder).eval()(torch.from_numpy(ids), torch.from_numpy(mask))
    np.testing.assert_allclose(embeddings, expected.numpy(), atol=2e-3)


def test_weights_that_lack_a_tensor_are_refused(folder: Path, tmp_path: Path) -> None:
    """The graph could not be run."""
    tensors = load_file(folder / "model.safetensors")
    del tensors["embeddings.word_embeddings.weight"]
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(AreatagError, match=r"no tensor 'embeddings\.word_embeddings\.weight'"):
        write_onnx_graph(PooledEncoder.from_directory(folder), tmp_path / "model.safetensors", tmp_path / "e.onnx")
