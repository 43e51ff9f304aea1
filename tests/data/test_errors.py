"""Messages that are shown to the user as they are."""

from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreatagError, ContentError, Problem, UsageError, did_you_mean, quoted


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
