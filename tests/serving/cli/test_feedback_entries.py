"""`areatag feedback list`, `history` and `undo`: entries by number."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from tests.serving.cli.conftest import Command, write_lines

HERONS = Paper("h1", "Herons in ponds", "They wait for frogs.")
MOLES = Paper("m1", "Moles under lawns", "They dig.")


@pytest.fixture(autouse=True)
def labelled() -> None:
    """Three decisions about two papers."""
    with LabelStore.open() as store:
        store.add(
            [
                Decision(LabelledPaper(HERONS, ("birds",), ("fish",), complete=False), "ada"),
                Decision(LabelledPaper(MOLES, ()), "bo"),
                Decision(LabelledPaper(HERONS, ("ponds",), ()), "bo", "v1"),
            ]
        )


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _answer(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """A terminal at which a person answers."""
    monkeypatch.setattr(sys, "stdin", _Terminal(f"{answer}\n"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)


def test_list_names_the_entries_behind_a_label(areatag: Command) -> None:
    """Those that count: a withdrawn one is none of them."""
    areatag("feedback", "undo", "1")
    assert {str(record["id"]): record["entries"] for record in areatag("feedback", "list").records} == {
        "h1": [3],
        "m1": [2],
    }


def test_history_has_every_entry_of_a_paper(areatag: Command) -> None:
    """Who said what and when, also what is withdrawn, and the withdrawal."""
    areatag("feedback", "undo", "1", "--annotator", "cy")
    first, second, third = areatag("feedback", "history", "h1").records
    assert (first["entry"], first["annotator"], first["areas"], first["not"]) == (1, "ada", ["birds"], ["fish"])
    assert (first["withdrawn"], second["withdrawn"], third["withdrawn"]) == (True, False, False)
    assert (second["entry"], second["model"], second["complete"]) == (3, "v1", True)
    assert (third["entry"], third["undoes"], third["annotator"]) == (4, 1, "cy")
    unknown = areatag("feedback", "history", "h2")
    assert unknown.code == 2 and "nothing about a paper 'h2'" in unknown.err


def test_undo_says_whose_label_of_which_paper_it_withdraws(areatag: Command) -> None:
    """And, of a withdrawal, what it withdrew."""
    err = areatag("feedback", "undo", "1").err
    assert err.startswith("Entry 1 by ada of 2") and "the paper 'Herons in ponds' (h1): birds; not fish.\n" in err
    assert "Entry 2 by bo of 2" in (none := areatag("feedback", "undo", "2").err) and "(m1): no area." in none
    assert "withdrew entry 1 of the paper 'Herons in ponds' (h1)." in areatag("feedback", "undo", "4").err
    assert "(h1): ponds; and no other area." in areatag("feedback", "undo", "3").err
    assert areatag("feedback", "undo", "77").code == 2


@pytest.mark.parametrize(("answer", "withdrawn"), [("y", True), ("n", False), ("", False)])
def test_undo_asks_on_a_terminal(
    areatag: Command, monkeypatch: pytest.MonkeyPatch, answer: str, withdrawn: bool
) -> None:
    """No is the default."""
    _answer(monkeypatch, answer)
    outcome = areatag("feedback", "undo", "1")
    assert outcome.code == 0
    assert ("Nothing was withdrawn." in outcome.err) is not withdrawn
    with LabelStore.open() as store:
        assert store.entry(1).withdrawn is withdrawn


def test_what_list_prints_is_imported_again(areatag: Command, tmp_path: Path) -> None:
    """The numbers are those of the store it came from, and mean nothing elsewhere."""
    taxonomy = tmp_path / "areas.yaml"
    areas = "[{id: birds, name: Birds}, {id: ponds, name: Ponds}, {id: fish, name: Fish}]"
    taxonomy.write_text(f"fields: [{{id: nature, name: Nature, areas: {areas}}}]")
    listed = write_lines(tmp_path / "listed.jsonl", areatag("feedback", "list").records)
    outcome = areatag("feedback", "import", listed, "--taxonomy", taxonomy)
    assert outcome.code == 0 and "Stored as entries 4 to 5;" in outcome.err
