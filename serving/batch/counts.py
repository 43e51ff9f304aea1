"""What became of the records of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from model.tags import TagResult


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of a run; ``read == labelled + rejected``."""

    read: int = 0
    labelled: int = 0
    rejected: int = 0
    repeated: int = 0
    """Labelled papers whose id an earlier paper has."""
    papers_at_precision: int = field(default=0, compare=False)
    """With `min_precision`: papers that have an area; no count of records, so not compared, nor are the next two."""
    areas_at_precision: int = field(default=0, compare=False)
    """All their areas."""
    areas_by_default: int = field(default=0, compare=False)
    """Areas at their own thresholds, which they would have without it."""
    digest: str = field(default="", compare=False)
    """SHA-256 over the records read, which a resumed run must find again; no count, so not compared."""

    def with_chunk(self, labelled: int, rejected: int, repeated: int, digest: str) -> Counts:
        """Return the counts after so many more records; the digest is over all."""
        return replace(
            self,
            read=self.read + labelled + rejected,
            labelled=self.labelled + labelled,
            rejected=self.rejected + rejected,
            repeated=self.repeated + repeated,
            digest=digest,
        )

    def with_precision(self, results: Sequence[TagResult]) -> Counts:
        """Return the counts with what `min_precision` left of these results."""
        pairs = [result.at_precision for result in results if result.at_precision is not None]
        return replace(
            self,
            papers_at_precision=self.papers_at_precision + sum(found > 0 for found, _ in pairs),
            areas_at_precision=self.areas_at_precision + sum(found for found, _ in pairs),
            areas_by_default=self.areas_by_default + sum(own for _, own in pairs),
        )

    def summary(self) -> str:
        """The line that ends a run."""
        return f"read {self.read} = labelled {self.labelled} + rejected {self.rejected}"

    def remaining(self, precision: float) -> str:
        """What a precision asked for leaves, in a line for people."""
        papers = self.papers_at_precision / max(self.labelled, 1)
        areas = self.areas_at_precision / max(self.areas_by_default, 1)
        return (
            f"At precision {precision:g}, {papers:.1%} of the papers have an area; {self.areas_at_precision} areas are "
            f"{areas:.1%} of the {self.areas_by_default} given by default."
        )
