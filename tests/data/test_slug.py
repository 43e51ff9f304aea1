"""Ids from names."""

import pytest

from data.slug import slug


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("3D Vision", "3d-vision"),
        ("C++ & C#", "c-plus-plus-and-c-sharp"),
        ("Ökologie", "okologie"),
        ("地理", "地理"),
        ("?", ""),
    ],
)
def test_ids_from_names(name: str, made: str) -> None:
    """Without case, accents and signs."""
    assert slug(name) == made
