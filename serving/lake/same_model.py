"""What must be the same on every node for a run to have one answer: model, taxonomy and confirmed labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

from data.label_store.location import label_store_exists

if TYPE_CHECKING:
    from data.taxonomy import Taxonomy
    from model.artefact import ModelParts

_CALLED = {"model": "the model", "taxonomy": "the taxonomy", "labels": "the labels that curators confirmed"}


@dataclass(frozen=True, slots=True)
class AnswersBy:
    """Hashes of what the answers depend on."""

    model: str
    taxonomy: str
    labels: str

    @classmethod
    def of(cls, artefact: ModelParts) -> Self:
        """Return those of a model and the label store of this machine; raises LabelStoreError."""
        taxonomy = artefact.taxonomy
        return cls(f"{artefact.version} {artefact.digest}", taxonomy.fingerprint, confirmed_labels_hash(taxonomy))

    def differences(self, other: AnswersBy) -> str:
        """Return what differs, for people; "" where nothing does."""
        named = [field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name)]
        return " and ".join(_CALLED[name] for name in named)


def confirmed_labels_hash(taxonomy: Taxonomy) -> str:
    """Return a hash over all confirmed labels in the terms of a taxonomy; raises LabelStoreError."""
    found = hashlib.sha256()
    if label_store_exists():
        from data.label_store.store import LabelStore  # SQLAlchemy, which only a machine with labels pays for

        with LabelStore.open() as store:
            for label in store.labelled_papers(taxonomy):
                row = (label.paper.title, label.paper.abstract, label.areas, label.rejected, label.complete)
                found.update(f"{row!r}\n".encode("utf-8", "surrogatepass"))
    return found.hexdigest()
