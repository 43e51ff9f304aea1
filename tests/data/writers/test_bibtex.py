"""Tests of data.writers.bibtex."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.writers import KeywordFormat
from tests.support.properties import SHARED_FIXTURES
from tests.support.segments import Segment, changed_gaps, content_of

GiveBack = Callable[..., bytes]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("@misc{a, title={A}, keywords={birds, ice}}", "@misc{a, title={A}, keywords={birds, ice, Geese}}"),
        ("@misc{a, title={A}, Keywords = \"birds;ice\"\n}", "@misc{a, title={A}, Keywords = \"birds;ice;Geese\"\n}"),
        ("@misc{a, title={A}, keywords={geese}}", "@misc{a, title={A}, keywords={geese}}"),
        ("@misc{a, title={A}, keywords={}}", "@misc{a, title={A}, keywords={Geese}}"),
        ("@misc{a, title={A}, keywords= ,}", "@misc{a, title={A}, keywords= {Geese},}"),
        ("@misc{a, keywords = kw # {, ice}, title={A}}", "@misc{a, keywords = kw # {, ice} # {, Geese}, title={A}}"),
        ('@string{kw="geese"}@misc{a, keywords=kw, title={A}}', '@string{kw="geese"}@misc{a, keywords=kw, title={A}}'),
        ("@misc{a,\n  title  = {A},\n}", "@misc{a,\n  title  = {A},\n  keywords = {Geese},\n}"),
        ("@misc{a,\n  year       = 5,\n  title      = {A}\n}",
         "@misc{a,\n  year       = 5,\n  title      = {A},\n  keywords   = {Geese}\n}"),
        ("@misc{a,\r\n\tTITLE={A}\r\n}", "@misc{a,\r\n\tTITLE={A},\r\n\tKEYWORDS={Geese}\r\n}"),
        ("@misc(a, title={A})", "@misc(a, title={A}, keywords={Geese})"),
        ("@misc{title={A}}", "@misc{title={A}, keywords={Geese}}"),
        ("x @comment{y} @misc{bad, title {A}}\n% z\n", "x @comment{y} @misc{bad, title {A}}\n% z\n"),
    ],
)  # fmt: skip
def test_keywords(give_back: GiveBack, content: str, expected: str) -> None:
    """They join those that are there, or come in a field spaced as the others; all else stays as it is."""
    assert give_back("@misc{first, title={F}, keywords={Geese}}" + content, KeywordFormat.BIBTEX).decode() == (
        "@misc{first, title={F}, keywords={Geese}}" + expected
    )


def test_names_are_escaped(give_back: GiveBack) -> None:
    """What LaTeX would read as a command is written as text, and is found again."""
    names = ["Geese & herons", "Birds_50%", "C# {set}", "Łabędzie"]
    once = give_back("@misc{a, title={A}}", KeywordFormat.BIBTEX, names)
    assert rb"{Geese \& herons, Birds\_50\%, C\# \{set\}, " in once
    assert give_back(once, KeywordFormat.BIBTEX, names) == once


def test_a_prefix(give_back: GiveBack) -> None:
    """Earlier keywords of the prefix are replaced, others stay."""
    content = "@misc{a, title={A}, keywords={t:Herons, birds, t:Geese}}"
    expected = b"@misc{a, title={A}, keywords={birds, t:Geese, t:Storks}}"
    assert give_back(content, KeywordFormat.BIBTEX, ["Geese", "Storks"], "t:") == expected


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "utf-16-le"])
def test_the_encoding_stays(give_back: GiveBack, encoding: str) -> None:
    """A file is given back in the encoding in which it came."""
    content = "@misc{a, title={Gänse}}\r\n@misc{b, title={Möwen}}\r\n"
    expected = content.replace("}}", "}, keywords={Geese}}")
    assert give_back(content.encode(encoding), KeywordFormat.BIBTEX) == expected.encode(encoding)


NAMES = ["Geese, herons", "Storks"]
# Letters that Windows-1252 has and that, in it, are never UTF-8.
_LETTERS = st.text(st.sampled_from("abc äöüß .;:$&^_~#%-=[]()\n"), max_size=15)
_COMMAND = st.sampled_from([r"\'e", r"\{", r"\}", r"{\"o}", r"\\", "$x_{i}$", r"\textbf{a}", "{}", "{{A} b}", "``q''"])
_PIECES = st.lists(st.one_of(_LETTERS, _COMMAND), max_size=4).map("".join)
_NESTED = st.recursive(_PIECES, lambda inner: st.lists(inner, max_size=3).map(lambda parts: "{" + "".join(parts) + "}"))
_PART = st.one_of(
    _NESTED.map(lambda text: f"{{{text} }}"),
    _PIECES.map(lambda text: f'"{text} "'),
    st.sampled_from(["2020", "jan", "mac"]),
)
_VALUE = st.lists(_PART, min_size=1, max_size=3).map(" # ".join)
_LIST = st.lists(st.sampled_from(["birds", "ice", "Storks", "{A, b}", r"R\&D", "storks"]), max_size=4)
_BETWEEN = st.sampled_from(
    ["\n", "\n\n", "% a comment\n", "free text, not @ all\n", "@comment{x @misc{y} }\n", '@string{mac = "M" # jan}\n',
     "@string(mb = {B})\n", '@preamble{"\\newcommand{\\x}{y}"}\n', "@misc{bad, title {A}}\n"]
)  # fmt: skip


@st.composite
def _entry(draw: st.DrawFn) -> list[Segment]:
    """An entry; what may change are its keywords, or the place behind its last field where it has none."""
    opened, closed = draw(st.sampled_from([("{", "}"), ("{", "}"), ("(", ")")]))
    blank = draw(st.sampled_from([" ", "\n  ", "\n\t", ""]))
    equals = draw(st.sampled_from(["=", " = ", "   = "]))
    fields = [("title", "{A" + draw(_NESTED) + " }")]
    fields += [(f"f{number}", draw(_VALUE)) for number in range(draw(st.integers(0, 3)))]
    at = draw(st.integers(0, len(fields) - 1)) if draw(st.booleans()) else -1
    segments = [Segment(f"{draw(_BETWEEN)}@article{opened}key")]
    for number, (name, value) in enumerate(fields):
        if number == at:
            left, right = draw(st.sampled_from([("{", "}"), ('"', '"')]))
            segments.append(Segment(f",{blank}{draw(st.sampled_from(['keywords', 'Keywords']))}{equals}{left}"))
            segments += [
                Segment(draw(st.sampled_from([", ", "; ", ";"])).join(draw(_LIST)), is_gap=True),
                Segment(right),
            ]
        segments.append(Segment(f",{blank}{name}{equals}{value}"))
    segments.append(Segment(draw(st.sampled_from(["", ",", " ,"]))))
    segments += [] if at >= 0 else [Segment("", is_gap=True)]
    return [*segments, Segment(draw(st.sampled_from(["", "\n"])) + closed + "\n")]


@settings(max_examples=250, suppress_health_check=SHARED_FIXTURES)
@given(
    st.lists(_entry(), min_size=3, max_size=6).map(lambda entries: [segment for entry in entries for segment in entry]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from(["", "t: "]),
)
def test_only_keywords_change(
    give_back: GiveBack, segments: list[Segment], end: str, encoding: str, prefix: str
) -> None:
    """A thousand entries in all: what is no keyword is the same afterwards, and twice is once."""
    segments = [Segment(text.replace("\n", end), is_gap) for text, is_gap in segments]
    content = content_of(segments).encode(encoding)
    once = give_back(content, KeywordFormat.BIBTEX, NAMES, prefix)
    assert give_back(once, KeywordFormat.BIBTEX, NAMES, prefix) == once
    for before, after in changed_gaps(segments, once.decode(encoding)):
        assert "storks" in after.lower()
        assert _squeezed(after) == _squeezed(before) or not before


def _squeezed(keywords: str) -> str:
    """Return keywords without those that were added, and without what is between them."""
    for name in ("t: Geese / herons", "t: Storks", "Geese / herons", "Storks", "storks"):
        keywords = keywords.replace(name, "")
    return keywords.translate(str.maketrans("", "", ",; "))
