"""The model card of an export: YAML front matter as Hugging Face's hub reads it, how to use it, and what it lacks."""

from __future__ import annotations

from typing import Any

import yaml

from model.artefact import ModelParts

_APACHE = "sentence-transformers/all-MiniLM-L6-v2"
"""The encoder whose licence is known: Apache-2.0, as that of areatag."""
_MEASURES = {
    "micro_f1": ("micro-F1", "f1"),
    "macro_f1": ("macro-F1", "f1"),
    "precision": ("precision", "precision"),
    "recall": ("recall", "recall"),
    "p_at_1": ("precision of the most probable area", "precision"),
    "ece": ("expected calibration error", "ece"),
}
"""Name for people and type of each measure that is shown."""


def export_card(whole: ModelParts, exported: ModelParts, use: str, library: str = "transformers") -> str:
    """The card.

    Args:
        whole: the model as areatag runs it.
        exported: the model of the export (`model.embedding_only`).
        use: how the export is used, Markdown.
        library: that loads it, as the hub names it.
    """
    front = yaml.safe_dump(_front_matter(whole, exported, library), allow_unicode=True, sort_keys=False, width=1_000)
    taxonomy = whole.taxonomy
    sections = (
        f"# Research areas of scientific papers (model {whole.version})\n",
        f"Gives every paper (title and abstract) a probability for each of {len(taxonomy.areas)} research areas in "
        f"{len(taxonomy.fields)} fields (`taxonomy.yaml`). Several areas may apply to one paper. "
        f"Made by areatag; encoder: {whole.encoder_name}.\n",
        f"## Use\n\n{_TEXT}\n\n{use}\n",
        _ANSWERS,
        f"## What is lost\n\n{_lost(whole, exported)}",
        f"## Measured\n\n{_measured(whole, exported)}",
        f"## Trained on\n\n{_trained(whole)}",
        _LIMITS,
    )
    return f"---\n{front}---\n\n" + "\n".join(sections)


_TEXT = (
    "The text of a paper is its title, a full stop unless the title ends with one of `.?!`, a space, and its abstract, "
    "with white space collapsed:\n\n"
    "    We tell whales apart. Songs differ between islands, and the young learn those of their neighbours."
)
_ANSWERS = """## Answers

Probabilities are calibrated: of areas with 0.8, about 80 % are right. They do not sum to 1. An area is given to a paper
when it reaches the area's own threshold, which stands beside its label as data; the export does not apply it.
Servers and clients that apply softmax to the scores of a classifier must be asked for raw scores, to which the sigmoid
is applied.
"""
_LIMITS = """## Limits

It knows the areas of its taxonomy and no others, and papers in the languages it was trained on. Titles alone, and texts
that are no papers, get probabilities too, and these are not calibrated. Labels of training papers came from sources
with their own biases; measure on your own papers before you rely on it.
"""


def _front_matter(whole: ModelParts, exported: ModelParts, library: str) -> dict[str, Any]:
    languages = list(whole.ood.languages) if whole.ood else []
    votes = str(whole.card.get("trained_on", {}).get("labelling_functions", ""))
    shown = _shown(exported)
    matter = {
        "license": "apache-2.0" if whole.encoder_name.startswith(_APACHE) else "unknown",
        "language": languages,
        "library_name": library,
        "pipeline_tag": "text-classification",
        "tags": ["text-classification", "multi-label-classification", "scientific-papers", "areatag"],
        "base_model": [_APACHE] if whole.encoder_name.startswith(_APACHE) else [],
        "datasets": ["arxiv_dataset"] if "arxiv." in votes else [],
        "metrics": list(dict.fromkeys(kind for name, (_, kind) in _MEASURES.items() if name in shown)),
        "model-index": _results(whole, shown),
    }
    return {name: value for name, value in matter.items() if value}


def _shown(model: ModelParts) -> dict[str, float]:
    values = {name: model.metrics.get(name) for name in _MEASURES}
    return {name: value for name, value in values.items() if isinstance(value, int | float)}


def _results(whole: ModelParts, shown: dict[str, float]) -> list[dict[str, Any]]:
    if not shown:
        return []
    measured = [{"type": _MEASURES[name][1], "name": _MEASURES[name][0], "value": shown[name]} for name in shown]
    task = {"type": "text-classification", "name": "Research areas of papers"}
    dataset = {"type": "areatag-labels", "name": "labelled papers that calibrated the model, cross-fitted"}
    return [{"name": f"areatag {whole.version}", "results": [{"task": task, "dataset": dataset, "metrics": measured}]}]


def _lost(whole: ModelParts, exported: ModelParts) -> str:
    lines = []
    if whole.lexical is not None:
        loss = _f1_lost(whole, exported)
        lines.append(f"- Lexical features (TF-IDF ridge), which see rare terms that the encoder does not.{loss}")
    lines += [
        "- Thresholds: they come as data, and are not applied.",
        "- Abstention: areatag gives texts that are out of distribution (other languages, front matter) no area.",
        "- The correction of probabilities for papers with a title only.",
    ]
    return "\n".join(lines) + "\n"


def _f1_lost(whole: ModelParts, exported: ModelParts) -> str:
    before, after = (_shown(model).get("micro_f1") for model in (whole, exported))
    if before is None or after is None:
        return " What that costs was not measured."
    return f" Micro-F1 is {after:.3f} without them, and {before:.3f} with them."


def _measured(whole: ModelParts, exported: ModelParts) -> str:
    shown = _shown(exported)
    if not shown:
        return "Nothing yet: `areatag models export --gold GOLD.jsonl` measures on labelled papers.\n"
    papers = exported.metrics.get("papers", "some")
    lines = [f"On {papers} labelled papers that it was not trained on; cross-fitted where these calibrated it.\n"]
    lines += ["| measure | this export | with all of areatag |", "|---|---|---|"]
    before = _shown(whole)
    for name, value in shown.items():
        lines.append(f"| {_MEASURES[name][0]} | {value:.3f} | {f'{before[name]:.3f}' if name in before else ''} |")
    return "\n".join(lines) + "\n"


def _trained(whole: ModelParts) -> str:
    entries = whole.card.get("trained_on", {})
    return "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in entries.items()) + "\n"
