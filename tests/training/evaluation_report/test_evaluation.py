"""A trained model on a gold file, and beside another one."""

from pathlib import Path

from tests.support.tiny import records, write_jsonl
from training.evaluation_report.evaluation import evaluate


def test_the_record_has_the_measures_and_what_is_behind_them(tiny_model: Path, tmp_path: Path) -> None:
    """Under the names that the page and scripts take; a model beside itself differs in nothing."""
    gold = write_jsonl(tmp_path / "gold.jsonl", records(24, seed=11))
    found = evaluate(gold, tiny_model, tiny_model, "cpu")
    record = found.to_record()
    assert record.items() >= found.report.to_record().items()
    pairs = sum(row["pairs"] for row in record["reliability"])
    distance = sum(row["pairs"] * abs(row["probability"] - row["frequency"]) for row in record["reliability"]) / pairs
    assert abs(distance - record["ece"]) < 0.001
    assert all(row["difference"] == 0 for row in record["against"]["metrics"].values())
    assert record["against"]["model"] == record["model"] and not record["against"]["cross_fitted"]
    assert f"compared with {record['model']}" in found.to_table()
    alone = evaluate(gold, tiny_model, device="cpu")
    assert "against" not in alone.to_record() and "compared with" not in alone.to_table()
