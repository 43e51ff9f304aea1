"""The recipes of CONTRIBUTING.md: a new file and its name in one registry, tried in a copy of the packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("data", "model", "training", "serving")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One extension: what is written, where it is named, and a script that prints what it should when it is used."""

    file: str
    content: str
    registry: str
    edits: tuple[tuple[str, str], ...]
    script: str
    printed: str


READER = Recipe(
    file="data/readers/verses.py",
    content="""
from data.readers.records import Record


def matches(head):
    return head.startswith(b"verse: ")


def read(stream):
    for number, line in enumerate(stream.read().decode().splitlines(), start=1):
        yield Record(stream.name, number, {"title": line.removeprefix("verse: ")})
""",
    registry="data/readers/detect.py",
    edits=(('    CSV = "csv"', '    VERSES = "verses", "verses"\n    CSV = "csv"'),),
    script="""
from pathlib import Path
from data.readers import InputFormat, read_papers
Path("poems").write_text("verse: Of cranes\\nverse: Of herons\\n")
print(*(paper.title for paper in read_papers(["poems"])), InputFormat("verses"), sep="; ")
""",
    printed="Of cranes; Of herons; verses",
)
LABELLING_FUNCTION = Recipe(
    file="training/votes/questions.py",
    content="""
import numpy as np

from training.votes.vote_matrix import LabellingFunction


class Questions:
    functions = (LabellingFunction("questions", "questions"),)

    def __init__(self, areas):
        self._areas = areas

    def vote(self, papers):
        asks = np.array([paper.title.endswith("?") for paper in papers], np.int8)
        return np.tile(asks[:, None], (1, 1, self._areas))


def sources(material):
    return [Questions(len(material.taxonomy.areas))]
""",
    registry="training/votes/registry.py",
    edits=(
        ("import arxiv_categories,", "import arxiv_categories, questions,"),
        ("    zero_shot.sources,\n", "    zero_shot.sources,\n    questions.sources,\n"),
    ),
    script="""
from data.papers import Paper
from data.taxonomy_file import load_taxonomy
from training.votes.apply import apply_sources
from training.votes.material import Material
from training.votes.registry import make_sources
papers = [Paper("1", "Do ducks dream?"), Paper("2", "Ducks dream.")]
taxonomy = load_taxonomy(None)
matrix = apply_sources(make_sources(Material(taxonomy, {}, papers)), papers, len(taxonomy.areas))
print(*matrix.votes[matrix.names.index("questions")].all(axis=1))
""",
    printed="True False",
)
RUNTIME = Recipe(
    file="model/runtimes/silent.py",
    content="""
import numpy as np


class SilentRuntime:
    device = "silent"

    def embed(self, token_ids):
        return np.zeros((len(token_ids), 3), np.float32)


def start(encoder, threads, precision, streams):
    return SilentRuntime()
""",
    registry="model/runtimes/registry.py",
    edits=(('    CPU = "cpu"', '    SILENT = "silent", Runtime("silent")\n    CPU = "cpu"'),),
    script="""
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from model.runtimes.load import load_runtime
from serving.cli.main import run
with redirect_stdout(StringIO()) as help_text:
    run(["label", "--help"])
print(load_runtime(Path("encoder"), "silent").embed([[1], [2]]).shape, "silent|cpu" in help_text.getvalue())
""",
    printed="(2, 3) True",
)
ROUTE = Recipe(
    file="serving/routes/tide.py",
    content='''
from fastapi.responses import PlainTextResponse

from serving.http.keys import Role
from serving.http.routing import Router

router = Router()


@router.call("GET", "/tide", Role.NONE, "The tide", example="low")
async def tide() -> PlainTextResponse:
    """Low or high."""
    return PlainTextResponse("low")


@router.call("GET", "/tide/log", Role.ADMIN, "Its log", example="low")
async def tide_log() -> PlainTextResponse:
    """For those with a key."""
    return PlainTextResponse("low")
''',
    registry="serving/routes/registry.py",
    edits=(("    tagging,\n", "    tagging,\n    tide,\n"), ("(tagging, ", "(tagging, tide, ")),
    script="""
from contextlib import asynccontextmanager
from starlette.testclient import TestClient
from serving.http.app import create_app
from serving.http.settings import ServiceSettings
from serving.routes.registry import ROUTERS, api_document
@asynccontextmanager
async def lifespan(app):
    yield
client = TestClient(create_app(ROUTERS, ServiceSettings(), None, lifespan), "http://127.0.0.1")
print(client.get("/tide").text, client.get("/tide/log").status_code, "/tide" in api_document().naming()["paths"])
""",
    printed="low 401 True",
)
COMMAND = Recipe(
    file="serving/cli/greet.py",
    content='''
import typer


def register(app):
    app.command("greet")(greet)


def greet() -> None:
    """Say hello."""
    typer.echo("hello, curator")
''',
    registry="serving/cli/main.py",
    edits=(
        ("    guide,\n    keys,", "    greet,\n    guide,\n    keys,"),
        ("    guide,\n    forget,", "    guide,\n    greet,\n    forget,"),
    ),
    script="""
from serving.cli.main import run
run(["greet"])
""",
    printed="hello, curator",
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all packages; the bundled model is linked."""
    folder = tmp_path_factory.mktemp("packages")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("bundled", "__pycache__"))
    (folder / "model" / "bundled").symlink_to(ROOT / "model" / "bundled")
    return folder


@pytest.mark.parametrize(
    "recipe",
    [READER, LABELLING_FUNCTION, RUNTIME, ROUTE, COMMAND],
    ids=["reader", "labelling function", "runtime", "route", "command"],
)
def test_a_new_file_named_in_one_registry_is_used(packages: Path, recipe: Recipe) -> None:
    """No third file is touched."""
    new, registry = packages / recipe.file, packages / recipe.registry
    assert not new.exists()
    new.write_text(recipe.content)
    text = registry.read_text()
    for old, wanted in recipe.edits:
        assert text.count(old) == 1, f"{recipe.registry} has changed: {old!r}"
        text = text.replace(old, wanted)
    registry.write_text(text)
    # the copy comes before the checkout and what is installed
    script = f"import sys; sys.path.insert(0, {str(packages)!r})\n{recipe.script}"
    run = subprocess.run([sys.executable, "-c", script], cwd=packages, capture_output=True, text=True, check=False)
    assert run.stdout.endswith(recipe.printed + "\n"), run.stdout + run.stderr


def test_recipes_are_those_of_contributing() -> None:
    """The text names the folder and the registry of each."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for recipe in (READER, LABELLING_FUNCTION, RUNTIME, ROUTE, COMMAND):
        assert f"`{Path(recipe.file).parent}/`" in text and f"`{recipe.registry}`" in text
