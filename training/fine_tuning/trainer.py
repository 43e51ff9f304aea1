"""Fine-tuning with the `transformers` Trainer: parameter groups, length-grouped batches, checkpoints by the clock."""

import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import torch
from torch import nn
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from data.atomic import atomic_write
from training.encoder.device import cpu_has_bf16, uses_gpu
from training.fine_tuning.examples import collate
from training.fine_tuning.network import AreaClassifier
from training.fine_tuning.schedule import Schedule, schedule_for
from training.fine_tuning.train_options import TrainOptions

Progress = Callable[[int, int, float], None]
"""Called as (step, steps, mean loss since the last call)."""

_COMPLETE = "complete"
"""An empty file in every checkpoint, written last."""


def fine_tune(
    network: AreaClassifier,
    dataset: datasets.Dataset,
    options: TrainOptions,
    work: Path,
    padding_id: int,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Train `network` in place.

    Args:
        network: trained in place.
        dataset: from `training.fine_tuning.examples.build_dataset`.
        options: of the training.
        work: folder of the checkpoints; with `options.resume` the last one there is continued.
        padding_id: id of the padding token.
        progress: told steps done and steps to do.

    Returns:
        "loss" (mean over the run), "steps", "seconds".
    """
    schedule = schedule_for(options, len(dataset))
    trainer = _Trainer(
        model=network,
        args=_arguments(options, schedule, work),
        train_dataset=dataset,
        data_collator=partial(collate, padding_id=padding_id),
        callbacks=[_CheckpointByClock(options.checkpoint_minutes), _Report(progress)],
    )
    trainer.head_learning_rate = schedule.learning_rate * schedule.head_rate
    trainer.remove_callback(PrinterCallback)
    checkpoint = _last_checkpoint(work) if options.resume else None
    result = trainer.train(resume_from_checkpoint=checkpoint)
    network.to("cpu")
    return {
        "loss": round(result.training_loss, 5),
        "steps": float(result.global_step),
        "seconds": round(result.metrics["train_runtime"], 1),
    }


def _arguments(options: TrainOptions, schedule: Schedule, work: Path) -> TrainingArguments:
    on_gpu = uses_gpu(options.device)
    return TrainingArguments(
        output_dir=str(work),
        per_device_train_batch_size=options.batch_size,
        num_train_epochs=schedule.epochs,
        learning_rate=schedule.learning_rate,
        warmup_steps=options.warmup,
        lr_scheduler_type="linear",
        weight_decay=options.weight_decay,
        optim="adamw_torch_fused",
        bf16=on_gpu or cpu_has_bf16(),
        use_cpu=not on_gpu,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        remove_unused_columns=False,
        dataloader_pin_memory=on_gpu,
        save_strategy="no",  # by the clock instead: see _CheckpointByClock
        save_total_limit=2,  # one is complete while another is written
        logging_steps=25,
        disable_tqdm=True,
        report_to=[],
        seed=options.seed,
    )


def _last_checkpoint(work: Path) -> str | None:
    """The last checkpoint that is complete; those that a killed or cancelled run was just writing are removed."""
    for folder in sorted(work.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]), reverse=True):
        if (folder / _COMPLETE).is_file():
            return str(folder)
        shutil.rmtree(folder)
    return None


class _Trainer(Trainer):
    """Two learning rates, and no weight decay on biases and normalisation."""

    head_learning_rate: float = 0.0
    optimizer: torch.optim.Optimizer | None

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
            for name, parameter in self.model.named_parameters():
                if not parameter.requires_grad:
                    continue
                key = (name.startswith("encoder."), parameter.ndim > 1)
                groups.setdefault(key, []).append(parameter)
            settings: list[dict[str, Any]] = [
                {
                    "params": parameters,
                    "lr": self.args.learning_rate if in_encoder else self.head_learning_rate,
                    "weight_decay": self.args.weight_decay if is_matrix else 0.0,
                }
                for (in_encoder, is_matrix), parameters in groups.items()
            ]
            self.optimizer = torch.optim.AdamW(settings, fused=True)
        return self.optimizer


class _CheckpointByClock(TrainerCallback):
    def __init__(self, minutes: float) -> None:
        self._seconds = minutes * 60
        self._last = time.monotonic()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        # the last step is always kept, so that a run killed while it is calibrated need not train again
        if time.monotonic() - self._last >= self._seconds or state.global_step >= state.max_steps:
            self._last = time.monotonic()
            control.should_save = True
        return control

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        with atomic_write(Path(str(args.output_dir)) / f"checkpoint-{state.global_step}" / _COMPLETE):
            pass


class _Report(TrainerCallback):
    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        if self._progress and logs and "loss" in logs:
            self._progress(state.global_step, state.max_steps, float(logs["loss"]))
