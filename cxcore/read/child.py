"""Child side. The whole life of the throw-away process: limits on, read standard input, answer on standard output.

The answer is a line of JSON (what the file is), an Arrow stream (its rows), and a line of JSON (how it went). A file
that is refused is the first or the last line alone. Nothing is ever written on standard error.

Run as `python -I child.py ROOT [ahead]`; ROOT is put on `sys.path`, so the project's modules are imported below. The
file and how to read it then come through the socket that standard input is; on Windows standard input is the file, and
the options stand in place of "ahead".
"""

from __future__ import annotations

import json
import os
import socket
import sys
from importlib import import_module
from itertools import chain
from typing import Any, BinaryIO

try:
    import resource
except ImportError:  # Windows has no such limits: there the parent's clock is the only one
    resource = None  # type: ignore[assignment]

sys.path.insert(0, sys.argv[1])
# pyarrow imports both where they are installed and needs neither here: half a second of a child's life.
sys.modules["numpy"] = sys.modules["pandas"] = None  # type: ignore[assignment]

import pyarrow as pa  # noqa: E402  # after the project's root is on the path

from cxcore.apostrophe import HELD, stripped  # noqa: E402
from cxcore.read import layout as layouts  # noqa: E402
from cxcore.read import sniff  # noqa: E402
from cxcore.read.body import Body  # noqa: E402
from cxcore.read.grid import Grid  # noqa: E402
from cxcore.read.layout import LONG_HEADER, Layout  # noqa: E402
from cxcore.read.remarks import Again, Refused, Remarks  # noqa: E402
from cxcore.read.shapes import usual_look  # noqa: E402
from cxcore.read.text import open_text  # noqa: E402

_LOOK_INSIDE = 64_000_000  # bytes of an OLE container or a page that are searched
_HEAD = 1 << 20
_THREADS = 4
_COMMON = ("cxcore.read.workbook", "cxcore.read.webpage", "cxcore.read.jsontext")
_EXTENSIONS = {
    "text": frozenset(("", "csv", "tsv", "txt", "tab", "psv", "dat", "log", "asc", "prn")),
    "xlsx": frozenset(("", "xlsx", "xlsm", "xltx", "xltm")),
    "xls": frozenset(("", "xls", "xlt")),
    "ods": frozenset(("", "ods", "ots")),
    "parquet": frozenset(("", "parquet", "pq")),
    "json": frozenset(("", "json", "jsonl", "ndjson", "txt")),
    "html": frozenset(("", "html", "htm", "xhtml")),
}


def limit(memory: int, seconds: int) -> None:
    """Takes from this process what reading needs no more than: memory, time, files, core dumps."""
    if resource is None:
        return
    for what, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + 5),  # the first is a signal that says so, the second is not
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            continue  # a system that does not know or already sets a tighter one


def answer(fd: int, options: dict[str, Any], out: BinaryIO) -> dict[str, Any]:
    """Reads the file and writes what it is and its rows; returns the last line."""
    with open(fd, "rb", closefd=False) as file:
        file.seek(0)
        head = file.read(_HEAD)
        # Only a container or a page is searched further than its head.
        further = head.startswith(b"\xd0\xcf\x11\xe0") or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        whole = head + file.read(_LOOK_INSIDE) if further else head
        kind = sniff.kind(head, whole, options["extension"])
        remarks = Remarks()
        about: dict[str, Any] = {"encoding": None, "delimiter": None, "sheet": None, "sheets": []}
        grid: Grid
        file.seek(0)
        if kind == "zip":
            content = file.read()
            if _is_ods(content):
                ods = import_module("cxcore.read.opendocument")
                grid, layout, about["sheet"], about["sheets"] = ods.open_ods(content, options["sheet"], remarks)
            else:
                book = import_module("cxcore.read.workbook")
                grid, layout, about["sheet"], about["sheets"] = book.open_workbook(
                    content, options["extension"], options["sheet"], remarks
                )
        elif kind == "xls":
            # Each reader but that of texts is loaded when its file comes: a child's start is short.
            biff = import_module("cxcore.read.biff")
            grid, layout, about["sheet"], about["sheets"] = biff.open_xls(file.read(), options["sheet"], remarks)
        elif kind == "parquet":
            grid, layout = import_module("cxcore.read.columnar").open_parquet(file)
        elif kind == "json":
            grid, layout = import_module("cxcore.read.jsontext").open_json(file.read(), remarks)
        elif kind == "html":
            grid, layout = import_module("cxcore.read.webpage").open_page(file.read(), fd, remarks)
        else:
            text = open_text(fd, head, careful=options["careful"])
            about["encoding"], about["delimiter"] = text.encoding.name, text.dialect.delimiter
            grid, layout = text, _layout(text, remarks)
        if options["extension"] not in _EXTENSIONS[grid.format]:
            remarks.add("extension_mismatch", format=grid.format)
        return _send(grid, layout, about, remarks, out)


