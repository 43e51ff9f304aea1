"""Files of lakes by path and by URL, whatever they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UsageError
from serving.lake.storage import Storage, StorageError
from serving.lake.work_items import look
from tests.serving.lake.lake import Workers, label, labels_in, lake_run

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=30).filter(
    lambda name: name[0] not in "._" and len(name.encode()) < 100 and "::" not in name  # which joins URLs in fsspec
)
AWKWARD = ("a b", "50% #1?", "a%20b", "gänse", "line\nbreak", "back\\slash", "[x]*", "a;b&c=d+e", "what?", "c:d", "~")


def lake_of(name: str, lake: Storage) -> None:
    """Write a paper into a file of the lake, in a folder, both called so."""
    lake.files.create_dir(f"{lake.path}/{name}", recursive=True)
    with lake.files.open_output_stream(f"{lake.path}/{name}/{name}.jsonl") as file:
        file.write(b'{"id": "x", "title": "On geese"}\n')


@pytest.mark.parametrize("scheme", ["", "file://", "memory://"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=10)
@given(name=NAMES | st.sampled_from(AWKWARD), output=NAMES | st.sampled_from(AWKWARD))
def test_names_are_no_obstacle(scheme: str, name: str, output: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file and the output folder may be called anything: the paper is labelled, and --resume finds it done."""
    pytest.importorskip("fsspec")
    top = Storage.at(f"{scheme}{tmp_path_factory.mktemp('lake')}")
    lake, out = top.below("in"), top.below(f"out {output}")
    lake_of(name, lake)
    if scheme == "memory://" and any(mark in output for mark in "*?["):
        with pytest.raises(UsageError, match=r"choose a folder without \*, \? and \[ in its name"):
            label(lake_run([lake.name], out.name))
        return
    assert [Storage.at(file.state.name).path for file in look([lake.name])] == [f"{lake.path}/{name}/{name}.jsonl"]
    result = label(lake_run([lake.name], out.name))
    assert (result.counts.labelled, result.failed) == (1, ())
    label(lake_run([lake.name], out.name, resume=True), again := Workers())
    assert again.done == []


def test_urls_may_be_written_as_people_do(tmp_path: Path) -> None:
    """With blanks and letters that a URL has codes for."""
    (tmp_path / "wild gänse").mkdir()
    (tmp_path / "wild gänse" / "a.jsonl").write_text('{"title": "On geese"}\n')
    for name in ("wild gänse", "wild%20g%C3%A4nse"):
        assert label(lake_run([f"file://{tmp_path}/{name}"], tmp_path / f"out {len(name)}")).counts.labelled == 1


def test_a_name_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """No store of objects has such, and no JSON file can hold it."""
    (tmp_path / "lake").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/lake/g\xe4nse.jsonl")).write_text('{"title": "On geese"}\n')
    with pytest.raises(StorageError, match=r"lake cannot be listed: b'.*g\\xe4nse\.jsonl' is not UTF-8; rename that"):
        label(lake_run([tmp_path / "lake"], tmp_path / "out"))


@pytest.mark.parametrize("how", ["link", "dots"])
def test_an_output_in_the_input_is_seen_by_other_names(tmp_path: Path, how: str) -> None:
    """By way of a link, or of the folder above."""
    (tmp_path / "lake" / "more").mkdir(parents=True)
    (tmp_path / "lake" / "a.jsonl").write_text('{"title": "On geese"}\n')
    (tmp_path / "link").symlink_to(tmp_path / "lake")
    output = tmp_path / ("link/out" if how == "link" else "lake/more/../out")
    with pytest.raises(UsageError, match="would be read as papers"):
        label(lake_run([tmp_path / "lake"], output))
    assert not (tmp_path / "lake" / "out").exists()


def test_what_is_no_note_of_a_part_is_left_alone(tmp_path: Path) -> None:
    """Somebody's copy of one, say."""
    (tmp_path / "a.jsonl").write_text('{"id": "x", "title": "On geese"}\n')
    label(lake_run([tmp_path / "a.jsonl"], tmp_path / "out"))
    for name in ("part-000000.json.bak", "notes.txt", "part-x.json"):
        (tmp_path / "out" / "done" / name).write_text("copied\n")
    label(lake_run([tmp_path / "a.jsonl"], tmp_path / "out", resume=True), again := Workers())
    assert again.done == [] and len(labels_in(tmp_path / "out")) == 1
