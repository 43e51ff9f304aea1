"""POST /papers: what files hold, as `areatag papers` prints it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from data.papers import Paper
from data.readers import InputFormat, read_papers
from data.readers.sources import ByteStream
from serving.http.keys import Role
from serving.http.routing import Call
from serving.routes.registry import ROUTERS
from tests.serving.conftest import ADMIN, Serve
from tests.serving.fake_tagger import FakeTagger
from tests.support.waiting import wait_for

_BIBTEX = (
    b"@string{v = {Imaginary Letters}}\n@article{one, title = {We {segment} caf{\\'e}s}, journal = v,\n"
    b"abstract = {Depth \\& width.}, year = 2020}\n@misc{two, year = 1999}\n@article{three, title = {No end\n"
)
_RIS = b"TY  - JOUR\r\nID  - r1\r\nTI  - Counting snow\r\nAB  - It falls.\r\nKW  - winter\r\nER  - \r\n"
_JSONL = b'{"id": 7, "title": "<i>Rivers</i> bend", "categories": "cs.CV", "year": 2020}\n{"title": ""}\nno json\n'
_CSV = b"id;title;abstract\n1;Moss;Green; soft\n2;;\n"
_CSL = b'[{"type": "book", "id": "c", "title": "Tides", "abstract": "Twice a day."}]'
_ATOM = (
    b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x</id><title>Lakes</title>'
    b"<summary>They freeze.</summary></entry></feed>"
)


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"title": ["Dunes", ""], "abstract": ["They wander.", ""]}), buffer)
    return buffer.getvalue()


def _zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


_FILES = {
    "bibtex": _BIBTEX,
    "ris": _RIS,
    "jsonl": _JSONL,
    "csv": _CSV,
    "csl-json": _CSL,
    "atom": _ATOM,
    "parquet": _parquet(),
    "gz": gzip.compress(_BIBTEX),
    "bz2": bz2.compress(_RIS),
    "xz": lzma.compress(_CSV),
    "zst": zstandard.compress(_JSONL),
    "zip": _zip(refs_bib=_BIBTEX, more_csv=_CSV, notes_txt=b"Dear all"),
    "gz of parquet": gzip.compress(_parquet()),
    "damaged": gzip.compress(_JSONL * 9000)[:-200],
    "Windows-1252": "title;abstract\nÉtoiles;Elles brûlent\n".encode("cp1252"),
}


@pytest.mark.parametrize("name", _FILES)
def test_papers_and_rejects_are_those_of_the_command(client: TestClient, tmp_path: Path, name: str) -> None:
    """Also of compressed files, archives, and files that break off."""
    path = tmp_path / "file"
    path.write_bytes(_FILES[name])
    records = list(read_papers([path]))
    answer = client.post("/papers", content=_FILES[name])
    assert answer.status_code == 200
    assert answer.json()["papers"] == [record.to_record() for record in records if isinstance(record, Paper)]
    rejected = [asdict(record) for record in records if not isinstance(record, Paper)]
    assert answer.json()["rejected"] == json.loads(json.dumps(rejected).replace(str(path), "file"))


@given(file=st.sampled_from([*_FILES.values()]), cut=st.integers(0, 400), noise=st.binary(max_size=40), data=st.data())
@settings(max_examples=100)
def test_whatever_the_bytes_are_nothing_fails(
    client: TestClient, file: bytes, cut: int, noise: bytes, data: st.DataObject
) -> None:
    """Mixed, cut and random files, under any format: papers and rejects, or one sentence that says why not."""
    formats = [None, *(known.value for known in InputFormat)]
    named = data.draw(st.sampled_from(formats))
    content = data.draw(st.sampled_from([noise, file[:cut] + noise + file[cut:], file[cut:], noise + file]))
    call = {"files": {"file": ("a.bib", content)}} if data.draw(st.booleans()) else {"content": content}
    answer = client.post("/papers", params={"format": named} if named else {}, **call)
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert set(answer.json()) == {"papers", "rejected", "warnings", "keyword_format"}
        _may_be_tagged(client, answer.json()["papers"])
    else:
        assert answer.json()["error"].endswith(".")
        assert answer.json()["detail"]


def _may_be_tagged(client: TestClient, papers: list[dict[str, object]]) -> None:
    if papers:
        assert client.post("/tag", json={"papers": papers[:256]}).status_code == 200


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        ("title;abstract\nÉtoiles;Elles brûlent\n".encode("cp1252"), "Windows-1252"),
        (f"title,text\nMoss,{'It grows on stones and trees in rain. ' * 9}\n".encode(), "no record has an abstract"),
        (_zip(a_csv=b"title,abstract\nMoss,Green,more,still more\n"), "refs.bib/a.csv: "),
    ],
    ids=["guessed encoding", "no abstract", "in an archive"],
)
def test_what_the_command_warns_of_is_returned(
    client: TestClient, caplog: pytest.LogCaptureFixture, content: bytes, warning: str
) -> None:
    """With the name that the client gave the file; the log of the service has nothing of it."""
    answer = client.post("/papers", files={"file": ("some/where\\refs.bib", content)}).json()
    [said] = answer["warnings"]
    assert said.startswith("refs.bib")
    assert warning in said
    assert said not in caplog.text


def test_a_paper_that_is_cut_says_so(client: TestClient) -> None:
    """As its result would, which will not know."""
    answer = client.post("/papers", content=json.dumps([{"title": "Moss", "abstract": "green " * 9000}])).json()
    [paper] = answer["papers"]
    assert len(paper["warnings"]) == 1
    assert "abstract" in paper["warnings"][0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The input file is empty; give one that has papers."),
        (b"Dear all", "The input file is in no known format; name it with the parameter format (parquet, "),
        (b"%PDF-1.7", "The input file is a PDF, which is not read: "),
        (_zip(a_txt=b"Dear all"), "The archive file has no file with papers"),
        (_zip(**{"xl/workbook_xml": b"<x/>"}), "The input file is an Excel workbook: save its table as CSV"),
    ],
)
def test_what_is_refused_is_refused_with_the_sentence_of_the_command(
    client: TestClient, content: bytes, sentence: str
) -> None:
    """As a 400, which is about the file."""
    answer = client.post("/papers", content=content)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)
    assert answer.json()["detail"][0]["field"] == "file"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("word", "format must be 'parquet', "), ("huggingface", "format names no format of files")],
)
def test_an_unknown_format_is_refused(client: TestClient, name: str, sentence: str) -> None:
    """A dataset's name is no file."""
    answer = client.post("/papers", params={"format": name}, content=_CSV)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)


