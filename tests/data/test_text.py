"""Tests of data.text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text import TEXT_CHARACTERS, plain_text, read_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Diet of <i>Anser anser</i> &amp; kin", "Diet of Anser anser & kin"),
        ("<p>It fell (p < 0.01).</p><p>Ponds hold CO<sub>2</sub>.</p>", "It fell (p < 0.01). Ponds hold CO2."),
        ("10<sup>-3</sup> mol of Ca<sup>2+</sup> and <sup>13</sup>C", "10^-3 mol of Ca2+ and 13C"),
        ("the 1<sup>st</sup> goose", "the 1st goose"),
        ("<jats:p>&lt;b&gt;Not&lt;/b&gt; so &#58; caf&eacute;</jats:p>", "Not so : café"),
        ("&amp;lt;i&amp;gt;Larus&amp;lt;/i&amp;gt;", "Larus"),
        ("a List<String> with x<y, z>w", "a List<String> with x<y, z>w"),
        ("rare.<br/>Or<BR>not.", "rare. Or not."),
        ("mean <p> and <b> of x<b and c>d", "mean <p> and <b> of x<b and c>d"),
        ("we prompt with <think> and <answer>", "we prompt with <think> and <answer>"),
        ("<p>an open paragraph", "an open paragraph"),
        ('see <a href="https://a.example">the page</a>', "see the page"),
        ("<jats:title>Abstract</jats:title><jats:p>We count.</jats:p>", "We count."),
        (
            "<sec><title>Methods</title><p>We count.</p></sec><sec><title>Why?</title><p>So.</p></sec>",
            "Methods: We count. Why? So.",
        ),
        ("<![CDATA[We <b>count</b>.]]><!-- hidden <i> -->", "We count."),
        ("a <script>run(1<2)</script> b", "a b"),
        (r"{\textless}i{\textgreater}Larus{\textless}/i{\textgreater} calls", "Larus calls"),
        ("R&D at AT&T costs &; &unknown; 5", "R&D at AT&T costs &; &unknown; 5"),
        ("zero\u200bwidth soft\u00adhyphen b\x00c \x93q\x94 \ud83d", "zerowidth softhyphen b c “q” ?"),
        (r"$\alpha_{i} < \beta$ and \'e", r"$\alpha_{i} < \beta$ and \'e"),
        ("first\n  second", "first\n  second"),
        ("<sec><title/><p>We count <i/>geese.</p></sec>", "We count geese."),
        ("<?xml version='1.0'?><p>We count</p><?A3B2 twb 0.2w?> geese.", "We count geese."),
        ("<fixed-case>G</fixed-case>eese with <scp>DNA</scp><img src='a.png'><o:p></o:p>", "Geese with DNA"),
    ],
)
def test_markup_becomes_text(text: str, expected: str) -> None:
    """HTML, JATS, entities and invisible characters go; what only looks like markup stays."""
    assert plain_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<mml:math><mml:mi>n</mml:mi><mml:mo>&gt;</mml:mo><mml:mn>20</mml:mn></mml:math>", "n>20"),
        ("<math><msup><mi>x</mi><mn>2</mn></msup><mfrac><mi>a</mi><mi>b</mi></mfrac></math>", "x^2a/b"),
        (
            "<inline-formula><alternatives><tex-math>\\begin{document}$E$\\end{document}</tex-math>"
            "<mml:math><mml:mi>E</mml:mi></mml:math></alternatives></inline-formula>",
            "E",
        ),
        ("<tex-math>\\documentclass{x}\\begin{document}$E$\\end{document}</tex-math>", "$E$"),
    ],
)
def test_formulas_stay_readable(text: str, expected: str) -> None:
    """Of a formula in two languages one remains, in the middle of its sentence."""
    assert plain_text(f"We show that {text} holds.") == f"We show that {expected} holds."


def test_markup_does_not_count_as_length() -> None:
    """A long text with much markup is whole where what it says is short enough."""
    text, warning = read_text("<b>x</b>" * 19_000, "abstract")
    assert (len(text), warning) == (19_000, "")
    text, warning = read_text("<b>x</b>" * 40_000, "abstract")
    assert len(text) <= TEXT_CHARACTERS
    assert warning == f"the abstract was cut to {TEXT_CHARACTERS} characters; it has 320000"


_PIECES = st.sampled_from(
    ["<", ">", "</", "<p>", "<math>", "</math>", "<!--", "-->", "&lt;", "&#", ";", "<sup>", "\\textless", "a", " ", "="]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=3))).map("".join))
def test_any_text_can_be_read_and_written(text: str) -> None:
    """Whatever stands in a text, it is read, and reading it again changes little: no control character is left."""
    cleaned = plain_text(text)
    assert cleaned.encode("utf-8") is not None
    assert not any(character in cleaned for character in "\0\x1b\u200b\ufeff")


@given(st.text(st.characters(exclude_characters="<&\\", exclude_categories=["C"])))
def test_text_without_markup_stays(text: str) -> None:
    """Nothing but the white space around a text without markup changes."""
    assert plain_text(text) == text.strip()


@pytest.mark.parametrize(
    "piece", ["<p>", "<math>", "<!--", "<a x='", "&lt;", "<a ", "<x:", "\\textless ", "<tex-math>"]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Openings without an end are gone through once: a megabyte of them is no matter."""
    assert isinstance(plain_text(piece * (1_000_000 // len(piece))), str)
