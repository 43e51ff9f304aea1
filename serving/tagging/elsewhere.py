"""What the areas of answers are elsewhere, where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.crosswalk import crosswalk_of
from data.taxonomy import Taxonomy
from model.tags import TagResult


def with_crosswalks(results: Sequence[TagResult], taxonomy: Taxonomy) -> list[TagResult]:
    """Return the results with the crosswalk of each of their areas that has one."""
    known = {area.id: crosswalk_of(area) for area in taxonomy.areas}
    return [
        replace(result, crosswalk={area.id: known[area.id] for area in result.areas if known[area.id].to_record()})
        for result in results
    ]
