"""The card of a model for people."""

from model.card import card_text


def test_a_card_says_what_from_and_how_good() -> None:
    """Each measure with its interval where it has one; ids of papers and tables of areas are left out."""
    card = {
        "version": "v7",
        "created": "2026-01-31T12:00:00+00:00",
        "trained_on": {"papers": 96, "soft_labels": 0},
        "note": "Made for a test.",
        "calibrated_on": ["title:0123"],
    }
    metrics = {"micro_f1": 0.75, "p_at_1": 0.9, "papers": 40, "intervals": {"micro_f1": [0.7, 0.8]}, "per_area": {}}
    assert card_text(card, metrics) == (
        "# Model v7\n\nWritten 2026-01-31T12:00:00+00:00.\n\n"
        "## Trained on\n\n- papers: 96\n- soft labels: 0\n\n"
        "## Note\n\nMade for a test.\n\n"
        "## Measured\n\nOn 40 papers it does not name:\n\n- micro_f1: 0.75 (95 % interval 0.7 to 0.8)\n- p_at_1: 0.9\n"
    )


def test_a_card_claims_nothing_that_was_not_measured() -> None:
    """A version without figures says so; a retrained one has the comparison, both on the same papers."""
    card = {"version": "v8", "created": "2026-01-31T12:00:00+00:00"}
    assert card_text(card, {}).endswith("## Measured\n\nNothing was measured of this version.\n")
    gate = {
        "active": "v7",
        "papers": 60,
        "candidate_micro_f1": 0.71,
        "active_micro_f1": 0.7,
        "difference": 0.01,
        "verdict": "not inferior",
    }
    text = card_text(card | {"retraining": {"compared_with": "v7"}}, {"micro_f1": 0.71, "papers": 60, "gate": gate})
    assert "micro-F1 0.700 of v7, 0.710 of this one on the same 60 held-out papers: not inferior." in text
    assert "On 60 held-out papers of the label store:" in text
