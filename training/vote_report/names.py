"""What labelling functions and their sources are called for people; where nothing else is known, by their own names."""

from __future__ import annotations

_SOURCES = {
    "arxiv": "arXiv categories",
    "phrases": "phrase rules",
    "zero-shot": "area descriptions",
    "prototypes": "typical papers",
    "learned": "text classifier",
}
_FUNCTIONS = {
    "arxiv.primary": "first arXiv category is the area's",
    "arxiv.other": "a further arXiv category is the area's",
    "arxiv.field": "an arXiv category of the field",
    "arxiv.far": "only arXiv categories of other fields",
    "phrases.title": "core phrase in the title",
    "phrases.core3": "three core phrases",
    "phrases.core2": "two core phrases",
    "phrases.core1": "one core phrase",
    "phrases.hints2": "two hints",
    "zero-shot.first": "most similar description",
    "zero-shot.z1": "description somewhat similar",
    "zero-shot.z2": "description clearly similar",
    "zero-shot.z3": "description very similar",
    "zero-shot.low": "description not similar",
    "prototypes.similar": "similar to typical papers",
    "learned.low": "text classifier: improbable",
}


def name_for_people(name: str) -> str:
    """A function's or source's name in words, such as "core phrase in the title" for "phrases.title".

    Recorded votes go by their file, levels of the text classifier by their score; one's own functions keep their names.
    """
    source, _, rest = name.partition(".")
    if known := _FUNCTIONS.get(name) or _SOURCES.get(name):
        return known
    if source == "recorded" and rest:
        return f"recorded votes: {rest}"
    if source == "learned" and rest:
        return f"text classifier: at least {100 * float(rest):g} %"
    return name
