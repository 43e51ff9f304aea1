"""The two-level taxonomy: fields, each with its research areas, as `data.taxonomy_file` reads it.

Ids are any texts, unique among the fields and among the areas. The order of the areas in the file is the
column order of every matrix [n, areas] in this project. What changed since an earlier taxonomy (`replaces` and `added`
of an area, `removed` of the whole) is read by data.taxonomy_changes.
"""

import hashlib
import json
from collections import Counter
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property

import yaml

from data.errors import AreatagError, did_you_mean, quoted


@dataclass(frozen=True, slots=True)
class Concept:
    """What fields and areas share, and what ties them to the concepts of a vocabulary that others keep (SKOS)."""

    id: str
    name: str
    _: KW_ONLY
    uri: str = ""
    """Under which the vocabulary knows the concept."""
    notation: str = ""
    """Its code in the vocabulary, such as "68T50"."""
    language: str = ""
    """Of `name` (BCP 47, lower case), where it is not the taxonomy's; "und": nobody knows."""
    names: tuple[tuple[str, str], ...] = ()
    """(language, name) in other languages, sorted."""
    exact_match: tuple[str, ...] = ()
    """URIs of concepts elsewhere with the same meaning, sorted."""
    close_match: tuple[str, ...] = ()
    """URIs of concepts elsewhere with nearly the same meaning, sorted."""

    def name_in(self, language: str) -> str:
        """The name in a language (BCP 47, any case), else in a more general one ("de" for "de-AT"), else `name`."""
        names, wanted = dict(self.names), language.lower()
        while wanted:
            if wanted == self.language:
                break
            if wanted in names:
                return names[wanted]
            wanted = wanted.rpartition("-")[0]
        return self.name


@dataclass(frozen=True, slots=True)
class Area(Concept):
    """A research area; `arxiv`: categories whose papers often belong to it; `phrases`: see data.phrases.

    `replaces`: ids of areas of an earlier taxonomy that it stands for; `added`: the day (YYYY-MM-DD) on which it came.
    """

    description: str = ""
    arxiv: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    field_id: str = ""  # set by the Field that holds the area
    replaces: tuple[str, ...] = ()
    added: str = ""


@dataclass(frozen=True, slots=True)
class Field(Concept):
    """A field of research: the upper level, implied by any of its areas."""

    arxiv: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()

    def __post_init__(self) -> None:
        areas = tuple(replace(area, field_id=self.id) for area in self.areas)
        object.__setattr__(self, "areas", areas)


@dataclass(frozen=True)
class Taxonomy:
    """All fields with their areas, hashable; raises AreatagError for repeated ids or missing areas."""

    version: int
    fields: tuple[Field, ...]
    removed: tuple[str, ...] = ()
    """Ids of areas of an earlier taxonomy that nothing stands for."""
    language: str = ""
    """Of the names (BCP 47, lower case), where it is known."""
    schemes: tuple[str, ...] = ()
    """URIs of the concept schemes that it came from, the main one first."""

    def __post_init__(self) -> None:
        for kind, ids in (("area", self.area_ids), ("field", self.field_ids)):
            repeated = [id_ for id_, times in Counter(ids).items() if times > 1]
            if repeated:
                raise AreatagError(f"The {kind} {quoted(repeated[0])} occurs twice in the taxonomy; keep one.")
        if not self.areas:
            raise AreatagError("The taxonomy has no areas; add at least one.")
        for field in self.fields:
            if not field.areas:
                raise AreatagError(f"The field {quoted(field.id)} has no areas; add one or remove the field.")
        for id_ in (*self.removed, *self.successors):
            if id_ in self:
                reason = "an area with another meaning needs a new id"
                raise AreatagError(f"The area {quoted(id_)} is in the taxonomy and also replaced or removed; {reason}.")

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages in which areas have names (BCP 47, lower case): the usual one first, where it is known."""
        others = {language for area in self.areas for language, _ in area.names}
        others |= {area.language for area in self.areas} - {"", "und"}
        return (*([self.language] if self.language else []), *sorted(others - {self.language}))

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """Every area, in file order."""
        return tuple(area for field in self.fields for area in field.areas)

    @cached_property
    def area_ids(self) -> tuple[str, ...]:
        """The id of every area, in column order [areas]."""
        return tuple(area.id for area in self.areas)

    @cached_property
    def field_ids(self) -> tuple[str, ...]:
        """The id of every field, in file order [fields]."""
        return tuple(field.id for field in self.fields)

    @cached_property
    def field_index(self) -> tuple[int, ...]:
        """The number (from 0) of every area's field, [areas]."""
        return tuple(number for number, field in enumerate(self.fields) for _ in field.areas)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {area_id: position for position, area_id in enumerate(self.area_ids)}

    @cached_property
    def successors(self) -> dict[str, tuple[str, ...]]:
        """The areas that stand for each area of an earlier taxonomy, by its id; several where it was split."""
        found: dict[str, tuple[str, ...]] = {}
        for area in self.areas:
            for old in area.replaces:
                if old == area.id:  # it took in others and kept its id
                    continue
                found[old] = (*found.get(old, ()), area.id)
        return found

    def knows(self, area_id: str) -> bool:
        """Whether the id is of an area, or of one of an earlier taxonomy that this one accounts for."""
        return area_id in self or area_id in self.successors or area_id in self.removed

    def __contains__(self, area_id: object) -> bool:
        return area_id in self._positions

    def index(self, area_id: str) -> int:
        """The column of an area; raises AreatagError naming an unknown id and the nearest known one."""
        try:
            return self._positions[area_id]
        except KeyError:
            hint = did_you_mean(area_id, self.area_ids)
            message = f"The taxonomy has no area {quoted(area_id)}; use one of its {len(self.areas)} ids.{hint}"
            raise AreatagError(message) from None

    def area(self, area_id: str) -> Area:
        """The area with this id; raises AreatagError as `index` does."""
        return self.areas[self.index(area_id)]

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 (64 hex digits) of the content, the same for every way to write it in YAML."""
        canonical = json.dumps(self._content(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_yaml(self) -> str:
        """The taxonomy as a YAML file that `data.taxonomy_file` reads back to an equal one."""
        return str(yaml.safe_dump(self._content(), allow_unicode=True, sort_keys=False, width=1_000_000))

    def _content(self) -> dict[str, object]:
        def used(**entries: object) -> dict[str, object]:
            return {key: list(value) if isinstance(value, tuple) else value for key, value in entries.items() if value}

        def shared(concept: Concept) -> dict[str, object]:
            c = concept
            return used(
                id=c.id, name=c.name, language=c.language, names=dict(c.names), uri=c.uri, notation=c.notation,
                exact_match=c.exact_match, close_match=c.close_match,
            )  # fmt: skip

        fields = []
        for field in self.fields:
            areas = [
                shared(a) | used(description=a.description, arxiv=a.arxiv, phrases=a.phrases, replaces=a.replaces,
                                 added=a.added)
                for a in field.areas
            ]  # fmt: skip
            fields.append(shared(field) | used(arxiv=field.arxiv, areas=areas))
        about = used(language=self.language, schemes=self.schemes, removed=self.removed)
        return {"version": self.version, **about, "fields": fields}


def area_texts(taxonomy: Taxonomy, phrases: bool = True) -> list[str]:
    """Every area as one text for an encoder, in column order: name, description and, where wanted, its phrases."""
    listed = [", ".join(area.phrases) if phrases else "" for area in taxonomy.areas]
    parts = ((area.name, area.description, given) for area, given in zip(taxonomy.areas, listed, strict=True))
    return [". ".join(filter(None, texts)) for texts in parts]
