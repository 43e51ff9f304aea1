"""The shipped model: whole, light enough to ship, and sensible on papers written for this test."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from data.taxonomy_file import load_taxonomy
from model.artefact import Artefact
from model.runtimes.openvino import OpenVinoRuntime
from model.runtimes.torch import TorchRuntime
from model.self_check import PAPERS as PAPERS_OF_SELF_CHECK
from model.tagger import Tagger
from model.versions import resolve_model

pytestmark = pytest.mark.slow

PAPERS = {
    "vision/segmentation": Paper(
        "seg",
        "Segmenting touching cells with boundary-aware masks",
        "Instance segmentation of crowded images fails where objects touch. We predict mask and boundary of every "
        "object and join them in a small decoder. Pixel accuracy and mask quality improve on three collections.",
    ),
    "security/cryptography": Paper(
        "crypto",
        "A shorter signature from lattice assumptions",
        "We construct a post-quantum signature whose security rests on module lattices. The scheme is unforgeable "
        "in the random oracle model, and its public keys are a third smaller than before.",
    ),
    "mathematics/algebra-number-theory": Paper(
        "number",
        "On the ranks of elliptic curves over cubic fields",
        "We study Mordell-Weil groups of elliptic curves over cubic number fields and bound the rank on average. Our "
        "proof counts orbits of a coregular representation.",
    ),
    "machine-learning/reinforcement-learning": Paper(
        "rl",
        "Offline reinforcement learning with cautious value functions",
        "Policies learned from logged data overestimate actions they never tried. We penalise the value function where "
        "the data is thin, and obtain better policies on locomotion tasks without further interaction.",
    ),
    "speech-audio/speech-recognition": Paper(
        "asr",
        "Streaming speech recognition for rarely heard accents",
        "We adapt an end-to-end automatic speech recognition model to accents with few hours of recordings. Word error "
        "rate falls by a fifth without a loss for the accents heard in training.",
    ),
}


@pytest.fixture(scope="module")
def artefact() -> Artefact:
    """The shipped model, with its checksums compared."""
    return Artefact.open(resolve_model("bundled"))


def test_is_whole_and_fits_in_fifty_mebibytes(artefact: Artefact) -> None:
    """It predicts the bundled taxonomy, and its card says what it was trained on and how good it is."""
    assert artefact.taxonomy.area_ids == load_taxonomy().area_ids
    assert sum(path.stat().st_size for path in artefact.path.rglob("*") if path.is_file()) < 50 * 2**20
    assert artefact.card["trained_on"]["papers"] > 1000
    assert 0.5 < artefact.metrics["micro_f1"] < 1.0
    assert "micro_f1" in (artefact.path / "README.md").read_text()


def test_gives_sensible_areas(artefact: Artefact) -> None:
    """The plain subject of an invented paper is among its areas."""
    results = Tagger(artefact, OpenVinoRuntime(artefact.encoder_path)).tag(list(PAPERS.values()))
    found = {result.id: [area.id for area in result.areas] for result in results}
    missed = {paper.id: found[paper.id] for area, paper in PAPERS.items() if area not in found[paper.id]}
    assert not missed


def test_short_papers_are_papers_and_front_matter_is_not(artefact: Artefact) -> None:
    """A title with one sentence gets areas; an index gets none and a warning, and so does a recipe."""
    short = [Paper(area, paper.title, paper.abstract.split(". ")[0] + ".") for area, paper in PAPERS.items()]
    others = [
        Paper("index", "Author index to volume 12"),
        Paper("cover", "Front cover"),
        Paper("board", "Editorial Board"),
        Paper("recipe", "Apple cake", "Peel four apples, stir butter and sugar, add three eggs, bake for an hour."),
    ]
    tagger = Tagger(artefact, OpenVinoRuntime(artefact.encoder_path))
    assert [result.id for result in tagger.tag(short) if result.warnings] == []
    assert [result.id for result in tagger.tag(others) if not result.warnings or result.areas] == []


def test_both_runtimes_agree(artefact: Artefact) -> None:
    """OpenVINO in float32 and torch compute the same probabilities from the same file."""
    papers = list(PAPERS.values())
    openvino = Tagger(artefact, OpenVinoRuntime(artefact.encoder_path, precision="f32")).probabilities(papers)
    torch = Tagger(artefact, TorchRuntime(artefact.encoder_path, "cpu")).probabilities(papers)
    np.testing.assert_allclose(openvino, torch, atol=2e-3)


def test_bfloat16_moves_no_answer_far(artefact: Artefact) -> None:
    """Processors that multiply bfloat16 answer as others do."""
    single, half = (
        Tagger(artefact, OpenVinoRuntime(artefact.encoder_path, precision=precision)).predict(PAPERS_OF_SELF_CHECK)
        for precision in ("f32", "bf16")
    )
    assert np.abs(single - half)[:, :-1].max() < 0.025


def test_labelling_loads_no_training_library(tmp_path: Path) -> None:
    """A process that labels a paper with the shipped model imports neither torch nor any of its company."""
    source = tmp_path / "paper.jsonl"
    source.write_text('{"title": "Offline reinforcement learning from logs"}\n')
    program = (
        "import sys\n"
        "from serving.cli.main import run\n"
        f"code = run(['label', {str(source)!r}, '--device', 'cpu'])\n"
        "heavy = {'torch', 'transformers', 'datasets', 'pandas', 'sklearn', 'accelerate'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"areas"' in done.stdout
