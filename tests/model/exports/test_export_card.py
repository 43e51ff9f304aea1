"""The card of an export."""

from dataclasses import replace
from pathlib import Path

import yaml

from model.artefact import ModelParts
from model.embedding_only import METRICS, embedding_only
from model.exports.export_card import export_card
from tests.support.exports import with_lexical_features


def _card(model: ModelParts) -> tuple[dict[str, object], str]:
    text = export_card(model, embedding_only(model), "    use()")
    _, front, body = text.split("---\n", 2)
    return yaml.safe_load(front), body


def test_front_matter_is_what_the_hub_reads(tiny_model: Path) -> None:
    """Licence, tags, task and measures; what is not known is left out."""
    model = with_lexical_features(tiny_model)
    front, _ = _card(replace(model, encoder_name="sentence-transformers/all-MiniLM-L6-v2, fine-tuned"))
    assert front["license"] == "apache-2.0"
    assert front["pipeline_tag"] == "text-classification"
    assert front["metrics"] == ["f1", "ece"]
    assert "scientific-papers" in front["tags"]  # type: ignore[operator]
    assert "language" not in front and "datasets" not in front
    unknown, _ = _card(replace(model, metrics={}, encoder_name="my-encoder"))
    assert unknown["license"] == "unknown" and "model-index" not in unknown
    votes = {"trained_on": {"labelling_functions": "arxiv.primary, phrases.title"}}
    assert _card(replace(model, card=votes))[0]["datasets"] == ["arxiv_dataset"]


def test_it_says_what_is_lost(tiny_model: Path) -> None:
    """With figures where they were measured."""
    model = with_lexical_features(tiny_model)
    _, body = _card(model)
    assert "Micro-F1 is 0.750 without them, and 0.800 with them." in body
    assert "| expected calibration error | 0.020 |" in body
    for word in ("Thresholds", "Abstention", "softmax", "raw scores", "    use()"):
        assert word in body
    _, unmeasured = _card(replace(model, metrics={"micro_f1": 0.8, METRICS: {}}))
    assert "What that costs was not measured." in unmeasured and "--gold" in unmeasured
