"""The whole recipe on a tiny corpus: from papers and votes to a finished model, killed and resumed on the way."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError, UsageError
from data.soft_labels import SoftLabels
from model.artefact import Artefact
from model.runtimes.tokenization import Tokenizer
from model.tagger import Tagger
from tests.support.tiny import TAXONOMY, WORDS, records, write_jsonl, write_tiny_encoder
from training.bundled import recipe
from training.bundled.options import RecipeOptions
from training.bundled.recipe import RecipeResult, make_model
from training.bundled.settings import RecipeSettings, TrainingSettings
from training.bundled.stages import LOG, content_of
from training.evaluation_report.evaluation import evaluate
from training.fine_tuning.train_options import TrainOptions
from training.fine_tuning.trainer import Progress
from training.train import train

POOL, VOTED, EVALUATION = 240, 150, 20
TRAINING = TrainingSettings(epochs=1, max_tokens=32, inference_tokens=32, learning_rate=2e-3, seed=7)
SETTINGS = RecipeSettings(
    label_model_seed=0,
    pool=TRAINING,
    votes=TRAINING.model_copy(update={"epochs": 3.0}),
    pool_share=0.25,
    inference_tokens=24,
)


@dataclass
class Work:
    """A tiny corpus, and what was told and called while the recipe ran on it."""

    options: RecipeOptions
    told: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def make(self, **changed: object) -> RecipeResult:
        """Run the recipe, with some of its options changed; `told` and `called` are of this run alone."""
        self.told.clear()
        self.called.clear()
        return make_model(replace(self.options, **changed), self.told.append, lambda what, done, total: None)  # type: ignore[arg-type]

    def log(self) -> list[dict[str, object]]:
        """The log of all runs."""
        return [json.loads(line) for line in (self.options.work / LOG).read_text().splitlines()]


def options_of(folder: Path) -> RecipeOptions:
    """The recipe from the corpus in a folder to a model beside it."""
    return RecipeOptions(
        papers=(folder / "papers",),
        gold=folder / "gold.jsonl",
        votes=(folder / "first.jsonl", folder / "second.jsonl"),
        evaluation_votes=folder / "evaluation.jsonl",
        output=folder / "model",
        settings=SETTINGS,
        taxonomy=folder / "areas.yaml",
        rules=folder / "rules.yaml",
        encoder=folder / "encoder",
        device="cpu",
    )


def write_corpus(folder: Path) -> None:
    """Papers, votes for most of them, other votes for evaluation, gold, rules, taxonomy and encoder."""
    pool = records(POOL, seed=1)
    (folder / "papers").mkdir()
    write_jsonl(folder / "papers" / "part.jsonl", pool)
    votes = [{"id": row["id"], "areas": row["areas"]} for row in pool]
    write_jsonl(folder / "first.jsonl", votes[:90])
    write_jsonl(folder / "second.jsonl", votes[90:VOTED])
    write_jsonl(folder / "evaluation.jsonl", votes[-EVALUATION:])
    write_jsonl(folder / "gold.jsonl", records(40, seed=2))
    (folder / "areas.yaml").write_text(TAXONOMY)
    (folder / "rules.yaml").write_text("".join(f"{area}: {{core: [{words[0]}]}}\n" for area, words in WORDS.items()))
    write_tiny_encoder(folder / "encoder")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the recipe has run from the start, killed once between two stages; copy it."""
    folder = tmp_path_factory.mktemp("recipe")
    write_corpus(folder)
    work = Work(options_of(folder))
    with pytest.MonkeyPatch.context() as patch:
        make_small(patch)
        patch.setattr(recipe, "train", killed_at("votes"))
        with pytest.raises(KeyboardInterrupt):
            work.make()
        assert [row["stage"] for row in work.log()] == ["evaluation-papers", "soft-labels", "pool"]
        patch.setattr(recipe, "train", train)
        work.make()
    return folder


