"""What the tab Review shows."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from docs.screens.answers import answer, hang, refuse, stop, with_key
from docs.screens.scene import Scene
from serving.routes.guide import EXAMPLE as GUIDE_EXAMPLE
from serving.routes.review import ERRORS_EXAMPLE, EXAMPLE

_TITLES = (
    "Depth from a single picture of moving cells",
    "A second look at tide gauges with graph networks",
    "Talking to a microscope: commands in plain words",
    "How many leaves has a tree? Counting under occlusion",
    "Fewer annotations for cell tracking",
)
_ABSTRACT = (
    "We estimate the depth of every cell in a single microscopy image and follow the cells through time. A network "
    "learns from simulated pictures what blur says of distance, and a second one links the masks of neighbouring "
    "frames. On four collections the tracks are longer than those of earlier methods, and a quarter of the annotations "
    "suffices."
)
_AREAS = (
    ("vision/segmentation", "Image segmentation", 0.62),
    ("vision/3d", "3D vision", 0.48),
    ("vision/video", "Video understanding", 0.31),
    ("health/medical-imaging", "Medical imaging", 0.12),
)


def _questions(shift: int) -> list[dict[str, object]]:
    kept = _AREAS[: 2 + shift % 3]
    return [{"id": area, "name": name, "score": round(score - 0.03 * shift, 2)} for area, name, score in kept]


def _paper(number: int) -> dict[str, object]:
    return {
        "id": f"p{number}",
        "content": f"content-{number}",
        "title": _TITLES[number % len(_TITLES)],
        "abstract": _ABSTRACT,
        "guesses": [],
        "questions": _questions(number + 2),
        "reason": "The model is unsure of Image segmentation (62%), 3D vision (48%).",
        "score": 0.5,
    }


QUEUE: dict[str, Any] = {
    **EXAMPLE,
    "model": "fake-1",
    "labelled": 0,
    "papers": [_paper(number) for number in range(20)],
}
NOTHING: dict[str, Any] = {**QUEUE, "candidates": 0, "labelled": 12, "papers": [], "guides": []}
_DOUBTS = [
    *ERRORS_EXAMPLE["papers"][0]["errors"],
    {"id": "vision/3d", "name": "3D vision", "given": True, "probability": 0.04, "score": 0.3},
]
_LABEL = {name: ERRORS_EXAMPLE["papers"][0][name] for name in ("areas", "not", "complete")}
DOUBTFUL: dict[str, Any] = {
    **ERRORS_EXAMPLE,
    "model": "fake-1",
    "learned": 45,
    "papers": [{**_paper(number), **_LABEL, "errors": _DOUBTS} for number in range(3)],
}
GUIDE = {**GUIDE_EXAMPLE, "model": "fake-1"}


def offer_review(page: Page) -> None:
    """Answer what a reviewer asks, to somebody with a key."""
    with_key(page)
    for method in ("GET", "POST"):
        answer(page, method, "review", QUEUE)
    answer(page, "GET", "review/errors", DOUBTFUL)
    answer(page, "GET", "guide", GUIDE)
    answer(page, "POST", "feedback", {"stored": 1, "entries": [17]})
    answer(page, "DELETE", "feedback/17", {"entry": 18, "undoes": 17})


def begin(page: Page) -> None:
    """Give a name, and find papers."""
    page.fill("#review-name", "ada")
    page.click("#review-find")
    page.wait_for_selector(".question.current")
    page.wait_for_selector("#review-guide h5")


def _half(page: Page) -> None:
    begin(page)
    page.keyboard.press("y")
    page.keyboard.press("n")


def save(page: Page) -> None:
    """Decide and save the paper that is open."""
    for _ in range(page.locator(".question").count()):
        page.keyboard.press("y")
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    page.wait_for_selector(".saved")


def _saved(page: Page) -> None:
    begin(page)
    save(page)


def _refuse_to_save(page: Page) -> None:
    offer_review(page)
    refuse(
        page, "POST", "feedback", "The label store cannot be used now, and nothing was stored; try again later.", 503
    )


def _fail_to_save(page: Page) -> None:
    _half(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#review-tab .problem:visible")


def _no_key(page: Page) -> None:
    page.click("#review-find")
    page.wait_for_selector("#key-dialog[open]")


def _nothing(page: Page) -> None:
    offer_review(page)
    for method in ("GET", "POST"):
        answer(page, method, "review", NOTHING)


def _find(page: Page) -> None:
    page.click("#review-find")
    page.wait_for_selector("#review-tab:not([aria-busy]) .status:not(:empty)")


def _stopped(page: Page) -> None:
    with_key(page)
    stop(page, "review")


def _working(page: Page) -> None:
    with_key(page)
    hang(page, "review")


def _begin_working(page: Page) -> None:
    page.click("#review-find")
    page.wait_for_selector("#review-tab .progress:visible")


def _fail_to_find(page: Page) -> None:
    page.click("#review-find")
    page.wait_for_selector("#review-tab .problem:visible")


SCENES = (
    Scene("review-empty", "#review"),
    Scene("review-key", "#review", _no_key),
    Scene("review-paper", "#review", _half, offer_review),
    Scene("review-saved", "#review", _saved, offer_review),
    Scene("review-refused", "#review", _fail_to_save, _refuse_to_save),
    Scene("review-nothing", "#review", _find, _nothing),
    Scene("review-stopped", "#review", _fail_to_find, _stopped),
    Scene("review-working", "#review", _begin_working, _working),
    Scene("review-doubtful", "#review/errors", begin, offer_review),
)
