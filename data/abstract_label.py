"""The label "Abstract" that many sources leave in front of an abstract, and headings that run into their texts.

Publishers' pages set the word above the text; what is made of them has it in the text, often without a blank
("ABSTRACTWe count ..."). Headings of structured abstracts ("Background: ...") are text and stay, and so does a word
that is the first of its sentence ("Abstract interpretation ...").
"""

import re

_WORD = (
    "abstract|a b s t r a c t|abstrakt|zusammenfassung|kurzfassung|résumé|resumen|resumo|riassunto"
    "|摘 ?要|要旨|аннотация"
)
_SUMMARY = "summary|synopsis"
# What a sentence or a structured abstract begins with, and a term such as "abstract algebra" does not go on with.
_OPENING = (
    "We|The|This|These|Those|There|A|An|In|On|At|To|For|From|By|With|Within|Without|As|It|Its|Our|One|Two|Many|Most|Some"
    "|Several|Recent|Recently|Although|Though|While|Whereas|When|Where|Because|Since|Despite|Given|Using|Here|How|What|Why"
    "|Both|Each|If|Is|Are|Can|Do|Does|During|After|Before|Over|Under|Among|Between|Through|Based|I|My|Not|No|Once|Such|They"
)
_HEADING = (
    "Backgrounds?|Introduction|Objectives?|Purposes?|Aims?|Contexts?|Importance|Significance|Motivation|Rationale"
    "|Materials? and Methods?|Methods?|Methodology|Design|Setting|Participants|Findings|Results?|Discussion"
    "|Conclusions?|Interpretation|Implications|Limitations|Originality|Problem|Question|Highlights?|Scope|Approach"
)
_HEADINGS = f"{_HEADING}|{_HEADING.upper()}"
_MARKED = re.compile(
    rf"[\[(【]\s*(?:{_WORD}|headnote)\s*[\])】]\s*[:.]?|(?:{_WORD})\s*(?:[:\uff1a|]|\.(?=\s)|\s-+\s|[\u2014\u2013]+|(?=[\r\n]))",
    re.IGNORECASE,
)
_LABEL = r"(?:ABSTRACT(?!(?:ION|IVE|ED|ING|S|LY|NESS|OR|ABLE)S?\b)|SUMMARY|SYNOPSIS|Abstract|Summary|Synopsis)"
_BEFORE_SENTENCE = re.compile(
    rf"{_LABEL}(?:\s*(?=(?:{_OPENING})\b|(?:{_OPENING.upper()})\b|(?:{_HEADINGS})(?:\b|[A-Z]))|(?=[A-Z][a-z]))"
    r"|(?:ABSTRACT|SUMMARY|SYNOPSIS)\s+(?=[A-Z][a-z]|[A-Z]\s[a-z]|\d)"
    rf"|{_LABEL}(?<=T)(?=[A-Z]{{2}})"
)
_SUMMARY_MARKED = re.compile(rf"(?:{_SUMMARY})\s*[:\u2014\u2013]", re.IGNORECASE)
_OTHER_HEADING = re.compile(
    rf"(?:[.?!)]\s*)(?:{_HEADING}|Availability|Contact|Supplementary)\b[A-Za-z ,/&]{{0,40}}:", re.IGNORECASE
)
_RUN_IN = re.compile(rf"(?:\A|(?<=[.?!)])\s?)({_HEADINGS})(?=(?:{_OPENING})\b)")
_STARTS = frozenset("aAsSzZkKrR[(【摘要аА")
_HEADING_STARTS = frozenset(heading[:1] for heading in _HEADING.split("|"))
_MOST_LABELS = 3


def without_label(abstract: str) -> str:
    """Return the abstract without the label in front of it; headings that ran into their texts are set apart."""
    text = abstract
    for _ in range(_MOST_LABELS):
        found = _label(text) if text[:1] in _STARTS else None
        if found is None:
            break
        text = text[found.end() :].lstrip()
    if text is abstract and not (text[:1] in _HEADING_STARTS and _RUN_IN.match(text)):
        return abstract
    return _RUN_IN.sub(r" \1: ", text).strip() or abstract


def _label(text: str) -> re.Match[str] | None:
    found = _MARKED.match(text) or _BEFORE_SENTENCE.match(text)
    if found is None and (found := _SUMMARY_MARKED.match(text)) and _OTHER_HEADING.search(text, found.end()):
        return None  # one heading of several
    return found
