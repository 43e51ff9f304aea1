"""What a training run is asked to do."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """Settings of `areatag train`. Lengths are in tokens, rates per optimiser step, sizes in papers."""

    output: Path
    """Directory of the new model; must not exist yet."""
    soft_labels: Path | None = None
    """Parquet of soft labels written by `areatag weak-label`."""
    labels: Path | None = None
    """Gold or curated labels to learn from (JSONL)."""
    taxonomy: Path | None = None
    """Taxonomy file; None: the soft labels' own, or the bundled one."""
    validation: Path | None = None
    """Gold for calibration and metrics, never trained on; None: a tenth of the labels, chosen by content."""
    held_out: tuple[Path, ...] = ()
    """More gold files whose papers are never trained on, nor near-duplicates of them
    (`training.fine_tuning.near_duplicates`)."""
    encoder: str | None = None
    """Hugging Face name or directory, or a model directory; None: the base encoder."""
    layers: int | None = None
    """Layers of the encoder that the model keeps (`training.fine_tuning.layers`); None: all."""
    feed_forward_width: int | None = None
    """Neurons that each feed-forward layer of the encoder keeps (`training.fine_tuning.width`); None: all."""
    skip_function_words: bool = False
    """Whether the model does not read articles, prepositions and the like (`training.encoder.function_words`)."""
    imitate: bool = False
    """Whether the model learns the embeddings of the model that `encoder` names, and no labels
    (`training.fine_tuning.imitation`)."""
    device: str = "auto"
    """auto, cpu or cuda."""
    resume: bool = False
    """Continue an interrupted run with the same options."""
    papers: int | None = None
    """Most soft-labelled papers to train on, chosen by value (`training.fine_tuning.paper_selection`); None: all."""
    epochs: float | None = None
    """Passes over the training papers; None: by their number (`training.fine_tuning.schedule`)."""
    max_tokens: int = 128
    """Tokens a paper is cut to in training."""
    inference_tokens: int = 256
    """Tokens a paper is cut to when the model tags."""
    batch_size: int = 16
    """Papers a step."""
    learning_rate: float | None = None
    """Peak rate of the encoder (AdamW); None: by the number of papers."""
    head_rate: float | None = None
    """Peak rate of the heads, in multiples of the encoder's; None: by the number of papers."""
    warmup: float = 0.06
    """Share of the steps over which the rates rise, before they fall linearly to zero."""
    weight_decay: float = 0.01
    """Decoupled weight decay of matrices; biases and normalisation weights have none."""
    dropout: float = 0.0
    """Hidden and attention dropout: a pass or two over noisy labels does not overfit, and costs much speed."""
    checkpoint_minutes: float = 5.0
    """Minutes between checkpoints."""
    lexical: bool = True
    """Whether the model gets lexical features (`training.fine_tuning.lexical`), where there are papers enough."""
    seed: int = 1
    """Seed of shuffling and dropout."""
