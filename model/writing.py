"""Writes what stands beside the encoder in a model directory (`model.artefact` describes it), without torch."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.atomic import atomic_text
from data.taxonomy import Taxonomy
from model.calibration import Adjustment, Calibration
from model.fingerprints import Fingerprints
from model.heads import Heads
from model.lexical import FILE_NAME as LEXICAL_FILE
from model.lexical import LexicalFeatures
from model.manifest import sha256_of, write_manifest
from model.plain_files import ANSWERING, SELF_CHECK
from model.typicality import FILE_NAME as TYPICALITY_FILE
from model.typicality import Typicality


def write_model(
    folder: Path,
    taxonomy: Taxonomy,
    heads: Heads,
    calibrations: dict[str, Calibration],
    metrics: dict[str, Any],
    card: dict[str, Any],
    encoder: dict[str, Any],
    fingerprints: Fingerprints | None = None,
    version: str | None = None,
    title_only: dict[str, Adjustment] | None = None,
    typicality: Typicality | None = None,
    lexical: LexicalFeatures | None = None,
) -> str:
    """Write everything beside the encoder, the manifest last.

    Args:
        folder: the model directory, with the encoder in it.
        taxonomy: of the areas, which is kept beside the heads.
        heads: of areas and fields.
        calibrations: of "areas" and "fields".
        metrics: kept as `metrics.json`.
        card: kept as the model card.
        encoder: "name", "hidden_size" and "max_tokens" for the manifest.
        fingerprints: of the papers that the model learned from; None: nobody knows them.
        version: None: the date and the first digits of a SHA-256 of all that can change an answer.
        title_only: of "areas" and "fields"; None: papers with a title only are calibrated like others.
        typicality: None: no text is taken for something that the model cannot judge.
        lexical: None: the heads read the embedding alone.

    Returns:
        The version.
    """
    for name in (LEXICAL_FILE, TYPICALITY_FILE, SELF_CHECK):
        (folder / name).unlink(missing_ok=True)  # of an earlier writing
    heads.save(folder / "heads.safetensors")
    if lexical is not None:
        lexical.save(folder)
    if typicality is not None:
        typicality.save(folder)
    _write(folder / "taxonomy.yaml", taxonomy.to_yaml())
    calibration: dict[str, Any] = {name: item.to_json() for name, item in calibrations.items()}
    if title_only is not None:
        calibration["title_only"] = {name: item.to_json() for name, item in title_only.items()}
    _write_json(folder / "calibration.json", calibration)
    (fingerprints or Fingerprints(complete=False)).write(folder)
    version = version or f"{datetime.now(UTC):%Y%m%d}-{_digest(folder, encoder)}"
    card = {**card, "version": version, "created": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    _write_json(folder / "metrics.json", metrics)
    _write_json(folder / "card.json", card)
    _write(folder / "README.md", card_text(card, metrics))
    write_manifest(folder, version, encoder)
    return version


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


def _digest(folder: Path, encoder: dict[str, Any]) -> str:
    """Eight hexadecimal digits that stand for everything that can change an answer."""
    files = {name: sha256_of(folder / name) for name in sorted(ANSWERING) if (folder / name).is_file()}
    content = json.dumps([files, encoder["hidden_size"], encoder["max_tokens"]])
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _write(path: Path, text: str) -> None:
    with atomic_text(path) as stream:
        stream.write(text)


def _write_json(path: Path, record: dict[str, Any]) -> None:
    _write(path, json.dumps(record, indent=1) + "\n")
