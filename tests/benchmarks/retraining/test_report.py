"""Results as files."""

import json
from pathlib import Path

from benchmarks.retraining.curve_plot import write_plot
from benchmarks.retraining.report import Table, write_report


def test_a_report_is_markdown_and_json(tmp_path: Path) -> None:
    """Both say for which sizes the figures hold."""
    table = Table("Wanted: much.", ("labels", "F1"), (("50", "0.5"),))
    text = write_report(tmp_path / "result", "Curve", {"pool": 7}, [table], {"f1": [0.5]})
    assert text == (tmp_path / "result.md").read_text()
    assert "# Curve\n\npool 7.\n\nWanted: much.\n\n| labels | F1 |\n| --- | --- |\n| 50 | 0.5 |" in text
    record = json.loads((tmp_path / "result.json").read_text())
    assert (record["settings"], record["figures"]) == ({"pool": 7}, {"f1": [0.5]})


def test_the_plot_names_everything(tmp_path: Path) -> None:
    """An SVG with readable text, the same again for the same figures."""
    curves = {name: {"micro-F1": [[0.1, 0.2], [0.2, 0.3]]} for name in ("review queue", "random choice")}
    for name in ("one.svg", "two.svg"):
        write_plot(tmp_path / name, [50, 1000], curves, ["micro-F1"])
    drawn = (tmp_path / "one.svg").read_text()
    assert all(text in drawn for text in ("review queue", "random choice", "micro-F1", "1,000", "labels"))
    assert drawn == (tmp_path / "two.svg").read_text()
