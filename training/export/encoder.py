"""From a trained network to the encoder of a model directory (`model.writing` writes the rest)."""

import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from model.plain_files import ENCODER, LARGEST
from training.encoder.base_encoder import save_tokenizer
from training.export.onnx_graph import write_onnx_graph
from training.fine_tuning.network import AreaClassifier


def write_encoder(network: AreaClassifier, tokenizer_from: str, folder: Path) -> None:
    """Write a Hugging Face directory with float16 weights and the CPU runtime's graph."""
    folder.mkdir(parents=True)
    transformer = network.encoder.transformer
    half = {
        name: tensor.detach().to(torch.float16).contiguous()
        for name, tensor in transformer.state_dict().items()
        if tensor.is_floating_point()
    }
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})
    transformer.config.save_pretrained(folder)
    save_tokenizer(tokenizer_from, folder)
    for file in folder.iterdir():
        if f"{ENCODER}/{file.name}" not in LARGEST:  # of no use beside tokenizer.json, and no file of a model
            shutil.rmtree(file) if file.is_dir() else file.unlink()
    # the graph is traced from the weights as stored, so both runtimes answer alike
    transformer.load_state_dict({name: tensor.float() for name, tensor in half.items()}, strict=False)
    write_onnx_graph(network.encoder, folder / "model.safetensors", folder / "encoder.onnx")
