"""From a trained network to a model directory (`model.artefact` describes it)."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from transformers import AutoTokenizer

from data.atomic import atomic_text
from data.taxonomy import Taxonomy
from model.artefact import sha256_of, write_manifest
from model.calibration import Calibration
from model.heads import Heads
from training.network import AreaClassifier
from training.onnx_graph import write_onnx_graph


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
    AutoTokenizer.from_pretrained(tokenizer_from).save_pretrained(folder)
    # the graph is traced from the weights as stored, so both runtimes answer alike
    transformer.load_state_dict({name: tensor.float() for name, tensor in half.items()}, strict=False)
    write_onnx_graph(network.encoder, folder / "model.safetensors", folder / "encoder.onnx")


def heads_of(network: AreaClassifier) -> Heads:
    """The heads as numpy arrays."""
    return Heads(
        *(
            parameter.detach().cpu().numpy().astype(np.float32)
            for head in (network.area_head, network.field_head)
            for parameter in (head.weight, head.bias)
        )
    )


def write_model(
    folder: Path,
    taxonomy: Taxonomy,
    heads: Heads,
    calibrations: dict[str, Calibration],
    metrics: dict[str, Any],
    card: dict[str, Any],
    encoder: dict[str, Any],
) -> str:
    """Write everything beside the encoder, the manifest last.

    Args:
        calibrations: of "areas" and "fields".
        encoder: "name", "hidden_size" and "max_tokens" for the manifest.

    Returns:
        The version: the date and the first digits of the weights' SHA-256.
    """
    heads.save(folder / "heads.safetensors")
    version = f"{datetime.now(UTC):%Y%m%d}-{_digest(folder)}"
    card = {"version": version, "created": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", **card}
    _write(folder / "taxonomy.yaml", taxonomy.to_yaml())
    _write_json(folder / "calibration.json", {name: item.to_json() for name, item in calibrations.items()})
    _write_json(folder / "metrics.json", metrics)
    _write_json(folder / "card.json", card)
    _write(folder / "README.md", card_text(card, metrics))
    write_manifest(folder, version, encoder)
    return version


def replace_folder(source: Path, target: Path) -> None:
    """Move a finished folder into place; an old one there is removed after the new one is complete."""
    if target.exists():
        old = target.with_name(f".{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        source.rename(target)
        shutil.rmtree(old)
    else:
        source.rename(target)


def card_text(card: dict[str, Any], metrics: dict[str, Any]) -> str:
    """The model card for people."""
    lines = [f"# Model {card['version']}", "", f"Written {card['created']}.", ""]
    for heading, content in card.items():
        if heading in {"version", "created", "calibrated_on"}:
            continue
        lines += [f"## {heading.replace('_', ' ').capitalize()}", ""]
        if isinstance(content, dict):
            lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in content.items()]
        else:
            lines.append(str(content))
        lines.append("")
    lines += ["## Measured", ""]
    intervals = metrics.get("intervals", {})
    for name, value in metrics.items():
        if isinstance(value, float):
            low_high = intervals.get(name)
            lines.append(
                f"- {name}: {value}" + (f" (95 % interval {low_high[0]} to {low_high[1]})" if low_high else "")
            )
    return "\n".join(lines) + "\n"


def _digest(folder: Path) -> str:
    digests = [sha256_of(folder / "encoder" / "model.safetensors"), sha256_of(folder / "heads.safetensors")]
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:8]


def _write(path: Path, text: str) -> None:
    with atomic_text(path) as stream:
        stream.write(text)


def _write_json(path: Path, record: dict[str, Any]) -> None:
    _write(path, json.dumps(record, indent=1) + "\n")
