"""How to install an extra."""

import re
import tomllib
from pathlib import Path

import pytest

from data.extras import how_to_install

ROOT = Path(__file__).parents[2]
_EXTRAS = sorted(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])


@pytest.mark.parametrize("extra", _EXTRAS)
def test_the_command_works_from_a_clone(extra: str) -> None:
    """It names a target of the Makefile, or files and an extra that the clone has."""
    command = how_to_install(extra)
    assert f"pip install 'areatag[{extra}]'" in command
    if target := re.search(r"make ([a-z-]+)", command):
        assert f"\n{target[1]}:" in (ROOT / "Makefile").read_text()
    else:
        assert f"-e '.[{extra}]'" in command and (ROOT / "constraints.txt").is_file()


def test_no_message_names_an_extra_otherwise() -> None:
    """Every sentence about a missing package goes through here."""
    sources = [path for name in ("data", "model", "training", "serving") for path in (ROOT / name).rglob("*.py")]
    others = [path.name for path in sources if re.search(r"install[^\n]*areatag\[[a-z]+\]", path.read_text())]
    assert others == []
