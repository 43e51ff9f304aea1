"""Names of fields that nearly are those of a title or an abstract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.field_names import is_known
from data.misspelt_fields import misspelt_fields
from data.papers import RecordError, paper_from_fields


@st.composite
def _slips(draw: st.DrawFn) -> tuple[str, str]:
    """A name with one character left out, doubled or swapped with the next, and the name."""
    meant = draw(st.sampled_from(["title", "abstract"]))
    place = draw(st.integers(0, len(meant) - 2))
    left, here, right = meant[:place], meant[place], meant[place + 1 :]
    slip = draw(st.sampled_from([left + right, left + here + here + right, left + right[0] + here + right[1:]]))
    return slip, meant


@given(_slips())
def test_a_slip_of_the_keyboard_is_recognised(slip: tuple[str, str]) -> None:
    """Whatever it is, unless it makes a name that sources use, or none at all."""
    name, meant = slip
    expected = {} if is_known(name) else {name: meant}
    assert misspelt_fields((name, "year", "notes")) == expected


@pytest.mark.parametrize("name", ["subtitle", "titel", "Abstract Note", "notes", "abs", "tags", "x" * 500, ""])
def test_other_names_are_no_slips(name: str) -> None:
    """Nor are names that some source uses, which are read."""
    assert misspelt_fields((name,)) == {}


def test_what_is_not_read_is_said() -> None:
    """As a warning where the paper has another text, and in the reason where it has none."""
    paper = paper_from_fields({"title": "Reeds in rivers", "abstrct": "They bend.", "tittle": "x"})
    assert paper.warnings == ("the field 'abstrct' is not read; is it the abstract?",)
    assert paper_from_fields({"title": "Reeds in rivers", "abstrct": None}).warnings == ()
    with pytest.raises(RecordError, match=r"Is 'tittle' its title\? Is 'abstrct' its abstract\?"):
        paper_from_fields({"tittle": "Reeds in rivers", "abstrct": "They bend."})
    assert paper_from_fields({"titel": "Schilf im Fluss"}).title == "Schilf im Fluss"
