"""What the tab Models shows."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from docs.screens.answers import answer, answer_all, refuse, stop, with_key
from docs.screens.scene import Scene

_NAMES = (
    ("vision/segmentation", "Image segmentation"),
    ("vision/3d", "3D vision"),
    ("vision/video", "Video understanding"),
    ("language/translation", "Machine translation"),
    ("health/medical-imaging", "Medical imaging"),
    ("earth/climate-geoscience", "Climate, weather and geoscience"),
)
_PER_AREA = {
    area: {
        "f1": round(0.92 - 0.13 * number, 2),
        "precision": round(0.95 - 0.1 * number, 2),
        "recall": round(0.9 - 0.12 * number, 2),
        "support": 31 - 5 * number,
    }
    for number, (area, _) in enumerate(_NAMES)
}
_RELIABILITY = [
    {
        "low": number / 10,
        "high": (number + 1) / 10,
        "pairs": 400 // (number + 1),
        "probability": number / 10 + 0.05,
        "frequency": round(min(1, number / 10 + 0.02 + 0.05 * (number % 3)), 2),
    }
    for number in range(10)
]
GATE: dict[str, Any] = {
    "verdict": "not inferior",
    "papers": 61,
    "active": "bundled",
    "candidate": "20260301-0a1b2c",
    "active_micro_f1": 0.741,
    "candidate_micro_f1": 0.768,
    "difference": 0.027,
    "lower_bound": 0.004,
    "upper_bound": 0.049,
    "fallen": [],
    "areas": {
        area: {"papers": 12 - number, "active": 0.7, "candidate": 0.7 + change, "change": change}
        for number, ((area, _), change) in enumerate(zip(_NAMES, (0.11, 0.08, 0.05, 0.0, -0.03, -0.06), strict=True))
    },
    "reasons": ["Micro-F1 changes by +2.7 points, at worst by +0.4 (one-sided 90%)."],
    "limits": {"papers": 50, "margin": 0.01, "papers_of_area": 10, "area_margin": 0.1},
}
LOST: dict[str, Any] = {
    **GATE,
    "verdict": "inferior",
    "difference": -0.031,
    "lower_bound": -0.06,
    "upper_bound": -0.004,
    "candidate_micro_f1": 0.71,
    "fallen": ["vision/segmentation"],
    "areas": {
        **GATE["areas"],
        "vision/segmentation": {"papers": 12, "active": 0.83, "candidate": 0.6, "change": -0.23},
    },
    "reasons": [
        "Micro-F1 changes by -3.1 points and may fall by 6.0, which is not less than 1 (one-sided 90% bound).",
        "vision/segmentation falls by 23 points of F1 on 12 papers, more than 10.",
    ],
}


def _metrics(micro_f1: float, papers: int) -> dict[str, Any]:
    figures = {
        "micro_f1": micro_f1,
        "macro_f1": micro_f1 - 0.02,
        "precision": micro_f1 + 0.02,
        "recall": micro_f1 - 0.01,
        "p_at_1": 0.92,
        "mean_average_precision": 0.86,
        "brier": 0.0068,
        "ece": 0.027,
        "abstention": 0.01,
    }
    return {
        **figures,
        "papers": papers,
        "intervals": {name: [value - 0.02, value + 0.02] for name, value in figures.items()},
        "per_area": _PER_AREA,
        "reliability": _RELIABILITY,
    }


def version(name: str, **changes: object) -> dict[str, Any]:
    """A version as GET /models lists it."""
    metrics = _metrics(0.758, 200)
    measured = {name: metrics[name] for name in ("micro_f1", "macro_f1", "p_at_1", "brier", "ece", "abstention")}
    return {
        "name": name,
        "version": name,
        "active": False,
        "serving": False,
        "activated_at": None,
        "encoder": "all-MiniLM-L6-v2",
        "trained_on": {"papers": 36000, "sources": "votes of 14 sources"},
        "trained_at": "2026-01-01T12:00:00Z",
        "origin": "trained",
        "parent": None,
        "measured": {**measured, "papers": 200, "papers_of": "calibration papers, cross-fitted"},
        "comparison": None,
        "metrics": metrics,
        "fields": 21,
        "areas": 118,
        "problem": None,
        **changes,
    }


_COMPARED = {"active": "bundled", "papers": 61, "micro_f1": 0.768, "active_micro_f1": 0.741, "difference": 0.027}
MODELS: dict[str, Any] = {
    "model": "20260301-0a1b2c",
    "pinned": False,
    "models": [
        version("bundled"),
        version(
            "20260201-3d4e5f",
            trained_at="2026-02-01T20:10:00Z",
            origin="retrained",
            parent="bundled",
            comparison={**_COMPARED, "papers": 12, "difference": -0.008, "verdict": "insufficient evidence"},
        ),
        version(
            "20260215-adapted", trained_at="2026-02-15T09:00:00Z", origin="adapted", parent="bundled", measured=None
        ),
        version(
            "20260301-0a1b2c",
            trained_at="2026-03-01T21:40:00Z",
            origin="retrained",
            parent="bundled",
            active=True,
            serving=True,
            comparison={**_COMPARED, "verdict": "not inferior"},
        ),
        version(
            "20260302-broken", problem="This version is damaged; install it again.", measured=None, trained_at=None
        ),
    ],
}
JOB: dict[str, Any] = {
    "job": "20260301-213000-0a1b2c",
    "state": "running",
    "created": "2026-03-01T21:30:00+00:00",
    "stage": "training the heads",
    "step": 40,
    "steps": 225,
    "stages": [
        {"name": "starting", "began": 0.1},
        {"name": "loading the model", "began": 4.0},
        {"name": "reading the labelled papers", "began": 6.5},
        {"name": "training the heads", "began": 19.0},
    ],
    "seconds": 61.5,
    "version": None,
    "verdict": None,
    "promoted": None,
    "metrics": {},
    "error": None,
}
_LABELS = {"papers": 260, "complete": 244, "held_out": 61, "held_out_needed": 50, "left_out": None}


def retrained(gate: dict[str, Any]) -> dict[str, Any]:
    """A retraining that has ended with a verdict."""
    return {
        **JOB,
        "state": "succeeded",
        "stage": "installing",
        "stages": [*JOB["stages"], {"name": "evaluating", "began": 55.0}, {"name": "installing", "began": 60.0}],
        "version": gate["candidate"],
        "verdict": gate["verdict"],
        "promoted": gate["verdict"] == "not inferior",
        "metrics": {"gate": gate},
    }


def _with(*jobs: dict[str, Any], problem: str | None = None, labels: object = None) -> dict[str, object]:
    return {"models": MODELS, "retrain": {"jobs": [*jobs], "problem": problem, "labels": labels or _LABELS}}


def offer_models(page: Page, *jobs: dict[str, Any]) -> None:
    """Answer with several versions and these retrainings, to somebody with a key."""
    with_key(page)
    answer_all(page, _with(*jobs))
    for job in jobs:
        answer(page, "GET", f"retrain/{job['job']}", job)


def _shown(page: Page) -> None:
    page.wait_for_selector("#models-tab:not([aria-busy]) .version")


def _job_shown(page: Page) -> None:
    _shown(page)
    page.wait_for_selector("#retrain-job:visible")


def _nothing_to_learn(page: Page) -> None:
    with_key(page)
    labels = {"papers": 0, "complete": 0, "held_out": 0, "held_out_needed": 50, "left_out": None}
    problem = "There are no labels to learn from; send some to POST /feedback first."
    answer_all(
        page, _with(problem=problem, labels=labels) | {"models": MODELS | {"models": [version("bundled", active=True)]}}
    )


def _offer_comparison(page: Page) -> None:
    offer_models(page)
    found = {
        "first": "20260301-0a1b2c",
        "second": "bundled",
        "papers": 244,
        "papers_changed": 31,
        "agreement": 0.932,
        "probability_difference": 0.011,
        "lost": {"vision/3d": 4, "language/translation": 1},
        "gained": {"vision/segmentation": 22, "vision/3d": 3},
        "changed": [{"id": "a", "title": "Counting cells", "lost": ["vision/3d"], "gained": ["vision/segmentation"]}],
    }
    answer(page, "POST", "models/compare", found)


def _compare(page: Page) -> None:
    _shown(page)
    page.click("#comparison button")
    page.wait_for_selector(".compared table")


def _refuse_to_activate(page: Page) -> None:
    offer_models(page)
    refuse(
        page,
        "POST",
        "models/bundled/activate",
        "Version bundled cannot be activated; nothing changed. It is damaged.",
        409,
    )


def _fail_to_activate(page: Page) -> None:
    _shown(page)
    page.click("[aria-label='Activate bundled']")
    page.wait_for_selector("#models-tab .notices .problem:visible")


def _fail_to_open(page: Page) -> None:
    page.wait_for_selector("#models-tab .notices .problem:visible")


_FAILED = JOB | {"state": "failed", "error": "The disk is full; free some space."}
SCENES = (
    Scene("models-first", "#models", _shown),
    Scene("models-many", "#models", _shown, offer_models),
    Scene("models-nothing-to-learn", "#models", _shown, _nothing_to_learn),
    Scene("models-retraining", "#models", _job_shown, lambda page: offer_models(page, JOB)),
    Scene(
        "models-better",
        "#models",
        _job_shown,
        lambda page: offer_models(page, retrained(GATE), JOB | {"state": "failed"}),
    ),
    Scene("models-worse", "#models", _job_shown, lambda page: offer_models(page, retrained(LOST))),
    Scene(
        "models-cancelled",
        "#models",
        _job_shown,
        lambda page: offer_models(
            page, JOB | {"state": "cancelled", "error": "It was cancelled; areatag retrain --resume goes on with it."}
        ),
    ),
    Scene("models-compared", "#models", _compare, _offer_comparison),
    Scene("models-refused", "#models", _fail_to_activate, _refuse_to_activate),
    Scene("models-stopped", "#models", _fail_to_open, lambda page: stop(page, "models")),
)
