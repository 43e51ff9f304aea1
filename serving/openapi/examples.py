"""What the OpenAPI document shows as examples of answers: by the name of their schema, and of errors by status."""

from __future__ import annotations

from typing import Any

_VERSION = "20260101-0a1b2c3d"
_SEGMENTATION = {"id": "vision/segmentation", "name": "Image segmentation", "score": 0.93}
_VISION = {"id": "vision", "name": "Computer vision", "score": 0.97}
_METRICS = {"micro_f1": 0.7, "macro_f1": 0.66, "precision_at_1": 0.88}
_MODEL: dict[str, Any] = {
    "version": _VERSION,
    "encoder": "all-MiniLM-L6-v2",
    "trained_on": {"papers": 36000},
    "trained_at": "2026-01-01T12:00:00Z",
    "metrics": _METRICS,
    "fields": 21,
    "areas": 118,
}
_JOB = "20260101-120000-0a1b2c"

ANSWERS: dict[str, Any] = {
    "TagResponse": {
        "model": _VERSION,
        "results": [
            {
                "id": "a",
                "title": "Learning to segment cells from few examples",
                "areas": [_SEGMENTATION],
                "fields": [_VISION],
                "abstained": False,
                "warnings": [],
                "model": _VERSION,
            }
        ],
    },
    "AreasResponse": {
        "model": _VERSION,
        "version": 1,
        "fields": [
            {
                "id": "vision",
                "name": "Computer vision",
                "arxiv": ["cs.CV"],
                "areas": [
                    {
                        "id": "vision/segmentation",
                        "name": "Image segmentation",
                        "description": "Which object or kind of thing each pixel belongs to.",
                        "arxiv": [],
                        "phrases": ["semantic segmentation"],
                        "threshold": 0.41,
                    }
                ],
            }
        ],
    },
    "ModelResponse": {**_MODEL, "card": {"version": _VERSION, "created": "2026-01-01T12:00:00Z"}},
    "ModelsResponse": {
        "model": _VERSION,
        "pinned": False,
        "models": [{"name": "bundled", **_MODEL, "active": True, "serving": True, "problem": None}],
    },
    "ActivateResponse": {"name": _VERSION, "model": _VERSION, "previous": "20251201-4d5e6f70", "workers": 2},
    "FeedbackResponse": {"stored": 1, "entries": [17]},
    "UndoResponse": {"entry": 18, "undoes": 17},
    "ReviewResponse": {
        "model": _VERSION,
        "candidates": 240,
        "considered": 240,
        "papers": [
            {
                "id": "b",
                "title": "Depth from a single picture of cells",
                "abstract": "We estimate depth in microscopy images.",
                "guesses": [{**_SEGMENTATION, "score": 0.52}],
                "reason": "The model is unsure of it.",
                "score": 0.8,
            }
        ],
    },
    "RetrainJob": {
        "job": _JOB,
        "state": "running",
        "created": "2026-01-01T12:00:00Z",
        "stage": "fine-tuning",
        "step": 40,
        "steps": 225,
        "seconds": 61.5,
        "version": None,
        "verdict": None,
        "promoted": None,
        "metrics": {},
        "error": None,
    },
}

ERRORS: dict[int, Any] = {
    400: {
        "error": "papers[0].title must be text.",
        "detail": [{"field": "papers[0].title", "problem": "must be text"}],
    },
    401: {"error": "This API key is not known here.", "detail": []},
    403: {"error": "This call needs an API key with the role admin; this one has the role tag.", "detail": []},
    404: {"error": "There is no such version; GET /models lists them.", "detail": []},
    408: {"error": "The body did not arrive within 15 seconds; send it faster.", "detail": []},
    409: {"error": "Another activation is running; ask again when it is done.", "detail": []},
    413: {"error": "The body is longer than 8388608 bytes; send fewer papers at once.", "detail": []},
    415: {"error": "The body must be JSON in UTF-8; send it with Content-Type: application/json.", "detail": []},
    429: {"error": "The service has more work than it can take; try again later.", "detail": []},
    503: {"error": "The model is still loading; ask again in a moment.", "detail": []},
}

TEXTS = {"/livez": "\n", "/readyz": "\n", "/metrics": f'areatag_papers_total{{model="{_VERSION}"}} 17.0\n'}
