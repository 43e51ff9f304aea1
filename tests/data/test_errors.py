"""Messages that are shown to the user as they are."""

import re

from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreatagError, ContentError, Problem, UsageError, did_you_mean, quoted, without_secret


def test_bad_usage_has_its_own_exit_status() -> None:
    """2 is for what the user corrects in the command, 1 for work that failed; both are caught as one."""
    assert (AreatagError.exit_code, UsageError.exit_code, ContentError("f", [Problem(1, "x")]).exit_code) == (1, 2, 1)
    assert issubclass(UsageError, AreatagError) and issubclass(ContentError, AreatagError)


def test_a_content_error_says_the_first_problem_and_counts_the_others() -> None:
    """Problems are sorted by line, however they were found."""
    problems = [Problem(9, "Ninth."), Problem(2, "Second."), Problem(4, "Fourth.")]
    assert str(ContentError("t.yaml", problems)) == "t.yaml, line 2: Second. (2 more problems in this file.)"
    assert str(ContentError("t.yaml", problems[:2])) == "t.yaml, line 2: Second. (1 more problem in this file.)"
    assert str(ContentError("t.yaml", problems[:1])) == "t.yaml, line 9: Ninth."
    assert [problem.line for problem in ContentError("t.yaml", problems).problems] == [2, 4, 9]


@given(st.text())
def test_what_is_quoted_is_one_short_printable_line(text: str) -> None:
    """A file cannot write control characters or pages into a message."""
    shown = quoted(text)
    assert shown.isprintable()
    assert len(text) > 60 or shown == repr(text)
    assert len(shown) <= 60 * len(r"\U00000000") + 2


def test_only_a_near_name_is_suggested() -> None:
    """A typing error gets a hint, an unrelated word none."""
    assert did_you_mean("langauge", ["language", "vision"]) == " Did you mean 'language'?"
    assert did_you_mean("chemistry", ["language", "vision"]) == ""
    assert did_you_mean("x" * 100_000, ["language"]) == ""


@given(st.text("abcde ", min_size=1, max_size=7), st.text("abcde .:@", max_size=60))
def test_a_short_secret_mangles_no_word(secret: str, text: str) -> None:
    """Only where no letter touches it is it masked; what is left are the words of the text."""
    masked = without_secret(text, secret.strip() or "a", "#")
    assert set(re.findall(r"\w+", masked)) <= set(re.findall(r"\w+", text))


@given(st.text("abc!", min_size=8, max_size=20), st.text("abcde ", max_size=20), st.text("abcde ", max_size=20))
def test_a_long_secret_is_never_shown(secret: str, before: str, after: str) -> None:
    """Whatever touches it."""
    assert secret not in without_secret(before + secret + after, secret, "#")


def test_without_a_secret_nothing_is_masked() -> None:
    """An empty password is everywhere."""
    assert without_secret("database is busy", "", "***") == "database is busy"
    assert without_secret("database a, ada:a@host", "a", "***") == "database ***, ada:***@host"
