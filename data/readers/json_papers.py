"""Finding the papers in a JSON value: sources wrap the fields of a paper, or lists of papers, in objects of theirs."""

from collections.abc import Iterator
from functools import lru_cache

from data.field_names import FIELD_NAMES, is_label_field, normal_name, text_field
from data.field_values import abstract_in, is_missing, title_in
from data.readers.json_shapes import Fields, records_of_shape

# Lists of papers in the answers of APIs and in exports, as `list_name` spells them.
_LISTS = frozenset(
    name.replace(" ", "")
    for name in (
        "papers", "results", "result", "items", "item", "data", "docs", "documents", "records", "record", "rec",
        "entries", "entry", "hits", "hit", "works", "articles", "publications", "value", "values", "rows", "list",
        "elements", "nodes", "edges", "notes", "members", "member", "hydra member", "graph", "objects", "collection",
        "studies", "preprints", "submissions", "pub tator3",
    )
)  # fmt: skip
# Objects that hold the fields of a paper: Elasticsearch, Zotero, DataCite, Zenodo, DBLP, CouchDB, OpenReview, DOAJ.
_INNER = (
    "_source", "data", "attributes", "metadata", "info", "doc", "node", "content", "bibjson", "fields", "entryTags",
    "document", "paper", "article", "work", "publication", "record", "item", "message",
)  # fmt: skip
_VAGUE = frozenset(map(normal_name, ("description", "descriptions", "summary")))  # others than papers have these too
_DEEPEST = 12
_LONGEST_LIST = 50  # characters of its name


def is_list_name(key: str) -> bool:
    """Return whether lists under this key are lists of papers in what sources deliver."""
    return len(key) <= _LONGEST_LIST and _is_list_name(key)


@lru_cache(maxsize=1024)
def _is_list_name(key: str) -> bool:
    return "".join(filter(str.isalnum, key)).lower() in _LISTS


def is_paper(value: object) -> bool:
    """Return whether a value is one object with a title or an abstract, its own or in an object inside it."""
    return isinstance(value, dict) and (_has_text(value) or _inner(value) is not None or bool(records_of_shape(value)))


def papers_in(value: object, depth: int = _DEEPEST) -> list[Fields]:
    """Return the fields of each paper in a JSON value, in their order; of a list with papers also the other objects.

    A list that has no papers, and an object without any, gives [].
    """
    if isinstance(value, list):
        items = [item for item in value if isinstance(item, dict)]
        found = [papers_in(item, depth - 1) for item in items] if depth else []
        return (
            [fields for item, own in zip(items, found, strict=False) for fields in own or [item]] if any(found) else []
        )
    if not isinstance(value, dict) or not depth:
        return []
    lists = [item for key, item in value.items() if type(item) is list and item and is_list_name(key)]
    if not lists and _is_plain_paper(value):
        return [value]
    if (shaped := records_of_shape(value)) is not None:
        return shaped
    if papers := [fields for item in lists if is_paper(item[0]) for fields in papers_in(item, depth - 1)]:
        return papers
    if _has_text(value):
        return [_completed(value)]
    inner = _inner(value)
    return [_with_outer(value, inner)] if inner is not None else list(_below(value, depth))


def _is_plain_paper(value: Fields) -> bool:
    """Return whether an object has a title and an abstract, as most records have them: a quick look."""
    title, abstract = value.get("title"), value.get("abstract")
    return isinstance(title, str) and isinstance(abstract, str) and bool(title.strip() or abstract.strip())


def _below(value: Fields, depth: int) -> Iterator[Fields]:
    """Yield the papers in the values of an object without text of its own.

    One without an id gets the key under which it stands among others, or the id of the object around it.
    """
    ids = {name: item for name, item in value.items() if _is_id(name) and not is_missing(item)}
    # a wrapper with one member has a name; the key of a single paper is an id where it has a number
    by_id = not ids and all(map(is_paper, value.values()))
    by_id = by_id and (len(value) > 1 or any(map(str.isdecimal, next(iter(value), ""))))
    for key, item in value.items():
        for fields in papers_in(item, depth - 1):
            if isinstance(item, list) or any(map(_is_id, fields)):
                yield fields
            else:
                yield {**({"id": key} if by_id else ids), **fields}


def _is_id(name: str) -> bool:
    return normal_name(name) in FIELD_NAMES["id"]


def _has_text(value: Fields) -> bool:
    return any(_is_text(name, item) for name, item in value.items() if item)


def _is_text(name: str, item: object) -> bool:
    if isinstance(item, str) and not item.strip():
        return False
    field = text_field(name)
    if field == "title":
        return bool(title_in(item))
    return bool(field) and normal_name(name) not in _VAGUE and bool(abstract_in(item))


def _inner(value: Fields) -> Fields | None:
    """Return the object inside that has the paper's fields, None where there is none."""
    for name in _INNER:
        item = value.get(name)
        if isinstance(item, dict) and _has_text(item):
            return item
    return None


def _with_outer(outer: Fields, inner: Fields) -> Fields:
    """Return the inner fields, and of the outer ones what the inner ones lack: numbers, texts (an id, say), labels."""
    kept = {name: item for name, item in outer.items() if isinstance(item, str | int) or is_label_field(name)}
    return {**kept, **inner}


def _completed(value: Fields) -> Fields:
    """Return the fields; where title or abstract is missing, also those of the object inside that may have it."""
    fields = {text_field(name) for name, item in value.items() if not is_missing(item)}
    inner = _inner(value) if not {"title", "abstract"} <= fields else None
    return value if inner is None else {**inner, **{name: item for name, item in value.items() if not is_missing(item)}}
