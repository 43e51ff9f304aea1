"""Tests of data.papers."""

import datetime
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, RecordError, RepeatedIds, content_id, paper_from_fields, repeated_id
from data.text import TEXT_CHARACTERS


def test_every_field_is_taken_over() -> None:
    """A record with all fields gives the paper with all of them."""
    fields = {
        "id": "2301.00001",
        "title": "Counting geese from drones",
        "abstract": "We count geese.",
        "categories": "cs.CV stat.ML",
        "update_date": "2023-01-02",
        "journal-ref": "J. Birds 7",
        "authors": ["A. Nonymous"],
    }
    assert paper_from_fields(fields) == Paper(
        "2301.00001",
        "Counting geese from drones",
        "We count geese.",
        ("cs.CV", "stat.ML"),
        "2023-01-02",
        "J. Birds 7",
    )


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Title", "Abstract"),
        ("TI", "AB"),
        (" Primary Title", "Summary"),
        ("T1", "N2"),
        ("TITLE", "Abstract Note"),
    ],
)
def test_names_of_other_sources_are_known(title: str, abstract: str) -> None:
    """Case and the tags of other sources do not matter."""
    paper = paper_from_fields({title: "Geese", abstract: "We count."})
    assert (paper.title, paper.abstract) == ("Geese", "We count.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a ", "a"),
        (17, "17"),
        (Decimal("1804.05290"), "1804.05290"),
        (None, ""),
        ("", ""),
        (float("nan"), ""),
    ],
)
def test_an_id_is_text_or_a_number(value: object, expected: str) -> None:
    """A number keeps its digits; a missing id is made from the content."""
    paper = paper_from_fields({"id": value, "title": "Geese"})
    assert paper.id == (expected or content_id("Geese", ""))


@pytest.mark.parametrize("field", ["title", "abstract"])
@pytest.mark.parametrize("value", [True, {"a": 1}, [{"a": 1}]])
def test_a_wrong_type_names_the_field(field: str, value: object) -> None:
    """Where there is no text, the message names the field whose value is of a wrong type."""
    with pytest.raises(RecordError, match=f"'{field}' must be text"):
        paper_from_fields({"id": "1", field: value})


@pytest.mark.parametrize("field", ["id", "categories", "date", "venue", "year", "journal", "doi"])
@pytest.mark.parametrize("value", [True, 2.5, {"a": 1}, [{"a": 1}], [[]], "x" * 10_000])
def test_a_field_that_tagging_does_not_need_never_costs_a_paper(field: str, value: object) -> None:
    """Whatever its type or size, it is read or left out; the paper stays small."""
    paper = paper_from_fields({"title": "Geese", "abstract": "We count.", field: value})
    assert (paper.title, paper.abstract) == ("Geese", "We count.")
    assert len(paper.id + paper.date + paper.venue + "".join(paper.categories)) < 1000


def test_the_next_name_is_tried() -> None:
    """Where a name has nothing, a placeholder or a value of a wrong type, the next one of the same field counts."""
    fields = {
        "title": True,
        "TI": "Geese",
        "abstract": "[No abstract available]",
        "AB": {"n": 1},
        "N2": "We count.",
        "id": {},
        "doi": "10.5555/1",
        "date": {"a": 1},
        "year": 2021.0,
        "venue": [],
        "journal": {"name": "J. Birds"},
    }
    paper = paper_from_fields(fields)
    assert (paper.title, paper.abstract, paper.id) == ("Geese", "We count.", "10.5555/1")
    assert (paper.date, paper.venue) == ("2021", "J. Birds")


def test_english_wins_among_languages() -> None:
    """Of columns that differ only in their language, the English one is read."""
    fields = {"title[de]": "Gänse", "title[en_US]": "Geese", "abstract": "Zählen.", "Abstract (EN)": "We count."}
    paper = paper_from_fields(fields)
    assert (paper.title, paper.abstract) == ("Geese", "We count.")


@given(st.integers(-2, 2), st.integers(-2, 2))
def test_texts_are_cut_at_one_length(title: int, abstract: int) -> None:
    """A text over the limit is cut and the paper says so; one at the limit is whole."""
    lengths = {"title": TEXT_CHARACTERS + title, "abstract": TEXT_CHARACTERS + abstract}
    paper = paper_from_fields({name: "x" * length for name, length in lengths.items()})
    assert [len(paper.title), len(paper.abstract)] == [min(n, TEXT_CHARACTERS) for n in lengths.values()]
    assert paper.warnings == tuple(
        f"the {name} was cut to {TEXT_CHARACTERS} characters; it has {length}"
        for name, length in lengths.items()
        if length > TEXT_CHARACTERS
    )


