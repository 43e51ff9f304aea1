"""Taxonomies as tables."""

import csv
import io
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ContentError
from data.taxonomy import Area, Field, Taxonomy
from data.taxonomy_file import parse_taxonomy
from data.taxonomy_table import is_table

_NAME = st.from_regex(r"[A-Za-zäé][A-Za-z0-9 ,'&ü]{0,12}", fullmatch=True).map(lambda text: " ".join(text.split()))
_FIELDS = st.dictionaries(_NAME, st.lists(_NAME, min_size=1, max_size=4), min_size=1, max_size=4)


def _table(rows: list[dict[str, str]], columns: list[str], delimiter: str = ",") -> str:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(columns)
    writer.writerows([row.get(column.lower(), "") for column in columns] for row in rows)
    return written.getvalue()


def _problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ContentError) as caught:
        parse_taxonomy(text, "areas.csv")
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_table_is_a_taxonomy() -> None:
    """In the columns' own order, with ids from the names and phrases parted by semicolons."""
    text = (
        "sep=,\n"
        "PHRASES,Area,Description,Field\n"
        '"whale song; echo; ",Whales & dolphins,"Big, and\nswimming",The Sea\n'
        ",Ebb and flow,,\n"
        ",,,Lüfte\n"
        ",C++,,\n"
        "gull,Birds,,the sea\n"
    )
    assert parse_taxonomy(text, "areas.csv") == Taxonomy(
        1,
        (
            Field(
                "the-sea",
                "The Sea",
                (),
                (
                    Area(
                        "the-sea/whales-and-dolphins",
                        "Whales & dolphins",
                        "Big, and swimming",
                        (),
                        ("whale song", "echo"),
                    ),
                    Area("the-sea/ebb-and-flow", "Ebb and flow"),
                    Area("the-sea/birds", "Birds", "", (), ("gull",)),
                ),
            ),
            Field("lufte", "Lüfte", (), (Area("lufte/c-plus-plus", "C++"),)),
        ),
    )


@given(
    _FIELDS,
    st.permutations(["Field", "AREA", "description", "Phrases"]),
    st.sampled_from(",;\t|"),
    st.randoms(use_true_random=False),
)
def test_ids_depend_on_names_alone(
    fields: dict[str, list[str]], columns: list[str], delimiter: str, order: Random
) -> None:
    """Neither on the order of the columns and rows, nor on the other rows."""
    rows = [{"field": field, "area": area, "phrases": "x; y"} for field, areas in fields.items() for area in areas]
    try:
        before = parse_taxonomy(_table(rows, ["field", "area", "phrases"]), "areas.csv")
    except ContentError as error:
        assert all("already used" in problem.message for problem in error.problems)
        return
    order.shuffle(rows)
    after = parse_taxonomy(_table(rows, columns, delimiter), "areas.txt")
    assert {area.id: area.name for area in after.areas} == {area.id: area.name for area in before.areas}
    assert {area.phrases for area in after.areas} == {("x", "y")}
    for row in rows:
        (alone,) = parse_taxonomy(_table([row], columns, delimiter), "areas.txt").areas
        assert alone.id in after


def test_all_problems_are_found_at_once() -> None:
    """Each in its line, also after a cell of several lines."""
    assert _problems(
        'field,area,description,phrases\n,B,,\nA,a,"two\nlines",\n???,x,,\nD,b,c,d,e\nA,A,,\n'
        'E,,,\nF,,about it,\nG,h,,*\nC,"y\n'
    ) == [
        (2, "The row has no field; name one, or put it below a row that has."),
        (5, "The name '???' has no letter or digit to make an id of."),
        (6, "The row has more cells than the header names (4); put texts with a comma in quotes."),
        (7, "The area id 'a/a' is already used on line 3; rename one."),
        (8, "`areas` of the field 'e' is empty; add at least one entry."),
        (9, "The row has no area; name one."),
        (9, "`areas` of the field 'f' is empty; add at least one entry."),
        (10, "The phrase '*' has no letter or digit to look for; write a word or remove it."),
        (
            11,
            "The row cannot be read (unexpected end of data); double quotation marks inside cells, and close those "
            "around them.",
        ),
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("area,description", "The header has no column 'field'; name the columns field, area, description, phrases."),
        ("things: []", "no column 'field' and no column 'area'"),
        ("field,area,notes", "Unknown column 'notes'"),
        ("field,area,descripton", "Did you mean 'description'?"),
        ("field,area,Area", "'area' occurs twice"),
        ("field,area", "empty"),
    ],
)
def test_a_header_says_what_the_columns_are(header: str, message: str) -> None:
    """What is missing or unknown is named."""
    assert any(message in found for _, found in _problems(header + "\n"))


@pytest.mark.parametrize(
    ("text", "source", "table"),
    [
        ("Field;Area\n", "areas", True),
        ("x", "areas.CSV", True),
        ("# field, area\nfields: []\n", "areas.yaml", False),
        ("fields:\n- id: area\n", "areas.yaml", False),
        ("", "areas.yaml", False),
    ],
)
def test_tables_are_told_from_yaml(text: str, source: str, table: bool) -> None:
    """By their header, or by what the file is called."""
    assert is_table(text, source) is table


def test_cells_that_are_a_formula_of_a_text() -> None:
    """A spreadsheet's ="text" is its text."""
    taxonomy = parse_taxonomy('field,area\n="The Sea",="Ebb"\n"=""The Sea""","=""Flow, high"""\n', "areas.csv")
    assert [area.name for area in taxonomy.areas] == ["Ebb", "Flow, high"]
