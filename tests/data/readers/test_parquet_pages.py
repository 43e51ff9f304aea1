"""Tests of data.readers.parquet_pages."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.readers.parquet_pages import ColumnPages, Page, column_pages


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "zstd", "snappy"])
@settings(max_examples=25)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=30), st.booleans())
def test_headers_account_for_every_value(version: str, compression: str, values: list[str], dictionary: bool) -> None:
    """The pages hold all values, and together what the file's own metadata says."""
    file = io.BytesIO()
    pq.write_table(
        pa.table({"title": values}),
        file,
        compression=compression,
        use_dictionary=dictionary,
        data_page_version=version,
        data_page_size=64,
        write_batch_size=4,
    )
    chunk = pq.ParquetFile(file).metadata.row_group(0).column(0)
    start = min(offset for offset in (chunk.data_page_offset, chunk.dictionary_page_offset) if offset)
    found = column_pages(file, start, chunk.total_compressed_size)
    data_pages = found.pages[1:] if dictionary else found.pages
    assert sum(page.values for page in data_pages) == len(values)
    assert any(page.repeating for page in found.pages) == dictionary
    assert sum(page.size for page in found.pages) <= chunk.total_uncompressed_size
    assert found.largest == max(page.size for page in found.pages)


def test_rows_that_surely_fit() -> None:
    """What is said once may come in every row; else no more than two pages are touched."""
    assert ColumnPages((Page(100, 10, True), Page(20, 1000, True))).rows_within(1000, 512) == 10
    assert ColumnPages((Page(100, 300, False), Page(100, 200, False))).rows_within(1000, 512) == 300
    assert ColumnPages((Page(100, 5, False),)).rows_within(1000, 512) == 512
    assert ColumnPages((Page(5000, 2, False),)).rows_within(1000, 512) == 1
    assert ColumnPages(()).rows_within(1000, 512) == 512


@given(st.binary(max_size=60))
def test_any_bytes_are_pages_or_refused(content: bytes) -> None:
    """Damaged headers end the reading with an error, never without an end."""
    try:
        pages = column_pages(io.BytesIO(content), 0, len(content))
    except ValueError as error:
        assert str(error) == "a page header is damaged"
    else:
        assert all(page.size >= 0 for page in pages.pages)
