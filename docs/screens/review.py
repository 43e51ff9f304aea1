"""What the tab Review shows."""

from __future__ import annotations

from docs.screens.scene import Scene

SCENES = (Scene("review-empty", "#review"),)
