"""Tests of data.readers.delimited."""

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat, read_papers, read_records
from data.readers.delimited_rows import Cells

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(read_content: ReadContent, delimiter: str) -> None:
    """Commas, tabs, semicolons and bars are told apart by the header."""
    rows = [["ID", "Title", "Abstract"], ["7", "Geese, a survey", "We count; we | tell.\tOften."]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert read_content(text.getvalue()) == [Paper("7", "Geese, a survey", "We count; we | tell.\tOften.")]


def test_quotes_line_ends_and_marks(read_content: ReadContent) -> None:
    """Quoted commas, quotes and line ends belong to the field; a byte order mark does not to the header."""
    content = '\ufeffTitle,Abstract,Year\r\n"A ""big"" goose, seen","Line one\r\nline two",2020\r\n'
    (paper,) = read_content(content)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.date) == ('A "big" goose, seen', "Line one\nline two", "2020")


def test_utf16_as_spreadsheets_export_it(read_content: ReadContent, titles: Titles) -> None:
    """Text that its mark shows to be UTF-16 is read."""
    assert titles(read_content("Title\tAbstract\r\nGänse\tWir zählen.\r\n".encode("utf-16"))) == ["Gänse"]


def test_a_field_over_the_limit_of_the_csv_module(read_content: ReadContent) -> None:
    """The module's default of 128 KiB for a field does not apply."""
    (paper,) = read_content("title,abstract\nA," + "word " * 100_000)
    assert isinstance(paper, Paper)
    assert len(paper.abstract) > 19_000


def test_short_and_blank_rows(read_content: ReadContent, titles: Titles) -> None:
    """Cells that a row lacks are missing fields; rows without content are no records."""
    assert titles(read_content("title,abstract,id\nA\n\n,,\nB,b\n,,5\n")) == ["A", "B", 6]


def test_rows_with_more_cells_than_the_header(read_content: ReadContent, caplog: pytest.LogCaptureFixture) -> None:
    """What stands before the surplus is read, and one warning says how many rows there are; empty cells are none."""
    records = read_content("title,abstract,year\nA,a,2020,x,y\nB,b,2021,,\nC,c,2022,z\n")
    assert [(item.title, item.date) for item in records if isinstance(item, Paper)] == [
        ("A", "2020"),
        ("B", "2021"),
        ("C", "2022"),
    ]
    (message,) = caplog.messages
    assert "2 rows, the first in line 2, have more cells than the header has columns (3)" in message


def test_a_surplus_behind_a_last_column_of_text_belongs_to_it(read_content: ReadContent) -> None:
    """People forget to quote the commas of an abstract."""
    (paper,) = read_content("title,abstract\nA,one, two, three\n")
    assert isinstance(paper, Paper) and paper.abstract == "one, two, three"


@pytest.mark.parametrize(
    ("row", "title"),
    [
        ('"Sharing" of nests,x', '"Sharing" of nests'),
        ('"Nests, shared" among geese,x', '"Nests, shared" among geese'),
        ('The 5" egg,x', 'The 5" egg'),
        ('"The ""big"" egg","x"', 'The "big" egg'),
        ('"A", "x"', "A"),
        ('"""Quoted"" first",x', '"Quoted" first'),
        ('"never closed,x', '"never closed'),
        (r'"The \"big\", the small",x', 'The "big", the small'),
    ],
)
def test_quotation_marks_that_are_text(read_content: ReadContent, row: str, title: str) -> None:
    """A cell is quoted only where its closing mark ends it; the rows around it do not suffer."""
    first, found, last = read_content(f"title,note\nA,a\n{row}\nZ,z\n")
    assert isinstance(first, Paper) and isinstance(found, Paper) and isinstance(last, Paper)
    assert (first.title, found.title, last.title) == ("A", title, "Z")


def test_lone_quotation_marks_between_tabs(read_content: ReadContent, titles: Titles) -> None:
    """They swallow neither cells nor lines, and cells that are quoted are read as such."""
    content = 'title\tabstract\n"A\ta\n"B" b\t"c"\n"C\n two"\td\nD\t"\n'
    assert titles(read_content(content)) == ['"A', '"B" b', "C\n two", "D"]


