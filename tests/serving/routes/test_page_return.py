"""Coming back to the page, and two of its tabs at once: nobody is asked unasked, and nothing is overwritten."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from docs.screens.answers import KEY, answer, hang, refuse
from docs.screens.models import MODELS, offer_models, version
from docs.screens.review import GUIDE, QUEUE, begin, offer_review, save
from tests.serving.conftest import ADMIN_KEY, Server
from tests.serving.page_driver import load, loaded, open_page, tag
from tests.serving.routes.test_page_collection import wait_until_held


def _tab(context: BrowserContext, server: Server, name: str) -> Page:
    """Another tab of the browser, where the reviewer has a key too."""
    page = context.new_page()
    offer_review(page)
    open_page(page, server.url, name)
    return page


@pytest.mark.parametrize("name", ["tag", "collection", "models", "review"])
def test_nobody_is_asked_for_a_key_before_wanting_something(page: Page, server: Server, name: str) -> None:
    """A queue is kept, but its reviewer's key went with the tab that had it."""
    first = _tab(page.context, server, "review")
    begin(first)
    first.close()
    open_page(page, server.url, name)
    expect(page.locator(f"#{name}-tab")).to_be_visible()
    page.click(".tabs a[href='#review']")
    expect(page.locator("#review-guide")).to_contain_text(GUIDE["typical"][0]["title"])
    expect(page.locator("#key-dialog")).to_be_hidden()


def test_examples_that_need_a_key_say_so(page: Page, server: Server) -> None:
    """A guide that did not come with the queue; a key is asked for when a decision is saved, in a person's words."""
    first = _tab(page.context, server, "review")
    for method in ("GET", "POST"):
        answer(first, method, "review", {**QUEUE, "guides": []})
    begin(first)
    first.close()
    open_page(page, server.url, "review")
    expect(page.locator("#review-guide")).to_contain_text("they show papers that others sent, so they need an API key")
    page.locator(".question").first.focus()
    page.keyboard.press("y")
    page.keyboard.press("Enter")
    expect(page.locator("#key-reason")).to_contain_text("so the service asks who may give them")


def test_a_key_that_may_not_retrain_is_not_asked_for_another_one(page: Page, server: Server) -> None:
    """Whoever has changed the key looks at versions, and is asked once retraining is wanted."""
    offer_models(page)
    refuse(page, "GET", "retrain", "This call needs an API key with the role admin; this one has the role label.", 403)
    page.add_init_script(f"sessionStorage.setItem('areatag-key', {KEY + ' of another role'!r})")
    open_page(page, server.url, "models")
    expect(page.locator(".version").first).to_be_visible()
    expect(page.locator("#retrain-show")).to_be_visible()
    expect(page.locator("#key-dialog")).to_be_hidden()


def test_what_one_tab_decides_the_other_one_shows(page: Page, server: Server) -> None:
    """Marks and what was sent; each stays at its own paper."""
    offer_review(page)
    open_page(page, server.url, "review")
    begin(page)
    other = _tab(page.context, server, "review")
    expect(other.locator(".question.current")).to_be_visible()
    page.bring_to_front()
    page.keyboard.press("y")
    expect(other.locator(".answer[aria-pressed='true']")).to_have_count(1)
    save(page)
    expect(other.locator(".saved")).to_be_visible()
    expect(other.locator("#review-count")).to_have_text("1 of 20 papers decided")
    page.keyboard.press("s")
    expect(page.locator(".place[aria-current]")).to_have_text("2")
    expect(other.locator(".saved")).to_be_visible()


def test_a_collection_stays_whole_when_another_tab_goes_on_with_the_one_before(page: Page, server: Server) -> None:
    """What the first tab still learns of its own collection is not kept over the newer one."""
    open_page(page, server.url, "collection")
    held: list[Route] = []
    page.route("**/tag", lambda route: held.append(route))
    load(page, "old.jsonl", json.dumps({"title": "We segment old cells"}))
    expect(page.locator("#collection-name")).to_have_text("old.jsonl")
    other = page.context.new_page()
    open_page(other, server.url, "collection")
    expect(other.locator("#collection-name")).to_have_text("old.jsonl")
    other.set_input_files("#file", {"name": "new.jsonl", "mimeType": "text/plain", "buffer": b'{"title": "Depth"}'})
    other.click("#confirm-action")
    expect(other.locator("#collection-tab .status")).to_have_text("1 paper tagged.")
    wait_until_held(page, held)
    held[0].continue_()
    expect(page.locator("#collection-tab .status")).to_have_text("1 paper tagged.")
    other.reload()
    expect(other.locator("#collection-name")).to_have_text("new.jsonl")
    expect(other.locator("#paper-list")).to_contain_text("Depth")
    expect(other.locator("#collection-tag")).to_have_text("Tag all again")


