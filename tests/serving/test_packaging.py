"""What is shipped: the pinned libraries, the Bento and the container recipe."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from packaging.requirements import Requirement
from pathspec import GitIgnoreSpec

from tests.serving.conftest import ROOT
from tests.support.ports import free_port
from tests.support.waiting import PATIENCE, wait_for

_HEAVY = {"torch", "transformers", "accelerate", "datasets", "pandas", "scikit-learn", "scipy", "onnx"}


def _pins() -> dict[str, str]:
    """Versions of the light runtime and its small extras, by name."""
    lines = (ROOT / "serving" / "requirements.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if not line.startswith("#")]
    return {requirement.name: str(requirement.specifier).removeprefix("==") for requirement in pinned}


def _locked(file: Path) -> dict[str, tuple[str, set[str]]]:
    """Version and SHA-256 hashes by name, of a requirements file with hashes."""
    locked: dict[str, tuple[str, set[str]]] = {}
    text = re.sub(r"(?m)^#.*\n", "", file.read_text())
    for line in filter(None, re.sub(r"\\\n", "", text).splitlines()):
        pin, *hashes = line.split(" --hash=")
        requirement = Requirement(pin)
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value.strip()) for value in hashes), line
        version = str(requirement.specifier).removeprefix("==")
        earlier = locked.get(requirement.name, (version, set()))
        assert earlier[0] == version
        locked[requirement.name] = (version, {*earlier[1], *(value.strip() for value in hashes)})
    return locked


def test_the_light_runtime_is_pinned() -> None:
    """Each library of the base install and of the small extras has a version that it allows; none is for training."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = _pins()
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *extras["postgres"], *extras["tracing"]]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[requirement.name], prereleases=True), line
    assert not _HEAVY & pins.keys()
    assert "-c serving/requirements.txt" in (ROOT / "constraints.txt").read_text().splitlines()


def test_the_lock_has_the_pins_with_hashes_and_names_no_index() -> None:
    """What an image installs is checked file by file, from whichever package index its builder uses."""
    lock = ROOT / "serving" / "requirements.lock"
    locked = _locked(lock)
    assert {name: version for name, (version, _) in locked.items()} == _pins()
    assert all(hashes for _, hashes in locked.values())
    assert "setuptools" in locked  # what builds areatag itself is checked as well
    for file in (lock, ROOT / "serving" / "requirements.txt"):
        assert not re.search(r"://|--(index-url|extra-index-url|find-links|trusted-host)", file.read_text()), file


@pytest.fixture(scope="module")
def bento(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Bento of this working tree, in a BENTOML_HOME of its own."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("bentoml")
        patch.setenv("BENTOML_HOME", str(home))
        patch.setenv("BENTOML_DO_NOT_TRACK", "True")
        command = [sys.executable, "-m", "bentoml", "build", "--version", "test", "--output", "tag"]
        built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
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
    # BentoML's own line for itself has no hash; the installer then takes those of the lock's line.
    assert _locked(bento / "env" / "python" / "requirements.txt") == _locked(ROOT / "serving" / "requirements.lock")
    described = yaml.safe_load((bento / "apis" / "openapi.yaml").read_text())
    assert {"/tag", "/areas", "/model", "/feedback"} <= described["paths"].keys()


def _shipped(folder: Path) -> Iterator[Path]:
    left_out = ("__pycache__", "Containerfile", "Containerfile.dockerignore")
    return (path for path in folder.rglob("*") if path.is_file() and not {*left_out} & {*path.parts})


@pytest.mark.slow
def test_a_bento_serves_from_its_own_files(bento: Path, tmp_path: Path) -> None:
    """`bentoml serve` of its folder tags with the model inside, shows the page, and ends with SIGTERM."""
    port = free_port()
    command = [sys.executable, "-m", "bentoml", "serve", str(bento), "--host", "127.0.0.1", "--port", str(port)]
    log = tmp_path / "log"
    with log.open("wb") as stream, subprocess.Popen(command, cwd=tmp_path, stderr=stream, stdout=stream) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: _is_ready(url, process, log))
            paper = {"title": "Machine translation", "abstract": "We translate sentences between two languages."}
            answer = httpx.post(f"{url}/tag", json={"papers": [paper]}, timeout=PATIENCE).json()
            assert "language/multilingual-translation" in {area["id"] for area in answer["results"][0]["areas"]}
            assert httpx.get(f"{url}/ui", timeout=PATIENCE).status_code == 200
            assert "/tag" in httpx.get(f"{url}/docs.json", timeout=PATIENCE).json()["paths"]
            mapped = "".join((worker / "maps").read_text() for worker in _descendants(process.pid))
            assert str(bento / "src" / "model" / "bundled" / "encoder" / "model.safetensors") in mapped
            assert str(ROOT / "model") not in mapped
            assert not any(f"/{name}/" in mapped for name in ("torch", "pandas", "sklearn"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def _descendants(pid: int) -> Iterator[Path]:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield Path("/proc", child)
        yield from _descendants(int(child))


def _is_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return httpx.get(f"{url}/readyz", timeout=PATIENCE).status_code == 200
    except httpx.HTTPError:
        return False


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


def test_the_container_installs_nothing_unchecked() -> None:
    """Libraries come with hashes, areatag without libraries, and the base image's digest can be given."""
    lines = _containerfile()
    installs = [line[line.index("install") + 1 :] for line in lines if line[0] == "RUN" and "install" in line]
    pip = [arguments for arguments in installs if "--system" not in arguments and "--directory" not in arguments]
    assert pip == [
        ["--require-hashes", "--requirement", "serving/requirements.lock"],
        ["--no-deps", "--no-build-isolation", "."],
    ]
    bases = [line[1] for line in lines if line[0] == "FROM"]
    assert bases == ["${PYTHON}${DIGEST:+@${DIGEST}}"] * 2
    assert ["ARG", "DIGEST="] in lines


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
