"""Plain text from the LaTeX that BibTeX fields are written in."""

import re

from pylatexenc.latex2text import LatexNodes2Text

_TO_TEXT = LatexNodes2Text(math_mode="verbatim")
# Longer texts are no abstracts; parsing one could take minutes.
_MOST_CHARACTERS = 100_000
_PERCENT = re.compile(r"(?<!\\)%")


def decode_latex(text: str) -> str:
    """Return the text with accents as characters and without braces and macros; formulas stay as they are.

    Uses pylatexenc. A text that it cannot parse, or of more than 100,000 characters, is returned unchanged.
    """
    if "\\" not in text and not ("$" in text and "{" in text):
        return text.replace("{", "").replace("}", "")
    if len(text) > _MOST_CHARACTERS:
        return text
    try:
        # in a field % is a percent sign far more often than the start of a comment
        return str(_TO_TEXT.latex_to_text(_PERCENT.sub(r"\\%", text)))
    except Exception:  # pylatexenc raises errors of many kinds; the raw text is still worth reading
        return text
