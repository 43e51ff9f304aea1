"""Two services with one PostgreSQL behind nginx: an activation under load."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.console import Console

from benchmarks.machine import describe_machine
from benchmarks.postgres_server import postgres_programs, postgres_server
from benchmarks.serving.papers import invented_papers, tag_body
from benchmarks.serving.service_process import ROOT, ServiceProcess, free_port, running_service
from data.errors import AreatagError
from model.manifest import read_manifest, write_manifest
from model.versions import install, resolve_model
from serving.http.keys import KEYS

HELP = """Activate a version on two services behind nginx while clients call them, and count the calls that failed.

The services share AREATAG_HOME and a label store in PostgreSQL; nginx has the configuration of serving/deploy. Clients
tag without pause, the version is activated and then the bundled one again. A label
that one service takes must be in the answers of both. Needs the Debian packages nginx and postgresql; two minutes.
"""
_VERSION = "benchmark-2"
_PATIENCE = 120.0
_CONFIGURATION = ROOT / "serving" / "deploy" / "nginx.conf"


@contextmanager
def nginx(folder: Path, services: list[ServiceProcess]) -> Iterator[str]:
    """Run nginx with our configuration before the services; yield its address."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise AreatagError("nginx is not installed: apt-get install nginx.")
    port = free_port()
    text = _CONFIGURATION.read_text().replace("listen 8080;", f"listen 127.0.0.1:{port};")
    for number, service in enumerate(services, start=1):
        text = text.replace(f"areatag-{number}:3000", f"{service.host}:{service.port}")
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = text.replace("http {", f"http {{\n{paths}", 1)
    text = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n{text}"
    (folder / "nginx.conf").write_text(text)
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AreatagError("nginx did not start; it says why above.")


def second_version(folder: Path) -> str:
    """Install the bundled model once more, under another version."""
    bundled = resolve_model("bundled")
    copy = folder / "copy"
    shutil.copytree(bundled, copy)
    manifest = read_manifest(bundled)
    (copy / "manifest.json").unlink()
    write_manifest(copy, _VERSION, manifest.encoder.model_dump())
    return install(copy)


async def _client(url: str, bodies: list[bytes], stop: asyncio.Event, statuses: Counter[str]) -> None:
    async with aiohttp.ClientSession() as session:
        while not stop.is_set():
            body = bodies[statuses.total() % len(bodies)]
            try:
                async with session.post(
                    f"{url}/tag", data=body, headers={"Content-Type": "application/json"}
                ) as answer:
                    record = await answer.json()
                    statuses[f"{answer.status} {record.get('model', '')}"] += 1
            except (aiohttp.ClientError, ValueError, TimeoutError) as error:
                statuses[f"no answer: {type(error).__name__}"] += 1


async def _call(session: aiohttp.ClientSession, method: str, url: str, key: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    async with session.request(method, url, headers=headers, json=body) as answer:
        record = await answer.json()
        if answer.status >= 300:
            raise AreatagError(f"{method} {url} answered {answer.status}: {record}")
        return record


async def _followed(session: aiohttp.ClientSession, services: list[ServiceProcess], key: str, version: str) -> float:
    """Wait until every service has the version; return how long that took, in seconds."""
    start = time.monotonic()
    for service in services:
        while (await _call(session, "GET", f"{service.url}/model", key))["version"] != version:
            if time.monotonic() - start > _PATIENCE:
                raise AreatagError(f"{service.url} does not follow the activation of {version}.")
            await asyncio.sleep(0.05)
    return time.monotonic() - start


async def measure(url: str, services: list[ServiceProcess], clients: int, pause: float) -> dict[str, Any]:
    """Load the services, activate twice, and return what was answered."""
    papers = invented_papers(8, 60, lambda text: len(text.split()))
    bodies = [tag_body([paper]) for paper in papers]
    statuses: Counter[str] = Counter()
    stop = asyncio.Event()
    key = services[0].admin_key
    tasks = [asyncio.create_task(_client(url, bodies, stop, statuses)) for _ in range(clients)]
    followed: dict[str, float] = {}
    async with aiohttp.ClientSession() as session:
        for version in (_VERSION, "bundled"):
            await asyncio.sleep(pause)
            await _call(session, "POST", f"{url}/models/{version}/activate", key)
            name = read_manifest(resolve_model(version)).version
            followed[version] = await _followed(session, services, key, name)
        await asyncio.sleep(pause)
        shared = await _label_is_shared(session, services, key)
    stop.set()
    await asyncio.gather(*tasks)
    failed = sum(count for status, count in statuses.items() if not status.startswith("200 "))
    return {"calls": statuses.total(), "failed": failed, "answers": statuses, "followed": followed, "shared": shared}


async def _label_is_shared(session: aiohttp.ClientSession, services: list[ServiceProcess], key: str) -> bool:
    """Give a label to the first service; return whether the answers of all have it."""
    paper = {"id": "shared", "title": "A catalogue of village bells", "abstract": "We list bells and their founders."}
    area = (await _call(session, "GET", f"{services[0].url}/areas", key))["fields"][0]["areas"][0]["id"]
    await _call(session, "POST", f"{services[0].url}/feedback", key, {"labels": [{"paper": paper, "areas": [area]}]})
    answers = [await _call(session, "POST", f"{one.url}/tag", key, {"papers": [paper]}) for one in services]
    return all(answer["results"][0]["areas"][0]["id"] == area for answer in answers)


def main(
    clients: Annotated[int, typer.Option(min=1, help="Clients that call without pause.")] = 4,
    pause: Annotated[float, typer.Option(min=0.0, help="Seconds of load before each activation.")] = 5.0,
) -> None:
    """Start everything, measure and print."""
    programs = postgres_programs()
    if programs is None:
        raise AreatagError("PostgreSQL is not installed: apt-get install postgresql.")
    with tempfile.TemporaryDirectory(prefix="areatag-scale-", dir="/tmp") as name, ExitStack() as stack:
        home = Path(name) / "home"
        os.environ["AREATAG_HOME"] = str(home)  # of this process, which installs the version
        second_version(Path(name))
        database = stack.enter_context(postgres_server(programs)).new_database("labels")
        settings = {"AREATAG_HOME": str(home), "AREATAG_LABEL_STORE": database, "AREATAG_THREADS": "1"}
        services = [stack.enter_context(running_service(None, settings=settings))]
        settings[KEYS] = services[0].key_line
        services.append(stack.enter_context(running_service(None, settings=settings)))
        (Path(name) / "nginx").mkdir()
        url = stack.enter_context(nginx(Path(name) / "nginx", services))
        urllib.request.urlopen(f"{url}/readyz", timeout=30).close()
        found = asyncio.run(measure(url, services, clients, pause))
    console = Console()
    console.print(describe_machine())
    console.print(json.dumps(found, indent=1))
    if found["failed"] or not found["shared"]:
        raise AreatagError("Calls failed, or a label was not shared.")
