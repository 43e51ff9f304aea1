"""Every library that the code imports is declared in pyproject.toml, where the code that imports it is installed."""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
FIRST_PARTY = ("benchmarks", "data", "docs", "model", "serving", "tests", "training")
STUBS = {"_typeshed"}  # of the type checker; nothing imports it at run time


def _declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def _imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Absolute module names with the place of the import, those of the standard library and our own left out."""
    own = {*FIRST_PARTY, *STUBS, *sys.stdlib_module_names}
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                # a name imported from a namespace package may itself be a module
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            place = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            yield from ((name, place) for name in names if name.partition(".")[0] not in own)


@cache
def _providers(module: str) -> frozenset[str]:
    """Distributions that bring a module: of several that share a namespace, those with the longest matching path.

    Of a module that is not installed here, the distribution is taken to be its namesake.
    """
    first = module.partition(".")[0]
    names = set(_distributions().get(first, [first]))
    parts = module.split(".")
    for length in range(len(parts), 0, -1) if len(names) > 1 else ():
        stem = "/".join(parts[:length])
        found = {name for name in names if _files(name) & {f"{stem}.py", f"{stem}/__init__.py"}}
        if found:
            return frozenset(map(canonicalize_name, found))
    return frozenset(map(canonicalize_name, names))


@cache
def _distributions() -> Mapping[str, Sequence[str]]:
    return packages_distributions()


@cache
def _files(name: str) -> frozenset[str]:
    return frozenset(file.as_posix() for file in distribution(name).files or ())


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("data", ("train", "skos")),  # data sets of Hugging Face and vocabularies in SKOS are read with the extras
        ("model", ("train",)),  # and the GPU runtime
        ("serving", ("ray", "tracing")),
        ("training", ("train",)),
        ("docs", ("test",)),
        ("tests", ("train", "postgres", "tracing", "test")),
        ("benchmarks", ("train", "postgres", "tracing", "test", "mutation", "spark")),
    ],
)
def test_what_is_imported_is_declared(folder: str, extras: tuple[str, ...]) -> None:
    """A library that another brings along today is declared too: tomorrow's release may not bring it."""
    declared = _declared(*extras)
    missing = [f"{place} {name}" for name, place in _imported(ROOT / folder) if not _providers(name) & declared]
    assert not missing


def test_each_library_of_the_base_install_is_imported() -> None:
    """The light runtime installs nothing that nobody uses."""
    product = ("data", "model", "serving", "training")  # `areatag ask` and `feedback` need no training libraries
    providers = [_providers(name) for folder in product for name, _ in _imported(ROOT / folder)]
    assert _declared() <= frozenset().union(*providers)


def test_a_namespace_is_told_apart_by_its_modules() -> None:
    """`opentelemetry` belongs to a dozen distributions, and each module of it to one."""
    assert _providers("opentelemetry.trace") == {"opentelemetry-api"}
    assert _providers("opentelemetry.sdk.trace.TracerProvider") == {"opentelemetry-sdk"}
    assert _providers("numpy.typing") == {"numpy"}
