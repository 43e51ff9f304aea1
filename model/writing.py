"""Writes a model directory (`model.artefact` describes it) beside its encoder, without torch."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from data.atomic import atomic_write
from model import calibration, embedding_calibration, fingerprints, heads, lexical, ood
from model.artefact import ModelParts
from model.calibration_note import calibration_of
from model.card import card_text
from model.manifest import sha256_of, write_manifest
from model.plain_files import ANSWERING, ENCODER, LEARNED_LABELS, SELF_CHECK
from model.self_check import self_check


def new_version(parts: ModelParts) -> str:
    """The name of a new model: the date, and eight hexadecimal digits that stand for all that can change an answer."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in _answering(parts).items()}
    for name in ANSWERING:
        if name.startswith(f"{ENCODER}/") and (parts.path / name).is_file():
            digests[name] = sha256_of(parts.path / name)
    content = json.dumps([dict(sorted(digests.items())), parts.hidden_size, parts.max_tokens])
    return f"{datetime.now(UTC):%Y%m%d}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def write_model(parts: ModelParts) -> None:
    """Write everything beside the encoder, which is in its place already; the manifest comes last.

    Args:
        parts: a whole model with its version (`new_version`).

    Raises:
        ArtefactError: the model does not answer as a model should.
        AreatagError: the disk is full or fails.
    """
    card = {
        **parts.card,
        "calibration": calibration_of(parts).text,
        "version": parts.version,
        "created": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    contents = {
        **_answering(parts),
        fingerprints.FILE_NAME: parts.fingerprints.to_bytes(),
        "metrics.json": _json(parts.metrics),
        "card.json": _json(card),
        "README.md": card_text(card, parts.metrics).encode(),
        SELF_CHECK: _json(self_check(parts)),
    }
    if parts.embedding_calibration is not None:
        contents[embedding_calibration.FILE_NAME] = _json(parts.embedding_calibration.to_json())
    if parts.learned_labels:
        contents[LEARNED_LABELS] = "".join(f"{content}\n" for content in sorted(parts.learned_labels)).encode()
    for name, content in contents.items():
        with atomic_write(parts.path / name) as stream:
            stream.write(content)
    encoder = {"name": parts.encoder_name, "hidden_size": parts.hidden_size, "max_tokens": parts.max_tokens}
    write_manifest(parts.path, parts.version, encoder)


def _answering(parts: ModelParts) -> dict[str, bytes]:
    """The files beside the encoder that can change an answer, by name."""
    contents = {
        heads.FILE_NAME: parts.heads.to_bytes(),
        "taxonomy.yaml": parts.taxonomy.to_yaml().encode(),
        calibration.FILE_NAME: _json(
            {
                "areas": parts.area_calibration.to_json(),
                "fields": parts.field_calibration.to_json(),
                "title_only": {"areas": parts.title_areas.to_json(), "fields": parts.title_fields.to_json()},
            }
        ),
    }
    if parts.lexical is not None:
        contents[lexical.FILE_NAME] = parts.lexical.to_bytes()
    if parts.ood is not None:
        contents[ood.FILE_NAME] = parts.ood.to_bytes()
    return contents


def _json(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, indent=1) + "\n").encode()
