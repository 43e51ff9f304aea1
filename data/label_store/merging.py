"""From a paper's history to what holds now: the latest decision about each area wins."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from data.label_store.records import Conflict, Entry
from data.labels import LabelledPaper


def mark_withdrawn(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries with `withdrawn` set; a withdrawal can be withdrawn itself, and then no longer counts.

    Args:
        entries: of one paper, oldest first.
    """
    withdrawn: set[int] = set()
    for entry in reversed(entries):  # what withdraws an entry is always later than it
        if entry.undoes is not None and entry.number not in withdrawn:
            withdrawn.add(entry.undoes)
    return [replace(entry, withdrawn=entry.number in withdrawn) for entry in entries]


def merge(entries: Sequence[Entry]) -> LabelledPaper | None:
    """Return what holds for a paper, or None when nothing does because all was withdrawn.

    A complete decision settles every area. A partial one settles the areas that it names; what was complete
    before stays complete.

    Args:
        entries: of one paper, oldest first, as `mark_withdrawn` returns them.
    """
    accepted: dict[str, None] = {}  # a dict keeps the order: most central area first
    rejected: dict[str, None] = {}
    complete = False
    last: Entry | None = None
    for entry in decisions(entries):
        if entry.complete:
            accepted, rejected, complete = {}, {}, True
        for area in entry.areas:
            accepted[area] = None
            rejected.pop(area, None)
        for area in entry.rejected:
            rejected[area] = None
            accepted.pop(area, None)
        last = entry
    if last is None:
        return None
    return LabelledPaper(last.paper, tuple(accepted), tuple(rejected), complete)


def conflicts(entries: Sequence[Entry]) -> list[Conflict]:
    """Return the areas of one paper on which annotators disagree, in the order in which they were first named.

    Args:
        entries: as for `merge`.
    """
    live = list(decisions(entries))
    annotators = dict.fromkeys(entry.annotator for entry in live)
    now = merge(live)
    if now is None or len(annotators) == 1:
        return []
    opinions = {name: merge([entry for entry in live if entry.annotator == name]) for name in annotators}
    found = []
    for area in dict.fromkeys(area for entry in live for area in (*entry.areas, *entry.rejected)):
        said = {name: _opinion(label, area) for name, label in opinions.items()}
        accepted_by = tuple(name for name, applies in said.items() if applies is True)
        rejected_by = tuple(name for name, applies in said.items() if applies is False)
        if accepted_by and rejected_by:
            found.append(Conflict(now.paper, area, accepted_by, rejected_by, area in now.areas))
    return found


def decisions(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Return the entries that count: neither withdrawals nor withdrawn."""
    return (entry for entry in entries if entry.undoes is None and not entry.withdrawn)


def _opinion(label: LabelledPaper | None, area: str) -> bool | None:
    """Whether the area applies; None when nothing is said of it."""
    if label is None:
        return None
    if area in label.areas:
        return True
    return False if label.complete or area in label.rejected else None
