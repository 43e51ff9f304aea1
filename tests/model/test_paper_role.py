"""What a paper was for a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.papers import Paper, content_id
from model.artefact import Artefact
from model.fingerprints import Fingerprints
from model.paper_role import PaperRole, roles_of
from tests.support.artefact import write_artefact

TRAINED = Paper("t", "Tides", "They rise.")
CALIBRATED = Paper("c", "Currents", "They flow.")
OTHER = Paper("o", "Owls", "They hunt.")


def test_calibration_is_told_from_training(tmp_path: Path) -> None:
    """The fingerprints of both are kept; the card says which only calibrated."""
    model = replace(
        Artefact.open(write_artefact(tmp_path / "v1", "v1")).parts,
        fingerprints=Fingerprints.of([TRAINED, CALIBRATED]),
        card={"calibrated_on": [content_id(CALIBRATED.title, CALIBRATED.abstract)]},
    )
    papers = [TRAINED, CALIBRATED, OTHER]
    assert roles_of(model, papers) == [PaperRole.TRAINED, PaperRole.CALIBRATED, PaperRole.NONE]
    unknown = replace(model, fingerprints=Fingerprints.unknown())
    assert roles_of(unknown, papers) == [PaperRole.UNKNOWN, PaperRole.CALIBRATED, PaperRole.UNKNOWN]
