"""The entry point of `areatag`: the commands, and how errors become one sentence and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, TypeGuard

import typer

from data.atomic import BAD_PATH
from data.errors import AreatagError
from serving.batch.termination import TERMINATED
from serving.cli import (
    ask,
    evaluate,
    feedback,
    forget,
    guide,
    keys,
    label,
    models,
    papers,
    retrain,
    review,
    rules,
    serve,
    taxonomy,
    training,
)
from serving.cli.console import message

_OF_PATHS = frozenset([errno.EACCES, errno.EPERM, errno.ENAMETOOLONG])
INTERRUPTED = 130
"""Exit code of a run stopped with Ctrl-C, as shells use it."""
_STOPPED = frozenset([INTERRUPTED, TERMINATED])

app = typer.Typer(
    name="areatag",
    help="Tag scientific papers (title and abstract) with research areas.",
    epilog="Example: areatag label papers.jsonl -o labels.jsonl",
    # Plain help loads in a third of the time and looks the same in a pipe.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
COMMANDS = (
    label,
    papers,
    serve,
    ask,
    training,
    evaluate,
    retrain,
    review,
    guide,
    forget,
    feedback,
    models,
    keys,
    taxonomy,
    rules,
)
"""The files of the commands, in the order of the help: a new one is a file beside this one, and its name here."""
for command in COMMANDS:
    command.register(app)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"areatag {version('areatag')}")
        except PackageNotFoundError:
            typer.echo("areatag (run from its source, not installed)")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; works with every command.")
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        The exit code: 0 done, 1 the work failed, 2 bad usage or path, 130 interrupted.
    """
    arguments, debug = _take_debug(arguments)
    try:
        result = typer.main.get_command(app).main(args=arguments, prog_name="areatag", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except SystemExit as error:  # from typer, when the reader of a pipe has gone
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if debug:
            traceback.print_exc()
        message(f"areatag: {_sentence(error)}")
        if isinstance(error, AreatagError | typer.TyperException):
            return error.exit_code
        return 2 if _of_a_path(error) else 1


def _take_debug(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """Let --debug stand anywhere, also behind a command, where people add it to the line that failed."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    kept = [argument for argument in arguments[:end] if argument != "--debug"]
    return [*kept, *arguments[end:]], len(kept) < end


def _of_a_path(error: Exception) -> TypeGuard[OSError]:
    """Whether it is about a path that was named: it may not be looked at, say, or its name is too long."""
    return isinstance(error, OSError) and bool(error.filename) and error.errno in _OF_PATHS


def _sentence(error: Exception) -> str:
    if isinstance(error, typer.TyperException):
        return error.format_message()
    if isinstance(error, AreatagError):
        return str(error)
    if isinstance(error, MemoryError):
        return "Out of memory: close other programs or use a machine with more."
    if _of_a_path(error):
        return f"Cannot use {error.filename}: {BAD_PATH[error.errno or 0]}."
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}. Run again with --debug to see where this happened."
    text = " ".join(str(error).split())
    return f"Unexpected {type(error).__name__}: {text}. Run again with --debug and report what it shows."


def _flush_stdout(code: int) -> int:
    """Write out what is left; a stdout that cannot take it must not end in a traceback of the interpreter."""
    stdout = sys.__stdout__
    if stdout is None or stdout.closed:
        return code
    try:
        stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
        if not isinstance(error, BrokenPipeError) and not code:
            message(f"areatag: Cannot write to stdout: {error.strerror}.")
        return code or 1
    return code


def _open_closed_streams() -> None:
    """Let a stream that was closed for this process (`areatag ... >&-`) lead nowhere.

    Else Python has none, and the next file that is opened gets its number, with all that is meant for the stream.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            stream = os.fdopen(number, mode)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def main() -> None:
    """What the command `areatag` calls; ends the process."""
    _open_closed_streams()
    code = _flush_stdout(run(sys.argv[1:]))
    if code in _STOPPED:
        os._exit(code)  # else Python waits for threads that compute what nobody wants, and dies of the next Ctrl-C
    sys.exit(code)


if __name__ == "__main__":
    main()
