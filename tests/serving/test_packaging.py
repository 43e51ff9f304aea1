"""What is shipped: the pinned libraries, the Bento and the container recipe."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from packaging.requirements import Requirement
from pathspec import GitIgnoreSpec

from tests.serving.conftest import ROOT

_HEAVY = {"torch", "transformers", "accelerate", "datasets", "pandas", "scikit-learn", "scipy", "onnx"}
_READY_SECONDS = 120


def _pins() -> dict[str, str]:
    lines = (ROOT / "serving" / "requirements.txt").read_text().splitlines()
    return dict(re.fullmatch(r"([a-z0-9-]+)==(\S+)", line).groups() for line in lines)  # type: ignore[union-attr, misc]


def test_the_light_runtime_is_pinned() -> None:
    """Each library of the base install has a version that it allows, and nothing for training is among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = _pins()
    for line in project["dependencies"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[requirement.name], prereleases=True), line
    assert not _HEAVY & pins.keys()
    assert "-c serving/requirements.txt" in (ROOT / "constraints.txt").read_text().splitlines()


@pytest.fixture(scope="module")
def bento(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Bento of this working tree, in a BENTOML_HOME of its own."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("bentoml")
        patch.setenv("BENTOML_HOME", str(home))
        patch.setenv("BENTOML_DO_NOT_TRACK", "True")
        command = [sys.executable, "-m", "bentoml", "build", "--version", "test", "--output", "tag"]
        built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
        assert built.returncode == 0, built.stderr
        assert "areatag:test" in built.stdout
        yield home / "bentos" / "areatag" / "test"


@pytest.mark.slow
def test_a_bento_has_what_serving_needs_and_no_more(bento: Path) -> None:
    """Source, page, model, taxonomy and rules; no tests, benchmarks, environments or caches."""
    source = bento / "src"
    for folder in ("data", "model", "serving", "training"):
        wanted = {path.relative_to(ROOT) for path in _shipped(ROOT / folder)}
        assert {path.relative_to(source) for path in _shipped(source / folder)} == wanted
    known = {"data", "model", "serving", "training", "pyproject.toml", "README.md", "LICENSE", "NOTICE"}
    assert {path.name for path in source.iterdir()} == known | {"bentofile.yaml"}
    requirements = set((bento / "env" / "python" / "requirements.txt").read_text().split())
    assert requirements == {f"{name}=={version}" for name, version in _pins().items()}
    described = yaml.safe_load((bento / "apis" / "openapi.yaml").read_text())
    assert {"/tag", "/areas", "/model", "/feedback"} <= described["paths"].keys()


def _shipped(folder: Path) -> Iterator[Path]:
    left_out = ("__pycache__", "Containerfile", "Containerfile.dockerignore")
    return (path for path in folder.rglob("*") if path.is_file() and not {*left_out} & {*path.parts})


@pytest.mark.slow
def test_a_bento_serves_from_its_own_files(bento: Path, tmp_path: Path) -> None:
    """`bentoml serve` of its folder tags with the model inside, shows the page, and ends with SIGTERM."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bentoml", "serve", str(bento), "--host", "127.0.0.1", "--port", str(port)]
    log = tmp_path / "log"
    with log.open("wb") as stream, subprocess.Popen(command, cwd=tmp_path, stderr=stream, stdout=stream) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            paper = {"title": "Machine translation", "abstract": "We translate sentences between two languages."}
            answer = httpx.post(f"{url}/tag", json={"papers": [paper]}).json()
            assert "language/multilingual-translation" in {area["id"] for area in answer["results"][0]["areas"]}
            assert httpx.get(f"{url}/ui").status_code == 200
            assert "/tag" in httpx.get(f"{url}/docs.json").json()["paths"]
            mapped = "".join((worker / "maps").read_text() for worker in _descendants(process.pid))
            assert str(bento / "src" / "model" / "bundled" / "encoder" / "model.safetensors") in mapped
            assert str(ROOT / "model") not in mapped
            assert not any(f"/{name}/" in mapped for name in ("torch", "pandas", "sklearn"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _descendants(pid: int) -> Iterator[Path]:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield Path("/proc", child)
        yield from _descendants(int(child))


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)


def _containerfile() -> list[list[str]]:
    text = (ROOT / "serving" / "Containerfile").read_text()
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text)).splitlines()
    return [line.split() for line in lines if line.strip()]


def test_the_container_recipe_copies_what_there_is() -> None:
    """Every source exists and is let through to the builder, and all that a wheel holds is among them."""
    ignore = GitIgnoreSpec.from_lines((ROOT / "serving" / "Containerfile.dockerignore").read_text().splitlines())
    copied = [
        name for word, *names in _containerfile() if word == "COPY" and "--from=build" not in names for name in names
    ]
    for name in copied:
        if name != "./":
            assert (ROOT / name).exists(), name
            assert not ignore.match_file(name), name
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert {package.partition(".")[0] for package in packages} <= {*copied}
    assert not any(ignore.match_file(f"model/bundled/{path.name}") for path in (ROOT / "model" / "bundled").iterdir())
    assert ignore.match_file("tests/conftest.py")
    assert ignore.match_file(".git/config")


def test_the_container_does_not_run_as_root() -> None:
    """And says how to ask whether it is ready, and where its state lies."""
    last: dict[str, list[str]] = {}
    for word, *rest in _containerfile():
        last = {} if word == "FROM" else {**last, word: rest}
    assert last["USER"] == ["10001:10001"]
    assert last["VOLUME"] == ["/var/lib/areatag"]
    assert "AREATAG_HOME=/var/lib/areatag" in last["ENV"]
    assert "/readyz" in " ".join(last["HEALTHCHECK"])
    assert os.path.commonpath(["/opt/areatag", last["ENV"][0].partition("=")[2].partition(":")[0]]) == "/opt/areatag"
