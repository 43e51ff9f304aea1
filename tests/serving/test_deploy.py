"""The files for those who run several services say what the service and each other do."""

from __future__ import annotations

import configparser
from pathlib import Path

import yaml

from serving.http.settings import ServiceSettings

FOLDER = Path(__file__).parents[2] / "serving" / "deploy"


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
    assert "HEALTHCHECK" in (FOLDER.parent / "Containerfile").read_text()


def test_services_get_the_time_to_finish_their_calls() -> None:
    """More than AREATAG_DRAIN_SECONDS; and nginx lets pass files as large as the service takes."""
    settings = ServiceSettings()
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(FOLDER / "areatag.service")
    graces = (
        compose["services"]["areatag-1"]["stop_grace_period"].removesuffix("s"),
        unit["Service"]["TimeoutStopSec"],
    )
    assert all(int(grace) > settings.drain_seconds for grace in graces)
    nginx = (FOLDER / "nginx.conf").read_text()
    assert f"client_max_body_size {settings.max_file_bytes >> 20}m;" in nginx
    assert f"proxy_read_timeout {int(settings.activation_seconds) + 30}s;" in nginx
