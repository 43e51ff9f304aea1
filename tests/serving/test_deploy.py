"""The files for those who run several services say what the service and each other do."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from serving.cli.main import app
from serving.http.settings import ServiceSettings
from tests.test_documents import unknown_variables

FOLDER = Path(__file__).parents[2] / "serving" / "deploy"
CONTAINERFILE = FOLDER.parent / "Containerfile"
FILES = sorted([*FOLDER.iterdir(), CONTAINERFILE])


def unit() -> configparser.ConfigParser:
    """The unit for systemd."""
    found = configparser.ConfigParser(interpolation=None, strict=False)
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read(FOLDER / "areatag.service")
    return found


def parameters(arguments: list[str]) -> dict[str, Any]:
    """What `areatag` takes these arguments for; raises an exception of typer where it does not know them."""
    command, name = typer.main.get_command(app), "areatag"
    while hasattr(command, "resolve_command"):
        found, command, arguments = command.resolve_command(command.context_class(command), arguments)
        name = str(found)
    return dict(command.make_context(name, list(arguments)).params)


def test_the_commands_are_ours() -> None:
    """Of the unit, the image, and what the files tell people to run; a service of all listens where nginx calls it."""
    lines = dict(re.findall(r"(?m)^(ENTRYPOINT|CMD) (\[.*\])", CONTAINERFILE.read_text()))
    in_unit = shlex.split(unit()["Service"]["ExecStart"])
    in_image = [*json.loads(lines["ENTRYPOINT"]), *json.loads(lines["CMD"])]
    for program, *arguments in (in_unit, in_image):
        given = parameters(arguments)
        assert (Path(program).name, given["host"], given["port"]) == ("areatag", "0.0.0.0", 3000)
    texts = [path.read_text() for path in FILES]
    told = [command for text in texts for command in re.findall(r"`areatag ([^`]+)`", text)]
    assert told and all(parameters(shlex.split(command)) for command in told if command != "serve")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_variables_are_read_by_the_code(path: Path) -> None:
    """A setting under a wrong name would do nothing, without a word."""
    assert not unknown_variables(path.read_text())


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """With a program that is there in place of ours."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian package systemd)")
    copy = tmp_path / "areatag.service"
    copy.write_text((FOLDER / "areatag.service").read_text().replace("/opt/areatag/bin/areatag", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, [line for line in done.stderr.splitlines() if copy.name in line]) == (
        0,
        "",
        [],
    )


def test_compose_takes_its_file() -> None:
    """Its own parser, which needs no Docker for that; and it asks for what must be chosen."""
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed (Debian package docker-compose)")
    command = ["docker-compose", "-f", str(FOLDER / "compose.yaml"), "config"]
    chosen = {"POSTGRES_PASSWORD": "x", "AREATAG_API_KEYS": "admin:1"}
    for given, said in ((chosen, ""), ({}, "choose one")):
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **given})
        assert (done.returncode == 0) == bool(given) and said in done.stderr, done.stderr


def test_the_services_of_the_compose_file_are_those_of_nginx() -> None:
    """By name and port; both share a home and a label store, and each has a health check in its image."""
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    services = [name for name in compose["services"] if name.startswith("areatag")]
    nginx = (FOLDER / "nginx.conf").read_text()
    assert len(services) == 2
    assert all(f"server {name}:3000 " in nginx for name in services)
    assert len({str(compose["services"][name]) for name in services}) == 1
    first = compose["services"][services[0]]
    assert first["environment"]["AREATAG_LABEL_STORE"].startswith("postgresql+psycopg://")
    assert first["volumes"] == ["home:/var/lib/areatag"]
    assert "HEALTHCHECK" in CONTAINERFILE.read_text()


def test_services_get_the_time_to_finish_their_calls() -> None:
    """More than AREATAG_DRAIN_SECONDS; and nginx lets pass files as large as the service takes."""
    settings = ServiceSettings()
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    graces = (
        compose["services"]["areatag-1"]["stop_grace_period"].removesuffix("s"),
        unit()["Service"]["TimeoutStopSec"],
    )
    assert all(int(grace) > settings.drain_seconds for grace in graces)
    nginx = (FOLDER / "nginx.conf").read_text()
    assert f"client_max_body_size {settings.max_file_bytes >> 20}m;" in nginx
    assert f"proxy_read_timeout {int(settings.activation_seconds) + 30}s;" in nginx
