"""Ten areas of one's own: a few phrases each, 300 papers that nobody labelled, a model, its answers."""

from pathlib import Path

from data.papers import Paper
from model.tagger import Tagger
from training.encoder.text_embedding import text_embedder
from training.fine_tuning.train_options import TrainOptions
from training.train import train
from training.weak_label import WeakLabelOptions, weak_label

areas, soft_labels, model = Path("ten-areas.yaml"), Path("museum.parquet"), Path("museum-model")
# Phrases and the similarity of papers to the descriptions of areas vote; a label model makes soft labels of the votes.
weak_label(WeakLabelOptions(("museum-papers.jsonl",), soft_labels, taxonomy=areas, embed=text_embedder(None, "auto")))
train(TrainOptions(model, soft_labels=soft_labels, epochs=1, max_tokens=48))
papers = [
    Paper("1", "New arrivals of swallows", "We count swallows at their nests. Migratory birds arrive earlier."),
    Paper("2", "Ash in the ice", "An ice core from a glacier holds tephra of an eruption that no village recorded."),
]
for result in Tagger.load(model).tag(papers):
    print(result.title, "->", ", ".join(area.name for area in result.areas))