@pytest.mark.parametrize("fields", [{}, {"id": "1"}, {"title": None, "abstract": " "}, {"title": float("nan")}])
def test_neither_title_nor_abstract_is_refused(fields: dict[str, object]) -> None:
    """Null, NaN and blank text count as missing."""
    with pytest.raises(RecordError, match="neither a title nor an abstract"):
        paper_from_fields(fields)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("cs.LG  cs.CL", ("cs.LG", "cs.CL")),
        (["cs.LG cs.CL", "cs.LG"], ("cs.LG", "cs.CL")),
        ("Birds; Machine learning", ("Birds", "Machine learning")),
        (["Machine learning"], ("Machine learning",)),
        ("cond-mat.mes-hall hep-th", ("cond-mat.mes-hall", "hep-th")),
        ([], ()),
    ],
)
def test_categories_are_split(value: object, expected: tuple[str, ...]) -> None:
    """Codes are split at blanks, names at separators."""
    assert paper_from_fields({"title": "Geese", "categories": value}).categories == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime.datetime(2024, 5, 6, 7), "2024-05-06"),
        (datetime.date(2024, 5, 6), "2024-05-06"),
        ("2024-05-06T07:08:09Z", "2024-05-06"),
        (2024, "2024"),
        ("May 2024", "May 2024"),
    ],
)
def test_dates_are_text(value: object, expected: str) -> None:
    """A time of day is left out; other spellings stay."""
    assert paper_from_fields({"title": "Geese", "date": value}).date == expected


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Geese", "We\n count.", "Geese. We count."),
        ("Geese?", "We count.", "Geese? We count."),
        ("Geese", "", "Geese"),
        ("", "We count.", "We count."),
    ],
)
def test_text_joins_title_and_abstract(title: str, abstract: str, expected: str) -> None:
    """Whitespace is collapsed and a title gets its full stop."""
    assert Paper("1", title, abstract).text == expected


def test_a_record_leaves_out_what_is_not_known() -> None:
    """Title and abstract are always there; what it says is read as the same paper again."""
    assert Paper("7", "Moss").to_record() == {"id": "7", "title": "Moss", "abstract": ""}
    whole = Paper("7", "Moss", "Green.", ("q-bio", "cs.CV"), "2020", "Letters", ("the abstract was cut",))
    assert list(whole.to_record()) == ["id", "title", "abstract", "categories", "date", "venue", "warnings"]
    assert paper_from_fields(whole.to_record()) == whole


def test_content_id_ignores_whitespace_only() -> None:
    """The same words give the same id, and title and abstract are not interchangeable."""
    assert content_id("Two  geese", "") == content_id("Two geese\n", "")
    assert content_id("a", "b") != content_id("b", "a") != content_id("a b", "")
    assert content_id("a", "b").startswith("sha1:") and len(content_id("a", "b")) == 21


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(["id", "title", "abstract", "categories", "date", "venue", "TI", "year", "journal", "x"])


@given(st.dictionaries(_NAMES, _JSON))
def test_any_record_is_a_paper_or_refused(fields: dict[str, object]) -> None:
    """Whatever a record holds, it is refused with a sentence or gives a paper that can be written."""
    try:
        paper = paper_from_fields(fields)
    except RecordError as error:
        assert str(error).endswith(".")
    else:
        assert paper.id and (paper.title or paper.abstract)
        json.dumps([paper.id, paper.title, paper.abstract, *paper.categories, paper.venue]).encode()
        " ".join([paper.id, paper.title, paper.abstract, *paper.categories, paper.date]).encode("utf-8")


@given(st.lists(st.sampled_from(["a", "b", "", "c c"]), max_size=12))
def test_papers_with_the_id_of_an_earlier_one_are_found(ids: list[str]) -> None:
    """Each but the first; the warning says what they are of."""
    repeats = RepeatedIds()
    assert [repeats.add(Paper(name)) for name in ids] == [name in ids[:place] for place, name in enumerate(ids)]
    assert repeated_id("flock") == "an earlier paper of this flock has the same id"
