"""What the label store keeps and answers, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import UsageError
from data.label_store.records import Decision, Forgotten
from data.label_store.rows import paper_content
from data.label_store.store import ForgottenPaperError, LabelStore, NoSuchEntryError
from data.labels import LabelledPaper
from data.papers import Paper
from tests.data.label_store.conftest import decision

SALMON = Paper("1", "Salmon", "They swim upstream.")
WRENS = Paper("2", "Wrens", "They sing at dawn.")


def test_history_keeps_who_when_and_why(store: LabelStore) -> None:
    """An entry has the paper, the areas, the annotator, the model and the UTC time of storing."""
    (number,) = store.add([decision(SALMON, ("fish", "rivers"), ("birds",), complete=False)])
    (entry,) = store.history("1")
    assert entry.number == number
    assert (entry.paper, entry.areas, entry.rejected, entry.complete) == (SALMON, ("fish", "rivers"), ("birds",), False)
    assert (entry.annotator, entry.model, entry.undoes, entry.withdrawn) == ("ada", "v1", None, False)
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(entry.time) < timedelta(minutes=5)


def test_what_is_stored_is_there_for_the_next_process(store: LabelStore, url: str) -> None:
    """Another store on the same database sees it."""
    store.add([decision(SALMON, ("fish",))])
    with LabelStore.open(url) as other:
        assert other.current(SALMON) == LabelledPaper(SALMON, ("fish",))
        assert other.counts() == (1, 1)


def test_numbers_come_in_the_order_of_the_decisions(store: LabelStore) -> None:
    """Each decision of a call gets its own number, growing."""
    papers = [Paper(str(n), f"Title {n}") for n in range(700)]
    numbers = store.add([decision(paper, ("fish",)) for paper in papers])
    assert numbers == sorted(set(numbers)) and len(numbers) == 700
    assert [label.paper.id for label in store.current_labels(papers) if label] == [paper.id for paper in papers]
    assert store.add([]) == []


def test_partial_decisions_are_merged(store: LabelStore) -> None:
    """Each area keeps its latest decision, whoever made it."""
    store.add([decision(SALMON, ("fish", "birds"), complete=False)])
    store.add([decision(SALMON, ("rivers",), ("birds",), complete=False, annotator="bob")])
    assert store.current(SALMON) == LabelledPaper(SALMON, ("fish", "rivers"), ("birds",), False)
    store.add([decision(SALMON, ("birds",), complete=False)])
    assert store.current(SALMON) == LabelledPaper(SALMON, ("fish", "rivers", "birds"), (), False)


def test_a_complete_decision_settles_every_area(store: LabelStore) -> None:
    """It replaces what was decided, and later single areas leave it complete."""
    store.add([decision(SALMON, ("fish", "birds"), complete=False), decision(SALMON, ("rivers",))])
    assert store.current(SALMON) == LabelledPaper(SALMON, ("rivers",))
    store.add([decision(SALMON, ("fish",), ("rivers",), complete=False)])
    assert store.current(SALMON) == LabelledPaper(SALMON, ("fish",), ("rivers",), True)


def test_none_fits(store: LabelStore) -> None:
    """Complete without areas is a label, not the lack of one."""
    store.add([decision(SALMON)])
    assert store.current(SALMON) == LabelledPaper(SALMON, ())
    assert store.current(WRENS) is None


def test_undo_and_redo(store: LabelStore) -> None:
    """A withdrawn entry decides nothing but stays in the history; withdrawing the withdrawal reinstates it."""
    first, second = store.add([decision(SALMON, ("fish",)), decision(SALMON, ("birds",))])
    undo = store.undo(second, "bob")
    assert store.current(SALMON) == LabelledPaper(SALMON, ("fish",))
    history = store.history("1")
    assert [(entry.number, entry.undoes, entry.withdrawn, entry.annotator) for entry in history] == [
        (first, None, False, "ada"),
        (second, None, True, "ada"),
        (undo, second, False, "bob"),
    ]
    store.undo(undo)
    assert store.current(SALMON) == LabelledPaper(SALMON, ("birds",))
    store.undo(second)
    store.undo(first)
    assert store.current(SALMON) is None
    assert list(store.labelled_papers()) == []


def test_undo_of_nothing_is_refused(store: LabelStore) -> None:
    """An unknown entry and one that is withdrawn already are told apart."""
    (number,) = store.add([decision(SALMON, ("fish",))])
    with pytest.raises(UsageError, match="no label entry 999"):
        store.undo(999)
    store.undo(number)
    with pytest.raises(UsageError, match="withdrawn already"):
        store.undo(number)


def test_labelled_papers_are_merged_and_ordered(store: LabelStore) -> None:
    """One record a paper, with its latest id; the order depends on the contents only."""
    store.add([decision(WRENS, ("birds",)), decision(SALMON, ("fish",), complete=False)])
    store.add([decision(Paper("arxiv:9", SALMON.title, SALMON.abstract), ("rivers",), complete=False)])
    salmon = LabelledPaper(Paper("arxiv:9", SALMON.title, SALMON.abstract), ("fish", "rivers"), (), False)
    expected = sorted([salmon, LabelledPaper(WRENS, ("birds",))], key=lambda label: paper_content(label.paper))
    assert list(store.labelled_papers()) == expected
    assert [entry.paper.id for entry in store.history("1")] == ["1", "arxiv:9"]


def test_papers_that_share_an_id_are_kept_apart(store: LabelStore) -> None:
    """The content decides what a paper is; blanks do not matter."""
    store.add([decision(SALMON, ("fish",)), decision(Paper("1", "Wrens"), ("birds",))])
    assert store.current(Paper("7", " Salmon ", "They  swim upstream.")) == LabelledPaper(SALMON, ("fish",))
    assert len(store.history("1")) == 2


def test_conflicts_are_between_annotators(store: LabelStore) -> None:
    """One who changes his mind is in no conflict; a complete list rejects what it does not name."""
    store.add([decision(SALMON, ("fish", "birds")), decision(SALMON, ("fish",))])
    assert store.conflicts() == []
    store.add([decision(SALMON, ("rivers",), ("fish",), complete=False, annotator="bob")])
    found = {conflict.area: conflict for conflict in store.conflicts()}
    assert found.keys() == {"fish", "rivers"}
    assert (found["fish"].accepted_by, found["fish"].rejected_by, found["fish"].applies) == (("ada",), ("bob",), False)
    assert (found["rivers"].accepted_by, found["rivers"].applies) == (("bob",), True)
    store.undo(store.history("1")[-1].number)
    assert store.conflicts() == []


def test_forget_leaves_a_fingerprint_only(store: LabelStore, url: str) -> None:
    """Nothing of the paper can be read any more, and its labels are refused."""
    store.add([decision(SALMON, ("fish",)), decision(WRENS, ("birds",))])
    store.undo(store.history("1")[0].number)
    assert store.forget("1") == Forgotten(papers=1, entries=2)
    assert store.history("1") == [] and store.current(SALMON) is None
    assert store.is_forgotten(Paper("x", "Salmon", "They swim upstream.")) and not store.is_forgotten(WRENS)
    with pytest.raises(ForgottenPaperError, match="'5' was forgotten"):
        store.add([decision(WRENS, ("fish",)), decision(Paper("5", SALMON.title, SALMON.abstract), ("fish",))])
    assert store.counts() == (1, 1)
    assert store.forget("1") == Forgotten(0, 0)
    if url.startswith("sqlite"):
        folder = Path(url.removeprefix("sqlite:///")).parent
        assert not [path for path in folder.glob("labels.db*") if b"swim upstream" in path.read_bytes()]


def test_any_text_can_be_stored(store: LabelStore) -> None:
    """NULs and lone surrogates, which databases refuse, are replaced."""
    odd = Paper("\ud83d1", "Fish\0and \U0001f41f", "'; DROP TABLE areatag_entries; --")
    store.add([Decision(LabelledPaper(odd, ("a\"b'ü",)), "Zoë\0", None)])
    label = store.current(odd)
    assert label is not None and label.areas == ("a\"b'ü",)
    assert label.paper.title == "Fish and \U0001f41f"
    assert store.history(odd.id)[0].annotator == "Zoë "


def test_the_latest_entries_are_those_of_all_papers(store: LabelStore) -> None:
    """Oldest first, with what is withdrawn marked."""
    store.add([decision(SALMON, ("fish",)), decision(WRENS, ("birds",)), decision(SALMON, ("rivers",))])
    store.undo(2)
    assert [(entry.number, entry.withdrawn) for entry in store.latest(3)] == [(2, True), (3, False), (4, False)]
    assert store.latest(0) == [] and len(store.latest(9)) == 4
    assert store.entry(2).paper == WRENS and store.entry(2).withdrawn
    with pytest.raises(NoSuchEntryError, match="no label entry 5"):
        store.entry(5)


def test_labels_come_with_the_entries_behind_them(store: LabelStore) -> None:
    """Neither withdrawn ones nor withdrawals are behind a label."""
    store.add([decision(SALMON, ("fish",)), decision(WRENS, ("birds",)), decision(SALMON, ("rivers",))])
    store.undo(2)
    store.undo(1)
    ((label, entries),) = store.labels_with_entries()
    assert (label, entries) == (LabelledPaper(SALMON, ("rivers",)), (3,))
