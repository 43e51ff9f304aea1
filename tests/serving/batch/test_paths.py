"""Checks of the files a run names."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from data.errors import UsageError
from serving.batch.paths import check_paths, default_rejected, describe_inputs


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An input file in a folder of its own."""
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "papers.jsonl"
    path.write_text("{}\n")
    return path


def test_good_paths(source: Path, tmp_path: Path) -> None:
    """Outputs outside the inputs are fine, also beside them."""
    check_paths([str(source), "-", "a/dataset"], source.with_name("out.jsonl"), tmp_path / "rejected.jsonl")
    check_paths([str(source)], None, None)
    check_paths([str(source)], Path("/dev/null"), None)


@pytest.mark.parametrize("make_link", [os.symlink, os.link])
def test_output_is_an_input_by_another_name(source: Path, tmp_path: Path, make_link: object) -> None:
    """A link to an input is that input."""
    assert callable(make_link)
    make_link(source, tmp_path / "link.jsonl")
    with pytest.raises(UsageError, match="would overwrite the input"):
        check_paths([str(source)], tmp_path / "link.jsonl", None)
    with pytest.raises(UsageError, match="would overwrite the input"):
        check_paths([str(tmp_path / "link.jsonl")], None, source)


def test_partial_file_of_another_run_as_input(source: Path) -> None:
    """The files a run works in are outputs too."""
    partial = source.with_name("out.jsonl.partial")
    partial.write_text("{}\n")
    with pytest.raises(UsageError, match="would overwrite the input"):
        check_paths([str(partial)], source.with_name("out.jsonl"), None)


def test_folder_that_cannot_be_written(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only folder is found before any work."""
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(UsageError, match="cannot be written"):
        check_paths([str(source)], tmp_path / "out.jsonl", None)


def test_describe_inputs(source: Path) -> None:
    """The hash changes with a file's size or time, with new files in a folder, and with the names."""
    folder, same = str(source.parent), describe_inputs([str(source)])
    in_folder = describe_inputs([folder])
    assert same == describe_inputs([str(source)]) != in_folder
    assert describe_inputs(["some/dataset"]) != describe_inputs(["other/dataset"])
    source.with_name("more.jsonl").write_text("{}\n")
    assert describe_inputs([folder]) != in_folder
    source.write_text("{} \n")
    assert describe_inputs([str(source)]) != same


def test_what_may_not_be_looked_at_is_described_by_its_name(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in a folder that may be listed and not entered: reading says so, not the description."""
    look = Path.stat

    def stat(path: Path, **given: Any) -> os.stat_result:
        if path == source:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return look(path, **given)

    monkeypatch.setattr(Path, "stat", stat)
    assert describe_inputs([str(source)]) != describe_inputs([str(source.parent)])


def test_default_rejected() -> None:
    """Rejects stand beside the labels."""
    assert default_rejected(Path("a/out.csv")) == Path("a/out.csv.rejected.jsonl")
