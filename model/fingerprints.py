"""Which papers a model learned from, as fingerprints: enough to prove that a paper is not among them, not to read one.

A paper has two fingerprints, each the first eight bytes of a SHA-256: of its normalised title and abstract,
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
from numpy.typing import NDArray
from safetensors.numpy import save

from data.errors import AreatagError
from data.papers import Paper
from model.tensors import Wanted, read_tensors

FILE_NAME = "training_fingerprints.safetensors"
_COMPLETE = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """The papers behind a model.

    Attributes:
        values: uint64 [n], ascending, each once.
        complete: no other paper is behind the model, nor behind an earlier one that it started from.
    """

    values: NDArray[np.uint64]
    complete: bool = True

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> Self:
        """The fingerprints of some papers."""
        return cls.of_values(value for paper in papers for value in fingerprints_of(paper))

    @classmethod
    def of_values(cls, values: Iterable[int]) -> Self:
        """From values of `fingerprints_of`, in any order."""
        return cls(np.unique(np.fromiter(values, dtype=np.uint64)))

    @classmethod
    def unknown(cls) -> Self:
        """No fingerprints, of a model of which nobody knows what it learned from."""
        return cls(np.empty(0, dtype=np.uint64), complete=False)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the fingerprints of a model directory; without the file nothing is known, so they are not complete.

        Raises:
            AreatagError: the file is damaged.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            return cls.unknown()
        tensors, metadata = read_tensors(path, {"fingerprints": Wanted((None,), ("uint64",))})
        complete = {text: known for known, text in _COMPLETE.items()}.get(metadata.get("complete", ""))
        if complete is None:
            raise AreatagError(f"{path}: does not say whether it is complete; install the model again.")
        return cls(np.unique(tensors["fingerprints"]), complete)

    def to_bytes(self) -> bytes:
        """The content of the file in a model directory, 8 bytes a fingerprint."""
        return save({"fingerprints": self.values}, metadata={"complete": _COMPLETE[self.complete]})

    def __len__(self) -> int:
        return len(self.values)

    def __or__(self, other: "Fingerprints") -> "Fingerprints":
        return Fingerprints(np.union1d(self.values, other.values), self.complete and other.complete)

    def __contains__(self, paper: Paper) -> bool:
        """Whether the paper, or one with its title, is among them."""
        return bool(np.isin(np.array(fingerprints_of(paper), dtype=np.uint64), self.values).any())


def fingerprints_of(paper: Paper) -> tuple[int, ...]:
    """The fingerprints of one paper: its content's, and its title's where it has one."""
    content = "\n".join(" ".join(part.split()) for part in (paper.title, paper.abstract))
    title = "".join(character for character in paper.title.lower() if character.isalnum())
    return (_digest(f"content\n{content}"), *([_digest(f"title\n{title}")] if title else []))


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode(errors="replace")).digest()[:8], "big")
