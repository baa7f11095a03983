"""Parent side. Reads a stranger's file in a throw-away child process and keeps what comes back as Parquet.

The child (`child.py`) gets the file as standard input, an empty environment and hard limits; what it does not survive,
the parent does. Batches are written as they come, so that the parent's memory does not grow with the file. Whatever
ends the call ends the child and removes the unfinished Parquet file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import select
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pyarrow as pa

from cxcore import parquet
from cxcore.read import process, sentences
from cxcore.values import RawTable

_MEGABYTE = 1_000_000
_BEAT = 0.25  # seconds
_MEMORY = 1_610_612_736  # 1.5 GiB of address space
_CPU_SECONDS = 20
_WALL_SECONDS = 30
_SECONDS_A_MEGABYTE = 0.4  # more, for files above 20 MB
_SMALL = 20 * _MEGABYTE
_FAST_FROM = 4 * _MEGABYTE  # smaller text is read carefully in less time than a second child would take to start

Progress = Callable[[Literal["reading"], int], None]


class _Again(Exception):
    """The fast reader gave up; the careful one is to read the file from its start."""


def read(
    source: Path | BinaryIO, name: str, folder: Path, *, sheet: str | None = None, progress: Progress | None = None
) -> RawTable:
    """The file's table as text, in a new Parquet file in `folder`, which is the caller's to keep or remove.

    `source` is a path, or an open binary file (an upload), which is copied to an unnamed temporary file first. `name`
    is only a label; its extension decides nothing. `sheet` names a workbook's sheet. `progress` is called with a step
    ("reading") and the rows so far; what it raises ends the reading. Raises FileRefused where nothing true can be said
    of the file, CannotRead where a limit stopped the reader, UnknownName for a sheet that is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(source) as (file, digest):
        size = os.fstat(file.fileno()).st_size
        packed = file.read(2) == b"PK"
        for careful in (size < _FAST_FROM, True):
            with _unfinished(folder) as path:
                try:
                    first, last = _run(file, _options(name, sheet, size, packed, careful), path, progress)
                except _Again:
                    path.unlink(missing_ok=True)
                    continue
                return RawTable(
                    path=path,
                    name=name,
                    format=first["format"],
                    headers=tuple(first["headers"]),
                    descriptions=tuple(first["descriptions"]),
                    rows=last["rows"],
                    filled=tuple(last["filled"][: len(first["headers"])]),
                    at=tuple(last["at"][: len(first["headers"])]),
                    sha256=digest.result(),
                    header_rows=first["header_rows"],
                    encoding=first["encoding"],
                    delimiter=first["delimiter"],
                    sheet=first["sheet"],
                    sheets=tuple(first["sheets"]),
                    problems=tuple(sentences.problem(said) for said in last["remarks"]),
                )
    raise sentences.refusal("damaged_file", {"stopped": True})


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, Future[str]]]:
    """The file, seekable and with a descriptor, and its SHA-256, computed beside the reading."""
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        if isinstance(source, Path):
            file: BinaryIO = stack.enter_context(source.open("rb"))
            # A descriptor of its own: parent and child share the place where `file` is read.
            yield file, pool.submit(_sha256, source)
            return
        spool = stack.enter_context(tempfile.TemporaryFile())
        source.seek(0)
        hashed = hashlib.sha256()
        while chunk := source.read(_MEGABYTE):
            hashed.update(chunk)
            spool.write(chunk)
        spool.flush()
        yield spool, pool.submit(hashed.hexdigest)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A name for a new Parquet file, which is removed if anything at all goes wrong, an interruption included."""
    path = folder / f"raw-{uuid.uuid4().hex}.parquet"
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _options(name: str, sheet: str | None, size: int, packed: bool, careful: bool) -> dict[str, Any]:
    """What the child is told, its limits among it: text is read in a stream, a workbook as a whole."""
    more = max(0, size - _SMALL) / _MEGABYTE * _SECONDS_A_MEGABYTE
    plain = name.split("\x00", maxsplit=1)[0].replace("\\", "/").rpartition("/")[2]
    return {
        "sheet": sheet,
        "careful": careful,
        "packed": packed,
        "extension": Path(plain.strip()).suffix.lower().lstrip("."),
        # A workbook of honest size needs some thirty bytes of memory for one of the file; a small bomb stays small.
        "memory": _MEMORY + packed * 30 * max(0, size - _SMALL),
        "seconds": int(_CPU_SECONDS + more),
        "wall": _WALL_SECONDS + more,
    }


def _run(
    file: BinaryIO, options: dict[str, Any], path: Path, progress: Progress | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Starts a child, writes its rows to `path`, and returns its first and last line; raises what it answers."""
    with process.started(file, options) as (child, late):
        out = child.stdout
        if out is None:
            raise sentences.refusal("damaged_file", {"stopped": True})
        _listen(out, progress)
        first = _line(out)
        last = first
        seen = parquet.Written([], [])
        if "headers" in first:
            try:
                seen = _write(out, path, progress)
            except (pa.ArrowInvalid, OSError) as error:
                if isinstance(error, OSError) and error.errno:
                    raise  # a full disk, say: our own trouble; a stream cut short has no number
            last = _line(out)
        child.wait()
        if last.get("again"):
            raise _Again
        if "refused" in last:
            raise sentences.refusal(last["refused"], last["facts"])
        if "rows" not in last:
            raise _death(child.returncode, last, late.is_set(), packed=options["packed"])
        return first, {**last, "filled": seen.filled, "at": seen.at}


def _listen(out: Any, progress: Progress | None) -> None:
    """Waits for the child's first word; `progress` is called meanwhile, so that whoever watches can put an end to it.

    A workbook is read as a whole before there is a word. On Windows a pipe cannot be watched, and is not.
    """
    if process.POSIX and progress is not None:
        while not select.select([out], [], [], _BEAT)[0]:
            progress("reading", 0)


def _line(out: Any) -> dict[str, Any]:
    """The child's next line; empty if it died before it could say anything."""
    try:
        said = json.loads(out.readline() or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _write(out: Any, path: Path, progress: Progress | None) -> parquet.Written:
    """Writes the child's batches; what comes back is what was seen of each column."""
    with pa.ipc.open_stream(out) as stream:
        watched = None if progress is None else lambda rows: progress("reading", rows)
        return parquet.write(stream, path, watched, search=True)


def _death(returncode: int, last: dict[str, Any], late: bool, *, packed: bool) -> Exception:
    """The likeliest reason for a child that gave no answer."""
    if late or returncode == -getattr(signal, "SIGXCPU", 24):
        code = "took_too_long"
    elif (
        last.get("stopped") == "memory" or returncode == -signal.SIGABRT or returncode == -getattr(signal, "SIGKILL", 9)
    ):
        code = "too_many_cells" if packed else "too_large_unpacked"
    else:
        code = "damaged_file"
    return sentences.refusal(code, {"stopped": True, "limit": 0})
