"""From what the user names (files, directories, "-", datasets) to the list of sources to read."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from data.errors import UsageError
from data.readers import huggingface
from data.readers.detect import InputFormat, detect_format
from data.readers.refused import refusal, text_refusal
from data.readers.sources import ByteStream, OpenInput

FORMATS = ", ".join(InputFormat)

# A file of these in a directory is meant to be read: when its content is in no format of ours it is reported.
_DATA_SUFFIXES = frozenset(
    [
        ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".bib", ".bibtex", ".ris", ".nbib", ".enw", ".ciw",
        ".xml", ".atom", ".zip", ".xlsx", ".xls", ".ods",
    ]
)  # fmt: skip
# Papers are not looked for in a table in one of these: it describes the other files.
_DOCUMENTATION_SUFFIXES = frozenset([".md", ".markdown", ".rst", ".adoc"])
_COMPRESSIONS = frozenset([".gz", ".zst", ".bz2", ".xz"])


class EmptyInputError(UsageError):
    """An input of this name has no content at all."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The input {name} is empty; give one that has papers.")


class UnknownFormatError(UsageError):
    """The content of an input is in no format of ours.

    Args:
        name: of the input.
        option: where its format can be named.
    """

    def __init__(self, name: str, option: str = "--input-format") -> None:
        self.name = name
        super().__init__(
            f"The input {name} is in no known format; name it with {option} ({FORMATS}). "
            "The first line of a table must be a header that names the columns, title or abstract among them, with a "
            "comma, semicolon, tab or | between them."
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read. No format: it is found from the content when the source is opened."""

    name: str
    path: Path | None
    format: InputFormat | None
    named: bool = True  # False for one of many: what is wrong with it costs a reject, not the run


def find_sources(inputs: Sequence[str | Path], input_format: InputFormat | None) -> list[Source]:
    """Return the sources in input order; the files of a directory are sorted by their path.

    Raises:
        UsageError: a path is missing, unreadable or in no known format, the only input is empty, or a directory has
            no papers.
    """
    names = [str(item) for item in inputs]
    if names.count("-") > 1:
        raise UsageError("Standard input (-) is given more than once; it can be read only once.")
    sources: list[Source] = []
    for name in names:
        try:
            sources += _sources_of(name, input_format)
        except EmptyInputError:
            if len(names) == 1:
                raise
            sources.append(Source(name, Path(name), input_format, named=False))
    return sources


def _sources_of(name: str, input_format: InputFormat | None) -> list[Source]:
    if not name.strip():
        raise UsageError("An input has an empty name; give a file, a folder (. is this one), or - for standard input.")
    path = Path(name)
    if name == "-":
        return [Source(name, None, input_format)]
    if path.is_dir():
        if input_format is InputFormat.HUGGINGFACE or (input_format is None and huggingface.is_dataset_directory(path)):
            return [Source(name, path, InputFormat.HUGGINGFACE)]
        return _directory(path, input_format)
    if not path.exists():
        return [_dataset_name(name, input_format)]
    if not path.is_file():  # a pipe can be opened only once, so its format is found then
        return [Source(name, path, input_format)]
    return [Source(name, path, input_format or _format_of(path))]


def _dataset_name(name: str, input_format: InputFormat | None) -> Source:
    if input_format is InputFormat.HUGGINGFACE:
        return Source(name, None, input_format)
    if input_format is None and huggingface.looks_like_name(name):
        if huggingface.is_installed():
            return Source(name, None, InputFormat.HUGGINGFACE)
        raise UsageError(
            f"There is no file or directory {name}. If it is a Hugging Face dataset: {huggingface.INSTALL}"
        )
    raise UsageError(f"There is no file or directory {name}; check the path.")


def _format_of(path: Path) -> InputFormat | None:
    """Return the format of a file; None when it is damaged before that can be told."""
    try:
        with OpenInput(path) as stream:
            return check_format(str(path), stream.head(), stream.damaged)
    except OSError as error:
        raise UsageError(f"The file {path} cannot be read: {error.strerror}.") from error


def check_format(name: str, head: bytes, damaged: bool) -> InputFormat | None:
    """Return the format of content that begins so; None when it is damaged before that can be told.

    Raises:
        UsageError: there is no content, or it is in no known format.
    """
    found = detect_format(head)
    if found is None and not damaged:
        if not head.strip():
            raise EmptyInputError(name)
        if why := refusal(head) or text_refusal(head):
            raise UsageError(f"The input {name} {why}")
        raise UnknownFormatError(name)
    return found


def _directory(directory: Path, input_format: InputFormat | None) -> list[Source]:
    """Return the paper files below a directory; other files are left out."""
    sources, unseen = list[Source](), list[OSError]()
    for path in files_below(directory, unseen.append):
        try:
            with OpenInput(path) as stream:
                wanted, found = format_in_folder(path, stream)
        except OSError:
            found, wanted = None, has_data_suffix(path)  # reading it reports why it cannot be opened
        if wanted:
            sources.append(Source(str(path), path, input_format or found, named=False))
    # what nobody may look into has papers, perhaps: opening it reports why it was not read
    sources += [Source(str(error.filename), Path(error.filename), input_format, named=False) for error in unseen]
    if not sources:
        raise UsageError(f"The directory {directory} has no file with papers ({FORMATS}).")
    return sources


def format_in_folder(path: PurePath, stream: ByteStream) -> tuple[bool, InputFormat | None]:
    """Return whether a file among others is meant to be read, and its format where that can be told.

    Zip archives are meant only where they are called so: many documents are such archives.
    """
    head = stream.head()
    found = detect_format(head)
    if found in (InputFormat.CSV, InputFormat.TSV) and path.suffix.lower() in _DOCUMENTATION_SUFFIXES:
        return False, None
    if found is not None and found is not InputFormat.ZIP:
        return True, found
    return stream.damaged or (bool(head.strip()) and has_data_suffix(path)), found


def is_hidden(name: str) -> bool:
    """Return whether a file or folder is hidden, or bookkeeping of data lakes (_SUCCESS) and archives (__MACOSX)."""
    return name.startswith((".", "_"))


def files_below(directory: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield the files below a directory, without hidden ones; also links that lead nowhere.

    Links to directories are not followed: they may lead to files that are there already, or round in circles.

    Args:
        directory: where to begin.
        on_error: told why a directory cannot be listed, or a file not be looked at.
    """
    for folder, folders, names in os.walk(directory, onerror=on_error):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        for name in sorted(names):
            path = Path(folder, name)
            if is_hidden(name):
                continue
            try:
                is_file = stat.S_ISREG(path.stat().st_mode)
            except FileNotFoundError:
                is_file = True
            except OSError as error:
                on_error(error)
                continue
            if is_file:
                yield path


def has_data_suffix(path: PurePath) -> bool:
    """Return whether a file among others is called like one of papers."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in _COMPRESSIONS]
    return bool(suffixes) and suffixes[-1] in _DATA_SUFFIXES
