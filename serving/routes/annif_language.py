"""Annif's REST interface: POST /v1/detect-language, by the detector that warns of papers in foreign languages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from data.errors import quoted
from data.language import FEWEST_BYTES, detected_languages, language_shares
from serving.http.errors import Detail, invalid
from serving.http.keys import Role
from serving.http.routing import JsonBody, Router, json_answer
from serving.routes.annif_documents import Text

_KNOWN = detected_languages()
_LANGUAGE = {"enum": sorted(_KNOWN)}
_TEXT = "We count snowflakes in pictures of the sky."


class DetectLanguageRequest(BaseModel):
    """A text and the languages that it may be in."""

    model_config = ConfigDict(strict=True)

    text: Text = Field(description=f"One of fewer than {FEWEST_BYTES} bytes holds too little to tell.")
    languages: Annotated[
        list[Annotated[str, Field(min_length=2, max_length=3, json_schema_extra=_LANGUAGE)]],
        Field(min_length=1, max_length=5, description="Candidates, as ISO 639 codes."),
    ]


class LanguageShare(BaseModel):
    """A language."""

    language: str | None = Field(description="A candidate; null: none of them, or it is not sure.")
    score: float = Field(ge=0, le=1, description="Share of the text that is in it.")


class DetectedLanguages(BaseModel):
    """The candidates, likeliest first."""

    results: list[LanguageShare]


router = Router()


@router.call(
    "POST",
    "/v1/detect-language",
    Role.TAG,
    "Annif's interface: the language of a text",
    DetectedLanguages,
    example={"results": [{"language": "en", "score": 0.98}, {"language": None, "score": 0.02}]},
)
async def detect_language(
    wanted: Annotated[
        DetectLanguageRequest, JsonBody(DetectLanguageRequest, {"text": _TEXT, "languages": ["en", "fi"]})
    ],
) -> Response:
    """The share of the text that is in each candidate, and in none of them."""
    unknown = [(place, code) for place, code in enumerate(wanted.languages) if code not in _KNOWN]
    if unknown:
        problem = "is {}, which is no language that can be told; GET /docs.json lists them"
        raise invalid([Detail(f"languages[{place}]", problem.format(quoted(code))) for place, code in unknown])
    shares = language_shares(wanted.text)
    scores: dict[str | None, float] = {code: shares.get(code, 0.0) for code in wanted.languages}
    scores[None] = round(max(0.0, 1 - sum(scores.values())), 2)
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return json_answer({"results": [{"language": code, "score": score} for code, score in ordered]})
