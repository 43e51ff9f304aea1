"""What `areatag models list` shows of each version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.artefact import Artefact
from model.calibration_note import CalibrationNote, calibration_of
from model.measurement import Comparison, Measurement, Origin, comparison_of, measurement_of, origin_of, parent_of
from model.plain_files import ArtefactError
from model.versions import activated_at, active_reference, resolve_model, versions


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVersion:
    """A version of this machine; of a damaged one, nothing but its folder is known.

    Attributes:
        version: what results carry as their model.
        created, activated_at: UTC, ISO 8601.
        parent: the version that it was retrained or adapted from.
        damaged: what is wrong with it.
    """

    name: str
    active: bool
    path: Path
    activated_at: str | None
    version: str | None = None
    created: str | None = None
    origin: Origin | None = None
    parent: str | None = None
    measured: Measurement | None = None
    comparison: Comparison | None = None
    calibration: CalibrationNote | None = None
    damaged: str | None = None

    def to_record(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "name": self.name,
            "active": self.active,
            "path": str(self.path),
            "version": self.version,
            "created": self.created,
            "activated_at": self.activated_at,
            "origin": self.origin,
            "parent": self.parent,
            "micro_f1": self.measured.micro_f1 if self.measured else None,
            "measured": self.measured.model_dump() if self.measured else None,
            "comparison": self.comparison.model_dump() if self.comparison else None,
            "calibration": self.calibration.model_dump() if self.calibration else None,
            "damaged": self.damaged,
        }


def listed_versions() -> list[ListedVersion]:
    """The versions of this machine, the bundled one first; a damaged one must not hide the others."""
    active, activated = active_reference(), activated_at()
    return [_described(name, name == active, activated.get(name)) for name in versions()]


def _described(name: str, active: bool, activated: str | None) -> ListedVersion:
    path = resolve_model(name)
    try:
        artefact = Artefact.open(path, verify=False)
        return ListedVersion(
            name=name,
            active=active,
            path=path,
            activated_at=activated,
            version=artefact.version,
            created=artefact.card.get("created"),
            origin=origin_of(artefact.card),
            parent=parent_of(artefact.card),
            measured=measurement_of(artefact.metrics, artefact.card),
            comparison=comparison_of(artefact.metrics),
            calibration=calibration_of(artefact),
        )
    except ArtefactError as error:
        return ListedVersion(name=name, active=active, path=path, activated_at=activated, damaged=str(error))


def version_lines(found: ListedVersion) -> list[str]:
    """Two to three lines: name and date; what was measured; for a retrained version the comparison."""
    mark = "*" if found.active else " "
    if found.damaged:
        return [f"{mark} {found.name}  damaged: {found.damaged}"]
    version = "" if found.version == found.name else f"  version {found.version}"
    made = f"  {found.origin} {(found.created or '')[:10]}".rstrip()
    parent = f" from {found.parent}" if found.parent else ""
    lines = [f"{mark} {found.name}{version}{made}{parent}"]
    lines.append("    " + (found.measured.summary() if found.measured else "not measured"))
    if found.calibration and found.calibration.uncalibrated:
        lines.append(f"    {found.calibration.text}")
    if found.comparison:
        lines.append(f"    {found.comparison.summary()}")
    return lines
