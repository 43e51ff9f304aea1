"""JSON whose objects have a shape of their own: tables by columns, annotated full texts, BioC, Web of Science."""

import json
from collections.abc import Mapping, Sequence

from data.field_names import text_field

Fields = Mapping[str, object]

_FEWEST_ROWS = 2  # in columns that are lists: a list of one is how Crossref writes a single title


def records_of_shape(value: Fields) -> list[Fields] | None:
    """Return the fields of the records in an object of such a shape, None where it has none of these shapes."""
    content, static = value.get("content"), value.get("static_data")
    if isinstance(content, dict) and isinstance(content.get("annotations"), dict):
        annotated = _annotated(value, content)
        return [annotated] if annotated else []
    if any("infons" in passage for passage in _objects(value.get("passages"))):
        return [bioc_fields(value)]
    if isinstance(static, dict):
        return [_web_of_science(value, static)]
    return _table(value) or None


def bioc_fields(document: Fields) -> Fields:
    """Return the fields of a document of BioC, whose passages say what they are (PubTator, PubMed Central)."""
    texts: dict[str, list[str]] = {"title": [], "abstract": []}
    known: dict[str, object] = {}
    for passage in _objects(document.get("passages")):
        infons = passage.get("infons")
        infons = infons if isinstance(infons, dict) else {}
        known = known or infons
        kinds = [str(infons.get(name, "")).lower() for name in ("section_type", "type", "section", "name")]
        text = str(passage.get("text") or "")
        if "title" in kinds or ("front" in kinds and not texts["title"]):
            texts["title"].append(text)
        elif any(kind.startswith("abstract") for kind in kinds):
            texts["abstract"].append(f"{text}:" if "title" in kinds[1] else text)
    return {
        "id": document.get("id") or document.get("_id"),
        "title": texts["title"][:1],
        "abstract": texts["abstract"],
        "journal": known.get("journal"),
        "year": known.get("year"),
    }


def _web_of_science(record: Fields, static: Fields) -> Fields:
    """Return the fields of a record of the API of Web of Science (Expanded)."""
    titles = {
        str(title.get("type")): title.get("content") for title in _objects(_at(static, "summary", "titles", "title"))
    }
    abstracts = _objects(_at(static, "fullrecord_metadata", "abstracts", "abstract"))
    return {
        "id": record.get("UID"),
        "title": titles.get("item"),
        "abstract": next((_at(abstract, "abstract_text", "p") for abstract in abstracts), None),
        "year": _at(static, "summary", "pub_info", "pubyear"),
        "venue": titles.get("source"),
    }


def _at(value: object, *names: str) -> object:
    """Return what is at the end of a path of names, None where it breaks off."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _objects(value: object) -> list[Fields]:
    """Return the objects in a list, or the one that stands in its place."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _annotated(value: Fields, content: Fields) -> Fields:
    """Return the fields of S2ORC's full texts, in which annotations say where in the text title and abstract are.

    They are {} where there is neither.
    """
    text, annotations = str(content.get("text")), content["annotations"]
    parts = {name: _annotated_text(_at(annotations, name), text) for name in ("title", "abstract")}
    found = {name: part for name, part in parts.items() if part}
    return {**{name: item for name, item in value.items() if name != "content"}, **found} if found else {}


def _annotated_text(annotation: object, text: str) -> str:
    """Return the parts of a text that an annotation names: [{"start": 3, "end": 9}], mostly as JSON."""
    try:
        spans = json.loads(annotation) if isinstance(annotation, str) else annotation
        objects = [span for span in spans if isinstance(span, dict)] if isinstance(spans, list) else []
        return " ".join(text[int(span["start"]) : int(span["end"])] for span in objects)
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _table(value: Fields) -> list[Fields]:
    """Return the rows of a table that was written by columns ({"title": {"0": ...}}) or split from their names."""
    columns, rows = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return [_row(columns, row) for row in rows]
    if lists := _columns_as_lists(value):
        return [_row(tuple(lists), row) for row in zip(*lists.values(), strict=True)]
    by_column = {name: item for name, item in value.items() if isinstance(item, dict) and _is_column(item)}
    if not any(text_field(name) for name in by_column) or len(by_column) < len(value):
        return []
    numbers = dict.fromkeys(number for column in by_column.values() for number in column)
    return [{name: column.get(number) for name, column in by_column.items()} for number in numbers]


def _row(columns: Sequence[object], row: Sequence[object]) -> Fields:
    return dict(zip(map(str, columns), row, strict=False))


def _is_column(item: Fields) -> bool:
    return bool(item) and all(number.isdecimal() for number in item)


def _columns_as_lists(value: Fields) -> Mapping[str, Sequence[object]]:
    """Return the columns of {"title": ["A", "B"], "abstract": ["C", "D"]}: all of them lists, equally long."""
    lists = {name: item for name, item in value.items() if isinstance(item, list)}
    lengths = {len(item) for item in lists.values()}
    is_table = len(lists) == len(value) > 1 and len(lengths) == 1 and min(lengths) >= _FEWEST_ROWS
    titles = [item for name, item in lists.items() if text_field(name) == "title"] if is_table else []
    return lists if titles and all(isinstance(title, str | None) for title in titles[0]) else {}
