"""Hugging Face datasets: what may be one, and what is read of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat, huggingface, read_papers, read_records
from data.readers.huggingface import is_dataset_directory, looks_like_name, matches, read, read_dataset
from data.readers.sources import RECORD_BYTES, ByteStream


def test_without_datasets_the_error_says_how_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset name where the library is missing is explained."""
    monkeypatch.setattr(huggingface, "is_installed", lambda: False)
    with pytest.raises(UsageError, match=r"pip install 'areatag\[train\]'"):
        read_papers(["geese/counts"])
    with pytest.raises(UsageError, match=r"pip install 'areatag\[train\]'"):
        list(read_papers(["geese/counts"], InputFormat.HUGGINGFACE))


def test_a_saved_dataset(tmp_path: Path) -> None:
    """A directory of save_to_disk is read split by split, numbered from 1."""
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_list([{"title": "A", "year": 2020}, {"title": None, "year": 2021}])
    datasets.DatasetDict({"train": rows, "test": rows.select([0])}).save_to_disk(tmp_path / "saved")
    first, second, third = read_papers([tmp_path / "saved"])
    assert isinstance(first, Paper) and (first.title, first.date) == ("A", "2020")
    assert isinstance(second, Reject) and second.line == 2 and second.file.endswith("saved[train]")
    assert isinstance(third, Paper)


def test_a_row_of_a_saved_dataset(tmp_path: Path) -> None:
    """Rows of a Hugging Face dataset have the same limit."""
    datasets = pytest.importorskip("datasets")
    titles = ["A", "g" * (RECORD_BYTES + 1), "B"]
    datasets.Dataset.from_dict({"title": titles}).save_to_disk(tmp_path / "saved")
    first, second, third = read_records([tmp_path / "saved"])
    assert isinstance(second, Reject) and second.line == 2 and "longer than" in second.reason
    assert not isinstance(first, Reject) and not isinstance(third, Reject) and third.fields == {"title": "B"}


def test_no_file_is_a_dataset() -> None:
    """Whatever it begins with; who says so is told to leave the option out."""
    assert not matches(b"") and not matches(b"PAR1")
    with pytest.raises(
        UsageError, match=r"papers\.arrow is a file, not a Hugging Face dataset; leave out --input-format"
    ):
        read(ByteStream("papers.arrow", iter([b"ARROW1"])))


@pytest.mark.parametrize("name", ["dataset_dict.json", "state.json"])
def test_a_directory_that_the_library_saved(tmp_path: Path, name: str) -> None:
    """It is known by either of its files; a folder of that name is none."""
    assert not is_dataset_directory(tmp_path)
    (tmp_path / name).mkdir()
    assert not is_dataset_directory(tmp_path)
    (tmp_path / name).rmdir()
    (tmp_path / name).touch()
    assert is_dataset_directory(tmp_path)


def test_what_may_be_the_name_of_a_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Owner and name; in a folder that is there, it is a file that is missing."""
    monkeypatch.chdir(tmp_path)
    assert looks_like_name("geese/counts-2.1_a")
    assert not any(
        map(looks_like_name, ["geese", "geese/", "/counts", "a/b/c", "geese/counts.jsonl?", "geese counts/a"])
    )
    (tmp_path / "geese").mkdir()
    assert not looks_like_name("geese/counts")


def test_only_columns_that_we_know_are_decoded(tmp_path: Path) -> None:
    """A large column beside them costs no row; without title and abstract all are kept, for the reject to show."""
    datasets = pytest.importorskip("datasets")
    large = "g" * (RECORD_BYTES + 1)
    rows = datasets.Dataset.from_list([{"title": "A", "embedding": large}])
    rows.save_to_disk(tmp_path / "saved")
    (record,) = read_dataset(str(tmp_path / "saved"))
    assert not isinstance(record, Reject)
    assert (record.file, record.line, record.fields) == (str(tmp_path / "saved"), 1, {"title": "A"})
    datasets.Dataset.from_list([{"name": "A", "year": 2020}]).save_to_disk(tmp_path / "other")
    (record,) = read_dataset(str(tmp_path / "other"))
    assert not isinstance(record, Reject) and record.fields == {"name": "A", "year": 2020}


def test_a_dataset_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """The first line of what the library says is in the sentence."""
    pytest.importorskip("datasets")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "state.json").write_text("{}")
    with pytest.raises(UsageError, match=r"no Hugging Face dataset of that name can be read \(") as caught:
        list(read_dataset(str(tmp_path / "saved")))
    assert "\n" not in str(caught.value) and str(caught.value).endswith(").")
