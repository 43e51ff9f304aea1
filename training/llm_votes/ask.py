"""Ask a language model which areas papers have, and write its answers as a votes file.

A language model as annotator is one more labelling function: cheap beside people, fallible, and weighed by the label
model like the others (Smith et al., Language Models in the Loop, 2022).
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import httpx

from data.atomic import atomic_text
from data.errors import AreatagError
from data.papers import Paper, RecordError, Reject, paper_from_fields
from data.readers import InputFormat, Record, read_records
from data.taxonomy import Taxonomy
from training.llm_votes.answers import Answer, Unusable, read_answers
from training.llm_votes.budget import Budget, BudgetSpent
from training.llm_votes.cache import AnswerCache
from training.llm_votes.client import ChatClient, RequestFailedError
from training.llm_votes.prompt import answer_schema, papers_prompt, question_id, system_prompt
from training.llm_votes.settings import Endpoint, Limits

_LONGER = 4
"""The second time a paper is asked about, its answer may be so many times longer: the first may have been cut off."""
_FAILURES_IN_A_ROW = 5
"""After so many requests without an answer the endpoint is given up."""
_MOST_EXCERPT = 80


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What to ask about, and where the answers go."""

    inputs: tuple[str, ...]
    output: Path
    rejected: Path
    taxonomy: Taxonomy
    endpoint: Endpoint
    cache: Path
    limits: Limits
    input_format: InputFormat | None = None


@dataclass(slots=True)
class AskReport:
    """What became of the papers; ``read == labelled + rejected + left``."""

    read: int = 0
    labelled: int = 0
    rejected: int = 0
    left: int = 0
    """Papers that the budget did not reach."""
    kept: int = 0
    """Of the labelled ones, those whose answer was kept from before."""
    calls: int = 0
    tokens: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    """Ids that the taxonomy lacks, as often as the model named them."""

    def summary(self) -> str:
        """The line that ends a run."""
        return (
            f"read {self.read} = labelled {self.labelled} + rejected {self.rejected} + left for budget {self.left}; "
            f"{self.calls} calls, {self.tokens} tokens, {self.kept} answers kept from before"
        )


@dataclass(frozen=True, slots=True)
class _Question:
    """A paper with the place it came from."""

    paper: Paper
    key: str
    file: str
    line: int


def ask(options: AskOptions, progress: Callable[[str, int, int], None] = lambda stage, done, total: None) -> AskReport:
    """Ask about every paper that was not answered before, and write votes and rejects in input order.

    Answers are kept as they arrive, so after an interruption or a spent budget the same command goes on.

    Raises:
        UsageError: an input is missing or cannot be read.
        AreatagError: the endpoint refuses the key or does not answer; or a file cannot be written.
    """
    with AnswerCache.open(options.cache) as cache:
        run = _Run(options, cache, progress)
        asyncio.run(run.ask_all())
        return run.write()


