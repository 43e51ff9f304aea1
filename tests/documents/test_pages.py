"""Every command of README and docs/ does what the page shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.documents.pages import PAGES, ROOT, Command, blocks, commands
from tests.documents.session import programs, run

LANGUAGES = {"console", "python", "yaml", "json", "bibtex", "mermaid"}
SLOW = {"README.md", "training.md", "retraining.md", "operations.md", "rest.md", "annif.md", "exports.md"}
"""Pages that train a model or start the service with the bundled one."""


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=[pytest.mark.slow] if page.name in SLOW else [], id=page.name) for page in PAGES]
)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    """In order, as a reader would run them; `python -m tests.documents.renew` renews the outputs."""
    text = page.read_text()
    for program in programs(text):
        if shutil.which(program) is None:
            pytest.skip(f"the page uses {program}, which is not installed")
    printed = run(text, tmp_path / "run")
    wrong = [made for made in printed if made.status or not made.command.prints(made.text)]
    assert not wrong, "\n".join(f"$ {made.command.text}\n{made.text}(status {made.status})" for made in wrong)
    assert len(printed) == sum(len(commands(block)) for block in blocks(text) if _runs(block.language, block.not_run))


def _runs(language: str, not_run: str) -> bool:
    return language == "console" and not not_run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_everything_that_can_run_is_run(page: Path) -> None:
    """A command stands in a block of `console`, code in a file with a name, and what is not run says why."""
    text = page.read_text()
    assert {block.language for block in blocks(text)} <= LANGUAGES
    for block in blocks(text):
        if block.language == "console":
            assert commands(block), f"line {block.start}: no command"
        if block.language == "python":
            assert block.file, f"line {block.start}: the code has no file, so nothing runs it"
        if block.not_run:
            assert block.not_run.startswith("needs "), f"line {block.start}: {block.not_run}"
    inside = {line for block in blocks(text) for line in range(block.start, block.end)}
    assert not [
        line
        for number, line in enumerate(text.splitlines())
        if number not in inside
        and line.startswith("    ")
        and line.strip().startswith(("areatag ", "curl ", "python "))
    ]


def test_the_script_of_the_readme_is_the_example() -> None:
    """And each of the three scripts is run by some page."""
    (block,) = [block for block in blocks(PAGES[0].read_text()) if block.file]
    script = ROOT / "examples" / block.file
    assert "\n".join(block.lines[1:]) == script.read_text().rstrip()
    run_somewhere = "\n".join(page.read_text() for page in PAGES)
    scripts = sorted(path.name for path in script.parent.glob("*.py"))
    assert len(scripts) == 3
    assert [name for name in scripts if f"$ python {name}" not in run_somewhere] == []


def test_the_picture_is_small() -> None:
    """The README loads quickly."""
    picture = ROOT / "docs/page.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 150_000
    assert "(docs/page.png)" in PAGES[0].read_text()


def test_commands_and_outputs_are_told_apart() -> None:
    """Lines that go on, outputs, commands that print nothing; marked blocks."""
    page = "```console\n$ one \\\n  two |\n three\nprinted\n\n$ four\n```\n"
    first, second = blocks(page + "<!-- not run: needs a moon -->\n```console\n$ x\n```\n")
    assert [(command.text, command.printed) for command in commands(first)] == [
        ("one \\\n  two |\n three", "printed\n\n"),
        ("four", ""),
    ]
    assert (first.not_run, second.not_run) == ("", "needs a moon")


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("0.97 of (1)", "0.96 of (1)", True),
        ("0.97 of (1)", "0.90 of (1)", False),
        ("3 of 4", "4 of 4", False),
        ("79% sure", "77% sure", True),
        ("79% sure", "70% sure", False),
        ("a ... z", "a b\nc z", True),
        ("a ... z", "a b c", False),
        ("v0.1.0", "v0.1.1", False),
        ("", "more", False),
    ],
)
def test_what_counts_as_the_same(shown: str, printed: str, same: bool) -> None:
    """Decimals nearly, `...` for anything, all else to the letter."""
    assert Command("x", shown, 0, 1).prints(printed) == same
