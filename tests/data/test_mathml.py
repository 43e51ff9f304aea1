"""MathML as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.mathml import math_text


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<mi>x</mi><mo>=</mo><mn>2</mn>", "x=2"),
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
        ("<msup><mi>x</mi><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow></msup>", "x^(a+1)"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>10</mn></msubsup>", "x_i^10"),
        ("<munder><mo>max</mo><mi>k</mi></munder>", "max_k"),
        ("<mfrac><mi>y</mi><mrow><mn>3</mn><mo>-</mo><mi>z</mi></mrow></mfrac>", "y/(3-z)"),
        ("<msqrt><mi>n</mi><mo>!</mo></msqrt>", "√(n!)"),
        ("<mi>a</mi><mo>&lt;</mo><mi>&beta;</mi>", "a<β"),
        ("<mi>a</mi><annotation encoding='tex'>a</annotation>", "a"),
        ("plain <mi>x</mi> text", "plainxtext"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("prefix", ["", "mml:"])
def test_a_formula_is_one_line(inner: str, text: str, prefix: str) -> None:
    """Whatever prefix the names have."""
    named = inner.replace("<m", f"<{prefix}m").replace("</m", f"</{prefix}m")
    assert math_text(f'<{prefix}math xmlns="http://www.w3.org/1998/Math/MathML">{named}</{prefix}math>') == text


def test_what_is_no_xml_keeps_its_words() -> None:
    """Tags are left out, entities read."""
    assert math_text("<math><mi>x</mi> <mo>&amp;</mo> <mi>y</math>") == "x & y"


def test_entities_of_its_own_are_not_expanded() -> None:
    """They could fill the memory, or read files."""
    bomb = '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><math><mi>&b;</mi></math>'
    assert len(math_text(bomb)) < len(bomb)
    file = '<!DOCTYPE m [<!ENTITY f SYSTEM "file:///etc/passwd">]><math><mi>&f;</mi></math>'
    assert "root:" not in math_text(file)


@given(st.lists(st.sampled_from(["<mi>", "</mi>", "<msup>", "</msup>", "x", "&lt;", "&", "<", "<mfrac>", "\n"])))
def test_no_markup_fails(parts: list[str]) -> None:
    """Broken formulas, and deep ones, are text all the same."""
    assert "\n" not in math_text("<math>" + "".join(parts) + "</math>")
    assert math_text("<mrow>" * 500 + "x" + "</mrow>" * 500) == "x"
