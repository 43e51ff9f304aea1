"""What the command prints."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from benchmarks.mutation.__main__ import main, summary
from benchmarks.mutation.workspace import Mutant


def test_survivors_are_shown_with_their_change() -> None:
    """The killed ones are only counted."""
    difference = "--- a/data/atomic.py\n+++ b/data/atomic.py\n@@ -1 +1 @@\n def f():\n-    sync()\n+    pass"
    mutants = [Mutant(2, "RemoveStatement", True, difference), Mutant(3, "AddNot", False, "")]
    assert summary("data/atomic.py", mutants, 12.3).splitlines() == [
        "data/atomic.py: 2 mutants, 1 killed, 12 s",
        "  line 2, RemoveStatement",
        "    -    sync()",
        "    +    pass",
    ]


def test_an_unknown_module_is_bad_usage() -> None:
    """Before anything is copied."""
    app = typer.Typer()
    app.command()(main)
    outcome = CliRunner().invoke(app, ["data/none.py"])
    assert outcome.exit_code == 2 and "data/none.py" in outcome.output
