"""Tables of the label store. A change of them needs a new SCHEMA_VERSION and a migration."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
    select,
)

SCHEMA_VERSION = 1

metadata = MetaData()

about = Table(
    "areatag_about",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""`schema_version`, and `fingerprint_key`: the key under which forgotten papers are hashed."""

entries = Table(
    "areatag_entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("time", String(32), nullable=False),
    Column("content", String(64), nullable=False, index=True),  # the paper: its content id
    Column("paper_id", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("areas", Text, nullable=False),  # JSON list of area ids
    Column("rejected", Text, nullable=False),  # JSON list of area ids
    Column("complete", Boolean, nullable=False),
    Column("annotator", Text, nullable=False),
    Column("model", Text),
    Column("undoes", Integer),  # number of an entry of the same paper
    sqlite_autoincrement=True,  # the number of a forgotten entry is not given again
)

forgotten = Table(
    "areatag_forgotten",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("time", String(32), nullable=False),
)
"""Keyed hashes of the content ids of forgotten papers."""


@dataclass(frozen=True, slots=True)
class About:
    """What a store says about itself."""

    schema_version: int
    fingerprint_key: bytes


def make_tables(connection: Connection) -> None:
    """Make an empty label store of the present format."""
    metadata.create_all(connection)
    first = {"schema_version": str(SCHEMA_VERSION), "fingerprint_key": secrets.token_hex(32)}
    connection.execute(insert(about), [{"name": name, "value": value} for name, value in first.items()])


def read_about(connection: Connection) -> About:
    """Return what the store says about itself; raises DBAPIError where there are no tables."""
    found = {row.name: row.value for row in connection.execute(select(about))}
    return About(int(found["schema_version"]), bytes.fromhex(found["fingerprint_key"]))


@contextmanager
def empty_store() -> Iterator[Connection]:
    """A store in memory, for those who read where none has been made yet: they make none."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        make_tables(connection)
        yield connection
    engine.dispose()
