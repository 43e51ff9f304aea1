"""Which areas are taken for their siblings."""

import numpy as np

from tests.training.evaluation_report.conftest import AREAS
from training.evaluation.predictions import Predictions
from training.evaluation_report.confusion import Confusion, confusions

WHALES, SHIPS, BIRDS = range(3)


def test_only_a_missed_area_with_a_wrong_sibling_is_a_confusion() -> None:
    """Not areas of other fields, nor a sibling that is given besides; the most frequent pair comes first."""
    rows = [
        ((WHALES,), (SHIPS,)),
        ((WHALES,), (SHIPS,)),
        ((SHIPS,), (WHALES,)),
        ((WHALES,), (WHALES, SHIPS)),
        ((WHALES,), (BIRDS,)),
        ((WHALES,), ()),
    ]
    labels, given = np.zeros((2, len(rows), 3), dtype=bool)
    for row, (gold, answer) in enumerate(rows):
        labels[row, list(gold)] = True
        given[row, list(answer)] = True
    found = confusions(Predictions("v", AREAS, labels, given.astype(np.float32), given))
    assert found == [
        Confusion("sea/whales", "sea/ships", (0, 1), 5),
        Confusion("sea/ships", "sea/whales", (2,), 1),
    ]
    assert found[0].to_record() == {"area": "sea/whales", "taken_for": "sea/ships", "papers": 2, "support": 5}
