"""Areas by id and by name."""

import pytest

from data.area_names import AreaNameError, AreaNames
from data.taxonomy import Area, Field, Taxonomy

NAMES = AreaNames(
    Taxonomy(
        1,
        (
            Field(
                "sea",
                "The sea",
                (),
                (
                    Area("sea/fish", "Fish, eels and rays"),
                    Area("sea/theory", "Theory"),
                    Area("sea/new", "Tides", replaces=("sea/old",)),
                ),
            ),
            Field("sky", "The sky", (), (Area("sky/theory", "Theory"), Area("sky/straße", "Straße"))),
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("sea/fish", "sea/fish"),
        ("SEA/Fish", "sea/fish"),
        ("fish,  EELS and rays", "sea/fish"),
        ("Fish / eels and rays", "sea/fish"),
        ("The sea > Theory", "sea/theory"),
        ("the sky>theory", "sky/theory"),
        ("STRASSE", "sky/straße"),
        ("sea/old", "sea/old"),
    ],
)
def test_an_area_is_found(text: str, area: str) -> None:
    """Case, blanks and the spelling of keywords do not matter; an earlier taxonomy's id is an id."""
    assert text in NAMES
    assert NAMES.id_of(text) == area


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("theory", "'theory', which 'sea/theory', 'sky/theory' are called; give one of these ids"),
        ("Tide", "the taxonomy lacks. Did you mean 'Tides'?"),
        ("sea/fisch", "Did you mean 'sea/fish'?"),
        ("the sea", "It is a field; name its areas ('sea/fish', 'sea/theory', 'sea/new')"),
        ("Economics", "the taxonomy lacks.$"),
    ],
)
def test_what_is_no_area_is_refused(text: str, message: str) -> None:
    """The sentence helps on."""
    with pytest.raises(AreaNameError, match=message.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        NAMES.id_of(text)
