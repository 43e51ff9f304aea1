"""What fields and areas are elsewhere: matches of their vocabulary, and for bundled areas arXiv's and OpenAlex's terms.

The facts about the bundled areas have a file of their own, so that no model and no digest depends on them.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import yaml

from data.taxonomy import Concept
from data.taxonomy_file import load_taxonomy

FILE = Path(__file__).parent / "taxonomies" / "crosswalk.yaml"
_OPENALEX = "https://openalex.org/subfields/"


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """What one field or area is elsewhere."""

    exact_match: tuple[str, ...] = ()
    """URIs of concepts with the same meaning."""
    close_match: tuple[str, ...] = ()
    """URIs of concepts with nearly the same meaning."""
    arxiv: tuple[str, ...] = ()
    """Categories of arXiv that hold papers of the area, the nearest first."""
    openalex: tuple[str, ...] = ()
    """URIs of OpenAlex's subfields (Scopus' ASJC codes) that hold works of the area, the nearest first."""

    def to_record(self) -> dict[str, list[str]]:
        """What there is, by name."""
        kinds = asdict(self)
        return {kind: list(found) for kind, found in kinds.items() if found}


def crosswalk_of(concept: Concept) -> Crosswalk:
    """Return what a field or an area is elsewhere; an area is a bundled one where id and name are the same."""
    bundled = _bundled().get((concept.id, concept.name), Crosswalk())
    return Crosswalk(concept.exact_match, concept.close_match, bundled.arxiv, bundled.openalex)


@cache
def _bundled() -> dict[tuple[str, str], Crosswalk]:
    given = yaml.safe_load(FILE.read_text(encoding="utf-8"))["areas"]
    return {
        (area.id, area.name): Crosswalk(
            arxiv=tuple(given[area.id]["arxiv"]),
            openalex=tuple(f"{_OPENALEX}{code}" for code in given[area.id]["openalex"]),
        )
        for area in load_taxonomy().areas
    }
