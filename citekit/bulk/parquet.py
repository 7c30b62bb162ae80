"""Rows as Parquet; imported where pyarrow is installed."""

from __future__ import annotations

import json
import os
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from citekit.bulk.rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROWS: Final = 1_000  # of one group
_NUMBERS: Final = frozenset({"offset", "status"})
_LISTS: Final = frozenset({"authors", "findings"})
_OBJECTS: Final = frozenset({"csl", "evidence"})  # as JSON text: each row has keys of its own


def convert(source: Path, target: Path) -> None:
    """Write the rows of a file of JSON lines as Parquet, whole or not at all."""
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with source.open(encoding="utf-8") as lines, pq.ParquetWriter(partial, _SCHEMA) as writer:
            for rows in _groups(map(json.loads, lines)):
                writer.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _groups(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while group := [_flat(row) for row in islice(rows, _ROWS)]:
        yield group


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    objects = {name: json.dumps(row[name], ensure_ascii=False) for name in _OBJECTS}
    return {**row, **objects}


def _type_of(name: str) -> pa.DataType:
    if name in _NUMBERS:
        return pa.int64()
    return pa.list_(pa.string()) if name in _LISTS else pa.string()


_SCHEMA: Final = pa.schema([(name, _type_of(name)) for name in COLUMNS])
