"""Where a command works, and the tables of the files it names."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cxcore import gather, intake, join
from cxcore.engine import Engine
from cxcore.errors import CannotRead, CxError, UnknownName
from cxcore.language import Lang, say
from cxcore.mapping.understand import parse_correction
from cxcore.metrics import METRICS
from cxcore.store import Workspace, new_workspace, temporary_root
from cxcore.values import Table


@dataclass(frozen=True)
class Desk:
    """Where a command works: a temporary workspace with a fresh key, gone at exit."""

    engine: Engine
    workspace: Workspace


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk that leaves nothing behind."""
    root = temporary_root()
    engine = Engine(root)
    workspace = new_workspace(root)
    try:
        yield Desk(engine, workspace)
    finally:
        engine.close()
        Workspace(root).delete()


def complain(error: CxError, lang: Lang, *, as_json: bool) -> None:
    """Says what cannot be done and what to do: JSON on standard output, or two lines on standard error."""
    message, hint = error.in_words(lang)
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": message, "hint": hint}}, ensure_ascii=False))
    else:
        print(message.replace("\n", " "), file=sys.stderr)
        print(hint.replace("\n", " "), file=sys.stderr)


def existing(path: str) -> Path:
    """The path of a file that is there."""
    source = Path(path)
    if not source.is_file():
        raise CannotRead(
            "no_such_file",
            say("There is no such file: {name}.", name=path),
            say("Check the path, and that it is a file and not a folder."),
        )
    return source


def table_of(path: str, options: argparse.Namespace, place: Desk) -> Table:
    """The table of a file named on the command line."""
    source = existing(path)
    return intake.take(
        source,
        options.name or source.name,
        place.engine,
        place.workspace,
        sheet=options.sheet,
        corrections=dict(parse_correction(text) for text in options.map),
        zone=intake.zone_named(options.zone),
    )


def tables_of(options: argparse.Namespace, place: Desk) -> list[Table]:
    """The tables of all files named. A correction goes to the files that have its column; raises where none has it."""
    if options.together:
        return [stacked_of(options, place)]
    if len(options.files) == 1 or not options.map:
        return [table_of(path, options, place) for path in options.files]
    tables, used = [], set()
    for path in options.files:
        table = table_of(path, argparse.Namespace(**{**vars(options), "map": []}), place)
        own = [text for text in options.map if _concerns(text, table)]
        used |= set(own)
        tables.append(table_of(path, argparse.Namespace(**{**vars(options), "map": own}), place) if own else table)
    if unused := [text for text in options.map if text not in used]:
        raise UnknownName(
            "unknown_column",
            say("No column has this name: {name}.", name=parse_correction(unused[0])[1]),
            say("None of the files has it; python -m cxcore inspect shows their columns."),
        )
    return tables


def _concerns(correction: str, table: Table) -> bool:
    """Whether a file has the column, or the role, that a correction speaks of."""
    role, value = parse_correction(correction)
    if "." in role or not value:
        return table.has(role.partition(".")[0])
    return " ".join(value.split()).casefold() in {" ".join(name.split()).casefold() for name in table.raw.headers}


def joined_of(place: Desk, tables: Sequence[Table], name: str) -> join.Joined:
    """Several files as one, whose rows are those of the file that holds the metric; raises where no id links them."""
    needs = METRICS[name].needs if name in METRICS else ()
    if not needs:
        having = [t for t in tables if any(name in {use.header, use.role} for use in t.mapping.columns)]
        tables = [*having, *[t for t in tables if t not in having]]
    joined = gather.of(place.engine, place.workspace, tables, needs)
    if joined.unlinked:
        raise join.not_linked([joined.table, *joined.unlinked])
    return joined


def stacked_of(options: argparse.Namespace, place: Desk) -> Table:
    """Files with the same columns as one table."""
    return intake.together(
        [existing(path) for path in options.files],
        place.engine,
        place.workspace,
        sheet=options.sheet,
        corrections=dict(parse_correction(text) for text in options.map),
        zone=intake.zone_named(options.zone),
    )