def test_the_format_can_be_named(client: TestClient) -> None:
    """Where content alone does not say it."""
    content = b"title\nMoss\n"
    assert client.post("/papers", content=content, params={"format": "tsv"}).json()["papers"][0]["title"] == "Moss"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("bibtex", "bibtex"), ("gz", "bibtex"), ("ris", "ris"), ("csl-json", "csl-json"), ("jsonl", None), ("zip", None)],
)
def test_it_says_whether_the_file_can_be_given_back(client: TestClient, name: str, expected: str | None) -> None:
    """With keywords, by POST /papers/keywords."""
    assert client.post("/papers", content=_FILES[name]).json()["keyword_format"] == expected


def test_a_file_over_the_limit_gets_413(serve: Serve) -> None:
    """As the body, as a part, in chunks, and where it is small only while it is compressed."""

    def chunks() -> Iterator[bytes]:
        for _ in range(9):
            yield b" " * 1000

    large = b"[" + b" " * 4096 + b"]"
    with serve(FakeTagger(), max_file_bytes=4096) as client:
        assert client.post("/papers", content=large[:4095] + b"]").status_code == 200
        for call in ({"content": large}, {"files": {"file": large}}, {"content": chunks()}):
            answer = client.post("/papers", **call)
            assert answer.status_code == 413
            assert "longer than 4096 bytes" in answer.json()["error"]
        for content in (gzip.compress(b"[" + b" " * 200_000), _zip(a_json=b"[" + b" " * 200_000)):
            answer = client.post("/papers", content=content)
            assert answer.status_code == 413
            assert answer.json()["error"] == "The file unfolds to more than 65536 bytes; send it in parts."
        assert client.post("/papers", content=_BIBTEX).status_code == 200


def test_files_of_all_calls_are_bounded(serve: Serve) -> None:
    """In memory and on disk, those of answers too; one that does not fit gets 429, and nothing of it stays."""
    with serve(FakeTagger(), max_held_bytes=3000, max_spooled_bytes=4_000_000) as client:
        state = client.app.state.service  # type: ignore[attr-defined]
        unfolded = b"[" + b",".join([b'{"title": "%d"}' % n for n in range(90_000)]) + b"]"
        for content in (b"[" + b" " * 5000 + b"]", b"[" + b" " * 5_000_000 + b"]", gzip.compress(unfolded, 9)):
            answer = client.post("/papers", content=content)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) >= 1
            assert (state.held.used, state.spooled.used) == (0, 0)
        assert client.post("/papers", content=_BIBTEX).status_code == 200
        assert (state.held.used, state.spooled.used) == (0, 0)


def _endless(stream: ByteStream, _: object) -> Iterator[Paper]:
    while True:
        yield Paper("", "Moss")


def test_a_file_that_takes_too_long_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread and its files are free again when the answer comes."""
    with serve(FakeTagger(), file_seconds=1) as client:
        state = client.app.state.service  # type: ignore[attr-defined]
        for _ in range(3):
            monkeypatch.setattr("serving.routes.papers.stream_papers", _endless)
            answer = client.post("/papers", content=_BIBTEX)
            assert answer.status_code == 413
            assert answer.json()["error"] == "The file could not be read within 1 seconds; send it in parts."
            assert (state.held.used, state.spooled.used) == (0, 0)
            monkeypatch.undo()
            wait_for(lambda: client.post("/papers", content=_BIBTEX).status_code, lambda status: status == 200)


def test_a_client_that_goes_away_frees_the_thread_and_the_files(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody waits for is not read to its end."""
    sent: Message = {"type": "http.request", "body": _BIBTEX, "more_body": False}
    headers = [(b"host", b"127.0.0.1"), (b"authorization", ADMIN["Authorization"].encode())]
    scope = {"type": "http", "method": "POST", "path": "/papers", "query_string": b"", "headers": headers}

    async def leave(app: ASGIApp) -> None:
        waiting = iter([sent, {"type": "http.disconnect"}])

        async def receive() -> Message:
            return next(waiting)

        async def send(message: Message) -> None:
            """Nobody is there."""

        await app({**scope, "server": ("127.0.0.1", 80)}, receive, send)

    with serve(FakeTagger()) as client:
        state = client.app.state.service  # type: ignore[attr-defined]
        assert client.portal is not None
        for _ in range(3):  # one more than there are threads
            monkeypatch.setattr("serving.routes.papers.stream_papers", _endless)
            client.portal.call(leave, client.app)
            assert (state.held.used, state.spooled.used) == (0, 0)
            monkeypatch.undo()
            assert client.post("/papers", content=_BIBTEX).status_code == 200


def test_the_call_needs_the_role_of_tagging() -> None:
    """It teaches nothing and changes nothing."""
    roles = {
        route.path: route.role
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, Call) and route.path.startswith("/papers")
    }
    assert set(roles.values()) == {Role.TAG}
