"""How long and how fast to train, by the number of papers: few labels need no tuning by hand.

Few papers are seen more often, more slowly, and from heads that were fitted on the encoder as it was (linear probing,
then fine-tuning: Kumar et al., Fine-Tuning can Distort Pretrained Features, 2022): random or merely plausible heads
would turn the encoder over before they fit. What an option says explicitly wins.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.fine_tuning.train_options import TrainOptions

PROBED = 4000
"""Most papers for which heads are fitted before fine-tuning; with more, the first steps do that as well."""
PASSES = 5000
FEWEST_EPOCHS, MOST_EPOCHS = 2.0, 8.0
"""Few papers are seen as often as makes about 5,000 passes, within these bounds."""
RATE, RATE_AFTER_PROBE = 2e-4, 1e-4
"""Peak rates of the encoder."""
HEAD_RATE, HEAD_RATE_AFTER_PROBE = 10.0, 1.0
"""Peak rates of the heads, in multiples of the encoder's: fitted heads follow the encoder and need no more."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Settings of one run: passes over the papers, peak rate of the encoder, that of the heads in multiples of it."""

    epochs: float
    learning_rate: float
    head_rate: float


def probes(papers: int) -> bool:
    """Whether heads are fitted before fine-tuning."""
    return papers <= PROBED


def schedule_for(options: TrainOptions, papers: int) -> Schedule:
    """The schedule for a number of training papers: what the options leave open is filled in."""
    few = probes(papers)
    epochs = min(max(PASSES / max(papers, 1), FEWEST_EPOCHS), MOST_EPOCHS) if few else FEWEST_EPOCHS
    return Schedule(
        epochs=round(epochs, 1) if options.epochs is None else options.epochs,
        learning_rate=_given(options.learning_rate, RATE_AFTER_PROBE if few else RATE),
        head_rate=_given(options.head_rate, HEAD_RATE_AFTER_PROBE if few else HEAD_RATE),
    )


def training_settings(options: TrainOptions, papers: int) -> dict[str, float]:
    """What decides how a number of papers is trained on, as a model's card says it."""
    schedule = schedule_for(options, papers)
    return {
        "epochs": schedule.epochs,
        "max_tokens": options.max_tokens,
        "inference_tokens": options.inference_tokens,
        "batch_size": options.batch_size,
        "learning_rate": schedule.learning_rate,
        "head_rate": schedule.head_rate,
        "seed": options.seed,
        **({} if options.layers is None else {"layers": options.layers}),
        **({} if options.feed_forward_width is None else {"feed_forward_width": options.feed_forward_width}),
        **({"skip_function_words": True} if options.skip_function_words else {}),
        **({"imitate": True} if options.imitate else {}),
    }


def _given(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
