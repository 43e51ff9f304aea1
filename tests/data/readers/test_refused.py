"""Tests of data.readers.refused."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import read_papers
from data.readers.refused import refusal

ReadContent = Callable[..., list[Paper | Reject]]

KINDS = {
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
    "HTML": (b"\n<!doctype HTML>\n<title>Geese</title><article>", "HTML"),
    "XHTML": (b'<?xml version="1.0"?>\n<!-- x -->\n<html xmlns="http://www.w3.org/1999/xhtml">', "HTML"),
    "MHTML": (b"From: <Saved by a browser>\r\nSubject: Geese\r\n", "web page"),
    "RTF": (b"{\\rtf1\\ansi Geese}", "Word"),
    "LaTeX": (b"\\documentclass{article}\n\\title{Geese}", "typeset"),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(100), "image"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "Excel"),
    "SQLite": (b"SQLite format 3\0" + bytes(100), "SQLite"),
    "Feather": (b"ARROW1\0\0" + bytes(100), "Parquet"),
    "pickle": (b"\x80\x04\x95\x10\0\0\0", "pickle"),
    "tar": (b"geese.bib".ljust(257, b"\0") + b"ustar\0" + bytes(300), "unpack"),
    "XML": (
        b"<?xml version='1.0'?><catalogue><book><title>Geese</title>",
        "XML of a kind that is not read (its first element is",
    ),
    "PubMed": (b"1. J Birds. 2020 Jan;1(2):3-4.\n\nGeese.\n\nDoe A.\n\nPMID: 90000001\n", "format PubMed (.nbib)"),
    "Ovid": (b"<1>\nUnique Identifier\n  90000001\nTitle\n  Geese.\n", "export the results as RIS"),
    "PubMed's summaries": (b"1: Doe A. Geese. J Birds. 2020. PMID: 90000001.\n\n2: x", "format PubMed (.nbib)"),
    "Scopus": (b"Scopus\r\nEXPORT DATE: 1 May 2021\r\n\r\nDoe, A.\r\nGeese\r\n", "export the results as RIS"),
    "ProQuest": (b"____________________________________________________\n\nGeese\n\nAuthor: Doe\n", "as RIS"),
    "EBSCO": (b"Record: 1\n\nTitle:\n   Geese\nAbstract:\n   We count.\n", "export the results as RIS"),
    "CNKI": ("SrcDatabase-来源库: 期刊\nTitle-题名: Geese\n".encode(), "as RIS, EndNote or CSV"),
    "Ovid's tags": (
        b"VN  - Ovid\nDB  - MEDLINE\nUI  - 9\nTI  - Geese\n",
        "tagged text whose records begin with no tag",
    ),
    "bibliography": (b"\\begin{thebibliography}{9}\n\\bibitem{a} Geese.\n", "typeset bibliography"),
    "JSON behind a comment": (b'// exported\n[{"title": "Geese"}]', "leave only what follows it"),
    "JSON Lines behind a comment": (b'# exported\n{"title": "Geese"}', "leave only what follows it"),
    "compress": (b"\x1f\x9d\x90" + bytes(range(97, 120)), "unpack"),
    "LZ4": (b"\x04\x22\x4d\x18" + bytes(50), "unpack"),
    "JSONP": (b'callback({"results": [{"title": "Geese"}]});', "leave only the JSON"),
    "JavaScript": (b'var papers = [{"title": "Geese"}];', "leave only the JSON"),
    "YAML": (b"---\nreferences:\n- id: doe\n  title: Geese\n", "YAML"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "unpack"),
}


@pytest.mark.parametrize(("content", "says"), KINDS.values(), ids=KINDS.keys())
def test_one_sentence_says_what_to_give_instead(content: bytes, says: str, read_content: ReadContent) -> None:
    """The message names the kind of the file; nothing of it is taken for a record."""
    with pytest.raises(UsageError) as raised:
        read_content(content)
    message = str(raised.value)
    assert says in message and "known format" not in message and message.endswith(".")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"],
            "Excel workbook: save its table as CSV",
        ),
        (["[Content_Types].xml", "word/document.xml"], "Word document"),
        (["mimetype", "content.xml"], "LibreOffice"),
        (["mimetype", "META-INF/container.xml", "OEBPS/a.xhtml"], "e-book"),
    ],
)
def test_documents_that_are_zip_archives(names: list[str], says: str, read_content: ReadContent) -> None:
    """They are not taken for archives of XML files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<feed><entry><title>No paper</title></entry></feed>")
    with pytest.raises(UsageError, match=says):
        read_content(file.getvalue())


@pytest.mark.parametrize(
    "head", [b"orcid,title\n", b'{"title": "x"}', b"@misc{a,", b"<feed>", b"TY  - JOUR", b"", b"ORC,title"]
)
def test_what_may_hold_records_is_not_refused(head: bytes) -> None:
    """No format that is read looks like one of these."""
    assert refusal(head) == ""


def test_in_a_folder_only_spreadsheets_are_reported(tmp_path: Path) -> None:
    """A folder may hold documents beside its data; a workbook in it was probably meant."""
    folder = tmp_path
    (folder / "papers.jsonl").write_text('{"title": "Geese"}')
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / "page.html").write_bytes(b"<html>")
    with zipfile.ZipFile(folder / "table.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    with zipfile.ZipFile(folder / "letter.docx", "w") as archive:
        archive.writestr("word/document.xml", "x")
    paper, rejected = read_papers([folder])
    assert isinstance(paper, Paper) and isinstance(rejected, Reject)
    assert rejected.file.endswith("table.xlsx") and "Excel" in rejected.reason
