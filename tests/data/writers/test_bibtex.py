"""Tests of data.writers.bibtex."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.readers.bibtex_blocks import split_blocks
from data.readers.sources import ByteStream
from data.writers import KeywordFormat

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


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters='{}"\\@%\r'), max_size=20)
_VALUE = st.one_of(_TEXT.map(lambda text: f"{{{text}}}"), _TEXT.map(lambda text: f'"{text}"'), st.just("2020"))
_BLANK = st.sampled_from([" ", "\n  ", "\r\n\t", ""])


@st.composite
def _entry(draw: st.DrawFn) -> str:
    fields = [("title", "{A" + draw(_TEXT) + "}")]
    fields += [(f"f{number}", draw(_VALUE)) for number in range(draw(st.integers(0, 3)))]
    if draw(st.booleans()):
        fields.append(("keywords", draw(_VALUE)))
    fields = draw(st.permutations(fields))
    equals = draw(st.sampled_from(["=", " = ", "   = "]))
    blank = draw(_BLANK)
    end = draw(st.sampled_from(["", ",", "\n", ",\n"]))
    body = ",".join(f"{blank}{name}{equals}{value}" for name, value in fields)
    return f"{draw(_TEXT)}\n@article{{key,{body}{end}}}\n"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_entry(), min_size=1, max_size=5), st.sampled_from(["", "t: "]))
def test_only_keywords_change(give_back: GiveBack, entries: list[str], prefix: str) -> None:
    """A thousand entries in all: what is no keyword is the same afterwards, and twice is once."""
    content = "".join(entries).encode()
    once = give_back(content, KeywordFormat.BIBTEX, ["Geese, herons", "Storks"], prefix)
    assert give_back(once, KeywordFormat.BIBTEX, ["Geese, herons", "Storks"], prefix) == once
    before, after = (_without_keywords(data) for data in (content, once))
    assert before == after
    assert once.count(b"Storks") >= len(entries)


def _without_keywords(content: bytes) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
    """Return the text between entries, and of each entry the key and the fields without the keywords."""
    found: list[tuple[bytes, list[tuple[str, bytes]]]] = []
    for block in split_blocks(ByteStream("x", iter([content]))):
        if block.entry:
            fields = [(field.name, block.data[field.start : field.stop]) for field in block.entry.fields]
            found.append((block.entry.key, [field for field in fields if field[0] != "keywords"]))
        else:
            found.append((block.data, []))
    return found
