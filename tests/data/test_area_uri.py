"""URIs of areas."""

import re

from hypothesis import given
from hypothesis import strategies as st

from data.area_uri import area_uri, areas_by_uri
from data.taxonomy import Area, Field, Taxonomy

_URN = re.compile(r"urn:areatag:(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})+")
_IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def test_an_id_stays_readable() -> None:
    """Ids of the usual form are in the URI as they are."""
    assert area_uri(Area("vision/3d", "3D")) == "urn:areatag:vision/3d"


@given(st.lists(_IDS, min_size=1, max_size=5, unique=True))
def test_every_id_has_a_uri_of_its_own(ids: list[str]) -> None:
    """Whatever is in it, the URI is a URN, and leads back to the area."""
    taxonomy = Taxonomy(1, (Field("field", "Field", (), tuple(Area(id_, "Name") for id_ in ids)),))
    uris = [area_uri(area) for area in taxonomy.areas]
    assert all(map(_URN.fullmatch, uris))
    assert [areas_by_uri(taxonomy)[uri] for uri in uris] == ids
