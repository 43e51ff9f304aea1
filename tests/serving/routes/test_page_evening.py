"""A curator's evening without a terminal: load, filter, label, undo, retrain, read the verdict, activate, roll back.

The same again with a service that is killed at every turn: what the page and the service keep is all there afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from data.label_store.store import LabelStore
from model import activation, versions
from tests.serving.mortal_service import MortalService, mortal_service
from tests.serving.page_driver import expect_value, kept_marks, new_page
from tests.support.tiny import WORDS
from training.curation.candidate_pool import FUNCTION_WORDS

_KEY = "a key for the evening"
_KEYS = f"admin:{sha256(_KEY.encode()).hexdigest()}"
_PAPERS, _LABELS = 300, 20
_OTHER_WORDS = [
    one + other
    for one in ("al", "be", "cor", "dun", "fen", "gal", "har", "kel")
    for other in ("den", "low", "mar", "nor", "rick", "ten", "ward", "wick")
]


def _papers() -> str:
    """Papers in English whose titles and texts give their areas away, as JSON Lines."""
    generator = np.random.default_rng(3)
    lines = []
    for number in range(_PAPERS):
        area = list(WORDS)[number % len(WORDS)]
        words = [str(generator.choice(WORDS[area])) for _ in range(6)]
        rest = [str(generator.choice(kind)) for _ in range(24) for kind in (sorted(FUNCTION_WORDS), _OTHER_WORDS)]
        text = {"title": f"{words[0]} {words[1]} {number}", "abstract": f"{' '.join([*words, *rest])}."}
        lines.append(json.dumps({"id": f"e{number}", **text}))
    return "\n".join(lines)


@pytest.fixture
def service(tiny_model: Path, tmp_path: Path) -> Iterator[MortalService]:
    """A fresh service: the tiny model is active, and nothing is labelled."""
    activation.activate(str(tiny_model))
    with mortal_service(_KEYS, tmp_path / "log") as service:
        yield service


@pytest.mark.parametrize("turns", ["undisturbed", "killed"])
def test_an_evening_of_a_curator(browser: Browser, service: MortalService, turns: str) -> None:
    """Everything by the page; nothing that was recorded is lost, guessed or mislabelled."""
    page = new_page(browser, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))

    def turn() -> None:
        if turns == "killed":
            service.kill()
            service.start()
            page.reload()
            page.wait_for_selector("html[data-ready]")

    first = versions.active_reference()
    page.goto(f"{service.url}/ui#collection")
    page.wait_for_selector("html[data-ready]")
    _load_filter_and_download(page, turn)
    _label(page, turn)
    made = _retrain(page, turn)
    page.click(f"[aria-label='Activate {made}']")
    page.wait_for_selector(f"text={made} answers now; before it was {first}.")
    assert versions.active_reference() == made
    turn()
    page.click("#rollback-button")
    page.wait_for_selector(f"text={first} answers now")
    assert versions.active_reference() == first and made in versions.versions()
    _check_labels()
    assert failures == []
    page.context.close()


def _load_filter_and_download(page: Page, turn: Callable[[], None]) -> None:
    file = {"name": "evening.jsonl", "mimeType": "application/jsonl", "buffer": _papers().encode()}
    page.set_input_files("#file", file)  # type: ignore[arg-type]  # its type of a payload wants an exact dict
    page.wait_for_selector(f"text={_PAPERS} papers tagged.")
    turn()
    expect(page.locator("#shown-count")).to_have_text(f"{_PAPERS} papers")
    page.fill("#list-search", "whale")
    expect(page.locator("#shown-count")).to_contain_text("of 300 papers")
    with page.expect_download() as download:
        page.click("#download-csv")
    rows = Path(download.value.path()).read_text("utf-8").splitlines()
    assert 1 < len(rows) < _PAPERS + 1
    page.click("#clear-filter")


def _label(page: Page, turn: Callable[[], None]) -> None:
    """Label the queue by keyboard, undo one, and save it again otherwise."""
    page.click(".tabs a[href='#review']")
    page.fill("#review-name", "ada")
    page.click("#review-find")
    page.fill("#key", _KEY)
    page.keyboard.press("Enter")
    page.wait_for_selector(".question.current")
    for number in range(_LABELS):
        _answer(page)
        if number == 7:  # the marks of this paper are not sent yet
            expect_value(page, lambda: [len(marks["answers"]) for marks in kept_marks(page)], [len(WORDS)] * 8)
            turn()
            expect(page.locator(".answer[aria-pressed='true']")).to_have_count(len(WORDS))
            page.click("#review-tab h2")
        page.keyboard.press("c")
        page.keyboard.press("Enter")
        page.wait_for_selector(".saved")
        expect(page.locator("#review-count")).to_have_text(f"{number + 1} of {_LABELS} papers decided")
        if number < _LABELS - 1:
            page.keyboard.press("Enter")
            page.wait_for_selector(".question.current")
    turn()
    page.keyboard.press("u")
    page.wait_for_selector("text=is withdrawn; your answers are here again.")
    expect(page.locator("#review-count")).to_have_text(f"{_LABELS - 1} of {_LABELS} papers decided")


def _answer(page: Page) -> None:
    """Say yes to the area of the title's first word, and no to the others."""
    first = page.locator("#review-paper .title").inner_text().split()[0]
    (area,) = [area for area, words in WORDS.items() if first in words]
    name = area.partition("/")[2].capitalize()
    page.keyboard.press("1")
    asked = page.locator(".question .about-area").all_inner_texts()
    assert len(asked) == len(WORDS)
    for each in asked:
        page.keyboard.press("y" if each == name else "n")


def _retrain(page: Page, turn: Callable[[], None]) -> str:
    """Retrain, watch the stages, and read the verdict; the name of the new version."""
    page.click(".tabs a[href='#models']")
    page.click("#retrain-show")
    page.wait_for_selector("#retrain-form:visible")
    page.select_option("#retrain-promote", "never")
    page.click("#retrain-start")
    page.wait_for_selector("#retrain-stages li")
    turn()
    verdict = page.locator(".verdict-card")
    expect(verdict).to_contain_text("insufficient evidence")
    expect(verdict).to_contain_text("It is installed, not active.")
    expect(page.locator("#retrain-stages li").first).to_have_text(re.compile("^✓ Starting"))
    # which papers the queue draws, and so how many are held out, may differ with the processor's rounding
    expect(verdict.locator(".plot")).to_have_attribute("aria-label", re.compile(r"on \d+ held-out papers?\."))
    (made,) = set(versions.versions()) - {versions.BUNDLED, versions.active_reference()}
    page.wait_for_selector(f"[aria-label='Activate {made}']")
    return made


def _check_labels() -> None:
    """Twenty decisions and one withdrawal, as they were given."""
    with LabelStore.open() as store:
        labelled = list(store.labelled_papers())
        assert store.counts() == (_LABELS, _LABELS + 1)
    assert len(labelled) == _LABELS - 1
    for label in labelled:
        word = label.paper.title.split()[0]
        assert label.complete and [word in WORDS[area] for area in label.areas] == [True]
        assert len(label.rejected) == len(WORDS) - 1
