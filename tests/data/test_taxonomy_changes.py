"""Labels of an earlier taxonomy in the terms of the present one."""

from pathlib import Path

import pytest

from data.errors import AreatagError, ContentError
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.readers.labels import read_labels, read_votes
from data.taxonomy import Taxonomy
from data.taxonomy_changes import translate
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import write_jsonl

CHANGED = """\
version: 2
removed: [sea/kelp]
fields:
  - id: sea
    name: Sea
    areas:
      - {id: sea/mammals, name: Mammals, replaces: [sea/whales]}
      - {id: sea/traffic, name: Traffic, replaces: [sea/ships, sea/harbours]}
      - {id: sea/ice, name: Ice, replaces: [sea/ice, sea/snow]}
  - id: sky
    name: Sky
    areas:
      - {id: sky/gulls, name: Gulls, replaces: [sky/birds]}
      - {id: sky/owls, name: Owls, replaces: [sky/birds]}
      - {id: sky/clouds, name: Clouds, added: 2026-03-01}
"""
ALL = ("sea/mammals", "sea/traffic", "sea/ice", "sky/gulls", "sky/owls", "sky/clouds")
PAPER = Paper("p", "An invented paper on feathers")


@pytest.fixture
def taxonomy() -> Taxonomy:
    """Areas renamed, merged, split, removed and new."""
    return parse_taxonomy(CHANGED, "areas.yaml")


def _label(areas: tuple[str, ...], rejected: tuple[str, ...] = (), complete: bool = False) -> LabelledPaper:
    return LabelledPaper(PAPER, areas, rejected, complete)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (_label(("sea/whales",), (), True), _label(("sea/mammals",), (), True)),
        (_label(("sea/ships", "sea/harbours")), _label(("sea/traffic",))),
        (_label((), ("sea/ships",)), _label(())),
        (_label((), ("sea/ships", "sea/harbours")), _label((), ("sea/traffic",))),
        (_label(("sea/ships",), ("sea/harbours",)), _label(("sea/traffic",))),
        (_label((), ("sea/snow",)), _label(())),
        (_label((), ("sea/ice",)), _label((), ("sea/ice",))),
        (_label(("sea/snow",)), _label(("sea/ice",))),
        (_label(("sky/birds",)), _label(())),
        (_label(("sky/birds",), ("sky/owls",)), _label(("sky/gulls",), ("sky/owls",))),
        (_label((), ("sky/birds",)), _label((), ("sky/gulls", "sky/owls"))),
        (_label(("sea/kelp", "sea/whales"), (), True), _label(("sea/mammals",), (), True)),
        (
            _label(("sky/birds", "sea/whales"), (), True),
            _label(("sea/mammals",), ("sea/traffic", "sea/ice", "sky/clouds")),
        ),
    ],
)
def test_old_ids_get_their_present_meaning(taxonomy: Taxonomy, given: LabelledPaper, expected: LabelledPaper) -> None:
    """Renamed and merged areas follow, parts of a split one stay open, removed ones are passed over."""
    assert translate(given, taxonomy) == expected


def test_an_area_is_open_in_complete_labels_that_came_before_it(taxonomy: Taxonomy) -> None:
    """Who said that nothing else applies did not know of it."""
    before = translate(_label((), (), True), taxonomy, "2026-02-28T09:00:00+00:00")
    assert not before.complete and set(before.rejected) == set(ALL) - {"sky/clouds"}
    assert translate(_label((), (), True), taxonomy, "2026-03-01T09:00:00+00:00").complete


def test_files_with_old_ids_are_read(taxonomy: Taxonomy, tmp_path: Path) -> None:
    """Gold and votes keep their worth; an id that nothing accounts for is still a mistake."""
    gold = write_jsonl(
        tmp_path / "gold.jsonl", [{"id": "1", "title": "On whales", "areas": ["sea/whales", "sea/kelp"]}]
    )
    assert [label.areas for label in read_labels(gold, taxonomy)] == [("sea/mammals",)]
    votes = write_jsonl(tmp_path / "votes.jsonl", [{"id": "1", "areas": ["sea/ships"], "not": ["sky/birds"]}])
    (vote,) = read_votes(votes, taxonomy)
    assert (vote.areas, vote.rejected) == (("sea/traffic",), ("sky/gulls", "sky/owls"))
    wrong = write_jsonl(tmp_path / "wrong.jsonl", [{"id": "1", "title": "On whales", "areas": ["sea/whale"]}])
    with pytest.raises(ContentError, match="sea/whale"):
        list(read_labels(wrong, taxonomy))


def test_the_store_translates_each_decision_on_its_own(taxonomy: Taxonomy) -> None:
    """A later decision about the new area wins over an earlier one about what it replaces."""
    with LabelStore.open() as store:
        store.add([Decision(_label(("sea/whales",))), Decision(_label((), ("sea/mammals",)))])
        assert list(store.labelled_papers(taxonomy)) == [_label((), ("sea/mammals",))]
        assert store.current_labels([PAPER], taxonomy) == [_label((), ("sea/mammals",))]
        (raw,) = store.labelled_papers()
        assert raw.areas == ("sea/whales",)


def test_the_changes_survive_a_round_trip(taxonomy: Taxonomy) -> None:
    """A model's taxonomy knows the old ids as well; a taxonomy without changes keeps its fingerprint."""
    assert parse_taxonomy(taxonomy.to_yaml(), "again") == taxonomy
    assert "replaces" not in parse_taxonomy("fields: [{id: a, name: A, areas: [{id: b, name: B}]}]", "x").to_yaml()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CHANGED.replace("[sky/birds]", "[sky/clouds]", 1), "also replaced or removed"),
        (CHANGED.replace("[sea/kelp]", "[sky/owls]"), "also replaced or removed"),
        (CHANGED.replace("2026-03-01", "soon"), "must be a day such as 2026-01-31, not 'soon'"),
        (CHANGED.replace("2026-03-01", "[1]"), "must be a day"),
    ],
)
def test_contradictions_are_refused(text: str, message: str) -> None:
    """An id that still is an area cannot mean another one as well."""
    with pytest.raises(AreatagError, match=message):
        parse_taxonomy(text, "areas.yaml")