def _is_ods(content: bytes) -> bool:
    return b"application/vnd.oasis.opendocument.spreadsheet" in content[:256]


def _layout(text: Grid, remarks: Remarks) -> Layout:
    layout = layouts.find(text.head, text.first, remarks)
    if layout is None:
        raise Refused("empty_file")
    return layout


def _send(grid: Grid, layout: Layout, about: dict[str, Any], remarks: Remarks, out: BinaryIO) -> dict[str, Any]:
    below = grid.head[layout.skip :]
    looks = [usual_look([row[k] if k < len(row) else None for row in below]) for k in range(layout.width)]
    body = Body(layout, looks, grid.sums)
    batches = (_as_left(batch) for batch in body.through(grid.body(layout.skip, layout.width)))
    first = next(batches, None)
    if first is None:
        raise Refused("no_rows")
    layouts.say_names(layout.headers, remarks)
    about |= {
        "format": grid.format,
        "headers": [stripped(header)[:LONG_HEADER] for header in layout.headers],
        "descriptions": layout.descriptions,
        "header_rows": layout.header_rows,
    }
    out.write(json.dumps(about).encode() + b"\n")
    with pa.ipc.new_stream(out, first.schema) as stream:
        for batch in chain([first], batches):
            stream.write_batch(batch)
    grid.say(remarks, layout.skip, layout.headers, body.dropped)
    body.say(remarks)
    return {"rows": body.rows, "remarks": remarks.said}


def _as_left(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows without the apostrophes an export put before its formulas."""
    for k, column in enumerate(batch.columns):
        cells = (
            column.buffers()[-1] if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) else None
        )
        if cells is not None and HELD.search(memoryview(cells)):
            texts = [None if text is None else stripped(text) for text in column.to_pylist()]
            batch = batch.set_column(k, batch.schema.field(k), pa.array(texts, column.type))
    return batch


def _job() -> dict[str, Any]:
    """How the file is to be read, which is standard input from then on; ends the process if nobody asks any more."""
    if resource is None:
        return dict(json.loads(sys.argv[2]))
    if sys.argv[2:] == ["ahead"]:
        for reader in _COMMON:  # while there is time
            import_module(reader)
    with socket.socket(fileno=os.dup(0)) as asked:
        said, files, _, _ = socket.recv_fds(asked, _HEAD, 1)
        while more := asked.recv(_HEAD):
            said += more
    if not files:
        os._exit(0)
    os.dup2(files[0], 0)
    os.close(files[0])
    return dict(json.loads(said))


def main() -> None:
    """Answers, whatever happens."""
    options = _job()
    sys.dont_write_bytecode = True  # from here on no file may be written
    limit(options["memory"], options["seconds"])
    pa.set_cpu_count(min(_THREADS, os.cpu_count() or 1))
    pa.set_io_thread_count(2)
    with open(1, "wb", closefd=False) as out:
        try:
            last = answer(0, options, out)
        except Again:
            last = {"again": True}
        except Refused as refused:
            last = {"refused": refused.code, "facts": refused.facts}
        except MemoryError:
            last = {"stopped": "memory"}
        except BaseException as error:  # a panic of the reader's Rust is no Exception
            last = {"stopped": "memory" if "alloc" in str(error).lower() else "failed"}
        out.write(json.dumps(last).encode() + b"\n")
    os._exit(0)  # threads of a reader that failed are not waited for


if __name__ == "__main__":
    main()
