"""What goes into the label store and what comes out of it."""

from dataclasses import dataclass

from data.labels import LabelledPaper
from data.papers import Paper


@dataclass(frozen=True, slots=True)
class Decision:
    """What a curator says about a paper, to be stored.

    A `label` that is complete and has no areas says that no area fits.
    """

    label: LabelledPaper
    annotator: str = ""
    """Who decided; empty: nobody in particular."""
    model: str | None = None
    """Version of the model whose answer prompted the decision."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history: a decision, or the withdrawal of an earlier entry."""

    number: int
    """Grows in the order in which entries were stored."""
    time: str
    """When it was stored: UTC, ISO 8601 with microseconds."""
    paper: Paper
    areas: tuple[str, ...]
    rejected: tuple[str, ...]
    complete: bool
    annotator: str
    model: str | None
    undoes: int | None = None
    """Number of the entry that this one withdraws; it then decides nothing itself."""
    withdrawn: bool = False
    """A later entry, itself not withdrawn, withdraws this one."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An area on which annotators disagree, each by the latest that he or she said."""

    paper: Paper
    area: str
    accepted_by: tuple[str, ...]
    rejected_by: tuple[str, ...]
    """Those who rejected the area, or gave a complete list without it."""
    applies: bool
    """What holds now: the latest decision."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `forget` removed."""

    papers: int
    """Papers, by content."""
    entries: int
