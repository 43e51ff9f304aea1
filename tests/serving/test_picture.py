"""The script that takes the picture of the README."""

from pathlib import Path

from docs.picture import take_picture
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
