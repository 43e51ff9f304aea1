"""From labels and papers to rules, and their comparison."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.labels import LabelledPaper
from data.papers import Paper, Reject
from data.rules import load_rules
from tests.training.rule_suggestion.corpus import TAXONOMY, TERMS, belongs, labelled_papers
from training.rule_suggestion.suggest import Suggestion, SuggestOptions, sample_pool, suggest
from training.votes.material import Floats32

WORDS = sorted({word for terms in TERMS.values() for term in terms for word in term.split()})


def embed(texts: Sequence[str]) -> Floats32:
    """One dimension a word, and one that all texts share."""
    rows = [[0.3, *(text.lower().count(word) for word in WORDS)] for text in texts]
    counts = np.array(rows, np.float32)
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), dtype=np.float32)


def _write(path: Path, labelled: Sequence[LabelledPaper], with_areas: bool = True) -> Path:
    lines = []
    for item in labelled:
        record: dict[str, object] = {
            "id": item.paper.id, "title": item.paper.title, "abstract": item.paper.abstract
        }  # fmt: skip
        lines.append(json.dumps({**record, "areas": item.areas} if with_areas else record))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def options(tmp_path: Path) -> SuggestOptions:
    """240 papers, 40 labelled ones, and no rules yet."""
    (tmp_path / "areas.yaml").write_text(TAXONOMY.to_yaml(), encoding="utf-8")
    return SuggestOptions(
        inputs=(_write(tmp_path / "pool.jsonl", labelled_papers(240, 1), with_areas=False),),
        labels=_write(tmp_path / "labels.jsonl", labelled_papers(40, 2)),
        taxonomy=tmp_path / "areas.yaml",
    )


def _suggest(options: SuggestOptions) -> Suggestion:
    return suggest(options, lambda stage, done, of: None, lambda reject: None)


def test_terms_become_rules_of_their_areas(options: SuggestOptions, tmp_path: Path) -> None:
    """Also terms that the description does not name, learned from labels and pool; the file can be used."""
    found = _suggest(options)
    phrases = [(rule.phrase, TAXONOMY.area_ids[rule.area]) for rule in found.rules]
    assert phrases and all(belongs(phrase, area) for phrase, area in phrases)
    assert {area for _, area in phrases} == set(TERMS)
    (tmp_path / "rules.yaml").write_text(found.to_yaml(), encoding="utf-8")
    assert set(load_rules(tmp_path / "rules.yaml", TAXONOMY).areas) == set(TERMS)
    assert found.comparison.cross_fitted and found.comparison.measures["suggested phrases"]["precision"] > 0.9
    assert not found.comparison.measures.keys() & {"suggested prototypes"}


def test_prototypes_with_an_encoder(options: SuggestOptions) -> None:
    """With an encoder an area gets one prototype at most, and the table has their row."""
    found = _suggest(dataclasses.replace(options, embed=embed))
    prototypes = [rule.area for rule in found.rules if rule.prototype is not None]
    assert prototypes and len(set(prototypes)) == len(prototypes)
    assert found.comparison.measures["suggested prototypes"]["precision"] > 0.9


def test_existing_rules_are_taken_into_account(options: SuggestOptions, tmp_path: Path) -> None:
    """What a rule finds already is not suggested again, so the other areas have the suggestions."""
    (tmp_path / "own.yaml").write_text(json.dumps({"bread": {"core": TERMS["bread"]}}), encoding="utf-8")
    found = _suggest(dataclasses.replace(options, rules=tmp_path / "own.yaml"))
    assert {TAXONOMY.area_ids[rule.area] for rule in found.rules} == set(TERMS) - {"bread"}


def test_the_evaluation_set_teaches_nothing(options: SuggestOptions, tmp_path: Path) -> None:
    """Its papers are left out of the labels and of the pool."""
    evaluation = labelled_papers(40, 2)[:12] + labelled_papers(240, 1)[:8]
    written = _write(tmp_path / "evaluation.jsonl", evaluation)
    found = _suggest(dataclasses.replace(options, evaluation=written))
    titles = {item.paper.title for item in evaluation}
    alike = sum(item.paper.title in titles for item in labelled_papers(40, 2))
    assert found.near_evaluation >= alike >= 12 and found.labels == 40 - found.near_evaluation
    assert found.read < 240 and found.comparison.papers == 20 and not found.comparison.cross_fitted


def test_the_same_seed_gives_the_same_rules(options: SuggestOptions) -> None:
    """A sampled pool too."""
    sampled = dataclasses.replace(options, pool=120)
    first, second = _suggest(sampled), _suggest(sampled)
    assert first.to_yaml() == second.to_yaml() and first.pool == 120 and first.read == 240


def test_too_little_is_an_error(options: SuggestOptions, tmp_path: Path) -> None:
    """The message says how much is needed."""
    few = _write(tmp_path / "few.jsonl", labelled_papers(4, 3))
    with pytest.raises(AreatagError, match="has 4 labelled papers"):
        _suggest(dataclasses.replace(options, labels=few))
    with pytest.raises(AreatagError, match="4 papers outside"):
        _suggest(dataclasses.replace(options, inputs=(few,)))


PAPERS = [Paper(str(number), f"Paper {number}") for number in range(50)]


def test_a_small_input_is_taken_whole() -> None:
    """Rejects are told, papers to be left out are, and the order stays."""
    told: list[Reject] = []
    records: list[Paper | Reject] = [PAPERS[0], Reject("f", 2, "broken"), *PAPERS[1:5]]
    pool = sample_pool(records, 10, 0, lambda paper: paper.id == "3", told.append)
    assert [paper.id for paper in pool.papers] == ["0", "1", "2", "4"]
    assert (pool.read, pool.rejected, len(told)) == (4, 1, 1)


def test_a_large_input_is_sampled() -> None:
    """The sample has the size asked for, each paper once, in input order; every paper has the same chance."""
    times = dict.fromkeys((paper.id for paper in PAPERS), 0)
    for seed in range(300):
        pool = sample_pool(PAPERS, 10, seed, lambda paper: False, lambda reject: None)
        ids = [paper.id for paper in pool.papers]
        assert len(set(ids)) == 10 and ids == sorted(ids, key=int) and pool.read == 50
        for paper_id in ids:
            times[paper_id] += 1
    assert all(30 <= count <= 95 for count in times.values())  # 60 expected, with a deviation of 7
