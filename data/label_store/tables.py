"""Tables of the label store. A change of them needs a new SCHEMA_VERSION and a migration."""

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text

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
