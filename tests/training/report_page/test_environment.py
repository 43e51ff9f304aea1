"""What templates of report pages may use."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper
from training.report_page.environment import percent, report_environment, shortened


@given(text=st.text(), longest=st.integers(1, 40))
def test_a_text_is_cut_to_its_length(text: str, longest: int) -> None:
    """With an ellipsis where something is missing."""
    short = shortened(text, longest)
    assert len(short) <= longest and (short == text or short.endswith("…"))


def test_shares_are_readable() -> None:
    """A small one keeps a figure, an unknown one is a dash."""
    assert [percent(value) for value in (0.0, 0.004, 0.254, 1.0, float("nan"))] == [
        "0 %",
        "0.4 %",
        "25 %",
        "100 %",
        "-",
    ]


def test_a_page_is_framed_and_escaped(tmp_path: Path) -> None:
    """Whatever a title holds is text; sections are linked."""
    (tmp_path / "a.html").write_text(
        '{% extends "frame.html" %}{% set sections = [("x", "X & Y")] %}'
        "{% block title %}{{ paper | title }}{% endblock %}"
        "{% block main %}<p id=x>{{ paper.abstract }}</p>{% endblock %}"
    )
    page = report_environment(tmp_path).get_template("a.html").render(paper=Paper("1", "<b>", "</p><script>"))
    assert "<title>&lt;b&gt;</title>" in page and "<h1>&lt;b&gt;</h1>" in page and "<script>" not in page
    assert '<a href="#x">X &amp; Y</a>' in page and page.startswith("<!doctype html>")
