"""Where 8-bit integers are the fastest numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from model.runtimes import processor
from model.runtimes.processor import prefers_int8


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """The answer is kept for the process; each test asks anew, and leaves the real one to those after it."""
    prefers_int8.cache_clear()
    yield
    prefers_int8.cache_clear()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fpu avx2 avx512f avx512_vnni avx512_bf16", True),
        ("fpu avx2 avx_vnni", True),
        ("fpu avx2 avx512f avx512_bf16", False),
        ("fpu avx2 avx512_vnni amx_bf16 amx_int8", False),
        ("fpu avx512_vnni_of_another_name", False),
    ],
)
def test_by_what_linux_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, expected: bool) -> None:
    """VNNI of either width, and no AMX."""
    told = tmp_path / "cpuinfo"
    told.write_text(f"processor\t: 0\nmodel name\t: a processor\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
    monkeypatch.setattr(processor, "_CPU_INFO", told)
    assert prefers_int8() is expected


def test_other_systems_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such file, or one without flags."""
    monkeypatch.setattr(processor, "_CPU_INFO", tmp_path / "missing")
    assert not prefers_int8()
    prefers_int8.cache_clear()
    (tmp_path / "empty").write_text("Features\t: asimd i8mm\n")
    monkeypatch.setattr(processor, "_CPU_INFO", tmp_path / "empty")
    assert not prefers_int8()
