"""Reading of gold, feedback and votes files."""

import gzip
import json
from pathlib import Path

import pytest
import zstandard

from data.errors import AreatagError, ContentError, UsageError
from data.labels import LabelledPaper, RecordedVote
from data.papers import Paper
from data.readers.labels import read_labels, read_votes
from data.taxonomy import parse_taxonomy

_TAXONOMY = parse_taxonomy(
    "fields: [{id: f, name: F, areas: [{id: fish, name: A}, {id: birds, name: B}, {id: bees, name: C}]}]", "t"
)
_GOOD = {"id": "1", "title": "Salmon", "abstract": "They swim.", "areas": ["fish"]}
_PAPER = Paper("1", "Salmon", "They swim.")


def _file(tmp_path: Path, *records: object) -> Path:
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_gold_is_read_in_order(tmp_path: Path) -> None:
    """Areas keep their order, and a list without areas says that none applies."""
    path = _file(tmp_path, _GOOD | {"areas": ["birds", "fish", "birds"]}, {"id": 2, "title": "Rain", "areas": []})
    assert list(read_labels(path, _TAXONOMY)) == [
        LabelledPaper(_PAPER, ("birds", "fish")),
        LabelledPaper(Paper("2", "Rain"), ()),
    ]


def test_feedback_has_rejected_areas_and_may_be_partial(tmp_path: Path) -> None:
    """`not` and `complete` are read; `areas` may then be absent."""
    partial = {"id": "1", "title": "Salmon", "abstract": "They swim.", "not": ["bees"], "complete": False}
    assert list(read_labels(_file(tmp_path, partial), _TAXONOMY)) == [LabelledPaper(_PAPER, (), ("bees",), False)]


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".zst", zstandard.ZstdCompressor().compress)]
)
def test_compressed_files_are_read(tmp_path: Path, suffix: str, compress: object) -> None:
    """The content decides about the compression."""
    path = tmp_path / f"labels.jsonl{suffix}"
    assert callable(compress)
    path.write_bytes(compress(json.dumps(_GOOD).encode()))
    assert list(read_labels(path, _TAXONOMY)) == [LabelledPaper(_PAPER, ("fish",))]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (_GOOD | {"areas": ["fsh"]}, "'areas' names 'fsh'.*Did you mean 'fish'"),
        (_GOOD | {"not": ["x"]}, "'not' names 'x'"),
        (_GOOD | {"not": ["fish"]}, "'fish' is in both"),
        (_GOOD | {"areas": "fish"}, "'areas' must be a list"),
        (_GOOD | {"areas": [{"id": "fish"}]}, "'areas' must be a list"),
        (_GOOD | {"areas": None, "area": ["fish"]}, "no field 'areas'"),
        (_GOOD | {"complete": "no"}, "'complete' must be true or false"),
        ({"id": "1", "areas": ["fish"]}, "neither a title nor an abstract"),
        (_GOOD | {"title": True, "abstract": None}, "title"),
        ([1], "JSON object"),
    ],
)
def test_a_bad_line_stops_with_file_and_line(tmp_path: Path, record: object, message: str) -> None:
    """The error names file, line and what is wrong."""
    with pytest.raises(ContentError, match=rf"labels.jsonl, line 2: .*{message}"):
        list(read_labels(_file(tmp_path, _GOOD, record), _TAXONOMY))


def test_broken_files_are_told_apart(tmp_path: Path) -> None:
    """No file, an empty file, no JSON and a cut-off archive each have their own message."""
    path = tmp_path / "labels.jsonl"
    with pytest.raises(UsageError, match="No such file"):
        list(read_labels(path, _TAXONOMY))
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(ContentError, match="holds no labelled papers"):
        list(read_labels(path, _TAXONOMY))
    path.write_text("{oops\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"line 1: .*not valid JSON"):
        list(read_labels(path, _TAXONOMY))
    path.write_bytes(gzip.compress(json.dumps(_GOOD).encode() * 100)[:-20])
    with pytest.raises(AreatagError, match="damaged or cut off"):
        list(read_labels(path, _TAXONOMY))


def test_votes_name_a_paper_and_areas(tmp_path: Path) -> None:
    """A votes file needs no titles; an id may be a number."""
    path = _file(tmp_path, {"id": "1001.10", "areas": ["fish"]}, {"id": 7, "areas": [], "not": ["bees"]})
    assert list(read_votes(path, _TAXONOMY)) == [
        RecordedVote("1001.10", ("fish",)),
        RecordedVote("7", (), ("bees",)),
    ]


@pytest.mark.parametrize("paper_id", [None, "", " ", True, ["1"]])
def test_a_vote_without_a_paper_is_refused(tmp_path: Path, paper_id: object) -> None:
    """The error names the field and the line."""
    with pytest.raises(ContentError, match="line 1: Field 'id'"):
        list(read_votes(_file(tmp_path, {"id": paper_id, "areas": ["fish"]}), _TAXONOMY))
