"""Write what commands print today into the pages, where it is not what they show.

Run it after a change of outputs or of the bundled model, then read the difference and shorten what is long to `...`:

    python -m tests.documents.renew docs/cli.md
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.documents.pages import PAGES
from tests.documents.session import run


def renew(page: Path) -> int:
    """Renew one page; gives the number of outputs that were another."""
    text = page.read_text()
    with tempfile.TemporaryDirectory() as folder:
        printed = run(text, Path(folder) / "run")
    lines = text.splitlines()
    others = [made for made in printed if not made.command.prints(made.text)]
    for made in reversed(others):
        lines[made.command.start : made.command.end] = made.text.rstrip("\n").splitlines()
    page.write_text("\n".join(lines) + "\n")
    for made in printed:
        if made.status:
            print(f"{page.name}: status {made.status}: {made.command.text}", file=sys.stderr)
    return len(others)


if __name__ == "__main__":
    for page in [Path(name) for name in sys.argv[1:]] or PAGES:
        print(f"{page.name}: {renew(page)} outputs renewed")
