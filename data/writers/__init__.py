"""Writers back into the formats that references come in: the same entries, byte for byte, but for their keywords."""

from data.writers.library import KeywordFormat, Library, keyword_format_of, open_library

__all__ = ["KeywordFormat", "Library", "keyword_format_of", "open_library"]
