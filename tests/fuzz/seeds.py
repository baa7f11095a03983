"""Good files for the mutator: three made-up tables, written in every format and dialect a person may have them in."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

Rows = list[list[str]]  # the header first
FORMATS = ("csv", "xlsx", "ods", "json", "jsonl", "parquet", "html")
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
NEWLINES = ("\n", "\r\n", "\r")
MARK = "zebra7731"  # stands in comments: no message may hold it
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


@dataclass(frozen=True)
class Good:
    """A file that is right; `table` names the table in it, "" for a file from elsewhere."""

    name: str
    content: bytes
    table: str = ""


def _survey() -> Rows:
    scores = [10, 9, 9, 10, 8, 7, 6, 3, 0, 10, 9, 8]
    return [["Response ID", "Survey date", "Channel", "How likely are you to recommend us? (0-10)",
             "Satisfaction (1-5)", "Comment"],
            *[[f"R{k:04}", f"2026-0{1 + k % 3}-{3 + k:02}", ("chat", "phone", "email")[k % 3], str(scores[k % 12]),
               str(1 + scores[k % 12] * 2 // 5), f"Perché no, {MARK} {k}"] for k in range(24)]]  # fmt: skip


def _tickets() -> Rows:
    return [["ID ticket", "Creato il", "Risolto il", "Canale", "Operatore", "Tempo di gestione (min)", "Soddisfazione",
             "Commento"],
            *[[f"T{k:04}", f"{3 + k:02}/0{1 + k % 3}/2026 0{k % 9}:15", f"{4 + k:02}/0{1 + k % 3}/2026 1{k % 9}:40",
               ("Chat", "Telefono", "Email")[k % 3], ("Anna", "Bruno")[k % 2], f"{2 + k % 7},5", str(1 + k * 7 % 5),
               f"Città; {MARK}"] for k in range(24)]]  # fmt: skip


def _calls() -> Rows:
    return [["Call ID", "Date", "Time", "Queue", "Answered", "Wait time (s)", "Talk time"],
            *[[f"{7000 + k}", f"2026-03-{1 + k:02}", f"{8 + k % 9:02}:{k:02}:30", ("Sales", "Help")[k % 2],
               "no" if k % 6 == 5 else "yes", str(5 + k * 3), "" if k % 6 == 5 else f"0:0{k % 9}:{10 + k}"]
              for k in range(24)]]  # fmt: skip


TABLES: dict[str, Rows] = {"survey": _survey(), "tickets": _tickets(), "calls": _calls()}


def text(
    rows: Rows, *, delimiter: str = ",", newline: str = "\n", encoding: str = "utf-8", quote: bool = False
) -> bytes:
    """The rows as delimited text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=newline,
               quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL).writerows(rows)  # fmt: skip
    return out.getvalue().encode(encoding, "replace")


def written(rows: Rows, kind: str, rng: random.Random | None = None) -> bytes:
    """The rows as a file of a kind; text in a dialect of the generator's choice, where there is one."""
    header, *body = rows
    if kind == "csv":
        pick = rng.choice if rng else (lambda options: options[0])
        return text(rows, delimiter=pick(DELIMITERS), newline=pick(NEWLINES), encoding=pick(ENCODINGS),
                    quote=pick((False, True)))  # fmt: skip
    if kind == "xlsx":
        return _xlsx(rows)
    if kind == "ods":
        return _ods(rows)
    if kind == "html":
        lines = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        return f"<html><meta charset='utf-8'><body><table>{lines}</table></body></html>".encode()
    records = [dict(zip(header, row, strict=False)) for row in body]
    if kind == "json":
        return json.dumps(records, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if kind == "jsonl":
        return "\n".join(json.dumps(r, ensure_ascii=False) for r in records).encode("utf-8", "surrogatepass")
    out = io.BytesIO()
    columns = [[(row[k] if k < len(row) else "") for row in body] for k in range(len(header))]
    arrays = [pa.array([c.encode("utf-8", "replace").decode() for c in column]) for column in columns]
    parquet.write_table(pa.Table.from_arrays(arrays, names=[h or " " for h in header]), out)
    return out.getvalue()


def _xlsx(rows: Rows) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Dati")
        for k, row in enumerate(rows):
            for at, cell in enumerate(row):
                if cell.isascii() and cell.isdigit() and len(cell) < 10:
                    sheet.write_number(k, at, int(cell))
                else:
                    sheet.write_string(k, at, cell[:32_000])
    return out.getvalue()


def _ods(rows: Rows) -> bytes:
    def cell(text: str) -> str:
        return f"<table:table-cell office:value-type='string'><text:p>{html.escape(text)}</text:p></table:table-cell>"

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        made.writestr(
            "content.xml",
            f"<office:document-content {_SPACES}><office:body><office:spreadsheet><table:table table:name='A'>{lines}"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def made() -> list[Good]:
    """Each table in each format."""
    return [Good(f"{table}.{kind}", written(rows, kind), table) for table, rows in TABLES.items() for kind in FORMATS]


def brought(most: int = 60_000) -> Sequence[Good]:
    """The small files of the reference folder, where it is: old workbooks and exports among them."""
    shared = Path(os.environ.get("CX_SHARED", Path(__file__).parents[3] / "shared"))
    paths = [*sorted((shared / "corpus" / "files").glob("*")), *sorted((shared / "data").glob("*"))]
    return [Good(path.name, path.read_bytes()) for path in paths
            if path.is_file() and 0 < path.stat().st_size <= most]  # fmt: skip
