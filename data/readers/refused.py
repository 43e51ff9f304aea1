"""Files that people give and that hold no records: what each is, and what to give instead."""

import re

from data.readers.xml_elements import root_name

_EXPORT = "give titles and abstracts as BibTeX, RIS or CSV, as databases and reference managers export them"
_TABLE = "save its table as CSV (UTF-8) and give that file"
_PARQUET = "save it as Parquet, CSV or JSON Lines"

# Where the kind has a signature at its beginning; white space before it does not matter.
_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (rb"%PDF-", "a PDF, which is not read", _EXPORT),
    (
        rb"(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?i:!doctype\s+html|html|head|body|meta|title|table|script|style|div)\b",
        "an HTML page",
        _EXPORT,
    ),
    (rb"<\?xml[^>]*>\s*<\?mso-application", "an Excel or Word file (XML)", _TABLE),
    (rb"(?:From: <Saved by|MIME-Version:)", "a saved web page (MHTML)", _EXPORT),
    (rb"\{\\rtf", "a Word document (RTF)", _EXPORT),
    (rb"\\documentclass|%!PS", "a typeset document", _EXPORT),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*", "an image", _EXPORT),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel or Word file of the old kind", _TABLE),
    (rb"SQLite format 3\0", "a SQLite database", _TABLE),
    (rb"ARROW1|FEA1|Obj\x01|ORC[\0-\x1f]|\x89HDF|\x93NUMPY", "a table of another format", _PARQUET),
    (rb"\x80[\x02-\x05][\x00-\xff]", "a pickle, which could run any program when it is read", _PARQUET),
    (
        rb"7z\xbc\xaf|Rar!|\x1f\xc2?\x9d|\x04\x22\x4d\x18|\xff\x06\0\0sNaPpY|LZIP",
        "an archive that is not read",
        "unpack it, or pack it as .zip or .gz",
    ),
    (rb"[^\0]{1,100}\0[\x00-\xff]{156,256}ustar", "a tar archive", "unpack it and give the folder"),
)
_SIGNATURES = tuple((re.compile(rb"\s*(?:" + pattern + rb")", re.S), what, do) for pattern, what, do in _KINDS)

# Text that is in no format of ours: looked at only where no reader wants it.
_TEXTS: tuple[tuple[bytes, str, str], ...] = (
    (
        rb"1[.:] [^\r\n]{5,1000}[\r\n].*?\bPMID: \d|1[.:] [^\r\n]{5,2000}\bPMID: \d",
        "PubMed's plain text",
        "save the results in the format PubMed (.nbib)",
    ),
    (rb"<1>\s*[\r\n]+[A-Z][A-Za-z ]{2,30}\s*[\r\n]", "Ovid's plain text", "export the results as RIS"),
    (
        rb"Scopus\s*[\r\n]+EXPORT DATE|_{20,}\s*[\r\n]|Document \d+ of \d+\s*[\r\n]|Record: \d+\s*[\r\n]"
        rb"|(?:\S{1,40}-)?\xe6\x9d\xa5\xe6\xba\x90\xe5\xba\x93|SrcDatabase",
        "a database's plain text",
        "export the results as RIS, EndNote or CSV with abstracts",
    ),
    (
        rb"(?:[^\r\n]{1,200}[\r\n]++){0,5}?(?:[A-Z][A-Z0-9]{1,3} {0,2}- [^\r\n]*[\r\n]++){2}",
        "tagged text whose records begin with no tag that is known (TY of RIS, PMID of PubMed)",
        "export the results as RIS or in the format PubMed (.nbib)",
    ),
    (rb"\\begin\{thebibliography\}|\\bibitem", "a typeset bibliography", _EXPORT),
    (rb"//|/\*|#[^\r\n]*[\r\n]+\s*[{\[]", "text that begins with a comment", "leave only what follows it"),
    (
        rb"[\w.$]{1,50}\(\s*[{\[]|(?:var|let|const|window\.|export)\s*[\w.$ ]{1,50}=\s*[{\[]",
        "JSON inside a program",
        "leave only the JSON: what is from its first bracket to its last",
    ),
    (
        rb"(?:---\s)?\s*(?:references:\s|-\s+(?:id|title|type|key):\s)",
        "YAML",
        "save it as JSON, or give BibTeX, RIS or CSV",
    ),
)
_TEXT_SIGNATURES = tuple((re.compile(rb"\s*+(?:" + pattern + rb")", re.S), what, do) for pattern, what, do in _TEXTS)

# By what a zip archive has inside.
_PACKED: tuple[tuple[str, str, str], ...] = (
    ("xl/", "an Excel workbook", _TABLE),
    ("word/", "a Word document", _EXPORT),
    ("ppt/", "a PowerPoint presentation", _EXPORT),
    ("Index/Document.iwa", "a document of Apple's office programs", _TABLE),
    ("META-INF/container.xml", "an e-book", _EXPORT),
    ("content.xml", "a spreadsheet or document of LibreOffice", _TABLE),
)


def refusal(head: bytes) -> str:
    """Return what content that begins so is and what to give instead, "is ...; ..."; "" where it may have records."""
    start = head[:4096]
    return next((f"is {what}: {do}." for signature, what, do in _SIGNATURES if signature.match(start)), "")


def text_refusal(head: bytes) -> str:
    """Return the same for text that no reader wants; "" where nothing is known of it."""
    for signature, what, do in _TEXT_SIGNATURES:
        if signature.match(head):
            return f"is {what}: {do}."
    name = root_name(head)
    return f"is XML of a kind that is not read (its first element is {name}): {_EXPORT}." if name else ""


def packed_refusal(names: list[str]) -> str:
    """Return the same for a zip archive with members of these names."""
    for part, what, do in _PACKED:
        if any(name == part or (part.endswith("/") and name.startswith(part)) for name in names):
            return f"is {what}: {do}."
    return ""
