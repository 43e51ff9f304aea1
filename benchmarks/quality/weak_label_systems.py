"""What the weak labels say of papers by themselves, without an encoder trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.rules import load_rules
from data.taxonomy import Taxonomy
from training.label_model.baselines import majority_share, noisy_or
from training.label_model.fit_label_model import fit_label_model
from training.votes.apply import apply_sources
from training.votes.material import Embed
from training.votes.phrases import PhraseRules
from training.votes.text_classifier import Learned
from training.votes.vote_matrix import VoteMatrix
from training.votes.zero_shot import ZeroShot

FloatArray = NDArray[np.float32]
Labels = NDArray[np.int8]


def scores_from_text(
    taxonomy: Taxonomy, sample: Sequence[Paper], known: Labels, papers: Sequence[Paper], embed: Embed
) -> dict[str, FloatArray]:
    """Log-odds float32 [n, areas] by method, from title and abstract alone, which is all that an encoder reads.

    Args:
        taxonomy: of the areas.
        sample: papers with recorded votes, on which the label model and the learned function are fitted.
        known: their labels, int8 [sample, areas].
        papers: those to be scored.
        embed: the encoder of titles and abstracts.
    """
    embed = _answering_again(embed)
    fit, papers = _texts(sample), _texts(papers)
    zero_shot = ZeroShot.fit(taxonomy, embed, fit)
    rules = PhraseRules(taxonomy, load_rules(None, taxonomy).areas)
    learned = Learned.fit(fit, known)
    on_fit, votes = (apply_sources([rules, learned, zero_shot], part, len(taxonomy.areas)) for part in (fit, papers))
    of_rules, without_zero_shot = len(rules.functions), len(rules.functions) + len(learned.functions)
    return {
        "zero-shot": zero_shot.scores(papers),
        "rules alone": _log_odds(noisy_or(votes.votes[:of_rules])),
        "majority vote": _log_odds(majority_share(votes.votes)),
        "noisy-or": _log_odds(noisy_or(votes.votes)),
        "label model of the rules": _label_model(taxonomy, on_fit, known, votes, of_rules),
        "label model, no zero-shot votes": _label_model(taxonomy, on_fit, known, votes, without_zero_shot),
        "label model": _label_model(taxonomy, on_fit, known, votes, len(votes.functions)),
    }


def _answering_again(embed: Embed) -> Embed:
    """The same encoder, which reads every text once."""
    read: dict[str, FloatArray] = {}

    def answer(texts: Sequence[str]) -> FloatArray:
        new = [text for text in dict.fromkeys(texts) if text not in read]
        if new:
            read.update(zip(new, embed(new), strict=True))
        return np.stack([read[text] for text in texts])

    return answer


def _texts(papers: Sequence[Paper]) -> list[Paper]:
    return [replace(paper, categories=()) for paper in papers]


def _label_model(
    taxonomy: Taxonomy, on_sample: VoteMatrix, known: Labels, on_papers: VoteMatrix, functions: int
) -> FloatArray:
    """Log-odds [n, areas] of a label model of the first few functions."""
    chosen = on_sample.functions[:functions]
    model = fit_label_model(on_sample.votes[:functions], known, chosen, fields=taxonomy.field_index)
    return _log_odds(model.predict_proba(on_papers.votes[:functions]))


def _log_odds(probabilities: FloatArray) -> FloatArray:
    clipped = np.clip(probabilities.astype(np.float64), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float32)
