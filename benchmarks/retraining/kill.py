"""kill -9 at random moments of feedback, retraining, promotion and activation: is anything lost or broken?"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.retraining import kill_actions
from benchmarks.retraining.kill_checks import problems_of, remove_old_versions
from benchmarks.retraining.report import Table, write_report
from benchmarks.retraining.workplace import home_at, workplace
from benchmarks.serving.part import Options
from benchmarks.serving.processes import kill_tree
from benchmarks.serving.service_process import ServiceProcess, running_service
from data.errors import AreatagError
from data.label_store.store import LabelStore
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.activation import activate
from model.artefact import Artefact
from model.tagger import Tagger
from model.versions import active_reference, resolve_model

HELP = """Kill processes at random moments and check after each that no label is lost and no model broken.

Of ten injections three hit a process that stores labels, one a service that takes them by POST /feedback, two a
retraining at any moment, two one that installs and promotes its version, and two a process that activates versions and
rolls back. After each: every label whose storing was acknowledged is in the store, the active model and every other
one open with all checksums right, and no lock is held. At the end a retraining runs through and its model tags.

The full run of 100 takes about 15 minutes on two cores (with the bundled model; only its heads are retrained).

\b
Example of a trial, minutes on an idle core:
  python -m benchmarks.retraining kill --injections 10
