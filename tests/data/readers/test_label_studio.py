"""What Label Studio exports, as labels: whole (JSON) and reduced (JSON-MIN)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ContentError
from data.papers import Reject
from data.readers.label_studio import labels_in
from data.readers.labels import label_records, read_labels
from data.readers.records import Record
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY

AREAS = parse_taxonomy(TAXONOMY, "test")
DATA = {"id": "p1", "title": "Whale songs", "abstract": "They sing."}


def _choices(*names: object, control: str = "areas", kind: str = "choices") -> dict[str, object]:
    return {"id": "x1", "from_name": control, "to_name": "paper", "type": kind, "value": {kind: list(names)}}


def _annotation(*results: object, number: int = 11, by: object = 3, **more: object) -> dict[str, object]:
    return {"id": number, "completed_by": by, "result": list(results), "was_cancelled": False, "task": 5, **more}


def _task(*annotations: object, data: object = DATA) -> dict[str, object]:
    extra = {"predictions": [{"result": [_choices("sky/birds")]}], "drafts": [], "total_annotations": len(annotations)}
    return {"id": 5, "data": data, "annotations": list(annotations), **extra, "project": 2, "meta": {}}


def _read(tmp_path: Path, *tasks: object) -> list[Record | Reject]:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(list(tasks), indent=2), encoding="utf-8")
    return list(label_records(path, "labels"))


def _fields(record: Record | Reject) -> tuple[object, ...]:
    assert isinstance(record, Record)
    return tuple(record.fields.get(name) for name in ("id", "areas", "not", "annotator"))


def test_every_annotation_is_a_label_of_its_annotator(tmp_path: Path) -> None:
    """By address or number; predictions are no labels; without a choice no area applies."""
    ada = {"id": 4, "email": "ada@example.org", "first_name": "Ada"}
    found = _read(
        tmp_path,
        _task(
            _annotation(_choices("sea/whales", "Ships")),
            _annotation(_choices("sea/ships"), _choices("sky/birds", control="not"), by=ada),
            _annotation(by=None),
        ),
    )
    assert list(map(_fields, found)) == [
        ("p1", ["sea/whales", "Ships"], [], "3"),
        ("p1", ["sea/ships"], ["sky/birds"], "ada@example.org"),
        ("p1", [], [], ""),
    ]
    assert all(isinstance(record, Record) and record.fields["abstract"] == "They sing." for record in found)


def test_what_says_nothing_of_a_paper_is_rejected_with_the_reason(tmp_path: Path) -> None:
    """Skipped and cancelled annotations, tasks that nobody annotated, choices of other controls, damaged ones."""
    found = _read(
        tmp_path,
        _task(),
        _task(
            _annotation(_choices("sea/ships"), was_cancelled=True),
            _annotation(_choices("good", control="quality")),
            {"id": 12},
            "broken",
            _annotation(_choices("sea/ships") | {"value": {"choices": 7}}),
        ),
    )
    reasons = [record.reason for record in found if isinstance(record, Reject)]
    assert len(reasons) == len(found) == 6
    words = ("no annotation", "11: it was skipped", "named 'quality'", "12: it must be an object", "None: it must", "7")
    for word, reason in zip(words, reasons, strict=True):
        assert word in reason


def test_choices_beside_comments_and_in_a_hierarchy(tmp_path: Path) -> None:
    """A comment is no area, and neither is there one where only a comment was written."""
    comment = {"from_name": "comment", "to_name": "paper", "type": "textarea", "value": {"text": ["Hard."]}}
    found = _read(
        tmp_path,
        _task(_annotation(comment, _choices(["Sea science", "Whales"], kind="taxonomy"))),
        _task(_annotation(comment)),
    )
    assert [_fields(record)[1] for record in found] == [["Sea science > Whales"], []]


@pytest.mark.parametrize(
    ("value", "areas"),
    [
        ("sea/whales", ["sea/whales"]),
        ({"choices": ["sea/whales", "sky/birds"]}, ["sea/whales", "sky/birds"]),
        ([{"choices": ["sea/whales"]}, {"choices": ["sky/birds"]}], ["sea/whales", "sky/birds"]),
        ([{"taxonomy": [["Sea science", "Ships"]]}], ["Sea science > Ships"]),
        (None, []),
    ],
)
def test_json_min(tmp_path: Path, value: object, areas: list[str]) -> None:
    """One choice is a text, several are an object; the task's number, which is in place of the id, is passed over."""
    record = {**DATA, "id": 5, "annotator": 3, "annotation_id": 11, "lead_time": 2.5, "created_at": "2026-11-29"}
    chosen = {} if value is None else {"areas": value}
    (plain,) = _read(tmp_path, record | chosen)
    assert _fields(plain) == (None, areas, [], "3")
    (ours,) = _read(tmp_path, record | chosen | {"paper_id": "p1"})
    assert _fields(ours) == ("p1", areas, [], "3")
    (other,) = _read(tmp_path, record | {"topic": {"choices": ["sea/whales", "Ships"]}})
    assert isinstance(other, Reject) and "named 'topic'" in other.reason


def test_the_number_of_a_task_is_no_id_of_a_paper(tmp_path: Path) -> None:
    """The paper then has the id that is made from its content."""
    path = tmp_path / "export.json"
    path.write_text(json.dumps([_task(_annotation(_choices("Whales")), data={"title": "Whale songs"})]))
    (label,) = read_labels(path, AREAS)
    assert label.areas == ("sea/whales",) and label.paper.id.startswith("sha1:")


def test_where_every_label_counts_a_skipped_one_stops_the_reading(tmp_path: Path) -> None:
    """As any record does that is no label."""
    path = tmp_path / "export.json"
    path.write_text(json.dumps([_task(_annotation(_choices("Whales"), was_cancelled=True))]))
    with pytest.raises(ContentError, match="skipped or cancelled"):
        list(read_labels(path, AREAS))


def test_a_record_of_another_source_is_left_alone() -> None:
    """Also one with notes of its own, and one with areas."""
    for fields in ({"title": "A", "annotations": "none"}, {"title": "A", "areas": [], "annotations": []}):
        record = Record("f", 1, fields)
        assert list(labels_in(record)) == [record]
    refused = Reject("f", 1, "Broken.", "")
    assert list(labels_in(refused)) == [refused]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["result", "value", "choices", "type", "from_name", "id", "was_cancelled"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(annotations=st.lists(JSON, max_size=4), minimal=JSON)
def test_nothing_is_lost_whatever_an_export_holds(annotations: list[object], minimal: object) -> None:
    """Each annotation is a record or a reject, an empty task is a reject, and nothing fails."""
    found = list(labels_in(Record("f", 1, {**DATA, "annotations": annotations})))
    assert len(found) == max(len(annotations), 1)
    assert all(isinstance(item, Record | Reject) for item in found)
    minimal_fields = {**DATA, "annotation_id": 1, "annotator": minimal, "areas": minimal}
    assert len(list(labels_in(Record("f", 1, minimal_fields)))) == 1
