"""The tab Models in a real browser: figures with the papers they rest on, a retraining, its verdict, other versions."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from docs.screens.answers import answer, refuse
from docs.screens.models import GATE, JOB, LOST, MODELS, offer_models, retrained, version
from tests.serving.conftest import Server
from tests.serving.page_driver import open_page


def _open(page: Page, server: Server) -> None:
    open_page(page, server.url, "models")
    page.wait_for_selector("#models-tab:not([aria-busy]) .version")


def test_versions_with_their_figures_and_papers(page: Page, server: Server) -> None:
    """The latest first; what was not measured has no figure, and what is damaged says so."""
    offer_models(page)
    _open(page, server)
    versions = page.locator(".version")
    expect(versions).to_have_count(len(MODELS["models"]))
    names = page.locator(".version h4").all_inner_texts()
    assert names[:2] == ["20260301-0a1b2c", "20260215-adapted"] and set(names) == {
        model["name"] for model in MODELS["models"]
    }
    newest, adapted = versions.nth(0), versions.nth(1)
    for said in (
        "active",
        "not inferior",
        "Micro-F1 0.758 on 200 calibration papers",
        "on the same 61 held-out papers",
    ):
        expect(newest).to_contain_text(said, use_inner_text=True)
    expect(adapted).to_contain_text("Not measured.")
    expect(adapted).not_to_contain_text("Micro-F1")
    expect(page.locator(".versions")).to_contain_text("damaged")
    page.click("[aria-label='Figures of 20260215-adapted']")
    expect(page.locator("#figures-of")).to_have_text("20260215-adapted")
    expect(page.locator("#model-figures table")).to_have_count(0)


def test_figures_of_a_version(page: Page, server: Server) -> None:
    """Measures with intervals, how probabilities hold, and areas in any order."""
    offer_models(page)
    _open(page, server)
    expect(page.locator("#model-figures")).to_contain_text("0.738 to 0.778", use_inner_text=True)
    expect(page.locator("#model-figures .plot")).to_have_attribute("aria-label", re.compile("5% given, 2% right"))
    areas = page.locator(".by-area tbody th")
    first = areas.first.inner_text()
    page.select_option(".by-area select", "best")
    expect(areas.last).to_have_text(first)
    expect(areas.first).to_have_text("Segmentation")


def test_a_version_without_recorded_bins_says_so(page: Page, server: Server) -> None:
    """No empty plot."""
    offer_models(page)
    model = version("bundled", active=True)
    model["metrics"].pop("reliability")
    answer(page, "GET", "models", {**MODELS, "models": [model]})
    _open(page, server)
    expect(page.locator("#model-figures")).to_contain_text("not recorded for this version")
    expect(page.locator("#comparing")).to_be_hidden()


@pytest.mark.parametrize(("gate", "fallen"), [(GATE, 0), (LOST, 1)])
def test_the_verdict_is_a_picture_and_words(page: Page, server: Server, gate: dict[str, object], fallen: int) -> None:
    """Difference, interval, papers, and the areas that lost, the largest loss first."""
    offer_models(page, retrained(gate))
    _open(page, server)
    card = page.locator(".verdict-card")
    expect(card).to_contain_text(str(gate["verdict"]))
    for said in ("80 % interval", "on 61 held-out papers"):
        expect(card.locator(".plot")).to_have_attribute("aria-label", re.compile(said))
    changes = card.locator("tbody td:last-child")
    expect(changes.first).to_have_text(re.compile("^\\s*\N{MINUS SIGN}"))
    expect(changes.last).to_have_text(re.compile(r"^\s*\+"))
    expect(card.locator(".fallen")).to_have_count(fallen)


def test_a_retraining_from_start_to_end(page: Page, server: Server) -> None:
    """Its stages are shown as they come; when it ends the versions are asked for again."""
    offer_models(page)
    answer(page, "POST", "retrain", {**JOB, "state": "queued", "stages": [], "steps": 0})
    answer(page, "GET", f"retrain/{JOB['job']}", JOB)
    _open(page, server)
    expect(page.locator("#retrain-labels")).to_contain_text("244 of them complete")
    page.click("#retrain-start")
    expect(page.locator("#retrain-state")).to_contain_text("Training the heads, 40 of 225")
    expect(page.locator("#retrain-stages [aria-current]")).to_have_text(re.compile("^… Training the heads"))
    expect(page.locator("#retrain-form")).to_be_hidden()
    refuse(page, "GET", f"retrain/{JOB['job']}", "The service is not ready.", 503)
    expect(page.locator("#retrain-state")).to_contain_text("The retraining goes on by itself")
    done = retrained(GATE)
    answer(page, "GET", f"retrain/{JOB['job']}", done)
    answer(
        page,
        "GET",
        "retrain",
        {"jobs": [done], "problem": None, "labels": {"papers": 9, "complete": 9, "held_out": 2, "held_out_needed": 50}},
    )
    with page.expect_request("**/models"):
        expect(page.locator(".verdict-card")).to_contain_text("It is active now.")
    expect(page.locator("#retrain-labels")).to_contain_text("about 200 complete labels")


def test_a_retraining_that_ends_while_the_versions_are_listed(page: Page, server: Server) -> None:
    """Its version is in the list although the first answer did not have it yet."""
    job = retrained(GATE)
    offer_models(page, job)
    before = {**MODELS, "models": [model for model in MODELS["models"] if model["name"] != job["version"]]}
    assert len(before["models"]) < len(MODELS["models"])
    page.route("**/models", lambda route: route.fulfill(json=before), times=1)
    _open(page, server)
    expect(page.locator(".version")).to_have_count(len(MODELS["models"]))


def test_a_retraining_is_cancelled_and_resumed(page: Page, server: Server) -> None:
    """What became of it is said, and it can be taken up again."""
    offer_models(page, JOB)
    cancelled = {**JOB, "state": "cancelled", "error": "It was cancelled."}
    answer(page, "DELETE", f"retrain/{JOB['job']}", cancelled)
    _open(page, server)
    page.click("#retrain-cancel")
    expect(page.locator("#retrain-state")).to_contain_text("the active version stayed")
    answer(page, "POST", "retrain", JOB)
    with page.expect_request(lambda request: request.method == "POST") as resumed:
        page.click("#retrain-resume")
    assert resumed.value.post_data_json == {"resume": JOB["job"]}


def test_what_prevents_a_retraining_is_said(page: Page, server: Server) -> None:
    """Before anybody tries."""
    offer_models(page)
    none = {"papers": 0, "complete": 0, "held_out": 0, "held_out_needed": 50}
    answer(page, "GET", "retrain", {"jobs": [], "problem": "There are no labels to learn from.", "labels": none})
    _open(page, server)
    expect(page.locator("#retrain-problem")).to_have_text("There are no labels to learn from.")
    expect(page.locator("#retrain-start")).to_be_disabled()


def test_another_version_is_activated_and_rolled_back(page: Page, server: Server) -> None:
    """The page says which one answers now and which one did before."""
    offer_models(page)
    _open(page, server)
    answer(
        page, "POST", "models/bundled/activate", {"name": "bundled", "model": "fake-1", "previous": "v2", "workers": 1}
    )
    page.click("[aria-label='Activate bundled']")
    page.wait_for_selector("text=fake-1 answers now; before it was v2.")
    answer(page, "POST", "models/rollback", {"name": "v2", "model": "v2", "previous": "fake-1", "workers": 1})
    page.click("#rollback-button")
    page.wait_for_selector("text=v2 answers now; before it was fake-1.")
    refuse(page, "POST", "models/rollback", "Nothing was active before bundled.", 409)
    page.click("#rollback-button")
    expect(page.locator("#models-tab .notices .problem")).to_have_text("Nothing was active before bundled.")


def test_two_versions_on_the_same_papers(page: Page, server: Server) -> None:
    """One with itself is refused here already."""
    offer_models(page)
    changed = {"id": "a", "title": "Counting cells", "lost": [], "gained": ["vision/3d"]}
    found = {"first": "a", "second": "b", "papers": 10, "papers_changed": 1, "agreement": 0.9, "lost": {}}
    answer(page, "POST", "models/compare", {**found, "gained": {"vision/3d": 1}, "changed": [changed]})
    _open(page, server)
    page.click("#comparison button")
    expect(page.locator(".compared")).to_contain_text(
        "on 10 papers of the label store: 9 papers (90%) get the same areas"
    )
    page.select_option("#comparison select >> nth=1", page.input_value("#comparison select >> nth=0"))
    page.click("#comparison button")
    expect(page.locator("#models-tab .notices .problem")).to_have_text("These are one version; choose two.")


def test_without_a_key_versions_are_shown_and_retraining_asks(page: Page, server: Server) -> None:
    """Who may, and why, in words for a person."""
    open_page(page, server.url, "models")
    page.wait_for_selector(".version >> text=bundled")
    page.click("#retrain-show")
    page.wait_for_selector("#key-dialog[open] >> text=the service asks who may")


def test_who_may_only_label_is_not_asked_for_another_key(page: Page, server: Server) -> None:
    """Only who wants to see retrainings is."""
    page.add_init_script("sessionStorage.setItem('areatag-key', 'a key to label')")
    for path in ("areas", "model"):
        answer(page, "GET", path, page.request.get(f"{server.url}/{path}").json())
    answer(page, "GET", "models", MODELS)
    _open(page, server)
    expect(page.locator("#retrain-show")).to_be_visible()
    expect(page.locator("#key-dialog[open]")).to_have_count(0)
    refuse(page, "GET", "retrain", "This call needs an API key with the role admin; this one has the role label.", 403)
    page.click("#retrain-show")
    page.wait_for_selector("#key-dialog[open] >> text=this one has the role label")
