"""Labels across changes of the taxonomy: what a label of an earlier taxonomy says in the terms of the present one.

The taxonomy file says what changed, with one key:

    renamed   - {id: vision/video, replaces: [vision/motion]}
    merged    - {id: theory/proofs, replaces: [theory/logic, theory/induction]}
              (an area that keeps its id names itself as well: {id: theory/logic, replaces: [theory/logic, ...]})
    split     - {id: language/speech, replaces: [language/audio]} and {id: language/music, replaces: [language/audio]}
    removed   removed: [vision/ocr], beside `fields`
    new       - {id: vision/events, added: 2026-01-31}

What a label leaves open under the present taxonomy stays open: which part of a split area applies, and whether an area
applies that came after the label. Nothing is learned from that (compare the background shift of class-incremental
learning: Cermelli et al., Modeling the Background, 2020).
"""

from dataclasses import replace

from data.labels import LabelledPaper
from data.taxonomy import Taxonomy


def translate(label: LabelledPaper, taxonomy: Taxonomy, said: str = "") -> LabelledPaper:
    """Return the label in the terms of a taxonomy; ids that it does not account for are passed over.

    Args:
        label: with the ids that it was given with.
        taxonomy: in whose terms it is wanted.
        said: when the label was given (ISO 8601); "": with all present areas in mind.
    """
    rejected = _rejected(label, taxonomy)
    accepted, either = _accepted(label, taxonomy, rejected)
    kept = tuple(area for area in rejected if area not in accepted)
    if not label.complete:
        return replace(label, areas=tuple(accepted), rejected=kept)
    later = {area.id for area in taxonomy.areas if said and said[:10] < area.added}
    undecided = (either | later) - accepted.keys() - rejected.keys()
    if undecided:
        kept = tuple(area for area in taxonomy.area_ids if area not in accepted and area not in undecided)
    return replace(label, areas=tuple(accepted), rejected=kept, complete=not undecided)


def _rejected(label: LabelledPaper, taxonomy: Taxonomy) -> dict[str, None]:
    """Areas that do not apply; one that stands for others only where all of those were rejected."""
    refused = set(label.rejected)
    stand_ins = [area.id for area in taxonomy.areas if area.replaces and refused.issuperset(area.replaces)]
    return dict.fromkeys([*(area for area in label.rejected if area in taxonomy), *stand_ins])


def _accepted(
    label: LabelledPaper, taxonomy: Taxonomy, rejected: dict[str, None]
) -> tuple[dict[str, None], frozenset[str]]:
    """Areas that apply, and the parts of split areas of which at least one does."""
    accepted: dict[str, None] = {}
    either: set[str] = set()
    for area in label.areas:
        parts = (area,) if area in taxonomy else taxonomy.successors.get(area, ())
        possible = [part for part in parts if part not in rejected] if len(parts) > 1 else list(parts)
        if len(possible) == 1:
            accepted[possible[0]] = None
        else:
            either.update(possible)
    return accepted, frozenset(either)
