"""What another active version changes for those who tag with it: which areas come and go, and which are untrained."""

from __future__ import annotations

from collections import Counter

from data.errors import AreatagError
from model.artefact import Artefact
from model.calibration_note import calibration_of
from model.measurement import untrained_areas
from model.new_areas import changes_between
from model.versions import resolve_model

_KINDS = ("renamed", "merged", "split")


def what_changed(before: str, name: str) -> str:
    """A sentence on the areas of the active version.

    Args:
        before: the version that was active; it may be damaged or gone.
        name: the one that is now.
    """
    now = Artefact.open(resolve_model(name), verify=False)
    state = "" if not calibration_of(now).uncalibrated else f" It is {calibration_of(now).text}."
    try:
        earlier = Artefact.open(resolve_model(before), verify=False).taxonomy
    except AreatagError:
        return f"{name} is active, with {len(now.taxonomy.areas)} areas.{state}"
    changes = changes_between(earlier, now.taxonomy)
    kinds = Counter(change.kind for change in changes.values())
    kept = {source for change in changes.values() for source in change.sources}
    dropped = sum(area not in kept for area in earlier.area_ids)
    new = {area for area, change in changes.items() if change.kind == "new"}
    parts = [f"{kinds[kind]} {kind}" for kind in _KINDS if kinds[kind]]
    if new:
        untrained = len(new & untrained_areas(now.card))
        how = f" ({untrained} of them untrained: tagged by their texts until a retraining)" if untrained else ""
        parts.insert(0, f"{len(new)} new{how}")
    if dropped:
        parts.append(f"{dropped} dropped")
    areas = f"areas: {', '.join(parts)}, {kinds['kept']} as before" if parts else f"the same {len(changes)} areas"
    instead = f" instead of {before}" if before != name else " as before"
    return f"{name} is active{instead}; {areas}.{state}"
