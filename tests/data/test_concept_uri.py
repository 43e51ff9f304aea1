"""URIs of fields and areas."""

import re

from hypothesis import given
from hypothesis import strategies as st

from data.concept_uri import areas_by_uri, concept_uri, is_made_of, is_uri
from data.taxonomy import Area, Field, Taxonomy

_URN = re.compile(r"urn:areatag:(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})+")


def test_an_area_has_its_own_uri_or_one_of_its_id() -> None:
    """A field's is another one than that of an area with the same id."""
    assert concept_uri(Area("vision/3d", "3D")) == "urn:areatag:vision/3d"
    assert concept_uri(Area("a", "A", uri="http://x.example/1")) == "http://x.example/1"
    assert concept_uri(Area("a", "A")) != concept_uri(Field("a", "A"))


@given(st.text(min_size=1))
def test_any_id_makes_a_uri(id_: str) -> None:
    """Which tells that it was made."""
    try:
        id_.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which no file of a taxonomy can have
        return
    for concept in (Area(id_, "A"), Field(id_, "F")):
        uri = concept_uri(concept)
        assert is_uri(uri) and _URN.fullmatch(uri) and is_made_of(uri, id_)
    assert not is_made_of("http://x.example/" + id_, id_)


def test_what_is_no_uri() -> None:
    """Words, paths and blanks are none."""
    assert not any(map(is_uri, ("", "whales", "/c1", "http://x.example/a b", "http:", "1:x", "http://x.example/<a>")))
    assert is_uri("http://x.example/ä") and is_uri("urn:isbn:1")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5, unique=True))
def test_uris_lead_back_to_areas(ids: list[str]) -> None:
    """Whatever the ids are, and from URIs of their own."""
    areas = (*(Area(id_, "Name") for id_ in ids), Area("own", "Own", uri="http://x.example/own"))
    taxonomy = Taxonomy(1, (Field("field", "Field", (), tuple({area.id: area for area in areas}.values())),))
    assert all(areas_by_uri(taxonomy)[concept_uri(area)] == area.id for area in taxonomy.areas)
