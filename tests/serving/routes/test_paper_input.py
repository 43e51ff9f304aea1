"""Papers as calls send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.text import TEXT_CHARACTERS
from serving.routes.paper_input import PaperIn, papers_in, unknown_area
from tests.serving.fake_tagger import TAXONOMY

_LONG = "We count geese over the bay. " * 12


@pytest.mark.parametrize("fields", [{}, {"title": " \n\t"}, {"title": "", "abstract": "\u0000"}, {"abstract": None}])
def test_a_paper_needs_a_text(fields: dict[str, object]) -> None:
    """A blank one is none."""
    with pytest.raises(ValidationError, match="neither a title nor an abstract"):
        PaperIn.model_validate(fields)


@pytest.mark.parametrize(("name", "meant"), [("titel", "title"), ("tittle", "title"), ("abstrct", "abstract")])
def test_a_misspelt_name_is_recognised(name: str, meant: str) -> None:
    """The error says under which name to send the text."""
    with pytest.raises(ValidationError, match=rf"give it at least one \(send '{name}' as '{meant}'\?\)"):
        PaperIn.model_validate({name: "Geese over the bay"})


@pytest.mark.parametrize("fields", [{"title": 7}, {"title": "Geese", "id": True}, {"title": "Geese", "id": "x" * 501}])
def test_a_field_of_the_wrong_type_is_refused(fields: dict[str, object]) -> None:
    """Only a number as id is taken for its digits."""
    with pytest.raises(ValidationError):
        PaperIn.model_validate(fields)
    assert PaperIn.model_validate({"title": "Geese", "id": 7}).id == "7"


@pytest.mark.parametrize(
    ("fields", "warnings"),
    [
        ({"summary": "They fly."}, ["the field 'summary' is not read; send its text as 'abstract'"]),
        ({"abstrct": "They fly."}, ["the field 'abstrct' is not read; send its text as 'abstract'"]),
        ({"remark": _LONG}, ["the field 'remark' is not read; send its text as 'abstract'"]),
        ({"summary": None, "venue": "A journal", "year": 2020, "references": [_LONG]}, []),
        ({"id": "twice"}, []),
    ],
)
def test_a_text_that_is_not_read_gets_a_warning(fields: dict[str, object], warnings: list[str]) -> None:
    """By its name, or because it is long."""
    (paper,), (found,) = papers_in([PaperIn.model_validate({"title": "Geese", **fields})])
    assert found == warnings and paper.title == "Geese"


def test_many_unread_fields_get_few_warnings() -> None:
    """The answer does not grow with the request."""
    fields = {f"note{number}": _LONG for number in range(50)}
    assert len(papers_in([PaperIn.model_validate({"title": "Geese", **fields})])[1][0]) == 3


def test_cut_and_repeated_papers_get_a_warning() -> None:
    """The first of two with one id gets none."""
    papers, warnings = papers_in(
        [
            PaperIn(id="a", title="Geese", abstract=None),
            PaperIn(id="a", title="Ducks", abstract=None),
            PaperIn(id=None, title="Swans", abstract="word " * TEXT_CHARACTERS),
        ]
    )
    assert [len(found) for found in warnings] == [0, 1, 1]
    assert "same id" in warnings[1][0] and len(papers[2].abstract) <= TEXT_CHARACTERS


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_valid_paper_becomes_one(title: str, abstract: str) -> None:
    """Markup, control characters and placeholders never cost more than an empty title."""
    try:
        given_paper = PaperIn(id=None, title=title, abstract=abstract)
    except ValidationError:
        return
    papers, warnings = papers_in([given_paper])
    assert len(papers) == len(warnings) == 1 and papers[0].id


def test_an_unknown_area_is_answered_with_the_nearest() -> None:
    """Where one is near."""
    assert "(Did you mean 'vision/segmentation'?)" in unknown_area("vision/segmentatoin", TAXONOMY)
    assert unknown_area("zzz", TAXONOMY).endswith("GET /areas lists them")
