"""What the service is made to answer where pictures and tests need a state of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, Route

KEY = "a-key-for-pictures"


def answer(page: Page, method: str, path: str, content: object, status: int = 200) -> None:
    """Answer calls of one method and path (a pattern) with JSON."""

    def handle(route: Route) -> None:
        if route.request.method == method:
            route.fulfill(status=status, json=content)
        else:
            route.fallback()

    page.route(re.compile(rf"^[^/]+//[^/]+/{path}(\?.*)?$"), handle)


def refuse(page: Page, method: str, path: str, sentence: str, status: int) -> None:
    """Refuse such calls."""
    answer(page, method, path, {"error": sentence, "detail": []}, status)


def stop(page: Page, path: str) -> None:
    """Let calls of a path fail as if the service had stopped."""
    page.route(re.compile(rf"^[^/]+//[^/]+/{path}(\?.*)?$"), lambda route: route.abort())


def hang(page: Page, path: str) -> None:
    """Never answer calls of a path."""
    page.route(re.compile(rf"^[^/]+//[^/]+/{path}(\?.*)?$"), lambda route: None)


def with_key(page: Page) -> None:
    """Open the page as somebody who has given a key and may retrain, whatever the service makes of it."""

    def without_key(route: Route) -> None:
        route.continue_(
            headers={name: value for name, value in route.request.headers.items() if name != "authorization"}
        )

    page.add_init_script(f"sessionStorage.setItem('areatag-key', {KEY!r})")
    page.add_init_script(f"sessionStorage.setItem('areatag-may-retrain', {KEY!r})")
    page.route(re.compile(r"^[^/]+//[^/]+/(areas|model)(\?.*)?$"), without_key)


def answer_all(page: Page, answers: Mapping[str, object]) -> None:
    """Answer GET of several paths."""
    for path, content in answers.items():
        answer(page, "GET", path, content)
