"""Rows to a Parquet file and its subjects beside them in the file's own metadata. Reads nothing back but subjects."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import zstandard

from periderm.adapters.history_parquet.database import quoted
from periderm.adapters.history_parquet.log import TEXTS
from periderm.model.asset import Container, Node
from periderm.model.errors import HistoryError
from periderm.model.event import EVENT_DTYPE, Rows, Subject
from periderm.model.ids import stable_id

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NUMBERS: tuple[str, ...] = tuple(n for n in EVENT_DTYPE.names or () if n not in TEXTS and n != "subject")
COLUMNS = ("number", "subject", *NUMBERS, *TEXTS)
METADATA = "periderm"
MOST_METADATA = 64 << 20
OPTIONS = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 61440"

Objects = npt.NDArray[np.object_]
Table = dict[str, npt.NDArray[np.generic]]
Form = TypeVar("Form")


class Subjects(msgspec.Struct, frozen=True):
    """The node, and by key all others that rows of one file are of. A key is never 0, which means the node."""

    node: Node | Container
    others: dict[str, Container | Node]


class Packed(msgspec.Struct, frozen=True):
    """The same as it lies in the file: what is not asked for is not made an object of."""

    node: Node | Container
    others: dict[str, msgspec.Raw]


def key_of(subject: Subject) -> int:
    """A number for exactly these facts of a subject: the same everywhere, so files can be merged without rewriting it."""
    digest = stable_id("subject", msgspec.json.encode(subject).decode())
    return int(digest[-15:], 16) + 1  # 60 bits


def subjects_text(subjects: Subjects) -> str:
    """For the metadata: only letters, digits, + / and =, so that no quoting can go wrong."""
    return base64.b64encode(zstandard.compress(msgspec.json.encode(subjects))).decode()


def subjects_of(data: bytes) -> Subjects:
    """Back. Raises HistoryError."""
    return _unpacked(data, Subjects)


def _unpacked(data: bytes, form: type[Form]) -> Form:
    try:
        packed = base64.b64decode(data, validate=True)
        return msgspec.json.decode(zstandard.ZstdDecompressor().decompress(packed, max_output_size=MOST_METADATA), type=form)
    except (ValueError, zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise HistoryError("A partition does not say whose rows it holds.") from error


def table(rows: Rows, number: npt.NDArray[np.int64], keys: Sequence[int], strings: Objects) -> Table:
    """The columns of COLUMNS. `keys` are those of the subjects that rows["subject"] indexes."""
    columns: Table = {
        "number": number,
        "subject": np.asarray([0, *keys[1:]], np.int64)[rows["subject"]],
    }
    columns.update((name, np.ascontiguousarray(rows[name])) for name in NUMBERS)
    columns.update((name, strings[rows[name]]) for name in TEXTS)
    return columns


def write(database: DuckDBPyConnection, target: Path, columns: Table, subjects: Subjects) -> None:
    """One file under a name of its own; making it durable is the caller's."""
    database.register("rows_to_write", columns)
    try:
        names = ", ".join(f"{n}::VARCHAR AS {n}" if n in TEXTS else n for n in COLUMNS)
        select = f"SELECT {names} FROM rows_to_write"  # noqa: S608 -- our own columns
        _copy(database, select, target, subjects)
    finally:
        database.unregister("rows_to_write")


def merge(database: DuckDBPyConnection, target: Path, sources: Sequence[str], subjects: Subjects) -> None:
    """Several files as one, in their order, without holding them in memory."""
    listed = ", ".join(map(quoted, sources))
    select = f"SELECT {', '.join(COLUMNS)} FROM read_parquet([{listed}])"  # noqa: S608 -- our own columns, quoted names
    _copy(database, select, target, subjects)


def _copy(database: DuckDBPyConnection, select: str, target: Path, subjects: Subjects) -> None:
    metadata = f"KV_METADATA {{{METADATA}: {quoted(subjects_text(subjects))}}}"
    database.execute(f"COPY ({select}) TO {quoted(str(target))} ({OPTIONS}, {metadata})")


def read_subjects(database: DuckDBPyConnection, paths: Sequence[str]) -> dict[str, Subjects]:
    """Of each file, from its footer. Raises HistoryError, duckdb.Error."""
    return _read(database, paths, Subjects)


def read_packed(database: DuckDBPyConnection, paths: Sequence[str]) -> dict[str, Packed]:
    """The same without looking into facts of containers. Raises HistoryError, duckdb.Error."""
    return _read(database, paths, Packed)


def _read(database: DuckDBPyConnection, paths: Sequence[str], form: type[Form]) -> dict[str, Form]:
    found = database.execute(
        "SELECT file_name, value FROM parquet_kv_metadata(?) WHERE key::VARCHAR = ?", [list(paths), METADATA]
    ).fetchall()
    subjects = {str(name): _unpacked(bytes(value), form) for name, value in found}
    for path in paths:
        if path not in subjects:
            raise HistoryError(f"{path} does not say whose rows it holds.")
    return subjects


def united(found: Iterable[Subjects]) -> Subjects:
    """All subjects of several files; the node as the last one tells it."""
    everything = list(found)
    others: dict[str, Container | Node] = {}
    for each in everything:
        others.update(each.others)
    return Subjects(everything[-1].node, others)
