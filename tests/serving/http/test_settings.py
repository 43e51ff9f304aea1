"""Settings of the service come from the environment, and what is wrong with one is said by its name."""

from __future__ import annotations

import pytest

from data.errors import UsageError
from serving.http.settings import PREFIX, ServiceSettings


def test_variables_and_defaults() -> None:
    """An empty variable counts as unset, and a variable of another program is none of ours."""
    given = {"AREATAG_CACHE_PAPERS": "12", "AREATAG_OPEN_TAGGING": "true", "AREATAG_DEVICE": "", "PATH": "/bin"}
    settings = ServiceSettings.from_environment(given)
    assert (settings.cache_papers, settings.open_tagging, settings.device) == (12, True, "auto")
    assert ServiceSettings.from_environment({}) == ServiceSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_body_bytes", "1023"),
        ("max_waiting_papers", "1"),
        ("max_queue_seconds", "0"),
        ("body_seconds", "-1"),
        ("threads", "two"),
        ("open_tagging", "perhaps"),
        ("hosts", "papers.example, not a host!"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    """The sentence has the variable and what it was given."""
    variable = PREFIX + name.upper()
    with pytest.raises(UsageError, match=variable) as raised:
        ServiceSettings.from_environment({variable: value})
    assert repr(value)[1:5] in str(raised.value)


def test_names_of_hosts_and_origins_are_separated_by_blanks_or_commas() -> None:
    """Both end up in what requests are checked against."""
    settings = ServiceSettings(hosts="a.example,b.example", cors_origins="https://c.example, https://d.example")
    assert (settings.hosts, settings.cors_origins) == ("a.example b.example", "https://c.example https://d.example")
