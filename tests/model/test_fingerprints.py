"""Fingerprints of the papers behind a model."""

from pathlib import Path

import pytest

from data.errors import AreatagError
from data.papers import Paper
from model.fingerprints import FILE_NAME, Fingerprints

PAPER = Paper("1", "On gulls", "They  fly over\nthe harbour.")


def test_a_paper_is_known_by_content_and_by_title(tmp_path: Path) -> None:
    """Line breaks, ids and another abstract under the title do not hide it; another paper is not in it."""
    (tmp_path / FILE_NAME).write_bytes(Fingerprints.of([PAPER]).to_bytes())
    read = Fingerprints.read(tmp_path)
    assert read.values.tolist() == Fingerprints.of([PAPER]).values.tolist() and read.complete
    assert Paper("2", "On gulls", "They fly over the harbour.") in read
    assert Paper("3", "ON GULLS!", "Another abstract.") in read
    assert Paper("4", "On terns", "They fly over the harbour.") not in read
    assert "gulls" not in (tmp_path / FILE_NAME).read_text(errors="replace").lower()


def test_without_a_title_the_content_decides() -> None:
    """Papers without titles are not all the same paper."""
    known = Fingerprints.of([Paper("1", "", "Only an abstract.")])
    assert Paper("2", "", "Only an abstract.") in known
    assert Paper("3", "", "Another abstract.") not in known


def test_what_is_not_known_stays_so(tmp_path: Path) -> None:
    """A model without the file may have learned from anything, and so may one that started from it."""
    unknown = Fingerprints.read(tmp_path)
    assert not unknown.complete
    together = Fingerprints.of([PAPER]) | unknown
    assert PAPER in together and not together.complete


@pytest.mark.parametrize("missing", [1, 8, 60, None])
def test_a_damaged_file_is_refused(tmp_path: Path, missing: int | None) -> None:
    """A proof must not rest on half a file."""
    (tmp_path / FILE_NAME).write_bytes(Fingerprints.of([PAPER]).to_bytes())
    whole = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(whole[:-missing] if missing else b"")
    with pytest.raises(AreatagError, match="cannot be read"):
        Fingerprints.read(tmp_path)
