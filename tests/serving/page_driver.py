"""The page in a headless Chromium, against the service with the fake tagger."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Route, expect, sync_playwright

from tests.support.waiting import PATIENCE, wait_for

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TITLE = "We segment cells"
ABSTRACT = "Counting cells takes days. A network can segment them. Depth keeps them apart."
CONTRAST = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (channels) => channels.slice(0, 3)
        .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (node) => {
        for (; node; node = node.parentElement) {
            const colour = rgba(getComputedStyle(node).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return [255, 255, 255, 255];
    };
    const low = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !node.checkVisibility() || node.closest("mark, :disabled")) continue;
        const [a, b] = [light(rgba(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) low.push(texts.currentNode.data.trim());
    }
    return low;
}"""
"""Script that gives the texts of a page with less contrast than WCAG AA asks for."""
Calls = list[dict[str, Any]]


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Start Debian's Chromium, with further arguments; skips where there is none or it does not start."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("the page is tested in Debian's chromium, which is not installed")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
        except Error as error:
            pytest.skip(f"chromium does not start here: {error.message.splitlines()[0]}")
        expect.set_options(timeout=1000 * PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """Open a page in a context of its own, all pages of which wait as long as a busy machine needs."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE)
    return context.new_page()


def expect_value(page: Page, read: Callable[[], object], value: object) -> None:
    """Wait for a value that no assertion of Playwright reads, such as one that a script gives.

    The page goes on meanwhile, and so do the routes of the test. Playwright's own `wait_for_function` does not work
    here: the policy of the page refuses the text that it evaluates.
    """
    wait_for(read, lambda now: now == value, lambda seconds: page.wait_for_timeout(1000 * seconds))


def offer_feedback(page: Page, status: int = 200, key: str = "") -> Calls:
    """Let the service seem to take feedback, with a key where one is given; returns the bodies it accepts."""
    accepted: Calls = []

    def documents(route: Route) -> None:
        document = route.fetch().json()
        document["paths"]["/feedback"] = {"post": {}}
        route.fulfill(json=document)

    def feedback(route: Route) -> None:
        if key and route.request.headers.get("authorization") != f"Bearer {key}":
            route.fulfill(status=401, json={"error": "POST /feedback needs an API key.", "detail": []})
            return
        if status == 200:
            accepted.append(json.loads(route.request.post_data or ""))
        route.fulfill(status=status, json={"error": "The label store is full."} if status != 200 else {"stored": 1})

    page.route("**/docs.json", documents)
    page.route("**/feedback", feedback)
    return accepted


def hide_feedback(page: Page) -> None:
    """Let the service seem to take no feedback."""

    def documents(route: Route) -> None:
        document = route.fetch().json()
        document["paths"].pop("/feedback", None)
        route.fulfill(json=document)

    page.route("**/docs.json", documents)


def open_page(page: Page, url: str, tab: str = "tag") -> None:
    """Open a tab of the page and wait until it knows the model."""
    page.goto(f"{url}/ui#{tab}")
    page.wait_for_selector("html[data-ready]")


def tag(page: Page, title: str = TITLE, abstract: str = ABSTRACT) -> None:
    """Fill in the form, send it and wait for the answer and its evidence."""
    if page.is_visible("#another-button"):
        page.click("#another-button")
    page.fill("#title", title)
    page.fill("#abstract", abstract)
    page.click("#tag-button")
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing is under way."""
    page.wait_for_selector("#tag-tab:not([aria-busy]) article")


def loaded(page: Page, name: str, content: str | bytes) -> None:
    """Choose a file and wait until all of its papers are tagged."""
    load(page, name, content)
    page.wait_for_selector("#collection-tab:not([aria-busy]) .status >> text=tagged.")


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is: the rule and the element of each."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def load(page: Page, name: str, content: str | bytes) -> None:
    """Choose a file; the tab Collection is to be shown."""
    data = content.encode() if isinstance(content, str) else content
    page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": data})


def expect_areas(page: Page, *names: str) -> None:
    """Wait until these are the areas that are shown for the open paper."""
    expect(page.locator(".area:visible .name")).to_have_text(names)


def kept_marks(page: Page) -> list[dict[str, Any]]:
    """What the browser has stored of the tab Review, a paper each: what is not stored yet does not survive a reload."""
    script = """() => new Promise((resolve) => {
        const request = indexedDB.open("areatag");
        request.onsuccess = () => {
            const found = request.result.transaction("review").objectStore("review").getAll();
            found.onsuccess = () => resolve(found.result.filter((value) => value.answers));
        };
    })"""
    marks: list[dict[str, Any]] = page.evaluate(script)
    return marks
