"""The language of a text, by Google's Compact Language Detector 2 (naive Bayes on letter quadruples; pycld2).

Chosen on arXiv titles with formulas and names (training/EXPERIMENTS.md): of 19,000, three English ones of the length
that is asked for are taken for another language. It takes 10 MB of memory and no time to load.
"""

from collections.abc import Collection

import pycld2

FEWEST_BYTES = 30
"""Shorter texts (UTF-8) hold too little to tell: "Banach Wasserstein GAN" is no Indonesian."""
_MOST_CHARACTERS = 2000
_LEAST_KNOWN = 20
"""Per cent of a text that must be in a known language for it to be read."""
_OTHER_CODES = {"iw": "he", "jw": "jv"}
"""Codes that the library keeps from before ISO 639-1 changed them."""


def foreign_language(text: str, known: Collection[str]) -> str | None:
    """Name of the language of a text that is surely in none of the known ones (ISO 639-1 codes); else None."""
    shares = _languages(text)
    if not shares or sum(percent for _, code, percent in shares if code in known) >= _LEAST_KNOWN:
        return None
    return shares[0][0]


def main_language(text: str) -> str | None:
    """ISO 639-1 code of the language that most of a text is in; None when that is not sure."""
    shares = _languages(text)
    return shares[0][1] if shares else None


def detected_languages() -> frozenset[str]:
    """Codes of the languages that are told apart: ISO 639-1, of some languages ISO 639-2 or 639-3."""
    names = set(pycld2.DETECTED_LANGUAGES)
    codes = {_code(code) for name, code in pycld2.LANGUAGES if name in names and not name.startswith("X_")}
    return frozenset(codes)


def language_shares(text: str) -> dict[str, float]:
    """Share in [0, 1] of a text that is in each language, by its code, most first; none when that is not sure."""
    shares: dict[str, float] = {}
    for _, code, percent in _languages(text):
        shares[_code(code)] = min(1.0, shares.get(_code(code), 0.0) + percent / 100)
    return shares


def _code(code: str) -> str:
    """The code without a script or country, such as "zh" for "zh-Hant"."""
    language = code.partition("-")[0]
    return _OTHER_CODES.get(language, language)


def _languages(text: str) -> list[tuple[str, str, int]]:
    """Name, code and per cent of each language in a text, most first; none when that is not sure."""
    # the library refuses control characters and unassigned code points
    clean = text[:_MOST_CHARACTERS]
    if not clean.isprintable():
        clean = "".join(character if character.isprintable() else " " for character in clean)
    encoded = clean.encode(errors="ignore")
    if len(encoded) < FEWEST_BYTES:
        return []
    try:
        reliable, _, details = pycld2.detect(encoded, isPlainText=True)
    except pycld2.error:  # what it still refuses is not told apart
        return []
    if not reliable or details[0][1] == "un":
        return []
    return [(name.title(), code, percent) for name, code, percent, _ in details if code != "un"]