"""
PAPERS, TOKENS = 60, 40
_PATIENCE = 1200.0
"""Seconds for a process to come to a stage."""
_FEEDBACK_SECONDS, _ACTIVATE_SECONDS, _SERVICE_SECONDS = 0.3, 0.5, 2.0
"""Longest random delay after the first sign of life."""
_CYCLE = (
    "feedback", "retrain", "activate", "promote", "feedback", "service", "activate", "retrain", "feedback", "promote"
)  # fmt: skip
_LAST_STAGES = ("promoting", "installing")


@dataclass(slots=True)
class Run:
    """What happened so far.

    Attributes:
        acknowledged: entry numbers of labels whose storing was acknowledged.
        train_seconds: how long a retraining takes, and how long its last stage.
    """

    home: Path
    model: str | None
    papers: list[Paper]
    taxonomy: Taxonomy
    generator: random.Random
    acknowledged: set[int] = field(default_factory=set)
    train_seconds: tuple[float, float] = (0.0, 0.0)
    injections: list[dict[str, Any]] = field(default_factory=list)


def main(
    output: Annotated[Path, typer.Option("-o", help="Results, without suffix.")] = Path("kill"),
    injections: Annotated[int, typer.Option(min=1, help="Processes to kill.")] = 100,
    model: Annotated[str | None, typer.Option(help="Model to begin with.  [default: bundled]")] = None,
    seed: Annotated[int, typer.Option(help="Of moments, labels and versions.")] = 0,
) -> None:
    """Kill, check and print; ends with 1 if anything was lost or broken."""
    # read by the libraries when the server of processes starts
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    with workplace(None) as place, home_at(place / "home"):
        run = measure(injections, model, seed, place / "home")
    problems = [problem for row in run.injections for problem in row["problems"]]
    settings = {"injections": injections, "seed": seed, "labels acknowledged": len(run.acknowledged)}
    figures = {"injections": run.injections, "acknowledged": len(run.acknowledged), "problems": problems}
    typer.echo(write_report(output, "kill -9", settings, [table(run)], figures))
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(1 if problems else 0)


def measure(injections: int, model: str | None, seed: int, home: Path) -> Run:
    """Inject, check after each, and end with a retraining that runs through.

    Raises:
        AreatagError: a process that was left alone failed.
    """
    options = Options(model, tokens=TOKENS, seed=seed)
    artefact = Artefact.open(resolve_model(model))
    run = Run(home, model, options.papers(PAPERS), artefact.taxonomy, random.Random(seed))
    if model is not None:
        activate(model)
    with LabelStore.open() as store:
        for _ in range(2 * PAPERS):
            decision = kill_actions.random_decision(run.papers, run.taxonomy, run.generator)
            run.acknowledged.update(store.add([decision]))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.retraining.kill_actions", "benchmarks.retraining.__main__"])
    _run_through(context, run)
    for number in range(injections):
        action = _CYCLE[number % len(_CYCLE)]
        moment = _ACTIONS[action](context, run)
        problems = problems_of(run.acknowledged)
        run.injections.append({"action": action, "moment": moment, "problems": problems})
        typer.echo(f"{number + 1}/{injections} {action}, {moment}: {problems or 'all well'}", err=True)
        remove_old_versions()
    _run_through(context, run)
    if Tagger.load().tag(run.papers[:1])[0].model != Artefact.open(resolve_model(active_reference())).version:
        raise AreatagError("The model that tags is not the active one.")
    return run


def table(run: Run) -> Table:
    """How many were killed where."""
    counts = Counter((row["action"], row["moment"]) for row in run.injections)
    failed = Counter((row["action"], row["moment"]) for row in run.injections if row["problems"])
    rows = tuple((*key, str(count), str(failed[key])) for key, count in sorted(counts.items()))
    lost = sum(len(row["problems"]) for row in run.injections)
    title = f"{len(run.injections)} injections, {len(run.acknowledged)} acknowledged labels, {lost} problems."
    return Table(title, ("process", "killed", "times", "with problems"), rows)


def _run_through(context: Any, run: Run) -> None:
    """A retraining that nobody disturbs; notes how long it takes."""
    start = time.monotonic()
    process, link = _start(context, kill_actions.train, str(run.home), False)
    last = start
    while (stage := _next(link, process)) != kill_actions.DONE:
        if stage is None:
            raise AreatagError("A retraining that was left alone failed; its messages are above.")
        if stage in _LAST_STAGES:
            last = time.monotonic()
    run.train_seconds = (time.monotonic() - start, time.monotonic() - last)
    process.join()


def _kill_feedback(context: Any, run: Run) -> str:
    process, link = _start(
        context, kill_actions.feedback, str(run.home), run.generator.randrange(2**31), run.papers, run.taxonomy
    )
    return _kill_later(process, link, _FEEDBACK_SECONDS, run, run.acknowledged)


def _kill_activate(context: Any, run: Run) -> str:
    process, link = _start(context, kill_actions.activate, str(run.home), run.generator.randrange(2**31))
    return _kill_later(process, link, _ACTIVATE_SECONDS, run, set())


def _kill_later(process: Any, link: Connection, longest: float, run: Run, told: set[Any]) -> str:
    """Kill after a random delay from the first message on, and read all that was told before."""
    first = _next(link, process)
    if first is None:
        return "ended by itself"
    told.add(first)
    _wait_and_kill(process, run.generator.uniform(0, longest))
    while (message := _next(link, process)) is not None:
        told.add(message)
    return "at work"


def _kill_retrain(context: Any, run: Run) -> str:
    process, link = _start(context, kill_actions.train, str(run.home), run.generator.random() < 0.5)
    start = time.monotonic()
    deadline = start + run.generator.uniform(0, run.train_seconds[0])
    stage: str | None = "starting"
    while stage != kill_actions.DONE and (left := deadline - time.monotonic()) > 0:
        if link.poll(left):
            heard = _next(link, process)
            if heard is None:
                return "ended by itself"
            stage = heard
    if stage == kill_actions.DONE:  # quicker than the one before it: later ones are to be hit at work
        run.train_seconds = (time.monotonic() - start, run.train_seconds[1])
    _wait_and_kill(process, 0)
    return "had ended" if stage == kill_actions.DONE else f"while {stage}"


def _kill_promote(context: Any, run: Run) -> str:
    process, link = _start(context, kill_actions.train, str(run.home), run.generator.random() < 0.5)
    while (stage := _next(link, process)) not in _LAST_STAGES:
        if stage is None or stage == kill_actions.DONE:
            process.join()
            return "ended by itself"
    _wait_and_kill(process, run.generator.uniform(0, run.train_seconds[1]))
    return f"while {stage}"


def _kill_service(_: Any, run: Run) -> str:
    """Kill a service and all its processes while it is sent labels."""
    with running_service(None, settings={"AREATAG_HOME": str(run.home)}) as service:
        moment = run.generator.uniform(0.1, _SERVICE_SECONDS)
        timer = threading.Timer(moment, kill_tree, [service.process.pid])
        timer.start()
        try:
            while True:
                run.acknowledged.update(_post_label(service, run))
        except (OSError, HTTPException):  # it is gone, in the middle of this call or before it
            timer.join()
    return "taking labels"


def _post_label(service: ServiceProcess, run: Run) -> list[int]:
    decision = kill_actions.random_decision(run.papers, run.taxonomy, run.generator)
    paper = decision.label.paper
    label = {"paper": {"id": paper.id, "title": paper.title, "abstract": paper.abstract}, "areas": decision.label.areas}
    request = urllib.request.Request(
        f"{service.url}/feedback",
        json.dumps({"labels": [label]}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {service.admin_key}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        entries: list[int] = json.load(answer)["entries"]
        return entries


_ACTIONS: dict[str, Callable[[Any, Run], str]] = {
    "feedback": _kill_feedback,
    "service": _kill_service,
    "retrain": _kill_retrain,
    "promote": _kill_promote,
    "activate": _kill_activate,
}


def _start(context: Any, action: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    """A process with its end of a pipe as the last argument."""
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=action, args=(*arguments, there))
    process.start()
    there.close()  # else the end of the process would not be seen
    return process, here


def _next(link: Connection, process: Any) -> Any:
    """The next message; None when the process has ended and told everything."""
    if not link.poll(_PATIENCE):
        process.kill()
        raise AreatagError(f"A process said nothing for {_PATIENCE:.0f} seconds.")
    try:
        return link.recv()
    except (EOFError, OSError):
        return None


def _wait_and_kill(process: Any, seconds: float) -> None:
    time.sleep(seconds)
    process.kill()
    process.join()
