"""Where heads start from an earlier model."""

from pathlib import Path

import numpy as np
import pytest

from data.taxonomy_file import parse_taxonomy
from model.artefact import Artefact
from model.heads import Heads
from tests.support.tiny import TAXONOMY
from training.fine_tuning.start import continued

RENAMED = TAXONOMY.replace("sea/ships", "sea/boats")


@pytest.fixture
def fresh() -> Heads:
    """Heads for three areas and two fields over the tiny encoder."""
    generator = np.random.default_rng(0)
    shapes = ((3, 16), (3,), (2, 16), (2,))
    return Heads(*(generator.normal(size=shape).astype(np.float32) for shape in shapes))


def test_known_areas_continue_and_new_ones_keep_their_text(fresh: Heads, tiny_model: Path) -> None:
    """Rows follow the id, not the place; a renamed area counts as new, and the heads given are left as they were."""
    earlier = Artefact.open(tiny_model)
    before = fresh.area_weight.copy()
    found = continued(fresh, parse_taxonomy(RENAMED, "test"), earlier)
    np.testing.assert_array_equal(found.area_weight[[0, 2]], earlier.heads.area_weight[[0, 2]])
    np.testing.assert_array_equal(found.area_bias[[0, 2]], earlier.heads.area_bias[[0, 2]])
    np.testing.assert_array_equal(found.area_weight[1], fresh.area_weight[1])
    np.testing.assert_array_equal(found.field_weight, earlier.heads.field_weight)
    np.testing.assert_array_equal(fresh.area_weight, before)
