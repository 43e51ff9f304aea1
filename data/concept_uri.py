"""URIs of fields and areas: those of their vocabulary, and where they have none, a URN made of the id."""

import re
from urllib.parse import quote, unquote

from data.taxonomy import Area, Concept, Taxonomy

URN = "urn:areatag:"
"""Begins the URI of an area that has none of its own; its id follows."""
_FIELD_URN = f"{URN}field:"
_AS_THEY_ARE = "/:@!$&'()*+,;="
"""What a URN may hold (RFC 8141) beside letters, digits and -._~; the rest is written as %XX."""
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")


def is_uri(text: str) -> bool:
    """Return whether this is an absolute URI (or IRI, RFC 3987), as far as its characters say."""
    return _URI.fullmatch(text) is not None


def concept_uri(concept: Concept) -> str:
    """Return the URI of a field or an area."""
    start = URN if isinstance(concept, Area) else _FIELD_URN
    return concept.uri or start + quote(concept.id, safe=_AS_THEY_ARE)


def areas_by_uri(taxonomy: Taxonomy) -> dict[str, str]:
    """Return the id of every area by its URI."""
    return {concept_uri(area): area.id for area in taxonomy.areas}


def is_made_of(uri: str, concept_id: str) -> bool:
    """Return whether `concept_uri` made the URI of this id, so that the concept has none of its own."""
    start = next((start for start in (_FIELD_URN, URN) if uri.startswith(start)), None)
    return start is not None and unquote(uri.removeprefix(start)) == concept_id
