"""Vocabularies in SKOS (https://www.w3.org/TR/skos-reference/) to taxonomies and back; needs the extra `skos`."""
