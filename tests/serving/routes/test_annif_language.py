"""The language of a text through Annif's interface."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from data.language import detected_languages

_JSON = {"Content-Type": "application/json"}  # written here: httpx encodes no lone surrogate
_ENGLISH = "The quick brown fox jumped over the lazy dog and counted its steps in the snow."


def _scores(client: TestClient, text: str, languages: list[str]) -> dict[str | None, float]:
    answer = client.post("/v1/detect-language", json={"text": text, "languages": languages})
    assert answer.status_code == 200
    return {item["language"]: item["score"] for item in answer.json()["results"]}


def test_the_likeliest_candidate_comes_first(client: TestClient) -> None:
    """The rest of the text is in none of them."""
    scores = _scores(client, _ENGLISH, ["fi", "en", "sv"])
    assert next(iter(scores)) == "en" and scores["en"] > 0.9 and scores.keys() == {"en", "fi", "sv", None}
    assert sum(scores.values()) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "snow", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", _ENGLISH])
def test_a_text_in_no_candidate(client: TestClient, text: str) -> None:
    """Or one that holds too little to tell."""
    assert next(iter(_scores(client, text, ["fi", "fi"]))) is None


def test_every_language_that_can_be_told_may_be_asked_for(client: TestClient) -> None:
    """By the codes of ISO 639 that are in use."""
    known = sorted(detected_languages())
    assert {"en", "fi", "he", "jv", "zh", "haw"} <= set(known) and not {"iw", "jw", "zh-Hant"} & set(known)
    for start in range(0, len(known), 5):
        _scores(client, _ENGLISH, known[start : start + 5])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"text": _ENGLISH, "languages": []}, "languages needs at least 1 item"),
        ({"text": _ENGLISH, "languages": ["en"] * 6}, "languages has more than 5 items"),
        ({"text": _ENGLISH, "languages": ["e"]}, "languages[0] needs at least 2 characters"),
        ({"text": _ENGLISH, "languages": ["en", "xx"]}, "languages[1] is 'xx', which is no language that can be told"),
        ({"languages": ["en"]}, "text is missing"),
        ({"text": "\ud800", "languages": ["en"]}, "text has a lone surrogate"),
    ],
)
def test_a_wrong_call_is_refused(client: TestClient, body: object, sentence: str) -> None:
    """Status 400."""
    answer = client.post("/v1/detect-language", content=json.dumps(body), headers=_JSON)
    assert answer.status_code == 400 and answer.json()["detail"].startswith(sentence), answer.json()
