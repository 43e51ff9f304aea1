"""What the tab Models shows."""

from __future__ import annotations

from docs.screens.scene import Scene

SCENES = (Scene("models-active", "#models"),)
