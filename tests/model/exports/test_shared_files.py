"""What every export of others' formats has, and that it is whole or absent."""

import hashlib
from pathlib import Path

import pytest
import tokenizers

from data.errors import UsageError
from data.taxonomy_file import load_taxonomy
from model.artefact import Artefact, ModelParts
from model.exports.shared_files import CHECKSUMS, export_folder, write_file
from tests.support.artefact import write_artefact


@pytest.fixture
def model(tmp_path: Path) -> ModelParts:
    """A model that was made in milliseconds."""
    return Artefact.open(write_artefact(tmp_path / "model", "v1")).parts


def test_taxonomy_tokenizer_and_checksums_are_there(model: ModelParts, tmp_path: Path) -> None:
    """Every file but the checksums has one; the tokenizer cuts as the model does, and pads."""
    target = tmp_path / "out"
    with export_folder(model, target) as folder:
        write_file(folder / "inner" / "note.txt", b"whales")
        assert not target.exists()
    lines = (line.split("  ") for line in (target / CHECKSUMS).read_text().splitlines())
    sums = {name: digest for digest, name in lines}
    assert sums.keys() == {"inner/note.txt", "taxonomy.yaml", "tokenizer.json"}
    assert all(hashlib.sha256((target / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())
    assert load_taxonomy(target / "taxonomy.yaml") == model.taxonomy
    tokenizer = tokenizers.Tokenizer.from_file(str(target / "tokenizer.json"))
    long, short = tokenizer.encode_batch(["whale " * 50, "ship"])
    assert len(long.ids) == len(short.ids) == model.max_tokens
    assert sum(short.attention_mask) == 1


def test_a_failure_leaves_nothing(model: ModelParts, tmp_path: Path) -> None:
    """Neither the folder nor one with another name."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(RuntimeError), export_folder(model, tmp_path / "out"):
        raise RuntimeError("stopped")
    assert sorted(tmp_path.iterdir()) == before


def test_what_stands_there_stays(model: ModelParts, tmp_path: Path) -> None:
    """A folder with something in it, or a file; also when it came while the export was made."""
    full, file = tmp_path / "full", tmp_path / "file"
    write_file(full / "mine.txt", b"mine")
    file.write_text("mine")
    for target in (full, file):
        with pytest.raises(UsageError, match="exists already"), export_folder(model, target):
            raise AssertionError("it was not refused at once")
    with pytest.raises(UsageError, match="exists already"), export_folder(model, tmp_path / "late"):
        write_file(tmp_path / "late" / "mine.txt", b"mine")
    assert [path.name for path in (tmp_path / "late").iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="its folder does not exist"), export_folder(model, tmp_path / "no" / "out"):
        pass
