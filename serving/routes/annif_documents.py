"""Documents as Annif's interface takes them, and what of a paper they are."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from data.papers import Paper
from serving.routes.paper_input import PaperIn, paper_in

TITLE = "title"
"""The metadata field that is read."""
Text = Annotated[str, Field(min_length=0)]  # pydantic looks for lone surrogates only where something is constrained
_LONGEST_TITLE = 300
"""Characters; a longer first line is a paragraph."""
_LINE_END = re.compile(r"\r\n?|[\n\u2028\u2029]")


class Document(BaseModel):
    """A text. A first line of at most 300 characters is the title, and what follows the abstract."""

    model_config = ConfigDict(strict=True)

    text: Text = Field(examples=["Counting snow\nWe count snowflakes in pictures."])
    metadata: dict[str, Text] = Field({}, description="title is read, and then all of the text is the abstract.")


def title_and_abstract(text: str) -> tuple[str, str]:
    """Return the title and the abstract in a text, either of which may be empty."""
    first, *rest = _LINE_END.split(text.strip(), maxsplit=1)
    return (first.strip(), "".join(rest).strip()) if len(first) <= _LONGEST_TITLE else ("", text.strip())


def paper_of(text: str, title: str | None, paper_id: str | None = None) -> Paper:
    """Return the paper that a document is; its warnings say what was cut.

    Args:
        text: with something to read in it.
        title: where it is given apart from the text.
        paper_id: None: one is made from the content.
    """
    title, abstract = (title, text) if title and title.strip() else title_and_abstract(text)
    return paper_in(PaperIn(id=paper_id, title=title, abstract=abstract))
