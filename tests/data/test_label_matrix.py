"""From labels to matrices: one way, one code for what nobody knows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.label_matrix import area_targets, field_label_matrix, field_targets, label_matrix, output_targets
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.votes.vote_matrix import UNKNOWN, labels_from_targets

AREAS = parse_taxonomy(TAXONOMY, "test")
PAPER = Paper("p", "Whale song", "the whale")
NAN = float("nan")


@st.composite
def _labels(draw: st.DrawFn) -> LabelledPaper:
    said = {area: draw(st.sampled_from(("yes", "no", "nothing"))) for area in AREAS.area_ids}
    yes, no = (tuple(area for area, word in said.items() if word == wanted) for wanted in ("yes", "no"))
    return LabelledPaper(PAPER, yes, no, draw(st.booleans()))


def test_complete_label_covers_every_area() -> None:
    """Areas not named do not apply."""
    np.testing.assert_array_equal(area_targets([LabelledPaper(PAPER, ("sky/birds",))], AREAS), [[0, 0, 1]])


def test_incomplete_label_leaves_the_rest_unknown() -> None:
    """Only the named and the rejected areas are known."""
    label = LabelledPaper(PAPER, ("sky/birds",), ("sea/ships",), complete=False)
    np.testing.assert_array_equal(area_targets([label], AREAS), [[NAN, 0, 1]])


@given(st.lists(_labels(), max_size=4))
def test_every_matrix_says_the_same_of_every_label(labelled: list[LabelledPaper]) -> None:
    """Whatever a label says: 1 for its areas, 0 for what it rejects or, being complete, leaves out; else unknown."""
    targets = area_targets(labelled, AREAS)
    assert targets.shape == (len(labelled), len(AREAS.areas)) and targets.dtype == np.float32
    for row, item in zip(targets, labelled, strict=True):
        for value, area in zip(row, AREAS.area_ids, strict=True):
            known = area in item.areas or area in item.rejected or item.complete
            assert (value == float(area in item.areas)) if known else np.isnan(value)
    votes = labels_from_targets(targets)
    assert votes.dtype == np.int8
    np.testing.assert_array_equal(votes == UNKNOWN, np.isnan(targets))
    np.testing.assert_array_equal(votes == 1, label_matrix(labelled, AREAS))


def test_fields_follow_from_areas() -> None:
    """The largest area decides; an unknown area leaves a field unknown unless another one settles it."""
    areas = np.array([[0.2, 0.6, 0.0], [NAN, 0.9, NAN], [NAN, 0.1, 0.3]], dtype=np.float32)
    fields = [[0.6, 0.0], [0.9, NAN], [NAN, 0.3]]
    np.testing.assert_allclose(field_targets(areas, AREAS), fields)
    np.testing.assert_allclose(output_targets(areas, AREAS), np.hstack([areas, np.array(fields)]))


def test_a_field_applies_where_one_of_its_areas_does() -> None:
    """Labels of fields follow from those of areas."""
    areas = np.array([[True, False, False], [False, True, True], [False, False, False]])
    np.testing.assert_array_equal(field_label_matrix(areas, AREAS), [[True, False], [True, True], [False, False]])
