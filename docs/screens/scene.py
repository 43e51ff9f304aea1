"""A state of the page that is worth a look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Scene:
    """How the page is brought into a state."""

    name: str
    """Of the picture: the tab, then the state, as in `tag-answer`."""
    address: str
    """Behind `/ui`, as in `#tag`."""
    prepare: Callable[[Page], None] = lambda page: None
    """Called on the page once it knows the service."""
    routes: Callable[[Page], None] = lambda page: None
    """Called before the page is opened: what it is to be answered instead of the service's own."""
