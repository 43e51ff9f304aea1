"""The scripts that take the picture of the README and those of every state of the page."""

from pathlib import Path

from docs.picture import take_picture
from docs.screens.__main__ import SCENES, take_screens
from tests.serving.conftest import Server
from tests.serving.page_driver import chromium


def test_the_page_is_taken_with_its_answer(server: Server, tmp_path: Path) -> None:
    """It waits for the areas, and writes a small PNG."""
    with chromium():  # skips where there is none
        pass
    picture = tmp_path / "page.png"
    take_picture(server.url, picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert 10_000 < picture.stat().st_size < 150_000


def test_every_state_has_its_pictures(server: Server, tmp_path: Path) -> None:
    """Wide and narrow, light and dark; each state has a name of its own, and every tab has some."""
    with chromium():  # skips where there is none
        pass
    names = [scene.name for scene in SCENES]
    assert len(set(names)) == len(names)
    assert {name.partition("-")[0] for name in names} == {"tag", "collection", "review", "models"}
    take_screens(server.url, [scene for scene in SCENES if scene.name in {"tag-empty", "collection-empty"}], tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        f"{tab}-empty-{width}-{scheme}.png"
        for tab in ("collection", "tag")
        for width in ("phone", "wide")
        for scheme in ("dark", "light")
    ]
