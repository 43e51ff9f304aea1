"""Forms: their parts as they were sent, whatever the pieces in which they come."""

from __future__ import annotations

from contextlib import ExitStack

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.http.errors import ServiceError
from serving.http.limits import Allowance
from serving.http.multipart import FormParts, file_name
from serving.http.spool import Spool

_LIMITS = {"file": 300, "areas": 300}


def _form(file: bytes, areas: bytes, name: str = "refs.bib") -> tuple[str, bytes]:
    request = httpx.Request("POST", "http://x/", files={"file": (name, file)}, data={"areas": areas})
    return request.headers["content-type"], request.read()


def _take(content_type: str, body: bytes, step: int = 1 << 20) -> dict[str, tuple[str, bytes]]:
    """Return the name of the file and the content of every part."""
    with ExitStack() as spools:

        def new_spool() -> Spool:
            spool = Spool(Allowance(1 << 20), Allowance(1 << 20))
            spools.callback(spool.close)
            return spool

        form = FormParts(content_type, _LIMITS, new_spool)
        for start in range(0, len(body), step):
            form.write(body[start : start + step])
        form.finish()
        return {name: (part.file_name, b"".join(part.content.pieces())) for name, part in form.parts.items()}


@given(st.binary(max_size=300), st.text(max_size=50), st.integers(1, 70))
def test_parts_are_as_they_were_sent(file: bytes, areas: str, step: int) -> None:
    """With the name of the file."""
    parts = _take(*_form(file, areas.encode()), step)
    assert parts == {"file": ("refs.bib", file), "areas": ("", areas.encode())}


@given(st.binary(max_size=200), st.integers(0, 250), st.sampled_from(["form-data; boundary=b", "form-data", "mixed"]))
def test_what_is_no_form_is_refused(noise: bytes, cut: int, kind: str) -> None:
    """As a request of the client's that is wrong."""
    _, body = _form(b"content", b"{}")
    for content in (noise, b"--b\r\n" + noise, body[:cut]):
        with pytest.raises(ServiceError) as caught:
            _take(f"multipart/{kind}", content)
        assert caught.value.status == 400


def _part(headers: str, content: str = "x") -> str:
    return f"--b\r\n{headers}\r\n\r\n{content}\r\n"


_FILE = 'Content-Disposition: form-data; name="file"'
_AREAS = 'content-disposition: form-data; name="areas"'


@pytest.mark.parametrize(
    ("parts", "status", "sentence"),
    [
        (_part(_FILE), 400, "areas is missing; send it as a part of the form."),
        ("", 400, "file is missing; send it as a part of the form. There is 1 more problem"),
        (" ", 400, "The body is no multipart/form-data as its Content-Type says."),
        (_part(_FILE) + _part(_FILE) + _part(_AREAS), 400, "file is sent twice."),
        (_part(_FILE) + _part(_AREAS.replace("areas", "tags")), 400, "tags is not known here;"),
        (_part("Content-Disposition: form-data"), 400, "The body has a part without a name."),
        (_part("X: y"), 400, "The body has a part without a name."),
        (_part(_FILE, "x" * 301), 413, "The part file is longer than 300 bytes; send fewer papers at once."),
        (_part("X: " + "y" * 9000), 400, "The body is no multipart/form-data as its Content-Type says."),
    ],
)
def test_parts_that_a_call_does_not_take_are_refused(parts: str, status: int, sentence: str) -> None:
    """With the name of the part."""
    with pytest.raises(ServiceError) as caught:
        _take("multipart/form-data; boundary=b", f"{parts}--b--\r\n".encode())
    assert caught.value.status == status
    assert caught.value.sentence.startswith(sentence)


def test_a_form_that_breaks_off_is_refused() -> None:
    """A file that was cut on its way must not be taken for a whole one."""
    content_type, body = _form(b"content", b"{}")
    with pytest.raises(ServiceError, match="ends before the last boundary"):
        _take(content_type, body[:-20])


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        (b"C:\\refs\\my refs.bib", "my refs.bib"),
        (b"../../etc/passwd", "passwd"),
        ("\u202enoč.bib\r\n\x00".encode(), "noč.bib"),
        (b"\xff" * 500, "\ufffd" * 200),
        (b"", ""),
    ],
)
def test_names_of_files_can_be_repeated(given_name: bytes, name: str) -> None:
    """In messages: no folder, no invisible character, no endless name."""
    assert file_name(given_name) == name
