"""The URIs of areas, for whoever names subjects by URIs."""

from urllib.parse import quote

from data.taxonomy import Area, Taxonomy

URN = "urn:areatag:"
"""Begins the URI of an area that has none of its own; its id follows."""
_AS_THEY_ARE = "/:@!$&'()*+,;="
"""What a URN may hold (RFC 8141) beside letters, digits and -._~; the rest is written as %XX."""


def area_uri(area: Area) -> str:
    """Return the URI of an area."""
    return URN + quote(area.id, safe=_AS_THEY_ARE)


def areas_by_uri(taxonomy: Taxonomy) -> dict[str, str]:
    """Return the id of every area by its URI."""
    return {area_uri(area): area.id for area in taxonomy.areas}
