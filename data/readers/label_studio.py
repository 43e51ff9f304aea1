"""Exports of Label Studio as records of labels: tasks with their annotations (JSON), or one annotation each (JSON-MIN).

Areas are the choices of the controls that are named as fields of labels are, `areas` and `not`. An annotation without a
choice says that no area applies. A task without an annotation and an annotation that was skipped say nothing, so they
are rejected rather than passed over.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from data.field_names import LABEL_FIELDS, label_value, normal_name
from data.papers import RecordError, Reject
from data.readers.records import Record, reject

Fields = Mapping[str, object]

_KINDS = {name: kind for kind in ("areas", "not") for name in LABEL_FIELDS[kind]}
_CHOSEN = ("choices", "taxonomy")
"""Types of the results that hold areas, and the names of their values."""


def labels_in(record: Record | Reject) -> Iterator[Record | Reject]:
    """Yield a record of each annotation in what Label Studio exported; any other record as it is."""
    if isinstance(record, Reject):
        yield record
        return
    annotations = record.fields.get("annotations")
    if "annotation_id" in record.fields and "annotator" in record.fields:
        yield _checked(record, record.fields["annotation_id"], partial(_from_json_min, record.fields))
    elif not isinstance(annotations, list) or label_value(record.fields, "areas") is not None:
        yield record
    elif not annotations:
        yield reject(record.file, record.line, "The task has no annotation: nobody has labelled the paper yet.")
    else:
        for annotation in annotations:
            number = annotation.get("id") if isinstance(annotation, dict) else None
            yield _checked(record, number, partial(_from_annotation, record.fields, annotation))


def _checked(record: Record, number: object, read: Callable[[], Fields]) -> Record | Reject:
    try:
        return Record(record.file, record.line, read())
    except RecordError as error:
        return reject(record.file, record.line, f"Annotation {number}: {error}")


def _from_annotation(task: Fields, annotation: object) -> Fields:
    if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
        raise RecordError("it must be an object with a list 'result', as Label Studio exports it.")
    if annotation.get("was_cancelled"):
        raise RecordError("it was skipped or cancelled in Label Studio, so it says nothing of the paper.")
    areas: dict[str, list[str]] = {}
    others: list[object] = []
    for result in annotation["result"]:
        if not isinstance(result, dict) or result.get("type") not in _CHOSEN:
            continue  # a comment, say
        name = result.get("from_name")
        kind = _KINDS.get(normal_name(name)) if isinstance(name, str) else None
        if kind is None:
            others.append(name)
        else:
            areas.setdefault(kind, []).extend(_names(result.get("value")))
    fields = {name: value for name, value in task.items() if name != "annotations"}
    if "task" in annotation and fields.get("id") == annotation["task"]:
        del fields["id"]  # the number of a task is no id of a paper
    return _label(fields, areas, others, annotation.get("completed_by"))


def _from_json_min(fields: Fields) -> Fields:
    areas: dict[str, list[str]] = {}
    kept: dict[str, object] = {}
    others: list[object] = []
    for name, value in fields.items():
        if (kind := _KINDS.get(normal_name(name))) is not None:
            areas[kind] = _names(value)
        elif _has_choices(value):
            others.append(name)
        else:
            kept[name] = value
    kept.pop("id", None)  # Label Studio writes the task's over the paper's
    return _label(kept, areas, others, kept.pop("annotator", None))


def _label(fields: dict[str, object], areas: Mapping[str, list[str]], others: list[object], by: object) -> Fields:
    """Return the fields of a label.

    Raises:
        RecordError: choices were made, but under other names than those of areas.
    """
    if others and not areas:
        raise RecordError(
            f"its choices are named {others[0]!r}; name the Choices of the labelling configuration 'areas'."
        )
    paper_id = next((value for name, value in fields.items() if normal_name(name) == "paperid" and value), None)
    return {
        **fields,
        **({} if paper_id is None else {"id": paper_id}),
        "areas": areas.get("areas", []),
        "not": areas.get("not", []),
        "annotator": _person(by),
    }


def _names(value: object) -> list[str]:
    """Return the choices in a value; one of a hierarchy as `Field > Area`.

    Raises:
        RecordError: it holds something else.
    """
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _names(next((value[name] for name in _CHOSEN if name in value), None))
    if not isinstance(value, list):
        raise RecordError(f"its choices must be a list of names, not {value!r}.")
    names: list[str] = []
    for item in value:
        is_path = isinstance(item, list) and item and all(isinstance(part, str) for part in item)
        names.extend([" > ".join(item)] if is_path else _names(item))
    return names


def _has_choices(value: object) -> bool:
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, dict) and any(name in item for name in _CHOSEN) for item in items)


def _person(by: object) -> str:
    """Return who annotated: the address, else the number of the user."""
    if isinstance(by, dict):
        by = by.get("email") or by.get("id")
    return "" if by is None else str(by)
