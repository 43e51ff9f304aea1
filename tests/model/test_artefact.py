"""A model directory is used only when it is whole."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from model.activation import activate
from model.artefact import Artefact, ModelParts
from model.calibration import NO_ADJUSTMENT, Adjustment
from model.plain_files import MANIFEST, ArtefactError
from model.runtimes.openvino import OpenVinoRuntime
from model.tagger import Tagger
from model.versions import active_reference
from tests.support.artefact import close, write_artefact


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A model directory that a test may damage."""
    return write_artefact(tmp_path / "copy", "v1")


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
        "self_check.json",
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
    close(copy, "v1")
    with pytest.raises(ArtefactError, match="must have 3 entries"):
        Artefact.open(copy, verify=False)


def test_what_the_manifest_does_not_list_is_not_read(copy: Path) -> None:
    """An optional file that nobody vouches for; and a file for `transformers`, which is given the whole folder."""
    for name in ("typicality.safetensors", "lexical.safetensors", "training_fingerprints.safetensors"):
        (copy / name).write_bytes(b"never read")
    artefact = Artefact.open(copy)
    assert artefact.ood is None and artefact.lexical is None
    assert not artefact.fingerprints.complete
    (copy / "encoder" / "adapter_config.json").write_text("{}")
    with pytest.raises(ArtefactError, match=r"adapter_config\.json': not listed in the manifest"):
        Artefact.open(copy)


def test_a_version_of_the_release_before_opens_as_it_was() -> None:
    """Every file of that time, in a version made by release 0.1: same name, same answers, and it can be activated."""
    path = Path(__file__).parent / "fixtures" / "version-of-0.1"
    artefact = Artefact.open(path)
    assert artefact.version == "20261129-c69ebbbd"
    assert artefact.lexical is not None and artefact.ood is not None
    assert artefact.feature_size == artefact.hidden_size + artefact.lexical.size > artefact.hidden_size
    assert artefact.fingerprints.complete and "learned_labels.txt" in artefact.files
    tagger = Tagger(artefact, OpenVinoRuntime(artefact.encoder_path, precision="f32"))
    papers = [
        Paper("1", "song of the whale", "we study the ocean and a new method for whale song"),
        Paper("2", "ship", "the harbour"),
    ]
    then = [[1.0, 0.00016722, 0.00015435], [7e-07, 1.0, 0.99305522]]
    np.testing.assert_allclose(tagger.probabilities(papers), then, atol=1e-4)
    assert activate(str(path)) == active_reference() == artefact.version


def test_a_model_without_lexical_features_reads_the_embedding_alone(copy: Path) -> None:
    """Nor has it any of the other optional parts."""
    artefact = Artefact.open(copy)
    assert artefact.feature_size == artefact.hidden_size == 4
    assert artefact.learned_labels == frozenset() and artefact.path == copy
    assert artefact.title_areas == artefact.title_fields == NO_ADJUSTMENT


def test_contents_are_compared_unless_that_was_just_done(copy: Path) -> None:
    """Sizes always are."""
    path = copy / "encoder" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert Artefact.open(copy, verify=False).version == "v1"
    path.write_bytes(content[:-1])
    with pytest.raises(ArtefactError, match="bytes instead of"):
        Artefact.open(copy, verify=False)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("taxonomy.yaml", "fields: 7", r"taxonomy\.yaml"),
        ("calibration.json", '{"areas": {}, "fields": {}}', r"calibration\.json"),
        ("calibration.json", '{"areas": 1, "fields": {}}', r"calibration\.json"),
        ("metrics.json", '{"micro_f1": "0.5"}', r"metrics\.json"),
        ("metrics.json", '{"micro_f1": true}', r"metrics\.json"),
        ("card.json", '{"trained_on": []}', r"card\.json"),
        ("heads.safetensors", "no tensors", r"heads\.safetensors"),
    ],
)
def test_a_file_that_is_whole_and_wrong_is_named(copy: Path, name: str, content: str, message: str) -> None:
    """Whatever its checksum says, since models come from anywhere."""
    (copy / name).write_text(content)
    close(copy, "v1")
    with pytest.raises(ArtefactError, match=message):
        Artefact.open(copy)


def test_a_disk_that_fails_is_said(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the system says."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("model.artefact.check_files", fail)
    with pytest.raises(ArtefactError, match=r"cannot be read \(Input/output error\); install the model again"):
        Artefact.open(copy)


def test_titles_may_be_adjusted(copy: Path) -> None:
    """Areas and fields each by themselves."""
    path = copy / "calibration.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"title_only": {"areas": Adjustment(0.5, -1.0, 0.25).to_json(), "fields": {}}}))
    close(copy, "v1")
    artefact = Artefact.open(copy)
    assert artefact.title_areas == Adjustment(0.5, -1.0, 0.25) and artefact.title_fields == NO_ADJUSTMENT
    path.write_text(json.dumps(record | {"title_only": {"areas": {"slope": "x"}, "fields": {}}}))
    close(copy, "v1")
    with pytest.raises(ArtefactError, match=r"calibration\.json"):
        Artefact.open(copy)


def test_the_parts_are_no_directory_any_more(copy: Path) -> None:
    """They have no digest, which is that of files; all else is the same."""
    artefact = Artefact.open(copy)
    parts = artefact.parts
    assert type(parts) is ModelParts and (parts.digest, parts.version) == ("", "v1") and artefact.digest
    for item in dataclasses.fields(ModelParts):
        assert item.name == "digest" or getattr(parts, item.name) is getattr(artefact, item.name)
