"""Ids that are made from names: the same name always gives the same one."""

import re
import unicodedata

_SPOKEN = {"&": " and ", "+": " plus ", "#": " sharp "}


def slug(name: str) -> str:
    """Return the part of an id that a name gives: letters and digits, without case and accents, joined by hyphens."""
    for sign, spoken in _SPOKEN.items():
        name = name.replace(sign, spoken)
    letters = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(character for character in letters if not unicodedata.combining(character))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", plain)).strip("-")