def test_an_unclosed_quote_costs_no_other_row(
    read_content: ReadContent, titles: Titles, caplog: pytest.LogCaptureFixture
) -> None:
    """Its row is read with the mark as text, and a warning names the line."""
    assert titles(read_content('title,abstract\nA,a\nB,"b\nC,c\n"D","d\nd"\nE,e\n')) == ["A", "B", "C", "D", "E"]
    assert "The row in line 3 has a quotation mark" in caplog.messages[0]
    caplog.clear()
    assert titles(read_content('title,abstract\nA,a\nB,"b\nC,c\nD,d\n')) == ["A", "B", "C", "D"]
    assert "The row in line 3 has a quotation mark" in caplog.messages[0]


@pytest.mark.parametrize(
    "start",
    [
        '"About the data: exported today, 2 rows."\n\n',
        "sep=;\r\n",
        '"sep=;"\n',
        "# exported\n# query: title, abstract\n",
        "\n\n",
        "Search: geese\nDate: today\n",
        "Records with title, abstracts\n",
    ],
)
def test_what_stands_before_the_header_is_no_row(read_content: ReadContent, start: str) -> None:
    """Notes, comments and the line that tells Excel the delimiter are passed over."""
    (paper,) = read_content(f"{start}id;title;abstract\n7;Geese;We count.\n")
    assert paper == Paper("7", "Geese", "We count.")


def test_a_header_that_is_marked_as_a_comment(read_content: ReadContent) -> None:
    """Where no other line is a header, that of a comment is."""
    assert read_content("# id\ttitle\n7\tGeese\n") == [Paper("7", "Geese")]


def test_carriage_returns_as_line_ends(read_content: ReadContent, titles: Titles) -> None:
    """As Excel writes CSV for the Macintosh; a CR inside a cell of another file is text."""
    assert titles(read_content('title,abstract\rA,"a\rb"\rB,b\r')) == ["A", "B"]
    assert titles(read_content('title,abstract\nA,"a\rb"\nB\r,b\n')) == ["A", "B"]


def test_cells_guarded_against_spreadsheets(tmp_path: Path) -> None:
    """The apostrophe in front of a formula is taken away in files of label records, and only there."""
    path = tmp_path / "labels.csv"
    path.write_text("title,area_scores,field_scores,abstained\n'=A,1,1,false\n")
    assert [item.fields["title"] for item in read_records([path]) if not isinstance(item, Reject)] == ["=A"]
    path.write_text("title,area_scores\n'=A,1\n")
    assert [item.fields["title"] for item in read_records([path]) if not isinstance(item, Reject)] == ["'=A"]


def test_columns_of_the_same_name(read_content: ReadContent) -> None:
    """The first that has a cell counts."""
    assert read_content("Title,Title,Abstract\nA,B,a\n,C,c\n") == read_content("Title,Abstract\nA,a\nC,c\n")


@pytest.mark.parametrize(
    "content", ["Geese, and herons,we count\n1,2,3\n", "A text.\n\nIts title, its abstract and more.\n"]
)
def test_prose_and_tables_without_a_header_are_no_tables(read_content: ReadContent, content: str) -> None:
    """The message says that the first line must name the columns."""
    with pytest.raises(UsageError, match="header that names the columns"):
        read_content(content)


def test_bytes_that_are_not_utf8_reject_the_row(read_content: ReadContent, titles: Titles) -> None:
    """The row is rejected at its first line, also when the byte is in a later one."""
    records = read_content(b'title,abstract\nA,\xc3\xa9\n"B","b\nb\xe9"\nC,c\n')
    assert titles(records) == ["A", 3, "C"]
    assert "byte 0xE9" in str(records[1])


@pytest.mark.parametrize(
    ("row", "title", "abstract"),
    [
        ('"Geese "big" birds","We count."', 'Geese "big" birds', "We count."),
        ('"The "grey", big goose","We count."', 'The "grey", big goose', "We count."),
        ('"Say "honk"","We count."', 'Say "honk"', "We count."),
        ('Geese,"We "count", then rest."', "Geese", 'We "count", then rest.'),
        ('"A "big" goose",We count.', 'A "big" goose', "We count."),
        (r'"A \"big\" goose","We count."', 'A "big" goose', "We count."),
    ],
)
def test_quotation_marks_that_are_not_doubled(read_content: ReadContent, row: str, title: str, abstract: str) -> None:
    """Scripts put cells into quotation marks without a look at what is in them."""
    (paper, _) = read_content(f'title,abstract\n{row}\n"Herons","We wait."\n')
    assert isinstance(paper, Paper) and (paper.title, paper.abstract) == (title, abstract)


