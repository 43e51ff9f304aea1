"""SKOS vocabularies of all shapes to taxonomies: nothing is lost without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import AreatagError
from data.skos.graph import read_graph
from data.skos.report import ImportReport
from data.skos.vocabulary_import import taxonomy_of
from data.taxonomy import Area, Taxonomy
from data.taxonomy_file import checked_yaml, parse_taxonomy
from tests.support.vocabulary import BASE, PREFIXES, turtle

TREE = """
:s a skos:ConceptScheme ; skos:prefLabel "Kitchen"@en .
:a a skos:Concept ; skos:prefLabel "Fruit"@en ; skos:topConceptOf :s .
:b a skos:Concept ; skos:prefLabel "Citrus fruit"@en ; skos:broader :a .
:c a skos:Concept ; skos:prefLabel "Lemon"@en ; skos:broader :b .
"""


def imported(
    body: str, tmp_path: Path, language: str | None = None, depth: int = 2, prefixes: str = PREFIXES
) -> tuple[Taxonomy, ImportReport]:
    """The taxonomy of some Turtle; it can always be written and read back."""
    path = tmp_path / "kitchen.ttl"
    path.write_text(prefixes + body, encoding="utf-8")
    taxonomy, report = taxonomy_of(read_graph(path), path.stem, language, depth)
    assert parse_taxonomy(checked_yaml(taxonomy, "areas.yaml"), "areas.yaml") == taxonomy
    return taxonomy, report


def ids(taxonomy: Taxonomy) -> list[str]:
    """The ids of the areas, in order."""
    return list(taxonomy.area_ids)


def test_a_real_vocabulary(tmp_path: Path) -> None:
    """Three levels, languages, notations and deprecations of some three hundred concepts."""
    taxonomy, report = imported(turtle(), tmp_path)
    assert [field.name for field in taxonomy.fields] == ["Astronomy", "Chemistry", "Geography"]
    assert len(taxonomy.areas) == 19 and taxonomy.language == "en" and taxonomy.schemes == (BASE,)
    gases = taxonomy.area("chemistry/noble-gases")
    assert (gases.uri, gases.notation) == (f"{BASE}chemistry-7", "7")
    assert gases.names == (("de", "Edelgase"), ("fi", "Jalokaasut"))
    assert gases.description == "What belongs to the noble gases." and "helium" in gases.phrases
    assert {"sodium", "natrium"} <= set(taxonomy.area("chemistry/alkali-metals").phrases)
    assert "columbium" not in taxonomy.area("chemistry/transition-metals").phrases
    assert "12 deprecated concepts" in report.summary(taxonomy)
    assert report.language_warning() is None


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (1, {"kitchen/fruit": ("citrus fruit", "lemon")}),
        (2, {"fruit/citrus-fruit": ("lemon",)}),
        (3, {"fruit/citrus-fruit": (), "fruit/lemon": ()}),
        (9, {"fruit/citrus-fruit": (), "fruit/lemon": ()}),
    ],
)
def test_levels_below_the_depth_are_phrases_of_the_area_above(
    tmp_path: Path, depth: int, expected: dict[str, tuple[str, ...]]
) -> None:
    """Down to the depth every level has areas; a field of level 1 has the name of its scheme."""
    taxonomy, _ = imported(TREE, tmp_path, depth=depth)
    assert {area.id: area.phrases for area in taxonomy.areas} == expected


@pytest.mark.parametrize(
    "said",
    [
        ":b skos:broader :a . :c skos:broader :b .",
        ":a skos:narrower :b . :b skos:narrower :c .",
        ":c skos:broaderTransitive :a, :b . :b skos:broaderTransitive :a .",
        ":a skos:narrowerTransitive :b, :c . :b skos:narrowerTransitive :c .",
        ":s skos:hasTopConcept :a . :b skos:broader :a . :b skos:narrower :c .",
        "@prefix i: <http://purl.org/iso25964/skos-thes#> . :b i:broaderGeneric :a . :c i:broaderPartitive :b .",
        "@prefix r: <http://www.w3.org/2000/01/rdf-schema#> . :on r:subPropertyOf skos:broader . :b :on :a. :c :on :b.",
    ],
)
def test_every_way_to_say_a_hierarchy(tmp_path: Path, said: str) -> None:
    """From above, from below, by transitive relations or by kinds of them."""
    concept = ':{} a skos:Concept ; skos:prefLabel "{}"@en .'
    names = "".join(concept.format(id_, id_.upper()) for id_ in "abc")
    taxonomy, _ = imported(names + said, tmp_path, depth=3)
    assert ids(taxonomy) == ["a/b", "a/c"]


@pytest.mark.parametrize(
    "between",
    [
        "skos:member :c ; i:superOrdinate :a .",
        "skos:member :c . :a i:subordinateArray :g .",
        "skos:member :h ; i:superOrdinate :a . :h a skos:Collection ; skos:member :c .",
        "v:broaderGeneric :a . :c v:broaderGeneric :g .",
        "skos:broader :a . :c skos:broader :g .",
    ],
)
def test_collections_between_concepts_are_passed_through(tmp_path: Path, between: str) -> None:
    """Arrays of ISO 25964 and guide terms, as the Art & Architecture Thesaurus has them; they are no areas."""
    body = """@prefix i: <http://purl.org/iso25964/skos-thes#> . @prefix v: <http://vocab.getty.edu/ontology#> .
    :a a skos:Concept ; skos:prefLabel "Fruit"@en . :c a skos:Concept ; skos:prefLabel "Lemon"@en .
    :g a skos:Collection ; skos:prefLabel "<fruit by taste>"@en ; """
    taxonomy, report = imported(body + between, tmp_path)
    assert ids(taxonomy) == ["fruit/lemon"]
    assert report.left_out["collections"] >= 1


def test_collections_beside_the_hierarchy_change_nothing(tmp_path: Path) -> None:
    """Neither what is above a concept that has something broader, nor what has nothing above it."""
    body = ":g a skos:Collection ; skos:member :a, :c ; skos:prefLabel 'Yellow things'@en ."
    assert imported(TREE + body, tmp_path)[0] == imported(TREE, tmp_path)[0]


def test_concepts_without_a_type(tmp_path: Path) -> None:
    """A label and a place in the hierarchy make a concept; what is only mentioned is counted."""
    taxonomy, report = imported(
        ':a skos:prefLabel "Fruit"@en . :b skos:prefLabel "Lemon"@en ; skos:broader :a, :gone .', tmp_path
    )
    assert ids(taxonomy) == ["fruit/lemon"]
    assert report.left_out["concepts that the file only refers to"] == 1


def test_a_flat_vocabulary_is_one_field_a_scheme(tmp_path: Path) -> None:
    """Named after the scheme, or after the file where there is none."""
    body = ':s a skos:ConceptScheme ; <http://purl.org/dc/terms/title> "Herbs"@en .'
    body += ':a a skos:Concept ; skos:prefLabel "Basil"@en ; skos:inScheme :s .'
    body += ':b a skos:Concept ; skos:prefLabel "Salt"@en .'
    taxonomy, _ = imported(body, tmp_path)
    assert ids(taxonomy) == ["herbs/basil", "kitchen/salt"]
    assert [field.uri for field in taxonomy.fields] == [f"{BASE}s", ""]


def test_several_schemes(tmp_path: Path) -> None:
    """Each one's top concepts are fields, and its loose concepts areas of a field of its own."""
    body = (
        TREE
        + """:t a skos:ConceptScheme ; skos:prefLabel "Tools"@en .
    :k a skos:Concept ; skos:prefLabel "Knife"@en ; skos:topConceptOf :t ; skos:inScheme :s ."""
    )
    taxonomy, _ = imported(body, tmp_path)
    assert ids(taxonomy) == ["fruit/citrus-fruit", "tools/knife"]
    assert taxonomy.schemes == (f"{BASE}s", f"{BASE}t")


