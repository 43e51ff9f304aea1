"""The resources of the REST service: a new one is a file here, and a line below."""

from __future__ import annotations

from functools import cache

from serving.http.document import ApiDocument
from serving.routes import (
    annif_language,
    annif_learn,
    annif_projects,
    annif_suggest,
    docs,
    feedback,
    guide,
    health,
    keywords,
    model,
    model_comparison,
    models,
    page,
    papers,
    retrain,
    review,
    tagging,
)

_ANNIF = (annif_projects, annif_suggest, annif_learn, annif_language)
_CURATION = (feedback, review, guide)
_MODELS = (model, models, model_comparison, retrain)
_OWN = (tagging, papers, keywords, *_CURATION, *_MODELS, health, docs, page)
ROUTERS = tuple(resource.router for resource in (*_OWN, *_ANNIF))


@cache
def api_document() -> ApiDocument:
    """Return the description of all routes."""
    return ApiDocument([route for router in ROUTERS for route in router.routes])
