"""The directory that transformers and sentence-transformers load."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from transformers import (
    CONFIG_MAPPING,
    MODEL_MAPPING,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    pipeline,
)

from data.errors import UsageError
from data.papers import Paper
from model.artefact import Artefact, ModelParts
from model.embedding_only import embedding_only
from model.exports.hugging_face import PREFIXES, export_hugging_face
from model.runtimes.load import load_runtime
from model.runtimes.torch_encoder import PooledEncoder
from model.tagger import Tagger
from model.versions import resolve_model
from tests.support.artefact import write_artefact
from tests.support.exports import (
    papers,
    run_scripts_of_the_card,
    with_lexical_features,
    without_lexical_features,
)
from tests.support.tiny import records


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> ModelParts:
    """A tiny model with lexical features."""
    return with_lexical_features(tiny_model)


@pytest.fixture(scope="module")
def folder(model: ModelParts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its export."""
    folder = tmp_path_factory.mktemp("exported") / "for-transformers"
    export_hugging_face(model, folder)
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of an export is copied to a cache, which is not the user's."""
    modules = tmp_path_factory.mktemp("modules")
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(modules))
    monkeypatch.syspath_prepend(str(modules))


def test_the_pipeline_answers_as_the_tagger(folder: Path, model: ModelParts) -> None:
    """Two hundred papers, alone and in padded batches, also one longer than the model reads: within 1e-3."""
    texts = papers()
    expected = without_lexical_features(model, texts)[:, :3]
    classifier = pipeline(
        "text-classification",
        model=str(folder),
        trust_remote_code=True,
        function_to_apply="sigmoid",
        top_k=None,
        device="cpu",
    )
    for batch_size in (1, 16):
        answers = classifier([paper.text for paper in texts], batch_size=batch_size)
        scores = [{answer["label"]: answer["score"] for answer in row} for row in answers]
        found = np.array([[row[area] for area in model.taxonomy.area_ids] for row in scores])
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_tokenizer_that_cuts_gives_the_same(folder: Path, model: ModelParts) -> None:
    """As code does that asks for truncation, and a loss comes with labels."""
    texts = papers(20)
    tokens = AutoTokenizer.from_pretrained(folder)(
        [paper.text for paper in texts], truncation=True, padding=True, return_tensors="pt"
    )
    assert tokens["input_ids"].shape[1] == model.max_tokens
    network = AutoModelForSequenceClassification.from_pretrained(folder, trust_remote_code=True).eval()
    answer = network(**tokens, labels=torch.zeros(20, 3))
    expected = without_lexical_features(model, texts)[:, :3]
    np.testing.assert_allclose(answer.logits.sigmoid().detach().numpy(), expected, atol=1e-3)
    assert answer.loss.item() == pytest.approx(np.logaddexp(0, answer.logits.detach().numpy()).mean(), rel=1e-4)


def test_sentence_transformers_loads_the_encoder(folder: Path, model: ModelParts) -> None:
    """Its embeddings are the Tagger's, scaled to length 1."""
    texts = papers(20)
    alone = embedding_only(model)
    expected = Tagger(alone, load_runtime(alone.encoder_path, "cpu", precision="f32")).embed(texts)
    encoder = SentenceTransformer(str(folder), device="cpu")
    found = np.asarray(encoder.encode([paper.text for paper in texts]))
    np.testing.assert_allclose(found * np.sqrt(model.hidden_size), expected, atol=1e-3)


def test_the_scripts_of_the_card_run(folder: Path, model: ModelParts) -> None:
    """The classifier, and the encoder alone."""
    names = run_scripts_of_the_card(folder)
    assert {area["label"] for area in names["areas"]} <= set(model.taxonomy.area_ids)  # type: ignore[attr-defined]
    assert names["embeddings"].shape == (1, model.hidden_size)  # type: ignore[attr-defined]


