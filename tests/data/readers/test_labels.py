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
from data.taxonomy_file import parse_taxonomy
from model.tags import Score, TagOptions, TagResult
from serving.batch.writers import OutputFormat, encode_results, parquet_from_jsonl

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
        (_GOOD | {"areas": 7}, "'areas' must be a list"),
        (_GOOD | {"areas": [["fish"]]}, "'areas' must be a list"),
        (_GOOD | {"areas": {"fish": 0.9}}, "'areas' must be a list"),
        (_GOOD | {"areas": None, "labels": [1, 0]}, "'labels' must be a list"),
        (_GOOD | {"areas": None, "aeras": ["fish"]}, "no field 'areas'.*Did you mean 'aeras'"),
        (_GOOD | {"complete": "maybe"}, "'complete' must be true or false"),
        (_GOOD | {"complete": 0}, "'complete' must be true or false"),
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
    with pytest.raises(ContentError, match=r"line 1: .*brace is missing"):
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


def test_what_label_wrote_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Objects with id, name and score; that a machine answered is said, with the first record's number."""
    answer = {
        "id": "1",
        "title": "Salmon",
        "areas": [{"id": "fish", "name": "A", "score": 0.9}],
        "fields": [{"id": "f", "name": "F", "score": 0.95}],
        "abstained": False,
        "warnings": [],
        "model": "v1",
    }
    path = _file(tmp_path, {"id": "2", "title": "Rain", "abstract": "It falls.", "areas": []}, answer)
    assert [label.areas for label in read_labels(path, _TAXONOMY)] == [(), ("fish",)]
    assert "the record in line 2 is what areatag label wrote" in caplog.text
    assert "abstract" not in caplog.text


@pytest.mark.parametrize("kind", [OutputFormat.JSONL, OutputFormat.CSV, OutputFormat.TSV, OutputFormat.PARQUET])
def test_every_format_of_label_is_read_back(
    tmp_path: Path, kind: OutputFormat, caplog: pytest.LogCaptureFixture
) -> None:
    """The areas come back in their order, and none of a paper without any; titles alone are mentioned."""
    areas = (Score("birds", "B", 0.9), Score("fish", "A", 0.7))
    results = [
        TagResult("1", "=Salmon, and rain", areas, (), False, (), "v1"),
        TagResult("2", "Rain", (), (), True, ("unlike",), "v1"),
    ]
    options = TagOptions()
    path = tmp_path / f"tagged.{kind}"
    if kind is OutputFormat.PARQUET:
        lines = tmp_path / "lines"
        lines.write_bytes(encode_results(results, OutputFormat.JSONL, options, header=True))
        parquet_from_jsonl(lines, path, options)
    else:
        path.write_bytes(encode_results(results, kind, options, header=True))
    assert list(read_labels(path, _TAXONOMY)) == [
        LabelledPaper(Paper("1", "=Salmon, and rain"), ("birds", "fish")),
        LabelledPaper(Paper("2", "Rain"), ()),
    ]
    assert "2 records" in caplog.text
    assert "no record has an abstract" in caplog.text


def test_tables_have_a_column_of_areas(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Ids or names in any order and case of the header; an empty cell says that none applies, and that is said."""
    path = tmp_path / "labels.csv"
    path.write_text(
        "Title;AREAS;Not;Complete;Abstract;ID\n"
        "Salmon;A|birds;;no;They swim.;1\n"
        'Rain;"fish;b";C;TRUE;It falls.;2\n'
        "Snow;;;;It is cold.;3\n"
    )
    assert list(read_labels(path, _TAXONOMY)) == [
        LabelledPaper(_PAPER, ("fish", "birds"), (), complete=False),
        LabelledPaper(Paper("2", "Rain", "It falls."), ("fish", "birds"), ("bees",)),
        LabelledPaper(Paper("3", "Snow", "It is cold."), ()),
    ]
    assert "the record in line 4 is without areas" in caplog.text


def test_areas_that_nobody_quoted_are_not_lost(tmp_path: Path) -> None:
    """Surplus cells of a row belong to the areas, where these stand last."""
    path = tmp_path / "labels.csv"
    path.write_text("id,title,areas\n1,Salmon,fish,birds\n")
    assert [label.areas for label in read_labels(path, _TAXONOMY)] == [("fish", "birds")]


def test_a_table_names_line_and_column(tmp_path: Path) -> None:
    """Of a row after one that runs over two lines."""
    path = tmp_path / "labels.tsv"
    path.write_text('title\tLabels\n"Salmon\nand trout"\tfish\nRain\tfsh\n')
    with pytest.raises(ContentError, match=r"labels.tsv, line 4: Field 'Labels' names 'fsh'"):
        list(read_labels(path, _TAXONOMY))


def test_pretty_printed_json_is_read(tmp_path: Path) -> None:
    """A list, or objects over several lines; a bad one is named by the line where it starts."""
    path = tmp_path / "labels.json"
    path.write_text(json.dumps([_GOOD, _GOOD | {"id": "2"}], indent=1))
    assert [label.paper.id for label in read_labels(path, _TAXONOMY)] == ["1", "2"]
    path.write_text(json.dumps([_GOOD, _GOOD | {"areas": ["x"]}], indent=1))
    with pytest.raises(ContentError, match=r"labels.json, line 10: Field 'areas' names 'x'"):
        list(read_labels(path, _TAXONOMY))


def test_labels_as_the_service_takes_them_are_read(tmp_path: Path) -> None:
    """The paper in an object of its own, one a line or all in one list."""
    label = {"paper": {"id": "1", "title": "Salmon", "abstract": "They swim."}, "areas": ["fish"], "not": ["b"]}
    expected = LabelledPaper(_PAPER, ("fish",), ("birds",))
    assert list(read_labels(_file(tmp_path, label, label), _TAXONOMY)) == [expected, expected]
    assert list(read_labels(_file(tmp_path, {"labels": [label]}), _TAXONOMY)) == [expected]


def test_a_format_without_areas_says_what_to_add(tmp_path: Path) -> None:
    """A bibliography has papers and no labels."""
    path = tmp_path / "refs.bib"
    path.write_text("@article{a, title = {Salmon}, abstract = {They swim.}}")
    with pytest.raises(ContentError, match=r"refs.bib, line 1: The record has no field 'areas'; add one"):
        list(read_labels(path, _TAXONOMY))