def test_several_broader_concepts(tmp_path: Path) -> None:
    """An area stands once; deeper labels go to every area above; both are said."""
    body = (
        TREE
        + """:d a skos:Concept ; skos:prefLabel "Sour things"@en .
    :e a skos:Concept ; skos:prefLabel "Vinegar"@en ; skos:broader :d . :b skos:broader :d . :c skos:broader :e ."""
    )
    taxonomy, report = imported(body, tmp_path)
    assert {area.id: area.phrases for area in taxonomy.areas} == {
        "fruit/citrus-fruit": ("lemon",),
        "sour-things/vinegar": ("lemon",),
    }
    assert "1 concepts with several broader ones stand below the first" in report.summary(taxonomy)


@pytest.mark.parametrize(
    "body",
    [":a skos:broader :c .", ":b skos:broader :c .", ":a skos:broader :a ."],
    ids=["around everything", "below a top", "of one"],
)
def test_circles_are_opened(tmp_path: Path, body: str) -> None:
    """No concept is lost in a circle."""
    taxonomy, _ = imported(TREE + body, tmp_path, depth=3)
    names = {area.name for area in taxonomy.areas} | {field.name for field in taxonomy.fields}
    assert {"Fruit", "Citrus fruit", "Lemon"} <= names


def test_a_circle_without_a_top_is_said(tmp_path: Path) -> None:
    """It is opened at one concept."""
    taxonomy, report = imported(TREE + ":a skos:broader :c .", tmp_path)
    assert "1 circles of broader concepts were opened" in report.summary(taxonomy)


