"""The brackets of JSON that comes in pieces: those outside of strings, and the ends of its lines."""

import re

_STRUCTURE = re.compile(rb'["{}\[\]\n]')
_IN_STRING = re.compile(rb'["\\\n]')


class Brackets:
    """Follows the strings of one stream of JSON from piece to piece."""

    def __init__(self) -> None:
        self._in_string = False
        self._escaped = False  # whether a backslash at the end of the last piece escapes the next byte

    def next(self, piece: bytes, at: int) -> tuple[int, int]:
        """Return where to go on behind the next bracket or line end from a position on, and that byte.

        A string cannot contain a line end, so one without its closing quotation mark stops there. The byte is 0
        where there is none; then all of the piece has been seen.
        """
        if self._escaped and at < len(piece):
            at += piece[at : at + 1] != b"\n"
            self._escaped = False
        while found := (_IN_STRING if self._in_string else _STRUCTURE).search(piece, at):
            at, byte = found.end(), piece[found.start()]
            if byte == 0x5C:  # \
                self._escaped = at == len(piece)
                at += piece[at : at + 1] not in (b"", b"\n")
            elif byte == 0x22:  # "
                self._in_string = not self._in_string
            else:
                self._in_string = False
                return at, byte
        return len(piece), 0
