"""Answers that were paid for."""

import stat
from pathlib import Path

import pytest

from data.errors import AreatagError
from training.llm_votes.cache import FILE_NAME, AnswerCache


def test_answers_are_there_for_the_next_run(tmp_path: Path) -> None:
    """An answer without areas is an answer; the last one of a question holds."""
    path = tmp_path / "home" / FILE_NAME
    with AnswerCache.open(path) as cache:
        assert cache.get("q1") is None
        cache.put("q1", ("sea/whales", "sky/birds"))
        cache.put("q2", ())
        with AnswerCache.open(path) as other:  # while the first run still goes on
            assert other.get("q1") == ("sea/whales", "sky/birds")
            other.put("q1", ("sky/birds",))
    with AnswerCache.open(path) as cache:
        assert (cache.get("q1"), cache.get("q2"), cache.get("q3")) == (("sky/birds",), (), None)


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """Whatever the umask is."""
    path = tmp_path / "home" / FILE_NAME
    with AnswerCache.open(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_cache_is_named(tmp_path: Path) -> None:
    """In one sentence that says what to do."""
    path = tmp_path / FILE_NAME
    path.write_text("something else\n" * 100)
    with pytest.raises(AreatagError, match=rf"{FILE_NAME}: the kept answers cannot be used"), AnswerCache.open(path):
        pass
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(AreatagError, match="cannot be used"), AnswerCache.open(blocked / "below" / FILE_NAME):
        pass