def test_a_decision_shows_in_the_collection(page: Page, server: Server) -> None:
    """A paper of the collection is asked for anew once its label is saved, and again when that is undone."""
    offer_review(page)
    page.add_init_script(f"sessionStorage.setItem('areatag-key', {ADMIN_KEY!r})")  # which this service knows
    open_page(page, server.url, "collection")
    paper = {name: QUEUE["papers"][0][name] for name in ("id", "title", "abstract")}
    loaded(page, "one.jsonl", json.dumps(paper))
    page.route(re.compile("/tag$"), _confirmed)
    page.click(".tabs a[href='#review']")
    begin(page)
    save(page)
    page.click(".tabs a[href='#collection']")
    expect(page.locator("#paper-list .names")).to_have_text("Translation")
    page.click(".tabs a[href='#review']")
    refuse(page, "POST", "tag", "The model is loading.", 503)
    page.click("text=Undo")
    page.click(".tabs a[href='#collection']")
    expect(page.locator("#collection-tag")).to_have_text("Tag them")


def _confirmed(route: Route) -> None:
    found: dict[str, Any] = route.fetch().json()
    for result in found["results"]:
        result["areas"] = [{"id": "language/translation", "name": "Translation", "score": 1.0, "confirmed": True}]
    route.fulfill(json=found)


def test_what_is_finished_anyway_cannot_be_cancelled(page: Page, server: Server) -> None:
    """The service activates a version whatever becomes of the page."""
    offer_models(page)
    open_page(page, server.url, "models")
    hang(page, "models/bundled/activate")
    page.click("[aria-label='Activate bundled']")
    expect(page.locator("#models-tab .progress")).to_be_visible()
    expect(page.locator("#models-tab .cancel")).to_be_hidden()


def test_versions_are_called_by_their_names(page: Page, server: Server) -> None:
    """The bundled one carries a number in its answers; nobody needs to know that both are the same."""
    number = "20260101-aaaaaaaa"
    compared = {"active": number, "papers": 61, "micro_f1": 0.7, "active_micro_f1": 0.6, "difference": 0.1}
    retrained = version(
        "20260201-bbbbbb",
        trained_at="2026-02-01T12:00:00Z",
        origin="retrained",
        parent=number,
        comparison={**compared, "verdict": "not inferior"},
    )
    bundled = version("bundled", version=number, active=True)
    offer_models(page)
    answer(page, "GET", "models", {**MODELS, "model": number, "models": [bundled, retrained]})
    open_page(page, server.url, "models")
    expect(page.locator("#model-answers")).to_have_text(f"bundled ({number}) answers now.")
    expect(page.locator(".version").first).to_contain_text("retrained from bundled")
    expect(page.locator(".version").first).to_contain_text("against bundled on the same")


def test_areas_that_apply_to_no_paper_are_not_said_to_occur(page: Page, server: Server) -> None:
    """They were given wrongly."""
    row = {"f1": 0.0, "precision": 0.0, "recall": 0.0, "support": 0.0}
    measured = version("bundled", active=True)
    areas = {"vision/3d": {**row, "f1": 0.5, "support": 4.0}, "vision/video": row, "vision/segmentation": row}
    measured["metrics"] = {**measured["metrics"], "per_area": areas}
    offer_models(page)
    answer(page, "GET", "models", {**MODELS, "models": [measured]})
    open_page(page, server.url, "models")
    expect(page.locator(".by-area")).to_contain_text("1 area applies to papers, 2 more were given wrongly.")


def test_text_from_right_to_left_runs_so(page: Page, server: Server) -> None:
    """In its own direction, with its full stop at its end."""
    open_page(page, server.url)
    tag(page, "دراسة حول الصور الطبية", "نقدم طريقة جديدة لتصنيف الصور.")
    for part in (".title", ".abstract"):
        expect(page.locator(f"#tag-answer {part}")).to_have_css("direction", "rtl")
    tag(page)
    expect(page.locator("#tag-answer .abstract")).to_have_css("direction", "ltr")
