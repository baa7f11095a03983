"""Level 1. The one door to DuckDB, through Ibis.

One connection a process, one cursor a run: concurrent calls on one DuckDB connection fail (192 of 200, measured), calls
on cursors of it do not. The connection reads and writes below one folder only, installs nothing and fetches nothing.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pandas as pd
from ibis import udf

from cxcore import parquet
from cxcore.errors import CannotCompute
from cxcore.language import say

# What may stand round a number and is no part of it, and what must be left.
_JUNK = "[\\s\u00a0\u202f\u2009\u200b\u200e\u200f\u2060\ufeff€$£'’%]|EUR|USD|GBP|CHF"
_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"
_BATCH = 20_480  # rows that leave the engine at once, on the way into a file
# Thousands come in threes: 1,5 is no 15 where the point is the decimal mark.
_THREES = {".": r"^[^,]*$|^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.|$)", ",": r"^[^.]*$|^[+-]?[0-9]{1,3}(\.[0-9]{3})+(,|$)"}
_COUNTABLE = 1e300  # four hundred digits are a number to look at, and infinity to an engine
CLOCK = r"^\s*(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)\s*$"
SLOW = 60.0  # seconds after which a query is interrupted


class Engine:
    """DuckDB on the Parquet tables below one folder."""

    def __init__(self, root: Path, memory: str = "4GB", threads: int | None = None) -> None:
        """Opens the engine; `root` is the only folder it may read or write."""
        self.root = root.resolve()
        self._spill = self.root / f"spill-{os.getpid()}"
        settings: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": str(self._spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
        if threads:
            settings["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=settings)
        self._connection.execute("SET allowed_directories=[?]", [str(self.root)])
        self._connection.execute("SET enable_external_access=false")
        # Ibis sets these two on every cursor and fails where it may not.
        self._connection.execute("SET allowed_configs=['TimeZone','python_enable_replacements']")
        self._connection.execute("SET lock_configuration=true")

    @contextmanager
    def reading(self, path: Path, limit: float = SLOW) -> Iterator[ir.Table]:
        """The Parquet table at `path` as an Ibis table, on a cursor of its own that is interrupted after `limit` s."""
        with self.together([path], limit) as (table,):
            yield table

    @contextmanager
    def together(self, paths: Sequence[Path], limit: float = SLOW) -> Iterator[tuple[ir.Table, ...]]:
        """Several Parquet tables on one cursor, so that one expression can be made of them."""
        with self._cursor(limit) as (_, tables):
            yield tuple(tables.read_parquet(path) for path in paths)

    @contextmanager
    def _cursor(self, limit: float) -> Iterator[tuple[duckdb.DuckDBPyConnection, ibis.BaseBackend]]:
        """A cursor of its own that is interrupted after `limit` seconds, bare and as Ibis sees it."""
        cursor = self._connection.cursor()
        done = threading.Event()
        watch = threading.Thread(target=_interrupt_late, args=(cursor, done, limit), daemon=True)
        watch.start()
        try:
            yield cursor, ibis.duckdb.from_connection(cursor)
        except duckdb.InterruptException as stop:
            raise CannotCompute(
                "took_too_long",
                say("The computation took longer than {n} seconds and was stopped.", n=int(limit)),
                say("Choose a shorter period or fewer segments, and try again."),
            ) from stop
        finally:
            done.set()
            watch.join()
            cursor.close()

    def ask(self, path: Path, build: Callable[[ir.Table], ir.Table], limit: float = SLOW) -> pd.DataFrame:
        """The rows of the expression that `build` makes of the table: small results only, as pandas."""
        with self.reading(path, limit) as table:
            frame: pd.DataFrame = build(table).to_pandas()
        return frame

    def write(self, path: Path, build: Callable[[ir.Table], ir.Table], target: Path) -> None:
        """Writes the expression that `build` makes of the table at `path` into a Parquet file at `target`."""
        self.write_of([path], build, target)

    def write_of(self, paths: Sequence[Path], build: Callable[..., ir.Table], target: Path) -> None:
        """Writes the expression that `build` makes of several tables into a Parquet file at `target`."""
        with self._cursor(SLOW) as (cursor, tables):
            rows = build(*(tables.read_parquet(path) for path in paths))
            # Ibis asks a cursor for its batches in a way that this DuckDB no longer has.
            parquet.write(cursor.sql(tables.compile(rows)).to_arrow_reader(_BATCH), target)

    def ask_of(self, paths: Sequence[Path], build: Callable[..., ir.Table]) -> pd.DataFrame:
        """The rows of the expression that `build` makes of several tables: small results only, as pandas."""
        with self.together(paths) as tables:
            frame: pd.DataFrame = build(*tables).to_pandas()
        return frame

    def close(self) -> None:
        """Ends the connection; nothing can be asked afterwards."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)


