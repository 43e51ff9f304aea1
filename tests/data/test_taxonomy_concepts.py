"""URIs, notations, languages and crosswalks in taxonomy files."""

from __future__ import annotations

import pytest

from data.errors import ContentError
from data.taxonomy import Area
from data.taxonomy_file import parse_taxonomy

FILE = """\
language: en
schemes: [http://x.example/]
fields:
  - id: sea
    name: Sea
    uri: http://x.example/sea
    names: {FI: Meri, "no": Hav}
    areas:
      - {id: whales, name: Whales, uri: http://x.example/w, notation: "59.9", exact_match: [http://y.example/2, http://y.example/1]}
      - {id: ships, name: Laivat, language: fi, names: {zh-Hans: 船}, close_match: [http://y.example/3]}
"""


def test_everything_is_read_and_written() -> None:
    """Languages in lower case and matches sorted, so that every order is the same taxonomy."""
    taxonomy = parse_taxonomy(FILE, "areas.yaml")
    assert (taxonomy.language, taxonomy.schemes) == ("en", ("http://x.example/",))
    assert taxonomy.fields[0].names == (("fi", "Meri"), ("no", "Hav"))
    whales, ships = taxonomy.areas
    assert (whales.uri, whales.notation) == ("http://x.example/w", "59.9")
    assert whales.exact_match == ("http://y.example/1", "http://y.example/2")
    assert (ships.language, ships.names, ships.close_match) == ("fi", (("zh-hans", "船"),), ("http://y.example/3",))
    assert parse_taxonomy(taxonomy.to_yaml(), "again.yaml") == taxonomy


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("uri: http://x.example/w", "uri: whales", "line 9: 'whales' is no URI"),
        ("uri: http://x.example/w", "uri: http://x.example/sea", "line 9: The URI .* already used on line 6"),
        ('notation: "59.9"', "notation: 59.9", "line 9: .*in quotes"),
        ("http://y.example/3", "y 3", "line 10: 'y 3' is no URI"),
        ("http://x.example/]", "x]", "line 2: 'x' is no URI"),
        ("close_match", "exact_match: [http://y.example/3], close_match", "line 10: .*exact and a close match"),
        ("language: fi", "language: Suomi of sorts", "line 10: .*no language tag"),
        ("FI: Meri", "sea in Finnish: Meri", "line 7: .*no language tag"),
        ("FI: Meri", "FI: Meri, fi: Meri", "line 7: The language 'fi' occurs twice"),
        ("FI: Meri", "en: Sea", "line 7: .*already `name`"),
        ("zh-Hans: 船", "fi: Laivasto", "line 10: .*already `name`"),
        ('{FI: Meri, "no": Hav}', "Meri", "line 7: .*must be languages with names"),
        ("FI: Meri", "FI: 5", "line 7: .*must be text"),
    ],
)
def test_problems_are_named(old: str, new: str, message: str) -> None:
    """With the line and what to do."""
    assert old in FILE
    with pytest.raises(ContentError, match=message):
        parse_taxonomy(FILE.replace(old, new), "areas.yaml")


@pytest.mark.parametrize(
    ("language", "name"),
    [("fi", "Valaat"), ("FI", "Valaat"), ("fi-FI", "Valaat"), ("en", "Whales"), ("sv", "Whales"), ("", "Whales")],
)
def test_the_name_in_a_language(language: str, name: str) -> None:
    """Or in a more general one, or the usual one."""
    assert Area("w", "Whales", names=(("fi", "Valaat"),)).name_in(language) == name


def test_the_language_of_the_name_itself_comes_first() -> None:
    """Also where others are given."""
    assert Area("w", "Valaat", language="fi", names=(("en", "Whales"),)).name_in("fi") == "Valaat"