@pytest.mark.parametrize(
    "mark",
    [
        "owl:deprecated true",
        'owl:deprecated "true"',
        "owl:deprecated 1",
        "a owl:DeprecatedClass",
        "a <http://terms.example/ObsoleteHeading>",
        "<http://terms.example/2018/core#deprecated> true",
        "<http://terms.example/withdrawn> true",
        "<http://terms.example/registry#status> <http://terms.example/registry#statusSuperseded>",
        "<http://terms.example/replacedBy> :c",
        "<http://purl.org/dc/terms/isReplacedBy> :c",
        "<https://schema.org/supersededBy> :c",
        '<http://www.w3.org/2003/06/sw-vocab-status/ns#term_status> "deprecated"',
        "<http://publications.europa.eu/ontology/euvoc#status> <http://authority.example/concept-status/DEPRECATED>",
        'skos:historyNote "Deprecated 2019-03-01."@en',
        'skos:changeNote "OBSOLETE since 2010"@en',
    ],
)
def test_deprecated_concepts_are_left_out(tmp_path: Path, mark: str) -> None:
    """However it is said; what was below them goes to what was above them."""
    taxonomy, report = imported(f"{TREE} :b {mark} .", tmp_path)
    assert ids(taxonomy) == ["fruit/lemon"]
    assert report.left_out["deprecated concepts"] == 1


@pytest.mark.parametrize(
    "mark",
    [
        "owl:deprecated false",
        'skos:changeNote "No longer deprecated."@en',
        "<http://terms.example/status> <http://terms.example/statusStable>",
        "<http://terms.example/replaces> :c",
        "<http://terms.example/deprecatedLabel> 'true'",
    ],
)
def test_concepts_in_use_stay(tmp_path: Path, mark: str) -> None:
    """A word is not yet a deprecation."""
    taxonomy, _ = imported(f"{TREE} :b {mark} .", tmp_path)
    assert ids(taxonomy) == ["fruit/citrus-fruit"]


def test_names_in_other_languages(tmp_path: Path) -> None:
    """The language asked for, else a variety of it, none, English; which are others is said."""
    body = """
    :a a skos:Concept ; skos:prefLabel "Fruit"@en, "Obst"@de .
    :b a skos:Concept ; skos:broader :a ; skos:prefLabel "Orange"@de-at, "orange"@en .
    :c a skos:Concept ; skos:broader :a ; skos:prefLabel "Lemon" ; skos:altLabel "citron"@fr, "Limone"@de .
    :d a skos:Concept ; skos:broader :a ; skos:prefLabel "lime"@en .
    :e a skos:Concept ; skos:broader :a ; skos:prefLabel "pompelmo"@it ; skos:altLabel "pomelo"@it .
    """
    taxonomy, report = imported(body, tmp_path, language="de")
    assert [(area.name, area.language) for area in taxonomy.areas] == [
        ("Lemon", "und"), ("lime", "en"), ("Orange", "de-at"), ("pompelmo", "it")
    ]  # fmt: skip
    assert taxonomy.language == "de" and taxonomy.fields[0].names == (("en", "Fruit"),)
    assert taxonomy.area("obst/lemon").phrases == ("limone",)
    assert taxonomy.area("obst/pompelmo").phrases == ("pomelo",)
    warning = report.language_warning()
    assert warning is not None and all(part in warning for part in ("1 in en", "1 in it", "1 without a language"))
    assert report.left_out["labels in other languages"] == 1


def test_concepts_without_any_label(tmp_path: Path) -> None:
    """They are called by notation or URI, and counted."""
    body = ':a a skos:Concept ; skos:prefLabel "Fruit"@en . :b a skos:Concept ; skos:broader :a ; skos:notation "F 1" .'
    taxonomy, report = imported(body + ":lime a skos:Concept ; skos:broader :a .", tmp_path)
    assert [area.name for area in taxonomy.areas] == ["F 1", "lime"]
    assert "2 named by notation or URI" in str(report.language_warning())


def test_labels_of_skos_xl_and_notes_that_are_resources(tmp_path: Path) -> None:
    """As AGROVOC and EuroVoc have them."""
    body = """@prefix x: <http://www.w3.org/2008/05/skos-xl#> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    :a a skos:Concept ; x:prefLabel [ x:literalForm "Fruit"@en ] .
    :b a skos:Concept ; skos:broader :a ; x:prefLabel [ x:literalForm "Lemon"@en ] ;
       x:altLabel [ x:literalForm "Citron"@en ] ; skos:definition [ rdf:value "A sour fruit."@en ] ;
       skos:scopeNote "Ripe."@en ."""
    area = imported(body, tmp_path)[0].areas[0]
    assert (area.name, area.phrases, area.description) == ("Lemon", ("citron",), "A sour fruit. Ripe.")


