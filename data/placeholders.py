"""What sources write where they have no title or no abstract: "N/A", "[No abstract available]"."""

import re

_LONGEST_NO_ABSTRACT = 120
_LONGEST_NO_TITLE = 30
_FEWEST_OF_TWO = 16  # letters of a placeholder that stands there twice
_DASHES = " \t\r\n-\u2013\u2014\u2026._/*()[]?"
_NO_LETTERS = re.compile(r"[\W_]+")

# Compared are the letters alone, in lower case: blanks, brackets and stops do not matter.
_NAMES_OF_NOTHING = (
    "na|none|null|nan|nil|undefined|unknown|missing|empty|tba|tbd|name|ref|value"
    "|(?:not|no)(?:available|applicable|data|text|content)"
)
_KIND = "(?:abstract|summary|description)"
_STATE = (
    "(?:available|provided|found|given|supplied|present|exists?|recorded|included|entered|attached|associated|submitted"
    "|indexed|accessible)"
)
_FOR_THIS = "(?:(?:for|in|of|with)(?:this|the)[a-z]{2,14})"
_OF_WHAT = "(?:(?:for|in|of|to|from|by|with|at)(?:this|the)?[a-z]{2,14}){0,2}"
_NO_ABSTRACT = re.compile(
    rf"(?:publishers?)?(?:{_NAMES_OF_NOTHING}|x{{2,}}|tobe(?:added|announced|determined|provided)|{_KIND}"
    rf"|{_KIND}fromauthor|noneavailable|(?:no)?fulltext(?:is)?(?:not|un)?available|firstpagepreview|figureseetext|extract"
    rf"|(?:please)?(?:see|referto|click(?:here)?(?:to(?:view|read|see))?|view|read)(?:the)?"
    rf"(?:pdf|paper|article|fulltext|fullpaper|{_KIND})|(?:without|missing){_KIND}"
    rf"|{_KIND}(?:is)?(?:missing|unavailable|pending|tofollow|available{_OF_WHAT})"
    rf"|(?:thereis|this(?:article|paper|publication|record|document|item|work)(?:has|contains)|sorry)?no{_KIND}(?:is|was|has)?(?:been)?(?:currently|yet)?"
    rf"(?:{_STATE}{_OF_WHAT}|{_FOR_THIS})?|this[a-z]{{4,11}}doesnothavean{_KIND}"
    rf"|(?:the|an)?{_KIND}(?:of|for)?(?:this)?(?:article|paper)?(?:is|was)?(?:currently)?(?:not|un|isnt)(?:yet)?{_STATE}"
    rf"{_OF_WHAT}(?:soapreviewhasbeenprovided)?"
    "|kein(?:abstract|e(?:zusammenfassung|kurzfassung))(?:verfügbar|vorhanden)?"
    "|(?:pasde|aucun)résumé(?:disponible)?|résuménondisponible|(?:sin|nohay)resumen(?:disponible)?|resumennodisponible"
    "|(?:sem|nãohá)resumo(?:disponível)?|(?:nessun|senza)(?:abstract|riassunto)(?:disponibile)?"
    "|[无暂無]|暂无|[无暂無]摘要|暂无摘要|抄録なし|нетаннотации|аннотацияотсутствует)"
)
_NO_TITLE = re.compile(
    r"(?:na|none|null|nan|untitled(?:document)?|unknowntitle|undefined|notavailable|(?:no|missing)title(?:available|provided|found|given)?"
    r"|title(?:missing|unavailable|unknown|not(?:available|provided|found|given))"
    r"|sanstitre|ohnetitel|sintítulo|semtítulo|senzatitolo|zondertitel|无标题|無標題|无题|無題|безназвания)"
)


def is_no_abstract(text: str) -> bool:
    """Return whether a source wrote this where it has no abstract: "", "[No abstract available]", "N/A"."""
    return len(text) <= _LONGEST_NO_ABSTRACT and _is_all(_NO_ABSTRACT, text)


def is_no_title(text: str) -> bool:
    """Return whether a source wrote this where it has no title: "", "[No title]", "null"."""
    return len(text) <= _LONGEST_NO_TITLE and _is_all(_NO_TITLE, text)


def _is_all(pattern: re.Pattern[str], text: str) -> bool:
    letters = _NO_LETTERS.sub("", text).lower()
    if not letters:
        return not text.strip(_DASHES)
    half = letters[: len(letters) // 2]
    is_twice = len(letters) >= _FEWEST_OF_TWO and half + half == letters
    return pattern.fullmatch(half if is_twice else letters) is not None
