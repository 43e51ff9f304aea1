"""POST /papers: the papers in a file of any input format, as the tagger will see them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from data.errors import AreatagError, UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat, stream_papers
from data.readers.inputs import EmptyInputError, UnknownFormatError, check_format
from data.readers.sources import ByteStream, DamagedInput, opened_stream
from data.writers import KeywordFormat, keyword_format_of
from serving.http.errors import Detail, ServiceError, not_ready
from serving.http.keys import Role
from serving.http.multipart import Part
from serving.http.routing import FileBody, Router
from serving.http.spool import Spool
from serving.http.uploads import FILE, Upload
from serving.worker.file_threads import FileWatch
from serving.worker.state import State

logger = logging.getLogger("areatag.service")

EXAMPLE_FILE = "@article{smith2020,\n  title = {Counting cells by segmenting them},\n  keywords = {microscopy}\n}\n"
_ANSWER: dict[str, Any] = {
    "papers": [{"id": "smith2020", "title": "Counting cells by segmenting them", "abstract": ""}],
    "rejected": [
        {
            "file": "refs.bib",
            "line": 12,
            "reason": "The record has neither a title nor an abstract; give it at least one of them.",
            "excerpt": "year: 1999",
        }
    ],
    "warnings": [],
    "keyword_format": "bibtex",
}
_FORMATS = [known.value for known in InputFormat if known is not InputFormat.HUGGINGFACE]


def _is_of_file(input_format: InputFormat) -> InputFormat:
    if input_format not in _FORMATS:
        raise PydanticCustomError("no_file", "names no format of files")
    return input_format


Format = Annotated[
    Annotated[InputFormat, AfterValidator(_is_of_file)] | None,
    Query(
        alias="format",
        description="Of the file; found by its content if left out.",
        json_schema_extra={"anyOf": [{"type": "string", "enum": _FORMATS}]},
    ),
]
"""The type of a handler's parameter that gets the format that the client names."""


class PaperOut(BaseModel):
    """A paper as the tagger will see it; POST /tag takes it as it is."""

    id: str
    title: str
    abstract: str
    categories: list[str] = []
    date: str = ""
    venue: str = ""
    warnings: list[str] = Field([], description="That its abstract was cut, say.")


class RejectOut(BaseModel):
    """A record that is no paper."""

    file: str = Field(description="Its name, where the client gave one; in an archive also the member's.")
    line: int = Field(description="Where the record starts; in Parquet its row.")
    reason: str
    excerpt: str = Field(description="The first characters of the record.")


class PapersResponse(BaseModel):
    """What a file holds."""

    papers: list[PaperOut] = Field(description="In the order of the file; what is not known of one is left out.")
    rejected: list[RejectOut]
    warnings: list[str] = Field(description="What is to be known of how the file was read.")
    keyword_format: KeywordFormat | None = Field(
        description="The format in which POST /papers/keywords gives such a file back; null where it cannot."
    )


router = Router()


@router.call(
    "POST",
    "/papers",
    Role.TAG,
    "The papers in a file of any input format",
    PapersResponse,
    example=_ANSWER,
    errors=(503,),
)
async def papers(
    request: Request, upload: Annotated[Upload, FileBody(EXAMPLE_FILE)], state: State, input_format: Format = None
) -> Response:
    """The file is the body, or the part "file" of a form; it may be compressed."""
    found, rejected = upload.new_spool(), upload.new_spool()

    def work(watch: FileWatch) -> Iterator[bytes]:
        with as_answer():
            stream = open_part(upload.file, watch)
            keyword_format = keyword_format_of(input_format or format_of(stream), stream.head())
            _write(watch.checked(stream_papers(stream, input_format)), found, rejected)
        rest = {"warnings": watch.warnings, "keyword_format": keyword_format}
        return chain([b'{"papers":['], found.pieces(), [b'],"rejected":['], rejected.pieces(), [b"],", _json(rest)[1:]])

    return StreamingResponse(await state.files.run(request, work), media_type="application/json")


def open_part(part: Part, watch: FileWatch) -> ByteStream:
    """Return the stream of a file that a client sent; raises EmptyInputError."""
    if not part.content.size:
        raise EmptyInputError(part.file_name or FILE)
    return opened_stream(part.file_name or FILE, part.content.open(), reopen=part.content.open, watch=watch)


def format_of(stream: ByteStream) -> InputFormat | None:
    """Return the format of a file; None when it is damaged before that can be told.

    Raises:
        UsageError: it is empty, or in no known format.
    """
    return check_format(stream.name, stream.head(), stream.damaged)


@contextmanager
def as_answer() -> Iterator[None]:
    """Turn what reading a client's file raises into the error that the client gets."""
    try:
        yield
    except UnknownFormatError as error:
        raise _not_readable(str(UnknownFormatError(error.name, "the parameter format"))) from None
    except (UsageError, DamagedInput) as error:
        raise _not_readable(str(error)) from None
    except AreatagError as error:
        logger.error("A file could not be read. %s", error)  # it may name paths, which are not the client's business
        raise not_ready("The file cannot be read now; try again later.") from None


def _not_readable(sentence: str) -> ServiceError:
    return ServiceError(400, sentence, [Detail(FILE, sentence)])


def _write(records: Iterable[Paper | Reject], found: Spool, rejected: Spool) -> None:
    """Write the items of two JSON lists."""
    for record in records:
        spool, item = (found, record.to_record()) if isinstance(record, Paper) else (rejected, asdict(record))
        spool.write(b"," * (spool.size > 0) + _json(item))


def _json(value: object) -> bytes:
    # A file may hold half a surrogate pair, which no encoding can.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