class _Run:
    def __init__(self, options: AskOptions, cache: AnswerCache, progress: Callable[[str, int, int], None]) -> None:
        self._options, self._cache, self._progress = options, cache, progress
        self._system = system_prompt(options.taxonomy)
        self._budget = Budget(options.limits.max_calls, options.limits.max_tokens)
        self._report = AskReport()
        self._order: list[tuple[str, str] | Reject] = []  # id and question of a paper, in input order
        self._refused: dict[str, Reject] = {}  # by question
        self._left: set[str] = set()
        self._failures = 0

    async def ask_all(self) -> None:
        """Send the questions, several at once, until all are answered or the budget is spent."""
        limits = self._options.limits
        questions = self._questions()
        # no redirects: the key goes to the address it was given for, and nowhere else
        async with httpx.AsyncClient(timeout=limits.timeout, follow_redirects=False) as http:
            schema = answer_schema(self._options.taxonomy)
            client = ChatClient(http, self._options.endpoint, limits, self._budget, schema)
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(limits.concurrency):
                        group.create_task(self._work(client, questions))
            except* AreatagError as errors:
                raise _first(errors) from None

    def _questions(self) -> Iterator[_Question]:
        """What is still to be asked, each text once; notes the order of all papers on the way."""
        options, seen = self._options, set[str]()
        for record in read_records(options.inputs, options.input_format):
            self._report.read += 1
            self._progress("Asking", self._report.read, 0)
            question = self._question(record) if isinstance(record, Record) else record
            if isinstance(question, Reject):
                self._order.append(question)
                continue
            self._order.append((question.paper.id, question.key))
            if self._cache.get(question.key) is not None:
                self._report.kept += 1
            elif question.key not in seen:
                seen.add(question.key)
                yield question

    def _question(self, record: Record) -> _Question | Reject:
        try:
            paper = paper_from_fields(record.fields)
        except RecordError as error:
            return Reject(record.file, record.line, str(error))
        key = question_id(self._system, self._options.endpoint.model, paper)
        return _Question(paper, key, record.file, record.line)

    async def _work(self, client: ChatClient, questions: Iterator[_Question]) -> None:
        while batch := list(islice(questions, self._options.limits.batch)):
            try:
                await self._ask(client, batch)
            except BudgetSpent:
                self._left.update(question.key for question in batch if self._cache.get(question.key) is None)
                self._left.update(question.key for question in questions)

    async def _ask(self, client: ChatClient, batch: list[_Question]) -> None:
        """Ask about some papers, and once more, one by one, about those without a usable answer."""
        failed = await self._answers(client, batch, self._options.limits.answer_tokens)
        for question, _ in failed:
            longer = self._options.limits.answer_tokens * _LONGER
            for again, answer in await self._answers(client, [question], longer):
                self._refuse(again, f"No usable answer, twice: {answer.reason}.")

    async def _answers(
        self, client: ChatClient, batch: list[_Question], tokens: int
    ) -> list[tuple[_Question, Unusable]]:
        """Keep the usable answers; return the other papers, and why."""
        papers = [question.paper for question in batch]
        try:
            completion = await client.complete(self._system, papers_prompt(papers), tokens * len(batch))
        except RequestFailedError as error:
            self._failures += 1
            if self._failures >= _FAILURES_IN_A_ROW:
                raise AreatagError(f"{error} Run the same command again later: answers so far are kept.") from error
            for question in batch:
                self._refuse(question, str(error))
            return []
        self._failures = 0
        if completion.truncated:
            return [(question, Unusable("the answer is truncated")) for question in batch]
        failed = []
        for question, answer in zip(
            batch, read_answers(completion.content, len(batch), self._options.taxonomy), strict=True
        ):
            if isinstance(answer, Answer):
                self._report.unknown.update(answer.unknown)
                self._cache.put(question.key, answer.areas)
            else:
                failed.append((question, answer))
        return failed

    def _refuse(self, question: _Question, reason: str) -> None:
        excerpt = question.paper.text[:_MOST_EXCERPT]
        self._refused[question.key] = Reject(question.file, question.line, reason, excerpt)

    def write(self) -> AskReport:
        """Write both files; the rejected one only where there are rejects."""
        report = self._report
        report.calls, report.tokens = self._budget.calls, self._budget.tokens
        rejects: list[Reject] = []
        with ExitStack() as stack:
            votes = stack.enter_context(atomic_text(self._options.output))
            for item in self._order:
                reject = item if isinstance(item, Reject) else self._refused.get(item[1])
                if reject is not None:
                    rejects.append(reject)
                elif not isinstance(item, Reject) and item[1] not in self._left:
                    areas = self._cache.get(item[1]) or ()
                    votes.write(json.dumps({"id": item[0], "areas": areas}, ensure_ascii=False) + "\n")
                    report.labelled += 1
                else:
                    report.left += 1
        report.rejected = len(rejects)
        if rejects or self._options.rejected.exists():  # those of an earlier run are not of this one
            _write_rejects(self._options.rejected, rejects)
        return report


def _write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    with atomic_text(path) as stream:
        for reject in rejects:
            record = {"file": reject.file, "line": reject.line, "reason": reject.reason, "excerpt": reject.excerpt}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _first(errors: BaseExceptionGroup[AreatagError]) -> AreatagError:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
