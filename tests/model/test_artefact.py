"""A model directory is used only when it is whole."""

import json
import shutil
from pathlib import Path

import pytest

from model.artefact import MANIFEST, Artefact, ArtefactError


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    """A model directory that a test may damage."""
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def test_opens_what_training_wrote(tiny_model: Path) -> None:
    """Every attribute comes from the files, and the files are exactly those of the format."""
    artefact = Artefact.open(tiny_model)
    assert artefact.taxonomy.area_ids == ("sea/whales", "sea/ships", "sky/birds")
    assert artefact.heads.area_weight.shape == (3, artefact.hidden_size)
    assert artefact.max_tokens == 32
    assert artefact.card["trained_on"]["papers"] == 96
    assert {path.relative_to(tiny_model).as_posix() for path in tiny_model.rglob("*") if path.is_file()} == {
        "README.md",
        "calibration.json",
        "card.json",
        "encoder/config.json",
        "encoder/encoder.onnx",
        "encoder/model.safetensors",
        "encoder/tokenizer.json",
        "encoder/tokenizer_config.json",
        "heads.safetensors",
        "manifest.json",
        "metrics.json",
        "taxonomy.yaml",
        "training_fingerprints.safetensors",
    }


@pytest.mark.parametrize(
    "name", ["encoder/model.safetensors", "encoder/encoder.onnx", "heads.safetensors", "calibration.json"]
)
def test_refuses_a_truncated_file(copy: Path, name: str) -> None:
    """A file cut short is named together with what to do."""
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ArtefactError, match=r"bytes instead of \d+; install the model again") as caught:
        Artefact.open(copy)
    assert name in str(caught.value)


def test_refuses_an_altered_file(copy: Path) -> None:
    """One flipped bit in the weights is found."""
    path = copy / "encoder" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtefactError, match="altered since the model was written"):
        Artefact.open(copy)


def test_refuses_a_missing_file(copy: Path) -> None:
    """A deleted file is named."""
    (copy / "taxonomy.yaml").unlink()
    with pytest.raises(ArtefactError, match=r"taxonomy\.yaml: missing"):
        Artefact.open(copy)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not valid JSON"),
        ("[]", "should be a JSON object"),
        ('{"format": 99}', "model format 99 is not known"),
        ('{"format": 1, "version": "v"}', "damaged"),
    ],
)
def test_refuses_a_foreign_manifest(copy: Path, content: str, message: str) -> None:
    """A manifest that is not ours gives one sentence, never a traceback of another kind."""
    (copy / MANIFEST).write_text(content)
    with pytest.raises(ArtefactError, match=message):
        Artefact.open(copy)


def test_refuses_a_folder_without_manifest(tmp_path: Path) -> None:
    """The manifest is written last, so its absence means an interrupted write."""
    with pytest.raises(ArtefactError, match="not a complete model directory"):
        Artefact.open(tmp_path)
    with pytest.raises(ArtefactError, match="no model directory"):
        Artefact.open(tmp_path / "absent")


def test_refuses_calibration_of_another_taxonomy(copy: Path) -> None:
    """Numbers that do not fit the taxonomy are refused even when checksums are not compared."""
    path = copy / "calibration.json"
    record = json.loads(path.read_text())
    record["areas"]["offsets"].pop()
    path.write_text(json.dumps(record))
    with pytest.raises(ArtefactError, match="must have 3 entries"):
        Artefact.open(copy, verify=False)
