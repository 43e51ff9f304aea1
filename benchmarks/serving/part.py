"""What every part of the benchmark is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.serving.papers import invented_papers, tag_body
from data.papers import Paper
from training.encoder.base_encoder import load_tokenizer, resolve_encoder


@dataclass(frozen=True, slots=True)
class Options:
    """The command line."""

    model: str | None = None
    """Model to serve, as `areatag serve --model` takes it."""
    workers: int = 1
    """Processes of the service."""
    tokens: int = 250
    """Tokens of each paper, as the base encoder counts them: models may read fewer."""
    rate: float = 20.0
    """Calls a second of the latency part."""
    clients: int = 64
    """Calls in flight in the saturation part."""
    seconds: float = 20.0
    """Length of each load but that of the memory part."""
    minutes: float = 10.0
    """Length of the memory part."""
    requests: int = 10_000
    """Hostile requests."""
    seed: int = 0
    """Of papers and hostile requests."""
    _papers: dict[int, list[Paper]] = field(default_factory=dict)

    def papers(self, count: int) -> list[Paper]:
        """The first papers of the benchmark; made once."""
        if count not in self._papers:
            tokenizer = load_tokenizer(resolve_encoder(None))

            def count_tokens(text: str) -> int:
                return len(tokenizer.encode([text], 10_000)[0])

            self._papers[count] = invented_papers(count, self.tokens, count_tokens, self.seed)
        return self._papers[count]

    def bodies(self, count: int) -> list[bytes]:
        """Bodies of POST /tag with one paper each."""
        return [tag_body([paper]) for paper in self.papers(count)]
