"""Labels as keywords in the entries that they are of: the input's own file again, with the area names added."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data.papers import Reject
from data.taxonomy import Taxonomy
from data.writers import Library
from model.tags import TagResult
from serving.batch.counts import Counts

KeywordsOf = Callable[[TagResult], list[str] | None]
"""None: the entry stays as it is."""


class KeywordOutput:
    """The entries of a library with their keywords, and the rejects, as they come.

    Args:
        library: whose records are labelled.
        write: takes the bytes of the file.
        keywords_of: gives the keywords for what a paper was tagged with.
        write_rejects: takes the rejects.
    """

    finished = False
    window_path = None

    def __init__(
        self,
        library: Library,
        write: Callable[[bytes], object],
        keywords_of: KeywordsOf,
        write_rejects: Callable[[Sequence[Reject]], None],
    ) -> None:
        self.counts = Counts()
        self._library = library
        self._write = write
        self._keywords_of = keywords_of
        self._write_rejects = write_rejects

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Write the entries of a chunk, and what stands before them."""
        self.counts = counts
        for piece in self._library.written([self._keywords_of(result) for result in results]):
            self._write(piece)
        self._write_rejects(rejects)

    def finish(self) -> None:
        """Write what stands behind the last paper."""
        for piece in self._library.rest():
            self._write(piece)


def area_names(taxonomy: Taxonomy, *, hierarchy: bool) -> KeywordsOf:
    """Return what gives the names of the areas of a result, with the field as JabRef's groups have it if wanted."""
    field_names = {area.id: field.name for field in taxonomy.fields for area in field.areas}

    def names(result: TagResult) -> list[str]:
        if not hierarchy:
            return [area.name for area in result.areas]
        return [
            f"{field_names[area.id]} > {area.name}" if area.id in field_names else area.name for area in result.areas
        ]

    return names
