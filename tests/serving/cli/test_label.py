"""`areatag label` from options to files."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from serving.batch.seen_ids import REPEATED_ID
from tests.serving.cli.conftest import Command, ids, write_lines


def test_stdout(areatag: Command, papers: Path) -> None:
    """Without -o labels go to stdout in input order, rejects and the summary to stderr."""
    outcome = areatag("label", papers)
    assert outcome.code == 0
    assert [record["id"] for record in outcome.records] == ["a", "b", "c"]
    assert outcome.records[1]["abstained"] is True
    assert outcome.err.splitlines()[0].startswith(f"Rejected {papers}, line 3: ")
    assert outcome.err.splitlines()[-1] == "read 4 = labelled 3 + rejected 1"


def test_files(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """With -o labels and rejects are files, and nothing else is left."""
    out = tmp_path / "labels.jsonl"
    outcome = areatag("label", papers, "-o", out)
    assert (outcome.code, outcome.out) == (0, "")
    assert ids(out) == ["a", "b", "c"]
    rejected = tmp_path / "labels.jsonl.rejected.jsonl"
    (reject,) = [json.loads(line) for line in rejected.read_text().splitlines()]
    assert (reject["file"], reject["line"]) == (str(papers), 3)
    assert reject["reason"] and set(reject) == {"file", "line", "reason", "excerpt"}
    assert {path.name for path in tmp_path.iterdir()} == {"in", out.name, rejected.name}


def test_no_rejects_no_rejected_file(areatag: Command, tmp_path: Path) -> None:
    """A run without rejects leaves no rejected file, and removes that of an earlier run."""
    source = write_lines(tmp_path / "papers.jsonl", [{"title": "On segmentation"}])
    stale = tmp_path / "out.jsonl.rejected.jsonl"
    stale.write_text("old\n")
    assert areatag("label", source, "-o", tmp_path / "out.jsonl").code == 0
    assert not stale.exists()


def test_rejected_option(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """--rejected names the rejected file, with labels on stdout too."""
    rejected = tmp_path / "bad.jsonl.gz"
    outcome = areatag("label", papers, "--rejected", rejected)
    assert len(outcome.records) == 3
    assert json.loads(gzip.decompress(rejected.read_bytes()))["line"] == 3
    assert outcome.err.splitlines()[0] == f"Rejected records and reasons: {rejected}"


def test_options_reach_the_tagger(areatag: Command, papers: Path) -> None:
    """--top-k, --threshold, --all-scores, --explain, --model change the records."""
    everything = areatag("label", papers, "--all-scores", "--explain", "--model", "my-model").records[2]
    assert everything["model"] == "my-model"
    assert set(everything) >= {"scores", "evidence"}
    assert everything["areas"] != []
    areas = areatag("label", papers, "--top-k", "1").records[2]["areas"]
    assert isinstance(areas, list) and [area["id"] for area in areas] == ["vision/segmentation"]
    assert all(record["abstained"] for record in areatag("label", papers, "--threshold", "1").records)


def test_a_precision_says_what_remains(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """The last line has the shares of papers and areas."""
    everything = areatag("label", papers, "--min-precision", "0.5", "--top-k", "1")
    assert "At precision 0.5, " in everything.err and everything.err.rstrip().endswith("given by default.")
    nothing = areatag("label", papers, "--min-precision", "0.99", "-o", tmp_path / "labels.jsonl")
    assert "0.0% of the papers have an area; 0 areas are 0.0% of the" in nothing.err.splitlines()[-1]
    assert "At precision" not in areatag("label", papers).err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--top-k", "0"],
        ["--threshold", "1.01"],
        ["--threshold", "-0.1"],
        ["--threshold", "nan"],
        ["--min-precision", "1.01"],
        ["--min-precision", "nan"],
        ["--min-precision", "0.9", "--threshold", "0.5"],
        ["--format", "xml"],
        ["--input-format", "docx"],
        ["--device", "tpu"],
        ["--format", "parquet"],
        ["--resume"],
        ["-o", "{folder}"],
        ["-o", "{folder}/missing/out.jsonl"],
        ["-o", "{folder}/out.jsonl.zst"],
        ["-o", "{folder}/out.parquet.gz"],
        ["-o", "{papers}"],
        ["-o", "{folder}/out.jsonl", "--rejected", "{papers}"],
        ["-o", "{folder}/out.jsonl", "--rejected", "{folder}/out.jsonl"],
        ["-o", "{folder}/out.jsonl", "--rejected", "/dev/null"],
    ],
    ids=" ".join,
)
def test_bad_usage(areatag: Command, papers: Path, tmp_path: Path, arguments: list[str]) -> None:
    """A wrong option or path is exit code 2 and one sentence, before anything is written."""
    before = papers.read_bytes()
    filled = [argument.format(folder=tmp_path, papers=papers) for argument in arguments]
    outcome = areatag("label", papers, *filled)
    assert outcome.code == 2
    assert outcome.out == "" and outcome.err.count("\n") == 1, outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert papers.read_bytes() == before


def test_output_inside_the_input_folder(areatag: Command, papers: Path) -> None:
    """Labels are not written where the run reads papers."""
    outcome = areatag("label", papers.parent, "-o", papers.parent / "labels.jsonl")
    assert outcome.code == 2 and "would be read as papers" in outcome.err


def test_strict(areatag: Command, papers: Path, tmp_path: Path) -> None:
    """--strict stops at the first reject with exit code 1, names it, and leaves no output."""
    outcome = areatag("label", papers, "-o", tmp_path / "out.jsonl", "--strict")
    assert outcome.code == 1
    assert f"{papers}, line 3" in outcome.err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(("content", "code"), [("", 2), ("{bad\n{worse\n", 1)], ids=["empty", "only rejects"])
def test_nothing_labelled(areatag: Command, tmp_path: Path, content: str, code: int) -> None:
    """An input without a usable paper is an error in one sentence; the output of an earlier run stays."""
    source = tmp_path / "papers.jsonl"
    source.write_text(content)
    out = tmp_path / "out.jsonl"
    out.write_text("earlier\n")
    outcome = areatag("label", source, "-o", out)
    assert outcome.code == code
    assert "areatag: " in outcome.err.splitlines()[-1]
    assert out.read_text() == "earlier\n"
    assert (tmp_path / "out.jsonl.rejected.jsonl").exists() == bool(content)


def test_repeated_ids(areatag: Command, tmp_path: Path) -> None:
    """Papers with one id are all labelled; the later ones carry a warning."""
    record = {"id": "x", "title": "On segmentation"}
    outcome = areatag("label", write_lines(tmp_path / "papers.jsonl", [record, record, {**record, "id": "y"}]))
    assert [record["warnings"] for record in outcome.records] == [[], [REPEATED_ID], []]
    assert "id of an earlier paper" in outcome.err


def test_stdin(areatag: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads stdin."""
    stream = io.TextIOWrapper(io.BytesIO(b'{"id": "s", "title": "On segmentation"}\n'))
    monkeypatch.setattr(sys, "stdin", stream)
    outcome = areatag("label", "-", "-o", "-")
    assert [record["id"] for record in outcome.records] == ["s"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["refs.ris", "-o", "out.bib"],
        ["refs.ris", "refs.ris", "-o", "out.ris"],
        ["refs.ris", "-o", "out.ris", "--resume"],
        ["refs.ris", "-o", "out.ris", "--all-scores"],
        ["refs.ris", "-o", "out.jsonl", "--keyword-prefix", "t:"],
        ["refs.ris", "-o", "out.text"],
    ],
)
def test_what_cannot_be_given_back(
    areatag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """Another format, several inputs and options without a meaning are refused; so is a suffix that says nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "refs.ris").write_text("TY  - JOUR\nTI  - On segmentation\nER  - \n")
    outcome = areatag("label", *arguments)
    assert outcome.code == 2 and not outcome.out
    assert {path.name for path in tmp_path.iterdir()} == {"refs.ris"}


@pytest.mark.parametrize("option", ["-o", "--rejected"])
@pytest.mark.parametrize("name", ["", ".", "/"])
def test_an_output_without_a_name_is_one_sentence(areatag: Command, papers: Path, option: str, name: str) -> None:
    """As an empty variable of a script gives it."""
    outcome = areatag("label", papers, option, name)
    assert outcome.code == 2 and outcome.err.count("\n") == 1 and "names no file to write" in outcome.err