def test_line_breaks_in_cells_without_quotation_marks(
    read_content: ReadContent, titles: Titles, caplog: pytest.LogCaptureFixture
) -> None:
    """Such rows cannot be told from short ones, but a warning names them."""
    content = "title,abstract,year\nA,We count\nand sit,2020\nB,b,2021\nC\n"
    assert titles(read_content(content)) == ["A", "and sit", "B", "C"]
    assert "The row in line 2 has fewer cells than the header has columns (3)" in caplog.text
    caplog.clear()
    assert titles(read_content("title,abstract,year\nA\nB\nC,c,2020\nD,d\n")) == ["A", "B", "C", "D"]
    assert "fewer cells" not in caplog.text


def test_a_header_that_comes_again(read_content: ReadContent, titles: Titles) -> None:
    """Where exports were put one after the other, each header is no paper."""
    assert titles(read_content("id, title\n1,A\nid,title\n2,B\nid,titles\n")) == ["A", "B", "titles"]
    assert titles(read_content("title,abstract\nA,a\n\ufefftitle,abstract\nB,b\n")) == ["A", "B"]


def test_a_header_over_several_lines(read_content: ReadContent) -> None:
    """Spreadsheets break names of columns, too."""
    content = 'A note with one " mark\n"Title\n(English)","Abstract\n\n(English)",Year\nGeese,We count.,2020\n'
    assert [item.title for item in read_content(content) if isinstance(item, Paper)] == ["Geese"]
    (paper,) = read_content(content)
    assert isinstance(paper, Paper) and (paper.abstract, paper.date) == ("We count.", "2020")


def test_a_header_without_a_paper_field(read_content: ReadContent) -> None:
    """A table without title and abstract is one Reject that says what to name the columns."""
    (rejected,) = read_content("name,text\na,b\n", InputFormat.CSV)
    assert isinstance(rejected, Reject)
    assert rejected.line == 1 and "'title' or 'abstract'" in rejected.reason


def test_an_overlong_record_is_skipped(tmp_path: Path) -> None:
    """A line over the limit is one Reject."""
    path = tmp_path / "papers.csv"
    path.write_text("title,abstract\nA,a\nB," + "x" * 200_000 + "\nC,c\n")
    records = list(read_records([path], record_bytes=1000))
    assert [(type(item).__name__, item.line) for item in records] == [
        ("Record", 2),
        ("Reject", 3),
        ("Record", 4),
    ]


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


@given(st.lists(st.tuples(_CELL, _CELL)), st.sampled_from(",\t;|"), st.sampled_from(["\n", "\r\n"]))
def test_every_row_comes_back(rows: list[tuple[str, str]], delimiter: str, end: str) -> None:
    """Whatever csv writes is read, at the line where the row starts."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "title", "abstract"])
    expected = []
    for title, abstract in rows:
        expected.append((text.getvalue().count("\n") + 1, "t" + title, abstract))
        writer.writerow(["i", "t" + title, abstract])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.csv")
        path.write_bytes(text.getvalue().encode())
        records = list(read_records([path]))
        assert len(list(read_papers([path]))) == len(rows)
    assert [
        (item.line, item.fields["title"], item.fields["abstract"]) for item in records if not isinstance(item, Reject)
    ] == expected


@given(st.lists(st.sampled_from(['"', ",", '","', "a", " ", ""]), max_size=12).map("".join), st.sampled_from(",;"))
def test_the_quick_way_is_the_long_way(text: str, delimiter: str) -> None:
    """Lines that are taken apart quickly have the same cells as by the grammar."""
    parser = Cells(delimiter)
    simple = parser.simple(text) if '"' in text else None
    cells: list[str] = []
    if simple is not None:
        assert (parser.regular(text, cells), simple) == (-1, cells)


@given(st.text(st.sampled_from('",\t\n a1'), max_size=60), st.sampled_from(",\t"))
def test_any_table_is_read(text: str, delimiter: str) -> None:
    """No quotation marks in any places make it fail or lose a line without marks."""
    header = delimiter.join(["id", "title"])
    last = delimiter.join(["z", "last"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.csv")
        path.write_text(f"{header}\n{text}\n{last}\n", newline="")
        records = list(read_records([path]))
    if '"' not in text:
        assert not isinstance(records[-1], Reject) and records[-1].fields == {"id": "z", "title": "last"}


_WORDS = st.text(st.sampled_from("ab c,;'\"="), min_size=1, max_size=12).filter(lambda text: text.strip("' ") != "")


@given(st.lists(st.tuples(_WORDS, _WORDS), min_size=1, max_size=4), st.sampled_from(",;\t"), st.booleans())
@example([("b", '"'), (";ab", ";"), ("b", '"')], ";", False)  # "ab" is the name of a field
def test_cells_in_apostrophes(rows: list[tuple[str, str]], delimiter: str, with_header: bool) -> None:
    """Databases enclose texts in apostrophes; those inside are doubled, and quotation marks are text."""
    quote = "'{}'".format
    header = delimiter.join(map(quote if with_header else str, ("title", "abstract")))
    cells = [(f"A{title}", f"B{text}") for title, text in rows]
    lines = [delimiter.join(quote(cell.replace("'", "''")) for cell in row) for row in cells]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_text("\n".join([header, *lines]), encoding="utf-8")
        records = list(read_records([path]))
    assert [dict(record.fields) for record in records if not isinstance(record, Reject)] == [
        {"title": title, "abstract": text} for title, text in cells
    ]


def test_apostrophes_that_are_text(read_content: ReadContent, titles: Titles) -> None:
    """A word in apostrophes at the start of a cell encloses nothing, nor does the first title that is in some."""
    assert titles(read_content("id,title\n1,'Geese'\n2,\"Herons, many\"\n3,'Storks'\n")) == [
        "'Geese'",
        "Herons, many",
        "'Storks'",
    ]
    assert titles(read_content("title,year\n'Geese' of lakes,2020\n'Tis winter,2021\n")) == [
        "'Geese' of lakes",
        "'Tis winter",
    ]


@pytest.mark.parametrize("cell", ['="{}"', '"=""{}"""'])
def test_cells_that_are_a_formula_of_a_text(read_content: ReadContent, cell: str) -> None:
    """So exporters keep spreadsheets from changing numbers: only the text counts, and commas inside part nothing."""
    row = ",".join(map(cell.format, ("007", "Geese, many", "We count.")))
    assert read_content(f"id,title,abstract\n{row}\n") == [Paper("007", "Geese, many", "We count.")]


