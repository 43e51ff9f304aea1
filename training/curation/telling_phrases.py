"""Words and word pairs that tell the papers of one area from those of another."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable

from data.papers import Paper

_WORD = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
_STOP = frozenset(
    """a an and are as at be been both but by can do each for from has have how however in into is it its more most of
    on or our over show such than that the their then there these they this those to two under use used uses using via
    was we well were what when where which while who with within without also between based propose proposed paper
    results method methods approach approaches new not""".split()  # noqa: SIM905  a list of 90 strings reads worse
)
_PRIOR = 0.5
"""Pseudo-counts that each phrase gets in proportion to its count over both areas."""
FEWEST_PAPERS = 3
"""Papers of an area in which a phrase must occur."""


def phrase_counts(papers: Iterable[Paper]) -> Counter[str]:
    """In how many papers each word and each pair of neighbouring words occurs."""
    counts: Counter[str] = Counter()
    for paper in papers:
        words = _WORD.findall(paper.text.lower())
        pairs = itertools.pairwise(words)
        found = {word for word in words if word not in _STOP and len(word) > 2}
        counts.update(found | {f"{one} {two}" for one, two in pairs if one not in _STOP and two not in _STOP})
    return counts


def telling_phrases(here: Counter[str], there: Counter[str], count: int = 6) -> list[str]:
    """Phrases typical of `here` against `there`, most telling first; fewer where the papers do not show more.

    By the z-score of the log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn, Fightin' Words,
    2008), from the counts of `phrase_counts`.
    """
    total_here, total_there = max(here.total(), 1), max(there.total(), 1)
    everything = total_here + total_there
    scored = []
    for phrase, times in here.items():
        if times < FEWEST_PAPERS:
            continue
        prior = _PRIOR * (times + there[phrase])
        ours, theirs = times + prior, there[phrase] + prior
        strength = _PRIOR * everything
        odds = math.log(ours / (total_here + strength - ours)) - math.log(theirs / (total_there + strength - theirs))
        z = odds / math.sqrt(1 / ours + 1 / theirs)
        if z > 1.0:
            scored.append((-z, phrase))
    chosen, taken = list[str](), set[str]()
    for _, phrase in sorted(scored):
        words = phrase.split()
        if taken.isdisjoint(words):  # "neural" beside "neural network" says no more
            chosen.append(phrase)
            taken.update(words)
        if len(chosen) == count:
            break
    return chosen
