"""What the documents at the top level say of the code and of each other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
CURRENT = [document for document in DOCUMENTS if document.name != "CHANGELOG.md"]
FOLDERS = ("data", "model", "serving", "training")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_to_what_there_is(document: Path) -> None:
    """A file that moved takes its links along."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", CURRENT, ids=lambda document: document.name)
def test_variables_are_read_by_the_code(document: Path) -> None:
    """A setting under a wrong name would do nothing, without a word."""
    assert not unknown_variables(document.read_text())


def unknown_variables(text: str) -> set[str]:
    """The environment variables of ours in a text that no code reads."""
    source = "\n".join(file.read_text() for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
    settings = {f"AREATAG_{field.upper()}" for field in re.findall(r"(?m)^    (\w+): ", source)}
    named = set(re.findall(r"\bAREATAG_[A-Z_]+\b", text))
    return {variable for variable in named if variable not in source} - settings


def test_the_security_policy_is_found() -> None:
    """The README leads to it."""
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text()
