"""What is wrong with labels that a model is to learn from: said before hours are spent on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from data.errors import quoted
from data.label_store.merging import merge
from data.label_store.records import Entry
from data.labels import LabelledPaper
from data.papers import content_id, folded_title
from data.taxonomy import Taxonomy

ENOUGH_PAPERS = 300
"""With fewer labelled papers, and nothing else to learn from, all of them train, and the heads fitted before
(`training.fine_tuning.linear_probe`) calibrate; with more, some are kept aside to calibrate and measure the model."""
ENOUGH_FOR_AREA = 10
"""Papers from which an area is learned well enough to be useful."""
_FEW_FOR_AREA = 5
_MOST_NAMES = 8


def merged(labelled: Iterable[LabelledPaper]) -> tuple[tuple[LabelledPaper, ...], tuple[str, ...]]:
    """Return every paper once, and the ids of those whose labels contradict each other.

    Records are of one paper where title and abstract are the same, or id and title. As in the label store the latest
    record about each area counts. A paper stands where it came first.
    """
    first: dict[tuple[str, str], int] = {}
    given: list[list[LabelledPaper]] = []
    contradicting: dict[str, None] = {}
    for label in labelled:
        keys = (("", content_id(label.paper.title, label.paper.abstract)), (label.paper.id, folded_title(label.paper)))
        place = next((first[key] for key in keys if key in first), len(given))
        if place == len(given):
            given.append([])
        elif any(_contradict(earlier, label) for earlier in given[place]):
            contradicting[label.paper.id] = None
        given[place].append(label)
        for key in keys:
            first.setdefault(key, place)
    return tuple(labels[0] if len(labels) == 1 else _latest(labels) for labels in given), tuple(contradicting)


def nothing_to_learn(labelled: Sequence[LabelledPaper]) -> bool:
    """Return whether no paper has an area."""
    return not any(label.areas for label in labelled)


def warnings(
    labelled: Sequence[LabelledPaper], contradicting: Sequence[str], taxonomy: Taxonomy, has_validation: bool
) -> list[str]:
    """Return what the user should know of labels that are all there is to learn from.

    Args:
        labelled: the papers, each once.
        contradicting: ids of papers that were given with different labels.
        taxonomy: of the areas.
        has_validation: whether other labelled papers calibrate and measure the model.
    """
    found = [contradiction(contradicting)] if contradicting else []
    papers = Counter(area for label in labelled for area in label.areas)
    names = {area.id: area.name for area in taxonomy.areas}
    if never := [name for area, name in names.items() if not papers[area]]:
        found.append(
            f"{len(never)} of {len(names)} areas occur in no paper, so the model will hardly ever give them: "
            f"{_listed(never)}. Label papers of theirs, or take them out of the taxonomy."
        )
    if few := [name for area, name in names.items() if 0 < papers[area] < _FEW_FOR_AREA]:
        found.append(
            f"{len(few)} of {len(names)} areas occur in fewer than {_FEW_FOR_AREA} papers, too few to learn them well: "
            f"{_listed(few)}. {ENOUGH_FOR_AREA} papers of each are enough."
        )
    if len(labelled) < ENOUGH_PAPERS:
        aside = "" if has_validation else ": none is kept aside, so the model is not measured"
        found.append(f"only {len(labelled)} papers are labelled{aside}. {ENOUGH_PAPERS} are enough.")
    return found


def contradiction(ids: Sequence[str]) -> str:
    """Return the warning about papers that were given with different labels."""
    papers = f"{len(ids)} papers are" if len(ids) > 1 else "1 paper is"
    return (
        f"{papers} given more than once with different labels ({_listed([quoted(id_) for id_ in ids])}): the latest "
        "record about each area counts. Remove the wrong ones."
    )


def _contradict(first: LabelledPaper, second: LabelledPaper) -> bool:
    return any(_is_rejected(area, second) for area in first.areas) or any(
        _is_rejected(area, first) for area in second.areas
    )


def _is_rejected(area: str, label: LabelledPaper) -> bool:
    return area not in label.areas and (label.complete or area in label.rejected)


def _latest(labels: Sequence[LabelledPaper]) -> LabelledPaper:
    entries = [
        Entry(number, "", label.paper, label.areas, label.rejected, label.complete, "", None)
        for number, label in enumerate(labels, start=1)
    ]
    return merge(entries) or labels[-1]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