def make_small(patch: pytest.MonkeyPatch) -> None:
    """Lexical features also with few papers, and few resamples for intervals that nobody reads here."""
    patch.setattr("training.calibrate_model.FEWEST_VALIDATION", 20)
    patch.setattr("training.evaluation.report.BOOTSTRAP_ROUNDS", 4)


def killed_at(stage: str) -> Callable[..., object]:
    """`train`, whose process ends when this stage begins."""

    def ending(options: TrainOptions, progress: Progress) -> object:
        if options.output.parent.name == stage:
            raise KeyboardInterrupt
        return train(options, progress)

    return ending


@pytest.fixture
def work(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """The finished recipe in a folder of this test, and what it calls."""
    folder = tmp_path / "copy"
    shutil.copytree(made_once, folder)
    make_small(monkeypatch)
    work = Work(options_of(folder))
    for name in ("weak_label", "train", "ask_teacher", "write_lexical", "write_finished"):
        monkeypatch.setattr(recipe, name, noted(name, work.called, getattr(recipe, name)))
    return work


def noted(name: str, called: list[str], function: Callable[..., object]) -> Callable[..., object]:
    """A function that adds its name to a list when it is called."""

    def call(*arguments: object, **named: object) -> object:
        called.append(name)
        return function(*arguments, **named)

    return call


def test_the_model_is_whole_and_says_how_it_was_made(work: Work) -> None:
    """It tags, reads as many tokens as the settings say, and its card names recipe and hashes, and no model before."""
    model = work.options.output
    assert evaluate(work.options.gold, model).report.metrics["micro_f1"] > 0.7
    made = Artefact.open(model)
    assert (made.max_tokens, made.encoder_name) == (24, "encoder")
    assert made.lexical is not None and Tagger.load(model, "cpu").artefact.heads.area_weight.shape[1] == 16 + 5
    assert made.metrics["evaluation_votes"]["papers"] == EVALUATION
    recipe_of = made.card["recipe"]
    assert recipe_of["command"] == "python -m training.bundled"
    for line in work.log():
        if line["stage"] != "finished":
            assert str(line["output"]) in recipe_of[f"stage {line['stage']}"]
    assert {"input gold", "input votes first.jsonl", "input papers papers"} <= recipe_of.keys()
    assert "then" not in made.card["training"]["encoder"] and "epochs 3.0" in made.card["training"]["votes"]
    assert made.card["trained_on"]["papers"] == POOL - EVALUATION
    text = (model / "README.md").read_text()
    assert "## Recipe" in text and str(work.options.output.parent) not in text


def test_evaluation_papers_and_gold_train_nothing(work: Work) -> None:
    """The last training has the papers with votes, and no other; those for evaluation stay unseen by all."""
    made = Artefact.open(work.options.work / "votes" / "model")
    assert made.card["trained_on"]["papers"] == VOTED
    papers = (work.options.work / "evaluation-papers" / "papers.jsonl").read_text().splitlines()
    assert len(papers) == EVALUATION


def test_after_a_kill_it_went_on_where_it_was(work: Work) -> None:
    """The stages before were not made again: each is in the log once, the one that was interrupted as resumed."""
    stages = [(line["stage"], line["origin"]) for line in work.log()]
    assert stages == [
        ("evaluation-papers", "made"),
        ("soft-labels", "made"),
        ("pool", "made"),
        ("votes", "resumed"),
        ("lexical", "made"),
        ("finished", "made"),
    ]


def test_there_is_nothing_to_do_the_second_time(work: Work) -> None:
    """Nothing is called, wherever the files lie now; a model that was removed is there again."""
    log = work.log()
    assert work.make().unchanged and work.called == []
    assert all(line.endswith(": as before") for line in work.told) and len(work.told) == len(log)
    shutil.rmtree(work.options.output)
    assert not work.make().unchanged and work.called == [] and work.log() == log


def test_another_setting_makes_again_what_depends_on_it(work: Work) -> None:
    """The reading length concerns the finished model alone, which does not replace the one that is there."""
    settings = SETTINGS.model_copy(update={"inference_tokens": 32})
    with pytest.raises(UsageError, match="another model"):
        work.make(settings=settings)
    assert work.called == ["write_finished"]
    shutil.rmtree(work.options.output)
    assert work.make(settings=settings).model.max_tokens == 32 and work.called == []


def test_a_training_from_elsewhere_is_taken_over(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put under the right names, soft labels and a model are given; a model that was trained otherwise is refused."""
    monkeypatch.setattr(recipe, "train", killed_at("votes"))
    before, options = work.options.work, replace(work.options, output=tmp_path / "other")
    for stage, output in (("soft-labels", "soft.parquet"), ("pool", "model")):
        (options.work / stage).mkdir(parents=True)
        source, target = before / stage / output, options.work / stage / output
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    work.options = options
    with pytest.raises(UsageError, match="trained otherwise"):
        work.make(settings=SETTINGS.model_copy(update={"pool": TRAINING.model_copy(update={"seed": 8})}))
    with pytest.raises(UsageError, match="other votes"):
        shutil.rmtree(options.work / "soft-labels")
        (options.work / "soft-labels").mkdir()
        shutil.copyfile(before / "soft-labels" / "soft.parquet", options.work / "soft-labels" / "soft.parquet")
        work.make(votes=options.votes[:1])
    with pytest.raises(KeyboardInterrupt):
        work.make()
    origins = [(line["stage"], line["origin"]) for line in work.log()]
    assert origins[-2:] == [("soft-labels", "given"), ("pool", "given")] and work.called == []


_LAST = ("student", "student-votes", "finished")


def test_a_student_of_the_teacher(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has half the teacher's layers and neurons, skips words, and learns from answers that alone can make it."""
    shutil.rmtree(work.options.output)
    student = TRAINING.model_copy(update={"epochs": 4.0, "papers": POOL - 30})
    smaller = {"student_layers": 1, "student_width": 16, "student_skips_function_words": True, "student_tokens": 16}
    with_student = SETTINGS.model_copy(update={"student": student, "student_votes": TRAINING, **smaller})
    first = work.make(settings=with_student).model
    assert work.called == ["write_finished", "ask_teacher", "train", "train", "write_finished"]
    records_of = {name: json.loads((work.options.work / name / "stage.json").read_text()) for name in _LAST}
    assert records_of["student-votes"]["inputs"]["encoder"] == records_of["student"]["output"]
    assert records_of["finished"]["inputs"]["trained before"] == records_of["student"]["output"]
    assert (
        "student" in first.card["training"] and evaluate(work.options.gold, first.path).report.metrics["micro_f1"] > 0.7
    )
    assert first.max_tokens == 16 and Artefact.open(work.options.work / "teacher-model" / "model").max_tokens == 24
    assert SoftLabels(work.options.work / "student-labels" / "soft.parquet").rows == POOL - 30
    config = json.loads((first.path / "encoder" / "config.json").read_text())
    assert (config["num_hidden_layers"], config["intermediate_size"]) == (1, 16)
    assert len(Tokenizer(first.path / "encoder" / "tokenizer.json").encode(["The method for a whale"], 16)[0]) == 4
    records = [work.options.work / name / "stage.json" for name in ("teacher", "student")]
    inputs = [json.loads(path.read_text())["inputs"] for path in records]
    assert inputs[0]["teacher"] == inputs[1]["encoder"]
    said = work.options.work / "teacher" / "probabilities.parquet"
    from_file = with_student.model_copy(update={"teacher_probabilities": said})
    monkeypatch.setattr(recipe, "train", killed_at("student"))
    with pytest.raises(KeyboardInterrupt):  # no other training came before it
        work.make(settings=from_file, output=tmp_path / "again")
    assert work.called == ["weak_label"]
    learned = [folder / "student-labels" / "soft.parquet" for folder in (work.options.work, tmp_path / "again.stages")]
    assert content_of(learned[0]) == content_of(learned[1])


def test_a_teacher_from_elsewhere_is_taken_over(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished model of the recipe needs no training but the student's; one of other settings is refused."""
    output = tmp_path / "other"
    given = output.with_name("other.stages") / "teacher-model" / "model"
    shutil.copytree(work.options.output, given)
    with_student = SETTINGS.model_copy(update={"student": TRAINING})
    with pytest.raises(UsageError, match="was not made with these settings"):
        work.make(settings=with_student.model_copy(update={"pool_share": 0.5}), output=output)
    made = work.make(settings=with_student, output=output)
    assert work.called.count("train") == 1 and list(made.model.card["training"])[2:] == ["pool", "votes", "student"]
    assert made.model.card["recipe"]["stage teacher-model"].startswith("given")
    assert work.make(settings=with_student, output=output).unchanged and work.called == []
    monkeypatch.setattr(recipe, "train", killed_at("pool"))
    with pytest.raises(KeyboardInterrupt):  # of other settings it is made, from the first training on
        work.make(settings=with_student.model_copy(update={"inference_tokens": 16}), output=output)
    monkeypatch.setattr(recipe, "train", killed_at("student"))
    shutil.rmtree(given)
    with pytest.raises(AreatagError, match="was put there and is gone"):
        work.make(settings=with_student, output=output)


def test_a_student_that_imitates_its_teacher(work: Work, tmp_path: Path) -> None:
    """It needs no labels: of a few tokens it says more nearly what the teacher's heads say of all, by these heads."""
    output = tmp_path / "other"
    given = output.with_name("other.stages") / "teacher-model" / "model"
    shutil.copytree(work.options.output, given)
    imitating = {
        "student": TRAINING.model_copy(update={"epochs": 20.0, "learning_rate": 1e-3, "max_tokens": 8}),
        "student_imitates": True,
        "student_tokens": 8,
        "student_skips_function_words": True,
    }
    made = work.make(settings=SETTINGS.model_copy(update=imitating), output=output).model
    assert work.called.count("train") == 1 and "ask_teacher" not in work.called
    assert "imitate True" in made.card["training"]["student"]
    teacher, student = Tagger.load(given, "cpu"), Tagger.load(output, "cpu")
    hidden = teacher.artefact.hidden_size
    soft = SoftLabels(output.with_name("other.stages") / "soft-labels" / "soft.parquet")
    papers = [paper for batch in soft.batches() for paper in batch.papers]
    wanted, taught = (tagger.pooled_embeddings(papers) for tagger in (teacher, student))
    tokenizer = Tokenizer(student.artefact.encoder_path / "tokenizer.json")
    untaught = teacher.runtime.embed(tokenizer.encode([paper.text for paper in papers], student.artefact.max_tokens))
    before, after = (tagger.artefact.heads.over_embedding(hidden) for tagger in (teacher, student))
    far, farther = (np.square((found - wanted) @ before.area_weight.T).mean() for found in (taught, untaught))
    assert far < 0.7 * farther
    shares = after.area_weight / before.area_weight
    assert float(shares.std()) < 1e-3 * abs(float(shares.mean()))


def test_evaluation_votes_for_papers_that_are_not_there(work: Work, tmp_path: Path) -> None:
    """They could not be kept out of training, so nothing begins; nor into a folder that is no model."""
    votes = write_jsonl(tmp_path / "evaluation.jsonl", [{"id": "unheard of", "areas": []}])
    with pytest.raises(AreatagError, match=r"unheard of is one"):
        work.make(evaluation_votes=votes, output=tmp_path / "third")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="is no model"):
        work.make(output=tmp_path / "folder")
    assert work.called == []
