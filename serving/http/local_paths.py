"""Paths of this machine, which model cards and errors may hold and which are no business of a client."""

from __future__ import annotations

import re
from typing import TypeVar

from data.home import areatag_home

T = TypeVar("T")

_CALL = r"(?<!GET )(?<!POST )(?<!DELETE )"
_QUOTED = re.compile(rf"{_CALL}(?<=(['\"`]))~?/[^'\"`]*[^'\"`/]/?(?=\1)")
_BARE = re.compile(rf"{_CALL}(?<![\w/:.~-])(?:file://)?~?/(?:[^\s/'\"`,;:()]+/+)+[^\s/'\"`,;:()]*")
_WHOLE = re.compile(r"(?:file://)?~?/.*", re.DOTALL)


def without_local_paths(value: T) -> T:
    """Return text, or JSON with texts in it, in which only the last name of every absolute path is left.

    Names of the service's own calls such as "POST /feedback" stay; AREATAG_HOME stands for its folder.
    """
    return _cleaned(value, str(areatag_home()))  # type: ignore[return-value]  # it keeps its type


def _cleaned(value: object, home: str) -> object:
    if isinstance(value, str):
        return _text(value.replace(home, "AREATAG_HOME"))
    if isinstance(value, dict):
        return {_cleaned(name, home): _cleaned(item, home) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cleaned(item, home) for item in value)
    return value


def _text(text: str) -> str:
    if _WHOLE.fullmatch(text):
        return _last_name(text)
    return _BARE.sub(lambda match: _last_name(match[0]), _QUOTED.sub(lambda match: _last_name(match[0]), text))


def _last_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
