"""The routes of the REST service: what each call does, from its body to its answer."""

from __future__ import annotations

from dataclasses import asdict, replace

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.papers import Paper
from data.taxonomy import Taxonomy
from model.explain import MOST_SENTENCES
from model.tagger import Tagger
from model.tags import TagOptions, TagResult
from serving import metrics
from serving.admission import ExhaustedError
from serving.encoder_queue import TooLateError
from serving.openapi.document import client_schema, openapi_document
from serving.papers_in import papers_in, unknown_area
from serving.requests.errors import Detail, invalid
from serving.requests.local_paths import without_local_paths
from serving.schemas.tagging import TagRequest
from serving.state import ServiceState
from serving.tracing import describe_call

_EXPLAINED_PAPER = 1 + MOST_SENTENCES
"""What an explained paper counts for in the queue: it is encoded once more for every sentence."""


async def tag(request: Request) -> Response:
    """POST /tag: the areas of 1 to 256 papers."""
    state = _state(request)
    tagger = await state.await_model()
    wanted = await state.read(request, TagRequest)
    options = _options(wanted, tagger.taxonomy)
    papers, cuts = papers_in(wanted.papers)
    results = await _results(state, tagger, papers, options)
    results = await state.labels.confirm(papers, results, tagger.taxonomy, options)
    results = [replace(result, warnings=(*cut, *result.warnings)) for result, cut in zip(results, cuts, strict=True)]
    metrics.count_results(results)
    state.tagged.keep(papers)
    return _json({"model": tagger.version, "results": [result.to_record() for result in results]})


def _options(wanted: TagRequest, taxonomy: Taxonomy) -> TagOptions:
    areas = wanted.areas
    unknown = [(position, area) for position, area in enumerate(areas or ()) if area not in taxonomy]
    if unknown:
        raise invalid([Detail(f"areas[{position}]", unknown_area(area, taxonomy)) for position, area in unknown[:20]])
    return TagOptions(
        top_k=wanted.top_k,
        threshold=wanted.threshold,
        areas=None if areas is None else frozenset(areas),
        explain=wanted.explain,
    )


async def _results(state: ServiceState, tagger: Tagger, papers: list[Paper], options: TagOptions) -> list[TagResult]:
    seconds = state.settings.request_seconds
    metrics.CALL_PAPERS.observe(len(papers))
    describe_call(model=tagger.version, papers=len(papers))
    with state.waiting.share() as waiting:
        try:
            state.check_queue()
            waiting.take(len(papers) * (_EXPLAINED_PAPER if options.explain else 1))
            with state.tracing.encoder() as observe:
                if options.explain:
                    return await run_in_threadpool(state.encoder.explain, tagger, papers, options, seconds, observe)
                predictions = await state.encoder.predict(tagger, papers, seconds, observe)
            with state.tracing.tracer.start_as_current_span("tagging"):
                return tagger.results(papers, predictions, options)
        except ExhaustedError:
            raise state.overloaded("papers") from None
        except TooLateError:
            raise state.overloaded("seconds") from None


async def areas(request: Request) -> Response:
    """GET /areas: the taxonomy of the active model, each area with its threshold."""
    tagger = _state(request).require_model()
    fields = [asdict(field) for field in tagger.taxonomy.fields]
    thresholds = dict(zip(tagger.taxonomy.area_ids, tagger.artefact.area_calibration.thresholds, strict=True))
    for field in fields:
        for area in field["areas"]:
            del area["field_id"], area["replaces"], area["added"]  # said by its place, or of no use to a caller
            area["threshold"] = thresholds[area["id"]]
    return _json({"model": tagger.version, "version": tagger.taxonomy.version, "fields": fields})


async def model(request: Request) -> Response:
    """GET /model: what the active model is, how good, and where it comes from."""
    tagger = _state(request).require_model()
    card = tagger.artefact.card
    described = {
        "version": tagger.version,
        "encoder": tagger.artefact.encoder_name,
        "trained_on": card.get("trained_on"),
        "trained_at": card.get("created"),
        "metrics": tagger.artefact.metrics,
        "fields": len(tagger.taxonomy.fields),
        "areas": len(tagger.taxonomy.areas),
        "card": card,
    }
    return _json(without_local_paths(described))


async def docs(request: Request) -> Response:
    """GET /docs.json: the OpenAPI document, with the area ids of the active model."""
    tagger = _state(request).model.current
    return _json(openapi_document(tagger.taxonomy.area_ids if tagger else ()))


async def schema(_: Request) -> Response:
    """GET /schema.json: what bentoml.SyncHTTPClient reads to offer `client.tag(papers=...)`."""
    return _json(client_schema())


async def prometheus(_: Request) -> Response:
    """GET /metrics."""
    content, media_type = await run_in_threadpool(metrics.exposition)
    return Response(content, media_type=media_type)


ROUTES = (
    Route("/tag", tag, methods=["POST"]),
    Route("/areas", areas),
    Route("/model", model),
    Route("/docs.json", docs),
    Route("/schema.json", schema),
    Route("/metrics", prometheus),
)


def _state(request: Request) -> ServiceState:
    state: ServiceState = request.app.state.service
    return state


def _json(content: object) -> Response:
    # A metric that could not be computed is NaN, which JSON does not have.
    return Response(to_json(content, inf_nan_mode="null"), media_type="application/json")