def test_the_script_of_the_documentation_runs(folder: Path, model: ModelParts, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that has the export under the name that the page gives it."""
    page = (Path(__file__).parents[3] / "docs" / "exports.md").read_text()
    monkeypatch.chdir(folder.parent)
    names: dict[str, dict[str, float]] = {}
    exec(page.split("```python\n")[1].split("```")[0], names)  # it is ours
    assert names["thresholds"].keys() == set(model.taxonomy.area_ids)


def test_the_configuration_names_areas_and_has_thresholds_as_data(folder: Path, model: ModelParts) -> None:
    """By the names that transformers knows, and those of areatag in an entry of their own."""
    config = json.loads((folder / "config.json").read_text())
    assert list(config["id2label"].values()) == list(model.taxonomy.area_ids)
    assert config["label2id"] == {area: int(row) for row, area in config["id2label"].items()}
    assert config["problem_type"] == "multi_label_classification"
    assert config["auto_map"].keys() == {"AutoModelForSequenceClassification"}
    assert list(config["areatag"]["thresholds"].values()) == pytest.approx([0.3, 0.4, 0.5])
    assert config["areatag"]["fields"]["sky/birds"] == "sky"
    assert {name.split(".")[0] for name in load_file(folder / "model.safetensors")} == {"bert", "classifier"}


def test_the_code_is_that_of_this_project_and_imports_none_of_it(folder: Path) -> None:
    """It runs where areatag is not installed."""
    code = (folder / "modeling_areatag.py").read_text()
    assert 'MODEL_TYPE = "bert"' in code
    assert "import model" not in code and "from model" not in code


@pytest.mark.parametrize("kind", PREFIXES)
def test_encoders_are_where_transformers_looks_for_them(kind: str) -> None:
    """In a classifier of each type that can be exported."""
    assert MODEL_MAPPING[CONFIG_MAPPING[kind]].base_model_prefix == PREFIXES[kind]


@pytest.mark.parametrize("kind", PREFIXES)
def test_every_type_of_encoder_answers_alike(kind: str, model: ModelParts, tmp_path: Path) -> None:
    """As the network that areatag trains, with the same heads."""
    source = tmp_path / "model" / "encoder"
    _write_encoder(source, kind, model)
    moved = replace(model, encoder_path=source)
    export_hugging_face(moved, tmp_path / "out")
    ids = torch.from_numpy(np.random.default_rng(1).integers(5, 20, size=(3, 9)))
    mask = torch.ones_like(ids)
    mask[0, 5:] = 0
    network = AutoModelForSequenceClassification.from_pretrained(tmp_path / "out", trust_remote_code=True).eval()
    with torch.inference_mode():
        embeddings = PooledEncoder.from_directory(source).eval()(ids, mask).numpy()
        found = network(ids, attention_mask=mask).logits.numpy()
    expected, _ = embedding_only(moved).folded_heads.logits(embeddings)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    with pytest.raises(RuntimeError, match="mismatch"):  # transformers' own classifier would be wrong without a word
        AutoModelForSequenceClassification.from_pretrained(tmp_path / "out")


def _write_encoder(folder: Path, kind: str, model: ModelParts) -> None:
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 64}
    more = {"embedding_size": 16} if kind == "electra" else {}
    widths = {"hidden_dim": 32} if kind == "distilbert" else {"intermediate_size": 32}
    tokens = {f"{name}_token_id": 2 for name in ("bos", "cls", "eos", "sep")}
    config = CONFIG_MAPPING[kind](vocab_size=60, pad_token_id=0, **sizes, **widths, **tokens, **more)
    config.save_pretrained(folder)
    stored = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**stored, "model_type": kind}))
    tensors = {name: tensor.half() for name, tensor in AutoModel.from_config(config).state_dict().items()}
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith("pooler.")}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    shutil.copy(model.encoder_path / "tokenizer.json", folder)


@pytest.mark.slow
def test_the_bundled_model_is_exported_as_it_answers(tmp_path: Path) -> None:
    """Two hundred invented papers within 1e-3."""
    bundled = Artefact.open(resolve_model("bundled")).parts
    texts = [Paper(str(row["id"]), str(row["title"]), f"{row['abstract']} " * 2) for row in records(200, seed=6)]
    export_hugging_face(bundled, tmp_path / "out")
    classifier = pipeline("text-classification", str(tmp_path / "out"), trust_remote_code=True, top_k=None)
    answers = classifier([paper.text for paper in texts], batch_size=20, function_to_apply="sigmoid")
    scores = [{answer["label"]: answer["score"] for answer in row} for row in answers]
    found = np.array([[row[area] for area in bundled.taxonomy.area_ids] for row in scores])
    expected = without_lexical_features(bundled, texts)[:, : len(bundled.taxonomy.areas)]
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_an_unknown_encoder_is_refused(tmp_path: Path, model: ModelParts) -> None:
    """Before anything is written."""
    copy = write_artefact(tmp_path / "model", "v1")
    (copy / "encoder" / "config.json").write_text('{"model_type": "gpt2"}')
    target = tmp_path / "out"
    with pytest.raises(UsageError, match="'gpt2'"):
        export_hugging_face(replace(model, encoder_path=copy / "encoder"), target)
    assert not target.exists()


def test_the_light_install_can_export(tiny_model: Path, tmp_path: Path) -> None:
    """No training library is imported."""
    program = (
        "import sys\n"
        "from serving.cli.main import run\n"
        f"code = run(['models', 'export', {str(tiny_model)!r}, {str(tmp_path / 'out')!r}, '--format', 'huggingface'])\n"
        "heavy = {'torch', 'transformers', 'onnx', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Artefact.open(tiny_model).version in (tmp_path / "out" / "README.md").read_text()
