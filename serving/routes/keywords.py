"""POST /papers/keywords: a file of references again, with the areas of its papers as keywords."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict, Field, RootModel, ValidationError

from data.errors import AreatagError, UsageError
from data.papers import Paper
from data.readers.sources import ByteStream
from data.taxonomy import Taxonomy
from data.writers import KeywordFormat, Library, keyword_format_of
from model.tags import Score, TagOptions, TagResult
from serving.batch.chunks import CHUNK_RECORDS, chunks_of
from serving.batch.counts import Counts
from serving.batch.written_back import KeywordOutput, KeywordsOf, area_names
from serving.http.document import AREA_IDS, EXAMPLE_AREAS
from serving.http.errors import Detail, from_validation, invalid, not_ready, place_of
from serving.http.keys import Role
from serving.http.limits import decode_json
from serving.http.routing import FileBody, Router
from serving.http.uploads import Upload
from serving.routes.paper_input import unknown_area
from serving.routes.papers import EXAMPLE_FILE, as_answer, format_of, open_part
from serving.worker.file_threads import FileWatch
from serving.worker.state import ServiceState, State

logger = logging.getLogger("areatag.service")

_AREAS = "areas"
_MEDIA_TYPES = {
    KeywordFormat.BIBTEX: "application/x-bibtex",
    KeywordFormat.RIS: "application/x-research-info-systems",
    KeywordFormat.CSL_JSON: "application/vnd.citationstyles.csl+json",
}
_SUFFIXES = {KeywordFormat.BIBTEX: "bib", KeywordFormat.RIS: "ris", KeywordFormat.CSL_JSON: "json"}
_COMPRESSIONS = {".gz", ".zst", ".bz2", ".xz"}
_DEFAULT_OPTIONS = TagOptions()


class AreasByPaper(
    RootModel[dict[str, Annotated[list[str], Field(max_length=1000, json_schema_extra={AREA_IDS: True})]]]
):
    """Area ids by paper id, which POST /papers gives; a paper that is not named stays as it is."""

    model_config = ConfigDict(strict=True)


class GivenAreas:
    """Answers for papers with the areas that a client gives, where curators decided nothing else.

    Args:
        areas: area ids by paper id.
        taxonomy: which has them all.
        version: of the model with the taxonomy.
        state: whose label store has what curators decided.
        loop: of the state; the answers are asked for in another thread.
    """

    def __init__(
        self,
        areas: Mapping[str, Sequence[str]],
        taxonomy: Taxonomy,
        version: str,
        state: ServiceState,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.unused = set(areas)
        """Ids of papers that did not come yet."""
        self._areas, self._taxonomy, self._version = areas, taxonomy, version
        self._state, self._loop = state, loop

    def tag(self, papers: Sequence[Paper]) -> list[TagResult]:
        """One result a paper, in the order of the papers.

        Raises:
            ServiceError: 503, the label store fails; labels must not be ignored silently.
        """
        results = [self._result(paper) for paper in papers]
        self.unused.difference_update(paper.id for paper in papers)
        confirmed = self._state.labels.confirmed(papers, results, self._taxonomy, _DEFAULT_OPTIONS)
        try:
            return asyncio.run_coroutine_threadsafe(confirmed, self._loop).result()
        except AreatagError as error:
            logger.error("Confirmed areas could not be looked up. %s", error)
            raise not_ready("The label store cannot be read now, and confirmed areas win; try again later.") from None

    def keywords_of(self, names: KeywordsOf) -> KeywordsOf:
        """Return the same, but for papers that the client does not name."""
        return lambda result: names(result) if result.id in self._areas else None

    def _result(self, paper: Paper) -> TagResult:
        ids = dict.fromkeys(self._areas.get(paper.id, ()))
        areas = tuple(Score(area, self._taxonomy.areas[self._taxonomy.index(area)].name, 1.0) for area in ids)
        return TagResult(paper.id, paper.title, areas, (), not areas, (), self._version)


router = Router()


@router.call(
    "POST",
    "/papers/keywords",
    Role.TAG,
    "A file of references with areas as keywords",
    example=EXAMPLE_FILE.replace("{microscopy}", "{microscopy, Image segmentation}"),
    media_types=tuple(_MEDIA_TYPES.values()),
    errors=(503,),
)
async def keywords(
    request: Request,
    upload: Annotated[Upload, FileBody(EXAMPLE_FILE, {_AREAS: (AreasByPaper, {"smith2020": [EXAMPLE_AREAS[0]]})})],
    state: State,
    file_format: Annotated[
        KeywordFormat | None, Query(alias="format", description="Of the file; found by its content if left out.")
    ] = None,
    keyword_prefix: Annotated[
        str, Query(max_length=100, description="Begins these keywords; earlier ones of the same prefix go.")
    ] = "",
    keyword_hierarchy: Annotated[bool, Query(description='Write "Field > Area", as JabRef\'s groups do.')] = False,
) -> Response:
    """BibTeX, RIS or CSL-JSON: its own entries, byte for byte but for the keywords; what curators confirmed wins."""
    tagger = await state.await_model()
    areas = await _areas(upload, state, tagger.taxonomy)
    given = GivenAreas(areas, tagger.taxonomy, tagger.version, state, asyncio.get_running_loop())
    keywords_of = given.keywords_of(area_names(tagger.taxonomy, hierarchy=keyword_hierarchy))
    answer = upload.new_spool()

    def work(watch: FileWatch) -> KeywordFormat:
        with as_answer():
            stream = open_part(upload.file, watch)
            found = _keyword_format(stream, file_format)
            library = Library(stream, found, keyword_prefix)
            output = KeywordOutput(library, answer.write, keywords_of, lambda rejects: None)
            for chunk in chunks_of(watch.checked(library.records()), CHUNK_RECORDS):
                output.write(given.tag(chunk.papers), chunk.rejects, Counts())
            output.finish()
        _check_used(given.unused, areas)
        return found

    found = await state.files.run(request, work)
    headers = {"Content-Disposition": _attachment(upload.file.file_name, found), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(answer.pieces(), headers=headers, media_type=_MEDIA_TYPES[found])


async def _areas(upload: Upload, state: ServiceState, taxonomy: Taxonomy) -> dict[str, list[str]]:
    part = upload.parts[_AREAS].content
    with state.held.share() as held:
        held.take(part.size)
        decoded = await decode_json(b"".join(part.pieces()), _AREAS)
        return await asyncio.to_thread(_checked, decoded, taxonomy)


def _checked(decoded: object, taxonomy: Taxonomy) -> dict[str, list[str]]:
    try:
        given = AreasByPaper.model_validate(decoded).root
    except ValidationError as error:
        raise from_validation(error, _AREAS) from None
    unknown = [
        Detail(place_of((_AREAS, paper, position)), unknown_area(area, taxonomy))
        for paper, areas in given.items()
        for position, area in enumerate(areas)
        if area not in taxonomy
    ]
    if unknown:
        raise invalid(unknown)
    return given


def _keyword_format(stream: ByteStream, named: KeywordFormat | None) -> KeywordFormat:
    found = named or keyword_format_of(format_of(stream), stream.head())
    if found is None or not found.writer.accepts(stream.head()):
        raise UsageError(
            f"The input {stream.name} is no BibTeX, RIS or CSL-JSON, whose entries could be given back with keywords."
        )
    return found


def _check_used(unused: set[str], given: Iterable[str]) -> None:
    """Raise the ServiceError 400 that names the papers which the file does not have."""
    problem = "is the id of no paper in the file; POST /papers gives their ids"
    if unused:
        raise invalid([Detail(place_of((_AREAS, paper)), problem) for paper in given if paper in unused])


def _attachment(file_name: str, file_format: KeywordFormat) -> str:
    path = PurePath(file_name or f"papers.{_SUFFIXES[file_format]}")
    name = path.stem if path.suffix.lower() in _COMPRESSIONS else path.name
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
