"""Areas as people name them: by id, by name, or by field and name."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property

from data.errors import AreatagError, did_you_mean, quoted
from data.taxonomy import Area, Taxonomy

_MOST_CHOICES = 5
_LONGEST = 120  # characters of a text that is compared with all names
_SIGNS = re.compile(r"\s*([,;/>|])\s*")
_PARTING = re.compile(r"[,;/|]")


class AreaNameError(AreatagError):
    """No area, or more than one, is meant; the message says what and what to write instead."""


class AreaNames:
    """Finds the ids of areas in what people and programs write.

    Case and blanks do not matter, nor whether a comma in a name is written " / ", as it is in keywords. An area may be
    named with its field, "Field > Area", where others have the same name. Ids of areas of an earlier taxonomy that the
    present one accounts for are ids as well.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._ids: dict[str, dict[str, None]] = {}
        fields = {field.id: field for field in taxonomy.fields}
        for area in taxonomy.areas:
            for text in _spellings(area, fields[area.field_id].name):
                self._ids.setdefault(_folded(text), {})[area.id] = None

    @cached_property
    def most_parts(self) -> int:
        """Return of how many parts a name has at most, when it is cut at commas, semicolons, slashes and bars."""
        return max(len(_PARTING.findall(name)) for name in self._ids) + 1

    def __contains__(self, text: str) -> bool:
        return self.taxonomy.knows(text) or _folded(text) in self._ids

    def id_of(self, text: str) -> str:
        """Return the id of the area that is meant.

        Raises:
            AreaNameError: no area is called so, or several are.
        """
        if self.taxonomy.knows(text):
            return text
        found: list[str] = list(self._ids.get(_folded(text), {}))
        if len(found) == 1:
            return found[0]
        if found:
            raise AreaNameError(f"{quoted(text)}, which {_listed(found)} are called; give one of these ids.")
        raise AreaNameError(f"{quoted(text)}, an area that the taxonomy lacks.{self._hint(text)}")

    def _hint(self, text: str) -> str:
        folded = _folded(text)
        for field in self.taxonomy.fields:
            if folded in (_folded(field.id), _folded(field.name)):
                return f" It is a field; name its areas ({_listed([area.id for area in field.areas])})."
        names = {_folded(area.name): area.name for area in self.taxonomy.areas}
        near = get_close_matches(folded[:_LONGEST], names, n=1, cutoff=0.6)
        by_name = f" Did you mean {quoted(names[near[0]])}?" if near else ""
        return did_you_mean(text, self.taxonomy.area_ids) or by_name


def _spellings(area: Area, field_name: str) -> Iterable[str]:
    return area.id, area.name, f"{field_name} > {area.name}"


def _folded(text: str) -> str:
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return _SIGNS.sub(lambda sign: "/" if sign[1] in ",;" else str(sign[1]), " ".join(words))


def _listed(ids: list[str]) -> str:
    more = f" and {len(ids) - _MOST_CHOICES} more" if len(ids) > _MOST_CHOICES else ""
    return ", ".join(map(quoted, ids[:_MOST_CHOICES])) + more
