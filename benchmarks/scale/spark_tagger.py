"""Areas of the papers in a Spark table with the columns id, title and abstract."""

from collections.abc import Iterator
from functools import cache

import pandas as pd
from pyspark.sql import DataFrame

from data.papers import Paper
from model.tagger import Tagger


@cache
def tagger() -> Tagger:
    """The model, loaded once in each worker process of Spark."""
    return Tagger.load(device="cpu", threads=1)


def tag(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Answer batches of papers with the ids of their areas."""
    for batch in batches:
        papers = [Paper(str(row.id), row.title or "", row.abstract or "") for row in batch.itertuples()]
        results = tagger().tag(papers)
        yield pd.DataFrame(
            {"id": [result.id for result in results], "areas": [[a.id for a in result.areas] for result in results]}
        )


def tagged(papers: DataFrame) -> DataFrame:
    """The table of the areas."""
    return papers.where("title > '' or abstract > ''").mapInPandas(tag, "id string, areas array<string>")
