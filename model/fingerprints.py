"""Which papers a model learned from, as fingerprints: enough to prove that a paper is not among them, not to read one.

A paper has two fingerprints, each the first 16 hexadecimal digits of a SHA-256: of its normalised title and abstract,
and of the letters and digits of its title, so that another version of the abstract is found as well. With n papers a
stranger is taken for one of them with probability n / 2^63. They are kept in `training_fingerprints.json` of the model
directory, of the papers that calibrated the model too, and of those of the earlier model that a training started from:
what an encoder learned stays in it (compare SISA training: Bourtoule et al., Machine Unlearning, 2021).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from data.atomic import atomic_text
from data.errors import AreatagError
from data.papers import Paper

FILE_NAME = "training_fingerprints.json"
_FORMAT = 1
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
        try:
            record = json.loads(path.read_bytes())
            if record["format"] != _FORMAT or not isinstance(record["complete"], bool):
                raise ValueError("its format is not known")
            return cls(frozenset(map(str, record["fingerprints"])), record["complete"])
        except FileNotFoundError:
            return cls(complete=False)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AreatagError(f"{path}: cannot be read ({error}); install the model again.") from error

    def write(self, folder: Path) -> None:
        """Write the file into a folder (17 bytes a fingerprint)."""
        record = {"format": _FORMAT, "complete": self.complete, "fingerprints": sorted(self.values)}
        with atomic_text(folder / FILE_NAME) as stream:
            stream.write(json.dumps(record, separators=(",", ":")) + "\n")

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