def _interrupt_late(cursor: duckdb.DuckDBPyConnection, done: threading.Event, limit: float) -> None:
    """Interrupts what runs on a cursor once its time is over: again and again, since between two queries it is lost."""
    if not done.wait(limit):
        while not done.wait(0.05):
            cursor.interrupt()


@udf.scalar.builtin
def try_strptime(text: str, pattern: str) -> dt.timestamp:
    """The time a text spells under a strptime pattern, else null."""


@udf.scalar.builtin(name="try_strptime")
def try_strptime_zoned(text: str, pattern: str) -> dt.Timestamp(timezone="UTC"):
    """The instant a text spells under a pattern with %z, else null."""


@udf.scalar.builtin(name="make_timestamptz")
def instant_of(microseconds: int) -> dt.Timestamp(timezone="UTC"):
    """The instant that lies so many microseconds after the start of 1970."""


@udf.scalar.builtin(name="timezone")
def in_zone(zone: str, instant: dt.Timestamp(timezone="UTC")) -> dt.timestamp:
    """The wall-clock time of an instant in a zone."""


@udf.scalar.builtin(name="timezone")
def instant_in(zone: str, local: dt.timestamp) -> dt.Timestamp(timezone="UTC"):
    """The instant of a wall-clock time in a zone."""


@udf.scalar.builtin(name="regexp_extract_all")
def re_extract_all(text: str, pattern: str, group: int) -> dt.Array(dt.string):
    """All that a group of a pattern matches in a text."""


@udf.scalar.builtin(name="sha256")
def _sha256(data: dt.binary) -> str:
    """SHA-256 in hexadecimal."""


@udf.scalar.builtin(name="unhex")
def _unhex(text: str) -> dt.binary:
    """Bytes from hexadecimal."""


@udf.scalar.builtin(name="encode")
def _encode(text: str) -> dt.binary:
    """A text's UTF-8 bytes."""


@udf.scalar.builtin(name="concat")
def _joined(first: dt.binary, second: dt.binary) -> dt.binary:
    """Two byte strings, one after the other."""


def number(text: Any, decimal: str = ".", *, plain: bool = False) -> Any:
    """A text column's number, or null where a text is none: its shape is checked before it is cast, since engines read
    `1e5`, `inf` and `1,234` each its own way. `plain` skips the cleaning where no value seen needs it."""
    if not plain:
        text = text.re_replace(_JUNK, "").replace("\u2212", "-")
        text = ibis.ifelse(text.re_search(_THREES[decimal]), text, None)
        text = text.replace(".", "").replace(",", ".") if decimal == "," else text.replace(",", "")
    found = text.try_cast("float64")
    return ibis.ifelse(text.re_search(_NUMBER) & (found.abs() < _COUNTABLE), found, None)


def clock(text: Any) -> Any:
    """The seconds of a text column's times, as 1:02:03 or 26:10:00.5, or null where a text is none."""
    parts = [text.re_extract(CLOCK, group).try_cast("float64") for group in (1, 2, 3)]
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def pseudonym(text: ir.StringValue, key: bytes) -> ir.StringValue:
    """HMAC-SHA256 of a text under a key, first 16 hexadecimal digits, as Python's hmac gives it."""
    block = key.ljust(64, b"\0") if len(key) <= 64 else sha256(key).digest().ljust(64, b"\0")
    inner = bytes(byte ^ 0x36 for byte in block).hex()
    outer = bytes(byte ^ 0x5C for byte in block).hex()
    first = _sha256(_joined(_unhex(ibis.literal(inner)), _encode(text)))
    return _sha256(_joined(_unhex(ibis.literal(outer)), _unhex(first))).left(16)
