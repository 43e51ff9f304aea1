"""How every worker process comes to serve the active version, and how a call waits until they all do.

The file `active` (`model.versions`) is the truth. Every worker looks at it a few times a second, loads the version it
names beside the one that serves, and tells the others. So a change by any process, also by `areatag models`, reaches
all workers, and no call ever waits for a model.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from data.errors import AreatagError
from data.taxonomy_file import load_taxonomy
from model import versions
from model.activation import activate, rollback
from model.plain_files import ArtefactError
from model.tagger import Tagger
from serving.http.errors import ServiceError, not_ready
from serving.http.local_paths import without_local_paths
from serving.http.settings import ServiceSettings
from serving.worker.active_model import ActiveModel
from serving.worker.workers import Workers, WorkerState

logger = logging.getLogger("areatag.service")

POLL_SECONDS = 0.2
_UNREADABLE = "It is damaged or cannot run here; the log of the service says more."


class ModelFollower:
    """Keeps the active model of this worker at what the file `active` says."""

    def __init__(self, settings: ServiceSettings, model: ActiveModel) -> None:
        self._settings, self._model = settings, model
        self._workers = Workers()
        self._changing = asyncio.Lock()
        self._followed: str | None = None  # the activation followed last
        self._stamp: tuple[int, int, int] | None = None  # of the file `active` when it was read last
        self.reference = settings.model
        """What is served, as `resolve_model` takes it; None before the first model."""

    @property
    def pinned(self) -> bool:
        """Whether the service was started with a model of its own (--model) and follows no activation."""
        return self._settings.model is not None

    async def run(self) -> None:
        """Load the first model; then follow the file `active` until cancelled."""
        if self._settings.model is not None:
            await self._model.start(self._settings.model)
            return
        try:
            self._workers.join()
        except OSError as error:
            logger.warning("No model can be activated over HTTP: AREATAG_HOME cannot be written (%s).", error.strerror)
        try:
            self._stamp, activation = _stamp(), versions.activation()
            reference = _version_of(activation)
            await self._model.start(reference)
            if not self._model.failed:
                self.reference = reference
            self._followed = activation
            self._report(activation, _UNREADABLE if self._model.failed else "")
            while True:
                await asyncio.sleep(POLL_SECONDS)
                await self._look()
        finally:
            self._workers.leave()

    async def _look(self) -> None:
        try:
            if (stamp := _stamp()) == self._stamp:
                return
            async with self._changing:
                self._stamp, activation = stamp, versions.activation()
                if activation != self._followed:
                    await self._follow(activation)
        except Exception:  # a loop that ends would leave this worker behind for good
            logger.exception("The active version could not be followed.")

    async def _follow(self, activation: str) -> None:
        reference, problem = _version_of(activation), ""
        if reference != self.reference:
            try:
                self._model.use(await self._load(reference))
                self.reference = reference
            except ServiceError as error:
                problem = error.sentence
        self._followed = activation
        self._report(activation, problem)

    async def activate(self, version: str) -> list[WorkerState]:
        """Make a version the active one, and return the workers once all of them serve it.

        Raises:
            ServiceError: 404 there is no such version; 409 the service is pinned to its model, another activation
                runs, or the model is damaged (the old one goes on serving); 503 a worker took too long.
        """
        self._check_free()
        if version not in await run_in_threadpool(versions.versions):
            raise ServiceError(404, "There is no such version; GET /models lists them.")
        if self._settings.taxonomy is not None:
            version = await run_in_threadpool(_with_taxonomy, version, Path(self._settings.taxonomy))
        return await self._alone(lambda: self._activate(version))

    async def roll_back(self) -> list[WorkerState]:
        """Make the version active that was so before, and return the workers once all of them serve it.

        Raises:
            ServiceError: 409 there is none, or as `activate`; 503 likewise.
        """
        self._check_free()
        return await self._alone(self._roll_back)

    def _check_free(self) -> None:
        if self.pinned:
            raise ServiceError(409, "The service was started with --model and keeps that model; restart it without.")

    async def _alone(self, work: Callable[[], Awaitable[list[WorkerState]]]) -> list[WorkerState]:
        """Do work that changes the active version, unless another process of the service is at it."""
        try:
            with self._workers.activating() as alone:
                if not alone:
                    raise ServiceError(409, "Another activation is running; ask again when it is done.")
                return await work()
        except OSError as error:
            logger.exception("The active version could not be changed.")
            raise ServiceError(409, f"AREATAG_HOME cannot be written ({error.strerror}); nothing changed.") from None

    async def _roll_back(self) -> list[WorkerState]:
        former = versions.active_reference()
        try:
            await run_in_threadpool(rollback)
        except AreatagError as error:
            logger.error("The active version stays. %s", error)
            raise ServiceError(409, without_local_paths(str(error))) from None
        await self._look()
        states = await self._wait(versions.activation())
        if problems := [state.problem for state in states if state.problem]:
            await self._activate(former)
            raise ServiceError(409, f"A worker could not load it, so {former} is active again. {problems[0]}")
        return states

    async def _activate(self, version: str) -> list[WorkerState]:
        async with self._changing:
            tagger = await self._load(version) if version != self.reference else None
            try:
                await run_in_threadpool(activate, version, tagger)
            except AreatagError as error:
                raise _damaged(version, error) from None
            activation = versions.activation()
            if tagger is not None:
                self._model.use(tagger)
                self.reference = version
            self._followed = activation
            self._report(activation)
        states = await self._wait(activation)
        if problems := [state.problem for state in states if state.problem]:
            await self._go_back(activation)
            raise ServiceError(409, f"A worker could not load it, so the old version is active again. {problems[0]}")
        return states

    async def _load(self, reference: str) -> Tagger:
        try:
            return await self._model.load(reference)
        except AreatagError as error:
            logger.error("Version %s was not activated. %s", reference, error)
            raise _damaged(reference, error) from None
        except Exception:
            logger.exception("Version %s was not activated.", reference)
            raise ServiceError(409, f"Version {reference} cannot be activated. {_UNREADABLE}") from None

    async def _wait(self, activation: str) -> list[WorkerState]:
        """Return the workers once each has followed the activation or failed to."""
        deadline = time.monotonic() + self._settings.activation_seconds
        while True:
            states = self._workers.states()
            late = [state for state in states if state.activation != activation]
            if not late:
                return states
            if versions.activation() != activation:
                raise ServiceError(409, "Another version was activated in the meantime.")
            if time.monotonic() > deadline:
                raise not_ready(
                    f"The version is active, but {len(late)} of {len(states)} workers have not switched to it yet; "
                    "repeat the call to wait for them."
                )
            await asyncio.sleep(POLL_SECONDS / 4)

    async def _go_back(self, activation: str) -> None:
        try:
            await run_in_threadpool(rollback)
        except AreatagError as error:
            logger.error("The version before could not be activated again. %s", error)
            return
        await self._look()
        await self._wait(versions.activation())

    def _report(self, activation: str, problem: str = "") -> None:
        try:
            self._workers.report(activation, problem)
        except OSError as error:
            logger.debug("The state of this worker cannot be written (%s).", error.strerror)


def _stamp() -> tuple[int, int, int] | None:
    """What changes whenever the file `active` is replaced; None while there is none."""
    try:
        status = versions.active_file().stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _version_of(activation: str) -> str:
    return activation.partition("\t")[0] or versions.BUNDLED


def _with_taxonomy(version: str, path: Path) -> str:
    """The version with the areas of the deployment's taxonomy file; raises the ServiceError that says what is wrong."""
    # Only a deployment with a taxonomy of its own pays for importing it.
    from model.adapt_to_taxonomy import adapted_version

    try:
        return adapted_version(version, load_taxonomy(path))
    except ArtefactError as error:
        raise _damaged(version, error) from None
    except AreatagError as error:
        logger.error("Version %s was not activated. %s", version, error)
        reason = without_local_paths(str(error).replace(str(path), "The taxonomy file of this service"))
        raise ServiceError(409, f"{reason.rstrip('.')}. Nothing changed.") from None


def _damaged(reference: str, error: AreatagError) -> ServiceError:
    """Return the 409 that says what is wrong, without the folders of this machine."""
    reason = str(error)
    for folder in (versions.models_folder(), versions.resolve_model(versions.BUNDLED).parent):
        reason = reason.replace(f"{folder}/", "")
    reason = without_local_paths(reason).rstrip(".")
    return ServiceError(409, f"Version {reference} cannot be activated; nothing changed. {reason}.")
