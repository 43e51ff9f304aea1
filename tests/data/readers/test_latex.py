"""Tests of data.readers.latex."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.latex import decode_latex


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("{BERT} for {{Geese}}", "BERT for Geese"),
        (r"Erd{\H o}s, M{\"u}ller, caf\'e, na{\"\i}ve, {\v{S}}koda, Wy{\.z}szy, \c{c}a \c ca", None),
        (r"Stra{\ss}e, Stra\ss e, K\o benhavn, {\aa}, \AA ngstr{\"o}m, {\L}{\'o}d{\'z}", None),
    ],
)
def test_letters(text: str, expected: str | None) -> None:
    """Accents in every notation become letters, and words stay whole."""
    spelled = {
        "E": "Erdős, Müller, café, naïve, Škoda, Wyższy, ça ça",
        "S": "Straße, Straße, København, å, Ångström, Łódź",
    }
    assert decode_latex(text) == (expected or spelled[text[0]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"5% and 6\% of \$7 \& \#1 \_x", "5% and 6% of $7 & #1 _x"),
        (r"{\textless}i{\textgreater}", "<i>"),
        (r"{``}Less{''} is {\textquotedblleft}more{\textquotedblright}", "\u201cLess\u201d is \u201cmore\u201d"),
        (r"one --- two -- three {\textemdash} four", "one \u2014 two \u2013 three \u2014 four"),
        (r"Figure~5 costs ~5, see~{\~{}}x", "Figure 5 costs ~5, see ~x"),
        (r"\LaTeX{} and \TeX\ are", "LaTeX and TeX are"),
        (r"a\-b f\/i 1\,000 one\\two\\[2pt]three", "ab fi 1 000 one two three"),
        (r"\textbackslash{}emph\{x\}", r"\emph{x}"),
        (r"5{\textdegree}C {\textpm} 2\,{\textmu}m", "5°C ± 2 µm"),
    ],
)
def test_characters(text: str, expected: str) -> None:
    """Escaped characters, symbols, dashes and quotation marks are read; a percent sign starts no comment."""
    assert decode_latex(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\alpha_{i}$ stays, \(x^2\) and \[y_{1}\] too", r"$\alpha_{i}$ stays, \(x^2\) and \[y_{1}\] too"),
        (r"{$\alpha$}-decay of 5 $\mu$m at p $<$ 0.05", "\u03b1-decay of 5 μm at p < 0.05"),
        (r"CO$_2$, CO$_{2}$ and CO\textsubscript{2}", "CO<sub>2</sub>, CO<sub>2</sub> and CO<sub>2</sub>"),
        (r"10$^{-3}$ at 30$^\circ$C", "10<sup>-3</sup> at 30°C"),
        (r"M$_{{\ensuremath{\odot}}}$ at $^{\circ}$", "M<sub>\u2299</sub> at °"),
        ("from $5 to $7", "from $5 to $7"),
        (r"$95\%$", "$95%$"),
    ],
)
def test_formulas(text: str, expected: str) -> None:
    """A formula stays as it is, unless it is one symbol or script, as exporters write them."""
    assert decode_latex(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\emph{sorting}\footnote{A {nested} note.} of items; see~\citep[p.~2]{doe}.", "sorting of items; see ."),
        (r"a {\em survey}, {\bf bold} \textit{x} \textsc {y}", "a survey, bold x y"),
        (r"\href{https://a.example/~doe}{text} \url{https://a.example/~doe}", "text https://a.example/~doe"),
        (r"\textcolor{red}{red} \foreignlanguage{german}{Wald}", "red Wald"),
        (r"One.\par Two \begin{itemize}\item three\end{itemize}", "One. Two three"),
        (r"\ourmethod wins over \theirs{others}", "ourmethod wins over others"),
    ],
)
def test_commands(text: str, expected: str) -> None:
    """Layout, notes and citations go; an unknown command leaves its argument, or its name."""
    assert " ".join(decode_latex(text).split()) == expected


@given(st.text(st.sampled_from("ab \\{}[]$~-`'^\"_%&\n()") | st.characters()))
def test_any_text_is_decoded(text: str) -> None:
    """No text makes the decoding fail, and none grows much."""
    assert len(decode_latex(text)) <= 12 * len(text) + 1


@pytest.mark.parametrize(
    "piece", ["\\footnote{", "$", "\\(", "\\[", "\\\\[", "\\cite[", "{", "\\textsubscript{", "\\'", "\\'{"]
)
def test_long_texts_of_unclosed_pieces(piece: str) -> None:
    """What never closes neither takes quadratic time nor deep recursion (the time limit of the tests would end it)."""
    assert decode_latex(piece * 20_000) is not None
