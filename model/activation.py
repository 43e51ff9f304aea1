"""Makes a model the active one, after it was verified and answered as it should; otherwise the active one stays."""

from datetime import UTC, datetime

from data.atomic import atomic_text
from data.errors import AreatagError
from model.artefact import Artefact
from model.self_check import try_model
from model.tagger import Tagger
from model.versions import (
    activations,
    active_file,
    changing,
    install_alone,
    resolve_model,
    versions,
    versions_in,
)

_KEPT_ACTIVATIONS = 100


def activate(ref: str, tagger: Tagger | None = None) -> str:
    """Verify a model, let it answer, and make it the active version; a directory is installed then.

    Args:
        ref: "bundled", a version, or a model directory.
        tagger: the model, where it is loaded already; else it is loaded here, onto the CPU.

    Returns:
        The version's name.

    Raises:
        AreatagError: there is no such model, it is damaged, does not answer as it should, or cannot be installed; the
            old one stays active.
    """
    path = resolve_model(ref)
    artefact = _tried(ref, tagger)
    with changing():
        name = ref if ref in versions() else install_alone(path)
        _check_unchanged(name, artefact)
        history = activations()
        if versions_in(history)[0] == name:
            history = history[1:]  # the new line tells running services to try the version again
        _write(name, history)
    return name


def rollback() -> str:
    """Make the version active that was so before the active one; again, the one before that. Return its name.

    Versions deleted in the meantime are passed over; the first version of all is the bundled one.

    Raises:
        AreatagError: there was none before, or it is damaged or does not answer as it should; the active one stays.
    """
    name, _ = _before_the_active_one()
    artefact = _tried(name)
    with changing():
        again, earlier = _before_the_active_one()
        if again != name:
            raise AreatagError("Another process changed the active version meanwhile; roll back again if need be.")
        _check_unchanged(name, artefact)
        _write(name, earlier)
    return name


def _tried(ref: str, tagger: Tagger | None = None) -> Artefact:
    """The model, when it has answered as it should; this takes a second and needs no lock."""
    artefact = Artefact.open(resolve_model(ref))
    try_model(artefact, tagger)
    return artefact


def _check_unchanged(name: str, tried: Artefact) -> None:
    if Artefact.open(resolve_model(name)).digest != tried.digest:
        raise AreatagError(f"Version {name} was changed while it was tried; nothing was activated, so try again.")


def _before_the_active_one() -> tuple[str, list[str]]:
    """The version to go back to, and the activations before its own."""
    history, known = activations(), versions()
    active = versions_in(history)[0]
    earlier = [line for line in history[1:] if line.partition("\t")[0] in known]
    while earlier and earlier[0].partition("\t")[0] == active:
        earlier = earlier[1:]
    name = versions_in(earlier)[0]
    if name == active:
        raise AreatagError(f"Nothing was active before {active}; activate a version by its name instead.")
    return name, earlier[1:]


def _write(name: str, history: list[str]) -> None:
    lines = [f"{name}\t{datetime.now(UTC).isoformat()}", *history]
    with atomic_text(active_file()) as stream:
        stream.writelines(f"{line}\n" for line in lines[:_KEPT_ACTIVATIONS])
