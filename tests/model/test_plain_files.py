"""Files of a model directory are reached without leaving it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.plain_files import LARGEST, ArtefactError, create_file, open_file, opened_folder, read_file

SECRET = "outside of the model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an encoder in it, and a file beside it that is none of its business."""
    folder = tmp_path / "model"
    (folder / "encoder").mkdir(parents=True)
    (tmp_path / "secret").write_text(SECRET)
    return folder


def test_a_plain_file_is_read(folder: Path) -> None:
    """At the top and in the folder of the encoder."""
    (folder / "metrics.json").write_text("{}")
    (folder / "encoder" / "config.json").write_text("{ }")
    assert read_file(folder, "metrics.json") == b"{}"
    assert read_file(folder, "encoder/config.json") == b"{ }"


@pytest.mark.parametrize("name", ["metrics.json", "encoder/config.json"])
def test_a_link_is_not_followed(folder: Path, name: str) -> None:
    """Not even to a file within the model."""
    (folder / "card.json").write_text("{}")
    for target in (folder.parent / "secret", folder / "card.json", folder / "missing"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)
        with pytest.raises(ArtefactError, match="a link or no plain file"):
            read_file(folder, name)


def test_nor_is_one_to_a_folder(folder: Path, tmp_path: Path) -> None:
    """The encoder's folder might be another one."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text(SECRET)
    (folder / "encoder").rmdir()
    (folder / "encoder").symlink_to(other)
    with pytest.raises(ArtefactError, match="a link or no plain file"):
        read_file(folder, "encoder/config.json")


def test_what_is_no_file_is_refused_at_once(folder: Path) -> None:
    """A pipe to which nobody writes would be waited for."""
    os.mkfifo(folder / "metrics.json")
    (folder / "card.json").mkdir()
    for name in ("metrics.json", "card.json"):
        with pytest.raises(ArtefactError, match="no plain file"):
            read_file(folder, name)
    with pytest.raises(ArtefactError, match=r"taxonomy\.yaml: missing from the model"):
        read_file(folder, "taxonomy.yaml")


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    """Without reading it all: here it takes no room on the disk."""
    with (folder / "card.json").open("wb") as file:
        file.truncate(LARGEST["card.json"] + 1)
    with pytest.raises(ArtefactError, match="larger than such a file can be"):
        read_file(folder, "card.json")


_PARTS = st.sampled_from(["..", ".", "", "encoder", "config.json", "secret", "a\0b", "/etc/passwd", "metrics.json "])


@given(st.lists(_PARTS, min_size=1, max_size=4).map("/".join).filter(lambda name: name not in LARGEST))
def test_names_of_no_model_file_are_not_opened(name: str) -> None:
    """Whatever they would lead to; nor are they created."""
    with opened_folder("/") as root:
        for use in (open_file, create_file):
            with pytest.raises(ArtefactError, match="is no file of a model"):
                use(root, name)


def test_a_copy_replaces_nothing(folder: Path) -> None:
    """A link that was put in the place of a new file is not written through."""
    (folder / "metrics.json").symlink_to(folder.parent / "secret")
    with opened_folder(folder) as handle:
        with pytest.raises(FileExistsError):
            create_file(handle, "metrics.json")
        with create_file(handle, "encoder/vocab.txt") as file:
            file.write(b"words")
        with pytest.raises(FileExistsError):
            create_file(handle, "encoder/vocab.txt")
    assert (folder.parent / "secret").read_text() == SECRET
    assert read_file(folder, "encoder/vocab.txt") == b"words"
