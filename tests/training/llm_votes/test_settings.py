"""The endpoint from the environment."""

from __future__ import annotations

import pytest

from data.errors import UsageError
from training.llm_votes.settings import Endpoint

GOOD = {"AREATAG_LLM_URL": "https://llm.example/v1/", "AREATAG_LLM_MODEL": "m", "AREATAG_LLM_KEY": " k \n"}


def test_reads_the_environment() -> None:
    """Blanks around values, and the path that is added anyway, do not matter; the key is not shown."""
    endpoint = Endpoint.from_environment(GOOD)
    assert (endpoint.url, endpoint.model, endpoint.key.get_secret_value()) == ("https://llm.example/v1", "m", "k")
    assert "'k'" not in repr(endpoint)
    full = Endpoint.from_environment({**GOOD, "AREATAG_LLM_URL": "https://llm.example/v1/chat/completions"})
    assert full.url == endpoint.url


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"AREATAG_LLM_URL": ""}, "AREATAG_LLM_URL"),
        ({"AREATAG_LLM_MODEL": " "}, "AREATAG_LLM_MODEL"),
        ({"AREATAG_LLM_URL": "llm.example"}, "AREATAG_LLM_URL"),
        ({"AREATAG_LLM_URL": "https://llm.example:port"}, "AREATAG_LLM_URL"),
        ({"AREATAG_LLM_URL": "https://me:secret-17@llm.example"}, "AREATAG_LLM_KEY"),
        ({"AREATAG_LLM_KEY": "secret-17\nX-Other: 1"}, "AREATAG_LLM_KEY"),
    ],
)
def test_names_the_wrong_variable(change: dict[str, str], names: str) -> None:
    """The message says which variable to set, and does not repeat a secret."""
    with pytest.raises(UsageError, match=names) as caught:
        Endpoint.from_environment({**GOOD, **change})
    assert "secret-17" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "key", "reveals"),
    [
        ("http://llm.example", "k", True),
        ("http://llm.example", "", False),
        ("http://127.0.0.1:8000", "k", False),
        ("https://llm.example", "k", False),
    ],
)
def test_knows_when_the_key_can_be_read_on_its_way(url: str, key: str, reveals: bool) -> None:
    """Only a key that leaves the machine without encryption is worth a warning."""
    environment = {**GOOD, "AREATAG_LLM_URL": url, "AREATAG_LLM_KEY": key}
    assert Endpoint.from_environment(environment).reveals_key is reveals
