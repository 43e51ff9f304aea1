"""The tagger in Spark's mapInPandas, against the local engine."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.machine import describe_machine
from benchmarks.scale.lakes import LakeSize, make_lake, read_lines, run_areatag
from data.errors import AreatagError

HELP = """Tag an invented lake in Spark, and compare the areas with those of the local engine.

Needs `pip install pyspark` and Java, which areatag itself does without; a minute for 300 papers.
"""


def main(
    papers: Annotated[int, typer.Option(min=3, help="Papers, in three files.")] = 300,
    partitions: Annotated[int, typer.Option(min=1, help="Partitions of the table.")] = 4,
) -> None:
    """Run both and compare."""
    os.environ["PYSPARK_PYTHON"] = sys.executable  # of the workers too
    from pyspark.sql import SparkSession

    from benchmarks.scale.spark_tagger import tagged

    with tempfile.TemporaryDirectory(prefix="areatag-scale-") as name:
        folder = Path(name)
        make_lake(folder / "lake", LakeSize(2, papers // 2, 150))  # two files of JSON Lines
        run_areatag("label", folder / "lake", "-o", folder / "local.jsonl")
        expected = {one["id"]: [area["id"] for area in one["areas"]] for one in read_lines(folder / "local.jsonl")}
        session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        try:
            table = session.read.schema("id string, title string, abstract string").json(str(folder / "lake"))
            found = {row.id: list(row.areas) for row in tagged(table.repartition(partitions)).collect()}
        finally:
            session.stop()
    same = sum(found.get(paper) == areas for paper, areas in expected.items())
    Console().print(describe_machine())
    Console().print(json.dumps({"papers": len(expected), "in spark": len(found), "same areas": same}))
    if len(found) != len(expected):
        raise AreatagError("Spark lost or invented papers.")
