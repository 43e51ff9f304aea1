"""Taxonomies: their columns, their fingerprint, and how they are written."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreatagError
from data.taxonomy import Area, Field, Taxonomy
from data.taxonomy_file import load_taxonomy, parse_taxonomy

_HEAD = "fields:\n- id: f\n  name: F\n  areas:\n"
_GOOD = _HEAD + "  - {id: a, name: A}\n"
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=";"), min_size=1)


def test_the_bundled_taxonomy_has_21_fields_and_118_areas() -> None:
    """The bundled file loads, and its columns are in file order."""
    taxonomy = load_taxonomy()
    assert (len(taxonomy.fields), len(taxonomy.areas)) == (21, 118)
    assert taxonomy.area_ids[0] == "vision/recognition"
    assert taxonomy.area("vision/low-level").arxiv == ("eess.IV",)
    assert taxonomy.areas[11].field_id == taxonomy.field_ids[taxonomy.field_index[11]] == "language"


def test_a_taxonomy_can_be_hashed_pickled_and_compared() -> None:
    """Two readings are equal, hash alike and survive pickling."""
    first, second = load_taxonomy(), load_taxonomy()
    assert len({first, second, pickle.loads(pickle.dumps(first))}) == 1


def test_the_fingerprint_depends_on_content_not_on_spelling() -> None:
    """Another YAML spelling keeps the fingerprint, another name changes it."""
    other = 'version: 1\nfields: [{areas: [{name: "A", id: a}], name: F, id: f}]  # flow style\n'
    taxonomy = parse_taxonomy(_GOOD, "t.yaml")
    assert parse_taxonomy(other, "t.yaml").fingerprint == taxonomy.fingerprint
    assert parse_taxonomy(_GOOD.replace("A}", "B}"), "t.yaml").fingerprint != taxonomy.fingerprint
    assert len(taxonomy.fingerprint) == 64


@given(st.lists(_TEXT, min_size=1, max_size=8, unique=True), _TEXT)
def test_any_ids_survive_writing_and_reading(ids: list[str], name: str) -> None:
    """to_yaml round-trips for ids that look like numbers, booleans or YAML syntax."""
    areas = tuple(Area(id_, name, description=name, arxiv=(name,)) for id_ in ids)
    taxonomy = Taxonomy(
        3, (Field(name, name, ("cs.CL",), areas[:1]), Field(name + "2", name, (), areas[1:]))[: len(ids)]
    )
    assert parse_taxonomy(taxonomy.to_yaml(), "t.yaml") == taxonomy


def test_an_unknown_area_is_answered_with_the_nearest_id() -> None:
    """`index` names the unknown id and suggests a known one."""
    with pytest.raises(AreatagError, match=r"'vision/segmentatoin'.*Did you mean 'vision/segmentation'"):
        load_taxonomy().index("vision/segmentatoin")


def test_a_taxonomy_made_in_code_is_checked_too() -> None:
    """Repeated ids, a field without areas and an empty taxonomy are refused."""
    area = Area("a", "A")
    for fields, message in (
        ((Field("f", "F", areas=(area, area)),), "'a' occurs twice"),
        ((Field("f", "F", areas=(area,)), Field("g", "G")), "'g' has no areas"),
        ((), "no areas"),
    ):
        with pytest.raises(AreatagError, match=message):
            Taxonomy(1, fields)
