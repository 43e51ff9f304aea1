"""Zero-shot similarity of a paper to every area's name and description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.papers import Paper
from data.taxonomy import Taxonomy, area_texts
from training.votes.material import Embed, Floats32, Material
from training.votes.vote_matrix import AGAINST, FOR, LabellingFunction, Votes

_SOURCE = "zero-shot"
HIGH = (1.0, 2.0, 3.0)  # levels of the score above which a function votes for the area
LOW = 0.0  # a score below votes against it
SAMPLE = 4000  # papers over which the similarities are z-scored


def sources(material: Material) -> list[ZeroShot]:
    """Where there is an encoder: similarities over a sample of the papers."""
    if material.embed is None:
        return []
    chosen = np.random.default_rng(material.seed).permutation(len(material.papers))[:SAMPLE]
    return [ZeroShot.fit(material.taxonomy, material.embed, [material.papers[i] for i in chosen])]


@dataclass(frozen=True, slots=True)
class ZeroShot:
    """Votes from cosine similarity, z-scored per area over a sample and then over the areas of a paper.

    Z-scoring per area takes off what makes a description similar to every paper (F1 0.40 to 0.49 on the
    default taxonomy). Build it with `fit`.
    """

    embed: Embed
    areas: Floats32  # [areas, dimensions]
    mean: Floats32  # [areas], cosine over the sample
    deviation: Floats32  # [areas]

    @classmethod
    def fit(cls, taxonomy: Taxonomy, embed: Embed, sample: Sequence[Paper]) -> ZeroShot:
        """Embed the areas and measure how similar a sample of papers is to each."""
        areas = embed(area_texts(taxonomy, phrases=False))
        cosine = embed([paper.text for paper in sample]) @ areas.T
        return cls(embed, areas, cosine.mean(axis=0), cosine.std(axis=0) + np.float32(1e-6))

    @property
    def functions(self) -> tuple[LabellingFunction, ...]:
        """The function of every level; `expected` is a guess, used only where nothing is labelled."""
        levels = [LabellingFunction(f"zero-shot.z{level:g}", _SOURCE, 0.1 + 0.12 * level) for level in HIGH]
        return (
            LabellingFunction("zero-shot.first", _SOURCE, 0.5),
            *levels,
            LabellingFunction("zero-shot.low", _SOURCE),
        )

    def scores(self, papers: Sequence[Paper]) -> Floats32:
        """Z-scores float32 [papers, areas]."""
        cosine = self.embed([paper.text for paper in papers]) @ self.areas.T
        by_area = (cosine - self.mean) / self.deviation
        spread = by_area.std(axis=1, keepdims=True) + np.float32(1e-6)
        return np.asarray((by_area - by_area.mean(axis=1, keepdims=True)) / spread, dtype=np.float32)

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [functions, papers, areas]."""
        votes = np.zeros((len(HIGH) + 2, len(papers), len(self.areas)), np.int8)
        if not papers:
            return votes
        scores = self.scores(papers)
        votes[0, np.arange(len(papers)), scores.argmax(axis=1)] = FOR
        for row, level in enumerate(HIGH, start=1):
            votes[row][scores >= level] = FOR
        votes[-1][scores < LOW] = AGAINST
        return votes


def remembering(embed: Embed) -> Embed:
    """The same encoder with the last answer kept, since two sources ask for the same papers one after the other."""
    last: list[tuple[tuple[str, ...], Floats32]] = []

    def embed_once(texts: Sequence[str]) -> Floats32:
        key = tuple(texts)
        if not last or last[0][0] != key:
            last[:] = [(key, embed(texts))]
        return last[0][1]

    return embed_once