def test_what_has_no_place_is_counted(tmp_path: Path) -> None:
    """Collections, relations and labels of fields."""
    body = (
        TREE
        + """:g a skos:Collection ; skos:member :c . :b skos:related :c ; skos:example "x"@en .
    :a skos:altLabel "Fruits"@en . :b skos:altLabel "???"@en, "Zitrusfrucht"@de ."""
    )
    taxonomy, report = imported(body, tmp_path)
    said = report.summary(taxonomy)
    for part in (
        "1 collections", "skos:related (1)", "skos:example (1)", "1 further labels and notes of fields",
        "1 labels with nothing to look for in a text", "1 labels in other languages",
    ):  # fmt: skip
        assert part in said


def test_orphans_and_misplaced_top_concepts_are_said(tmp_path: Path) -> None:
    """A scheme's list of top concepts is not believed against the hierarchy."""
    body = TREE + ':s skos:hasTopConcept :b . :x a skos:Concept ; skos:prefLabel "Salt"@en .'
    taxonomy, report = imported(body, tmp_path)
    said = report.summary(taxonomy)
    assert "1 concepts without broader ones are no scheme's top concepts" in said
    assert "1 top concepts have broader ones" in said


def test_names_that_occur_twice(tmp_path: Path) -> None:
    """Each has its notation or URI in its id, whatever their order; so has a name without letters."""
    body = """:a a skos:Concept ; skos:prefLabel "Fruit"@en .
    :b a skos:Concept ; skos:prefLabel "Date"@en ; skos:notation "7" ; skos:broader :a .
    :date2 a skos:Concept ; skos:prefLabel "Date"@en ; skos:broader :a .
    :q a skos:Concept ; skos:prefLabel "???"@en ; skos:broader :a ."""
    taxonomy, _ = imported(body, tmp_path)
    assert sorted(ids(taxonomy)) == ["fruit/date-7", "fruit/date-date2", "fruit/q"]


def test_matches_are_kept(tmp_path: Path) -> None:
    """Exact ones are not close ones as well; others are named."""
    body = (
        TREE + ":b skos:exactMatch <http://x.example/1> ; skos:closeMatch <http://x.example/1>, <http://x.example/2> ."
    )
    area: Area = imported(body, tmp_path)[0].areas[0]
    assert (area.exact_match, area.close_match) == (("http://x.example/1",), ("http://x.example/2",))


def test_a_concept_without_a_uri_of_its_own(tmp_path: Path) -> None:
    """Blank nodes and relative references mean nothing outside the file."""
    body = '<#a> a skos:Concept ; skos:prefLabel "Fruit"@en .'
    body += '[] a skos:Concept ; skos:prefLabel "Lime"@en ; skos:broader <#a> .'
    taxonomy, _ = imported(body, tmp_path)
    assert (taxonomy.fields[0].uri, taxonomy.areas[0].uri) == ("", "")


def test_concepts_that_are_blank_nodes_are_the_same_at_every_import(tmp_path: Path) -> None:
    """Blank nodes are called anew each time a file is read: neither ids nor names nor the order come from that."""
    body = ":a a skos:Concept ; skos:prefLabel 'Fruit'@en ."
    for label in ("Date", "Date", "Date", "Fig"):
        for other in ("tree", "palm"):
            body += f"[] a skos:Concept ; skos:prefLabel '{label}'@en ; skos:altLabel '{other}'@en ; skos:broader :a ."
    body += "[] a skos:Concept ; skos:broader :a ."
    first, second = (imported(body, tmp_path)[0] for _ in range(2))
    assert first == second
    assert {"fruit/date", "fruit/date-2", "fruit/fig", "fruit/fig-2", "fruit/unnamed"} <= set(ids(first))


def test_notes_in_html_are_plain_text(tmp_path: Path) -> None:
    """Descriptions are compared with papers, whose texts are plain too."""
    body = TREE + ':b skos:scopeNote "Fruit with a <i>rind</i> &amp; juice."@en .'
    assert imported(body, tmp_path)[0].areas[0].description == "Fruit with a rind & juice."


@pytest.mark.parametrize(
    "body", ["", ':x <http://x.example/y> "z" .', ':a a skos:Concept ; skos:prefLabel "A" ; owl:deprecated true .']
)
def test_a_file_without_concepts_in_use(tmp_path: Path, body: str) -> None:
    """It is said what a vocabulary needs."""
    with pytest.raises(AreatagError, match="no concepts in use"):
        imported(body, tmp_path)
