"""A taxonomy to SKOS and back is the same taxonomy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS

from data.skos.graph import read_graph, write_graph
from data.skos.taxonomy_export import vocabulary_of
from data.skos.vocabulary_import import taxonomy_of
from data.taxonomy import Area, Field, Taxonomy
from data.taxonomy_file import load_taxonomy
from tests.support.vocabulary import turtle

SYNTAXES = ("turtle", "nt", "xml", "json-ld")
_TEXTS = (
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"]), min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
_ALONE = ':x a skos:Concept ; skos:prefLabel "Odd"@en .'
_WORDS = st.text("abcXYZ", min_size=1)
_URIS = st.builds("http://x.example/{}/{}".format, _WORDS, st.integers(0, 99))
_LANGUAGES = st.sampled_from(["", "en", "en-gb", "fi", "und"])


def again(taxonomy: Taxonomy, syntax: str, folder: Path) -> Taxonomy:
    """The taxonomy that an import of an export gives."""
    path = folder / "vocabulary"
    path.write_bytes(write_graph(vocabulary_of(taxonomy), syntax))
    found, report = taxonomy_of(read_graph(path), path.stem, None, 2)
    assert not report.left_out.total() and not report.relations
    return found


@st.composite
def taxonomies(draw: st.DrawFn) -> Taxonomy:
    """Taxonomies with everything that a file may say."""
    language = draw(st.sampled_from(["", "en", "de"]))
    uris = iter(draw(st.lists(_URIS, unique=True, min_size=12, max_size=12)))

    def shared() -> dict[str, object]:
        own = draw(_LANGUAGES.filter(lambda tag: tag != language))
        exact = draw(st.sets(_URIS, max_size=2))
        names = draw(st.dictionaries(st.sampled_from(["sv", "ru", "zh-hans"]), _TEXTS, max_size=2))
        return {
            "uri": next(uris) if draw(st.booleans()) else "",
            "notation": draw(st.just("") | _TEXTS),
            "language": own,
            "names": tuple(sorted(names.items())),
            "exact_match": tuple(sorted(exact)),
            "close_match": tuple(sorted(draw(st.sets(_URIS, max_size=2)) - exact)),
        }

    fields = []
    for number in range(draw(st.integers(1, 3))):
        areas = [
            Area(
                f"{number}/{place} ü",
                draw(_TEXTS),
                draw(st.just("") | _TEXTS),
                tuple(draw(st.lists(_WORDS, unique=True, max_size=2))),
                tuple(draw(st.lists(_WORDS | st.just("whal* + song"), unique=True, max_size=3))),
                replaces=tuple(draw(st.just([]) | st.just([f"old {number} {place}"]))),
                added=draw(st.sampled_from(["", "2026-01-31"])),
                **shared(),  # type: ignore[arg-type]
            )
            for place in range(draw(st.integers(1, 3)))
        ]
        fields.append(Field(str(number), draw(_TEXTS), (), tuple(areas), **shared()))  # type: ignore[arg-type]
    schemes = draw(st.sampled_from([(), ("http://s.example/1",), ("http://s.example/2", "http://s.example/1")]))
    return Taxonomy(draw(st.integers(1, 9)), tuple(fields), draw(st.sampled_from([(), ("gone",)])), language, schemes)


@given(taxonomies(), st.sampled_from(SYNTAXES))
@settings(max_examples=25)
def test_any_taxonomy_comes_back(tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, syntax: str) -> None:
    """With its ids, order, phrases, languages, crosswalks and history."""
    assert again(taxonomy, syntax, tmp_path_factory.mktemp("skos")) == taxonomy


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_bundled_taxonomy_comes_back(tmp_path: Path, syntax: str) -> None:
    """Its version, arXiv categories and all."""
    assert again(load_taxonomy(), syntax, tmp_path) == load_taxonomy()


@pytest.mark.parametrize(("depth", "extra"), [(1, ""), (2, ""), (3, ""), (2, _ALONE)])
def test_a_vocabulary_comes_back(tmp_path: Path, depth: int, extra: str) -> None:
    """What was imported once is exported and imported again as the same; also fields that are schemes."""
    path = tmp_path / "nature.ttl"
    path.write_text(turtle() + extra, encoding="utf-8")
    taxonomy, _ = taxonomy_of(read_graph(path), path.stem, None, depth)
    assert again(taxonomy, "turtle", tmp_path) == taxonomy


def test_others_can_read_it() -> None:
    """Plain SKOS: a scheme, its top concepts, labels with languages; patterns are no labels."""
    area = Area("sea/whales", "Whales", "Big ones.", (), ("whale song", "whal* + song"), names=(("fi", "Valaat"),))
    graph: Graph = vocabulary_of(Taxonomy(1, (Field("sea", "Sea", (), (area,)),), language="en"))
    node = URIRef("urn:areatag:sea/whales")
    assert set(graph.objects(node, SKOS.prefLabel)) == {Literal("Whales", lang="en"), Literal("Valaat", lang="fi")}
    assert set(graph.objects(node, SKOS.altLabel)) == {Literal("whale song", lang="en")}
    assert graph.value(node, SKOS.definition) == Literal("Big ones.", lang="en")
    field = graph.value(node, SKOS.broader)
    assert (field, SKOS.topConceptOf, graph.value(node, SKOS.inScheme)) in graph
