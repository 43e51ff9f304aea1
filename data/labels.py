"""Labels of papers, and recorded votes of one source."""

from dataclasses import dataclass

from data.papers import Paper


@dataclass(frozen=True, slots=True)
class LabelledPaper:
    """A paper with its areas, most central first.

    `rejected` are areas that do not apply. Where `complete`, no other area applies either;
    otherwise nothing is known of the areas that are not named.
    """

    paper: Paper
    areas: tuple[str, ...]
    rejected: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class RecordedVote:
    """What one source said about a paper: areas it votes for, and areas it explicitly votes against."""

    paper_id: str
    areas: tuple[str, ...]
    rejected: tuple[str, ...] = ()
