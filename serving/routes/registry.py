"""The resources of the REST service: a new one is a file here, and a line below."""

from __future__ import annotations

from functools import cache

from serving.http.document import ApiDocument
from serving.routes import docs, feedback, health, keywords, model, models, page, papers, retrain, review, tagging

ROUTERS = tuple(
    resource.router
    for resource in (tagging, papers, keywords, model, feedback, review, models, retrain, health, docs, page)
)


@cache
def api_document() -> ApiDocument:
    """Return the description of all routes."""
    return ApiDocument([route for router in ROUTERS for route in router.routes])
