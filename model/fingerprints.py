"""Which papers a model learned from, as fingerprints: enough to prove that a paper is not among them, not to read one.

A paper has two fingerprints, each the first 16 hexadecimal digits of a SHA-256: of its normalised title and abstract,
and of the letters and digits of its title, so that another version of the abstract is found as well. With n papers a
stranger is taken for one of them with probability n / 2^63. They are kept in `training_fingerprints.safetensors`
of the model directory, of the papers that calibrated the model too, and of those of the earlier model that a training
started from: what an encoder learned stays in it (compare SISA training: Bourtoule et al., Machine Unlearning, 2021).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from safetensors.numpy import save

from data.atomic import atomic_write
from data.errors import AreatagError
from data.papers import Paper
from model.tensors import Wanted, read_tensors

FILE_NAME = "training_fingerprints.safetensors"
_COMPLETE = {True: "yes", False: "no"}
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """The papers behind a model; where not `complete`, behind an earlier model that it started from are others."""

    values: frozenset[str] = frozenset()
    complete: bool = True

    @classmethod
    def of(cls, papers: Iterable[Paper], complete: bool = True) -> Self:
        """Those of some papers."""
        return cls(frozenset(value for paper in papers for value in fingerprints_of(paper)), complete)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Those of a model directory; without the file nothing is known, so they are not complete.

        Raises:
            AreatagError: the file is damaged.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            return cls(complete=False)
        tensors, metadata = read_tensors(path, {"fingerprints": Wanted((None,), ("uint64",))})
        complete = {text: known for known, text in _COMPLETE.items()}.get(metadata.get("complete", ""))
        if complete is None:
            raise AreatagError(f"{path}: does not say whether it is complete; install the model again.")
        values = tensors["fingerprints"]
        return cls(frozenset(f"{value:0{_DIGITS}x}" for value in values.tolist()), complete)

    def write(self, folder: Path) -> None:
        """Write the file into a folder (8 bytes a fingerprint)."""
        values = np.array([int(value, 16) for value in sorted(self.values)], dtype=np.uint64)
        with atomic_write(folder / FILE_NAME) as stream:
            stream.write(save({"fingerprints": values}, metadata={"complete": _COMPLETE[self.complete]}))

    def __or__(self, other: "Fingerprints") -> "Fingerprints":
        return Fingerprints(self.values | other.values, self.complete and other.complete)

    def __contains__(self, paper: Paper) -> bool:
        """Whether the paper, or one with its title, is among them."""
        return not self.values.isdisjoint(fingerprints_of(paper))


def fingerprints_of(paper: Paper) -> tuple[str, ...]:
    """The fingerprints of one paper: its content's, and its title's where it has one."""
    content = "\n".join(" ".join(part.split()) for part in (paper.title, paper.abstract))
    title = "".join(character for character in paper.title.lower() if character.isalnum())
    return (_digest(f"content\n{content}"), *([_digest(f"title\n{title}")] if title else []))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_DIGITS]
