"""The OpenAPI document says what the service does: schemathesis tries it against a running one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from data.concept_uri import concept_uri
from serving.http.document import KnownAreas
from serving.routes.concepts import label_languages
from serving.routes.papers import EXAMPLE_FILE
from serving.routes.registry import api_document
from tests.serving.conftest import Server
from tests.serving.fake_tagger import TAXONOMY

# Not any bytes are a file of papers.
_FILES = st.sampled_from(
    [
        EXAMPLE_FILE.encode(),
        b"TY  - JOUR\nID  - smith2020\nTI  - Counting snow\nER  - \n",
        b'[{"type": "book", "id": "smith2020", "title": "Tides"}]',
    ]
)
schemathesis.openapi.media_type("application/octet-stream", _FILES)
schemathesis.openapi.format("binary", _FILES.map(bytes.decode))
_KNOWN = KnownAreas(TAXONOMY.area_ids, [concept_uri(area) for area in TAXONOMY.areas], label_languages(TAXONOMY))
schema = schemathesis.openapi.from_dict(api_document().naming(_KNOWN))


@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_every_answer_conforms_to_the_document(case: schemathesis.Case[Any], server: Server) -> None:
    """Valid calls succeed, invalid ones are refused, and statuses, headers and bodies are as documented."""
    assume(not _contradicts_itself(case.body) and not _explains_too_many(case.body))
    assume(not _has_two_thresholds(case.body) and not _asks_for_other_papers(case))
    case.call_and_validate(base_url=server.url)


def _contradicts_itself(body: Any) -> bool:
    """Whether a label has an area in both lists, which is refused and which JSON Schema cannot say."""
    labels = body.get("labels") if isinstance(body, dict) else None
    for label in labels if isinstance(labels, list) else []:
        given, rejected = (label.get(name) if isinstance(label, dict) else None for name in ("areas", "not"))
        if isinstance(given, list) and isinstance(rejected, list) and any(area in rejected for area in given):
            return True
    return False


def _explains_too_many(body: Any) -> bool:
    """Whether more papers are to be explained than a call may have: the limit hangs on another field's value."""
    papers = body.get("papers") if isinstance(body, dict) else None
    return isinstance(papers, list) and len(papers) > 8 and body.get("explain") is True


def _has_two_thresholds(body: Any) -> bool:
    """Whether `threshold` and `min_precision` are both given, which exclude each other; either may be null."""
    names = ("threshold", "min_precision")
    return isinstance(body, dict) and all(body.get(name) is not None for name in names)


def _asks_for_other_papers(case: schemathesis.Case[Any]) -> bool:
    """Whether areas are given for papers that the file of the same form does not have, or its format is named wrong."""
    areas = case.body.get("areas") if isinstance(case.body, dict) and "file" in case.body else None
    return isinstance(areas, dict) and (not {*areas} <= {"smith2020"} or "format" in case.query)


def _contents(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of a request or an answer, with its place."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            described = {"request": operation.get("requestBody", {}), **operation["responses"]}
            for name, body in described.items():
                for content in body.get("content", {}).values():
                    yield f"{method} {path} {name}", content


def test_every_body_has_an_example_that_its_schema_allows() -> None:
    """Requests, answers and errors."""
    document = api_document().naming(_KNOWN)
    contents = list(_contents(document))
    assert len(contents) > 40
    for place, content in contents:
        assert "example" in content, place
        validator = jsonschema_rs.validator_for({**content["schema"], "components": document["components"]})
        problems = [f"{place}: {error.message}" for error in validator.iter_errors(content["example"])]
        assert problems == []
