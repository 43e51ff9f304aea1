"""What tests of training share."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def graphs_once(traced_graphs: None) -> None:
    """Each of them may train."""
