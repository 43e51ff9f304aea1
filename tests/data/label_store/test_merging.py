"""The latest decision wins: properties that hold for every history."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.label_store.merging import conflicts, mark_withdrawn, merge
from data.label_store.records import Entry
from data.papers import Paper

PAPER = Paper("1", "Salmon")
AREAS = ("a", "b", "c")


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Decisions and withdrawals of any earlier entry."""
    entries: list[Entry] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        undoes = draw(st.none() | st.integers(1, number - 1)) if number > 1 else None
        said = draw(st.lists(st.sampled_from([None, True, False]), min_size=3, max_size=3))
        entries.append(
            Entry(
                number,
                "",
                PAPER,
                tuple(area for area, applies in zip(AREAS, said, strict=True) if applies and undoes is None),
                tuple(area for area, applies in zip(AREAS, said, strict=True) if applies is False and undoes is None),
                draw(st.booleans()) and undoes is None,
                draw(st.sampled_from(["ada", "bob"])),
                None,
                undoes,
            )
        )
    return mark_withdrawn(entries)


@given(histories())
def test_the_last_entry_that_speaks_of_an_area_decides(history: list[Entry]) -> None:
    """Compared with a search from the end of the history."""
    live = [entry for entry in history if entry.undoes is None and not entry.withdrawn]
    merged = merge(history)
    assert (merged is None) == (not live)
    if merged is None:
        return
    assert merged.complete == any(entry.complete for entry in live)
    for area in AREAS:
        speaking = [e for e in live if e.complete or area in e.areas or area in e.rejected]
        applies = bool(speaking) and area in speaking[-1].areas
        assert (area in merged.areas) == applies
        assert not (area in merged.areas and area in merged.rejected)


@given(histories())
def test_one_annotator_has_no_conflicts(history: list[Entry]) -> None:
    """Conflicts name at least one annotator on each side, never the same one."""
    for conflict in conflicts(history):
        assert conflict.accepted_by and conflict.rejected_by
        assert not set(conflict.accepted_by) & set(conflict.rejected_by)
    assert conflicts([entry for entry in history if entry.annotator == "ada"]) == []
