"""What the tab Collection shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page, Route

from docs.screens.scene import Scene
from docs.screens.service import ROOT

_MANY = 1000
_MIXED = "@misc{a, title = {We prune attention heads}}\n@misc{b, title = {No end\n@misc{c, year = 1999}\n"


def load(page: Page, name: str, content: str) -> None:
    """Choose a file."""
    page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": content.encode()})


def _examples(page: Page) -> None:
    load(page, "papers.jsonl", (ROOT / "examples" / "papers.jsonl").read_text())
    page.wait_for_selector("#collection-tab .status >> text=tagged.")


def _paper(page: Page) -> None:
    _examples(page)
    page.click(".list-row a >> nth=0")
    page.wait_for_selector("#collection-answer .evidence, #collection-answer .abstained")
    page.click("text=Near misses")
    page.wait_for_selector(".misses .area")


def _rejects(page: Page) -> None:
    load(page, "refs.bib", _MIXED)
    page.wait_for_selector("#collection-tab .status >> text=tagged.")


def _filtered(page: Page) -> None:
    _examples(page)
    page.fill("#list-search", "no such words at all")


def _confirm(page: Page) -> None:
    _examples(page)
    page.click("#delete-collection")


def _refused(page: Page) -> None:
    load(page, "paper.pdf", "%PDF-1.7")
    page.wait_for_selector("#collection-tab .problem:visible")


def _papers(number: int) -> str:
    subjects = (
        "Counting cells in pictures",
        "A grammar for small languages",
        "Heat in thin films",
        "Voting with doubts",
    )
    records = (
        {"id": f"p{n}", "title": f"{subjects[n % 4]}, part {n + 1}", "abstract": "Invented."} for n in range(number)
    )
    return "".join(json.dumps(record) + "\n" for record in records)


def _result(paper: dict[str, str], number: int) -> dict[str, object]:
    """Invent the areas of a paper: some have none, some only one of which nobody is sure."""
    share = 1 - (number * 37 % 100) / 100
    ranked = [
        ("Object detection and tracking", 0.9),
        ("Syntax and parsing", 0.7),
        ("Medical imaging", 0.5),
        ("Robot learning", 0.4),
    ]
    areas = [{"id": name, "name": name, "score": share * score} for name, score in ranked[number % 4 :] if share > 0.1]
    fields = [
        {"id": name, "name": name, "score": share}
        for name in (("Computer vision", "Robotics")[number % 3 % 2],)
        if areas
    ]
    rest = {"abstained": not areas, "warnings": [], "model": "20260101-0a1b2c3d"}
    return {"id": paper["id"], "title": paper["title"], "areas": areas, "fields": fields, **rest}


def _answered(page: Page, most: int = _MANY, then: Callable[[Route], None] = Route.abort) -> None:
    """Answer for the service, which would take long: so many papers; further ones meet another end."""

    def tag(route: Route) -> None:
        papers = json.loads(route.request.post_data or "")["papers"]
        numbers = [int(paper["id"][1:]) for paper in papers]
        if numbers[0] >= most:
            then(route)
        else:
            results = [_result(paper, number) for paper, number in zip(papers, numbers, strict=True)]
            route.fulfill(json={"model": "20260101-0a1b2c3d", "results": results})

    def described(route: Route, answer: dict[str, object]) -> None:
        route.fulfill(json={**route.fetch().json(), **answer})

    page.route("**/tag", tag)
    page.route("**/model", lambda route: described(route, {"version": "20260101-0a1b2c3d"}))


def _many(page: Page, wait_for: str) -> None:
    load(page, "library.jsonl", _papers(_MANY))
    page.wait_for_selector(f"#collection-tab >> {wait_for}", timeout=120_000)


def _working(page: Page) -> None:
    _answered(page, 320, lambda route: None)


def _reading(page: Page) -> None:
    page.route("**/papers", lambda route: None)
    load(page, "library.jsonl", _papers(1))
    page.wait_for_selector("#collection-tab .progress:visible")


SCENES = (
    Scene("collection-empty", "#collection"),
    Scene("collection-reading", "#collection", _reading),
    Scene("collection-few", "#collection", _examples),
    Scene("collection-paper", "#collection", _paper),
    Scene("collection-rejects", "#collection", _rejects),
    Scene("collection-nothing-found", "#collection", _filtered),
    Scene("collection-delete", "#collection", _confirm),
    Scene("collection-unknown-format", "#collection", _refused),
    Scene("collection-working", "#collection", lambda page: _many(page, "text=Tagging 321 of"), _working),
    Scene("collection-many", "#collection", lambda page: _many(page, "text=1,000 papers tagged."), _answered),
    Scene(
        "collection-stopped",
        "#collection",
        lambda page: _many(page, "text=cannot be reached"),
        partial(_answered, most=320),
    ),
)
