"""Linear heads in memory."""

import numpy as np

from model.calibration import Calibration
from model.heads import Heads

GENERATOR = np.random.default_rng(0)
HEADS = Heads(
    *(GENERATOR.normal(size=shape).astype(np.float32) for shape in ((3, 4), (3,), (2, 4), (2,))),
)
FEATURES = GENERATOR.normal(size=(5, 4)).astype(np.float32)


def test_folded_heads_need_no_calibration() -> None:
    """Slope and offsets are part of the weights: what the identity makes of the logits are the probabilities."""
    areas, fields = Calibration(0.7, (0.1, -0.4, 2.0), (0.5,) * 3), Calibration(1.9, (0.0, -1.0), (0.5,) * 2)
    folded = HEADS.folded(areas, fields).logits(FEATURES)
    for found, plain, calibration in zip(folded, HEADS.logits(FEATURES), (areas, fields), strict=True):
        identity = Calibration.identity(found.shape[1])
        np.testing.assert_allclose(identity.probabilities(found), calibration.probabilities(plain), atol=1e-6)


def test_stacked_heads_come_apart_again() -> None:
    """Areas first, then fields."""
    weight, bias = HEADS.stacked()
    assert weight.shape == (5, 4) and bias.shape == (5,)
    again = Heads.from_stacked(weight, bias, areas=3)
    for name in Heads.__slots__:
        np.testing.assert_array_equal(getattr(again, name), getattr(HEADS, name))
