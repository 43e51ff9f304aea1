"""A model version for a changed taxonomy: the files of an installed model with other heads (`model.new_areas`)."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.atomic import write_error
from data.errors import UsageError
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.artefact import Artefact
from model.measurement import ADAPTED
from model.new_areas import Change, EmbedTexts, changes_between, with_taxonomy
from model.plain_files import ENCODER
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from model.verified_copy import copy_encoder
from model.versions import install, name_of_version, resolve_model, versions
from model.writing import write_model


def adapted_version(ref: str, taxonomy: Taxonomy) -> str:
    """Return a reference to the version of a model for a taxonomy, which is installed when it is not there yet.

    Nothing is trained, and other areas' scores are unchanged. A version that was itself adapted is made anew from the
    one that was trained, while that is there, so that no area's trained head is lost on the way. The name tells model
    and taxonomy, so that the same two make the same version.

    Raises:
        AreatagError: there is no such model, it is damaged, or it cannot be installed.
    """
    if Artefact.open(resolve_model(ref), verify=False).taxonomy == taxonomy:
        return ref
    source = _trained(ref)
    artefact = Artefact.open(resolve_model(source))
    if artefact.taxonomy == taxonomy:
        return source
    name = f"{artefact.version.partition('+')[0]}+{taxonomy.fingerprint[:8]}"
    if name in versions():
        return name
    try:
        with tempfile.TemporaryDirectory(prefix="areatag-") as work:
            folder = Path(work) / "model"
            write_adapted(artefact, taxonomy, folder, name)
            return install(folder)
    except UsageError:
        if name in versions():  # another process made it meanwhile
            return name
        raise
    except OSError as error:
        raise write_error(Path(tempfile.gettempdir()), error) from error


def write_adapted(artefact: Artefact, taxonomy: Taxonomy, folder: Path, version: str) -> None:
    """Write the model directory for a taxonomy: same encoder, other heads, and nothing measured."""
    folder.mkdir(parents=True)
    copy_encoder(artefact.path, folder)
    adapted = with_taxonomy(artefact.parts, taxonomy, _embedder(artefact))
    card = {**artefact.card, ADAPTED: _described(artefact, taxonomy)}
    write_model(replace(adapted, version=version, encoder_path=folder / ENCODER, card=card, metrics={}))


def _embedder(artefact: Artefact) -> EmbedTexts:
    def embed(texts: list[str]) -> Any:
        # The encoder is started only when an area needs its text.
        return Tagger(artefact, load_runtime(artefact.encoder_path, "cpu")).embed([Paper("", text) for text in texts])

    return embed


def _described(artefact: Artefact, taxonomy: Taxonomy) -> dict[str, str]:
    """What the card says."""
    changes = changes_between(artefact.taxonomy, taxonomy)
    kept = {source for change in changes.values() for source in change.sources}

    def named(kind: str) -> str:
        return ", ".join(_arrow(area, change) for area, change in changes.items() if change.kind == kind)

    lists = {kind: named(kind) for kind in ("new", "renamed", "merged", "split")}
    lists["removed"] = ", ".join(area for area in artefact.taxonomy.area_ids if area not in kept)
    return {"from_version": artefact.version, **{kind: text for kind, text in lists.items() if text}}


def _arrow(area: str, change: Change) -> str:
    return f"{' + '.join(change.sources)} -> {area}" if change.sources else area


def _trained(ref: str) -> str:
    """The version that an adapted one was made from, where it is still there; else the reference itself."""
    entry = Artefact.open(resolve_model(ref), verify=False).card.get(ADAPTED)
    wanted = entry.get("from_version") if isinstance(entry, dict) else None
    return (name_of_version(wanted) if wanted else None) or ref