def test_backslashes_before_delimiters(read_content: ReadContent, titles: Titles) -> None:
    """They are taken away where the row then has the columns of the header, and are text elsewhere."""
    content = "title,abstract,year\nGeese\\, many,We count.,2020\nC:\\,a,2021\n"
    assert titles(read_content(content)) == ["Geese, many", "C:\\"]


def test_what_databases_write_for_nothing(read_content: ReadContent) -> None:
    r"""A cell \N has no value."""
    assert read_content("id\ttitle\tabstract\n1\tGeese\t\\N\n") == [Paper("1", "Geese", "")]


def test_comments_behind_the_header(read_content: ReadContent, titles: Titles) -> None:
    """They are no rows where there were comments before it; without those, a title may begin so."""
    rows = "title,abstract\nGeese,a\n#metoo\n"
    assert titles(read_content("# exported\n" + rows)) == ["Geese"]
    assert titles(read_content(rows)) == ["Geese", "#metoo"]


@pytest.mark.parametrize(
    "content",
    [
        "TITLE,Geese\nAUTHOR NAMES,Doe\nABSTRACT,We count.\n\nTITLE,Herons\nABSTRACT,We measure.\n",
        'Title;"Geese; many"\nYear;2020\nAbstract;"We count."\n',
        "TITLE\nGeese\n\nABSTRACT\nWe count.\n\nDOI\n10.5555/1\n",
    ],
)
def test_a_field_in_each_line_is_refused(read_content: ReadContent, content: str) -> None:
    """A table turned on its side would be read as papers called like its fields."""
    with pytest.raises(UsageError, match="a field of the papers in each line; export it with a paper in each line"):
        read_content(content)


def test_names_of_fields_in_cells(read_content: ReadContent, titles: Titles) -> None:
    """A column may hold kinds of papers, and a title may be one word: that turns no table on its side."""
    assert titles(read_content("type,title\nabstract,A\npaper,B\nabstract,C\n")) == ["A", "B", "C"]
    assert titles(read_content("title,year\nAbstract,2020\nIndex,2020\nSummary,2021\n")) == [
        "Abstract",
        "Index",
        "Summary",
    ]


@pytest.mark.parametrize("header", ["a,b", "t;i", "a|b;x"])
def test_names_are_not_joined_to_one_that_is_known(read_content: ReadContent, header: str) -> None:
    """The columns a and b are no column "ab", which would be an abstract."""
    with pytest.raises(UsageError, match="in no known format"):
        read_content(f"{header}\n1,2\n")
