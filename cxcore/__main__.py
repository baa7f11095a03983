"""Level 7. The commands of the contract: what the pages compute, without a browser. `python -m cxcore --help`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from cxcore import contract, gather, intake, join
from cxcore.engine import Engine
from cxcore.errors import CannotRead, CxError, UnknownName
from cxcore.language import LANGUAGES, Lang, say, words
from cxcore.mapping.understand import parse_correction
from cxcore.metrics import METRICS, columns, named, offered
from cxcore.metrics.base import Metric
from cxcore.metrics.measure import measure
from cxcore.metrics.select import condition
from cxcore.metrics.settings import chosen, parsed
from cxcore.report.html import html
from cxcore.store import Workspace, new_workspace, temporary_root
from cxcore.values import Table

PERIODS = ("day", "week", "month", "quarter")


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are a message and a hint like every other."""

    def error(self, message: str) -> NoReturn:
        raise UnknownName(
            "bad_command",
            say("The command could not be understood: {what}.", what=message),
            say("See: python -m cxcore --help"),
        )


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it was done, 2 when it cannot be (the message and the hint say why)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang: Lang = "it" if "it" in given and "--lang" in given else "en"
    as_json = "--json" in given
    try:
        options = _parser().parse_args(given)
        with desk() as place:
            done: int = options.run(options, place)
            return done
    except CxError as error:
        _complain(error, lang, as_json=as_json)
        return 2


def _complain(error: CxError, lang: Lang, *, as_json: bool) -> None:
    message, hint = error.in_words(lang)
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": message, "hint": hint}}, ensure_ascii=False))
    else:
        print(message.replace("\n", " "), file=sys.stderr)
        print(hint.replace("\n", " "), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m cxcore", description="Customer-experience files, understood and measured.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    inspect = commands.add_parser("inspect", help="what a file is, and what each of its columns is used for")
    inspect.add_argument("files", nargs="+", metavar="FILE")
    inspect.set_defaults(run=_inspect)
    measured = commands.add_parser("measure", help="a metric with its interval: overall, by period, by groups")
    measured.add_argument("files", nargs="+", metavar="FILE")
    measured.add_argument("--metric", required=True, help=f"{', '.join(METRICS)}, or a column of numbers")
    measured.add_argument("--every", choices=PERIODS)
    measured.add_argument("--by", action="append", default=[], metavar="COLUMN")
    measured.add_argument("--rule")
    measured.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    measured.set_defaults(run=_measure)
    report = commands.add_parser("report", help="the whole analysis as one HTML file")
    report.add_argument("files", nargs="+", metavar="FILE")
    report.add_argument("-o", "--output", required=True, type=Path)
    report.set_defaults(run=_report)
    for command in (inspect, measured, report):
        command.add_argument("--sheet", help="the sheet of a workbook; '*' for all that have the same columns, as one")
        command.add_argument("--together", action="store_true", help="several files with the same columns, as one")
        command.add_argument("--name", help="the name the file was uploaded under")
        command.add_argument("--zone", help="the time zone of the data, such as Europe/Rome")
        command.add_argument("--lang", choices=LANGUAGES, default="en")
        command.add_argument("--map", action="append", default=[], metavar="ROLE=COLUMN")
        command.add_argument("--where", action="append", default=[], metavar="CONDITION")
        command.add_argument("--json", action="store_true")
    return parser


def _existing(path: str) -> Path:
    """The path of a file that is there."""
    source = Path(path)
    if not source.is_file():
        raise CannotRead(
            "no_such_file",
            say("There is no such file: {name}.", name=path),
            say("Check the path, and that it is a file and not a folder."),
        )
    return source


def _table(path: str, options: argparse.Namespace, place: Desk) -> Table:
    """The table of a file named on the command line."""
    source = _existing(path)
    return intake.take(
        source,
        options.name or source.name,
        place.engine,
        place.workspace,
        sheet=options.sheet,
        corrections=dict(parse_correction(text) for text in options.map),
        zone=intake.zone_named(options.zone),
    )


def _tables(options: argparse.Namespace, place: Desk) -> list[Table]:
    """The tables of all files named. A correction goes to the files that have its column; raises where none has it."""
    if options.together:
        return [_stacked(options, place)]
    if len(options.files) == 1 or not options.map:
        return [_table(path, options, place) for path in options.files]
    tables, used = [], set()
    for path in options.files:
        table = _table(path, argparse.Namespace(**{**vars(options), "map": []}), place)
        own = [text for text in options.map if _concerns(text, table)]
        used |= set(own)
        tables.append(_table(path, argparse.Namespace(**{**vars(options), "map": own}), place) if own else table)
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


def _joined(place: Desk, tables: Sequence[Table], name: str) -> join.Joined:
    """Several files as one, whose rows are those of the file that holds the metric; raises where no id links them."""
    needs = METRICS[name].needs if name in METRICS else ()
    if not needs:
        having = [t for t in tables if any(name in {use.header, use.role} for use in t.mapping.columns)]
        tables = [*having, *[t for t in tables if t not in having]]
    joined = gather.of(place.engine, place.workspace, tables, needs)
    if joined.unlinked:
        raise join.not_linked([joined.table, *joined.unlinked])
    return joined


def _stacked(options: argparse.Namespace, place: Desk) -> Table:
    """Files with the same columns as one table."""
    return intake.together(
        [_existing(path) for path in options.files],
        place.engine,
        place.workspace,
        sheet=options.sheet,
        corrections=dict(parse_correction(text) for text in options.map),
        zone=intake.zone_named(options.zone),
    )


def _inspect(options: argparse.Namespace, place: Desk) -> int:
    """One object a file; with several, an error stands in its file's place and the rest goes on."""
    read = 0
    for path in [None] if options.together else options.files:
        try:
            table = _stacked(options, place) if path is None else _table(path, options, place)
        except CxError as error:
            if len(options.files) == 1:
                raise
            _complain(error, options.lang, as_json=options.json)
            continue
        read += 1
        if options.json:
            print(json.dumps(contract.inspected(place.engine, table, options.lang), ensure_ascii=False))
        else:
            print(contract.inspection_text(table, options.lang))
    return 0 if read else 2


def _metric(name: str, place: Desk, table: Table) -> Metric:
    """The metric of that name, or the metric on the column of that name."""
    own = name in {use.header for use in table.mapping.columns}
    if name in METRICS and (not own or METRICS[name] in offered(table)):
        return named(name)
    if any(name in {use.header, use.role} for use in table.mapping.columns):
        return columns.of_column(place.engine, table, name)
    return named(name)


def _measure(options: argparse.Namespace, place: Desk) -> int:
    joined = _joined(place, _tables(options, place), options.metric)
    table = joined.table
    metric = _metric(options.metric, place, table)
    settings = tuple(parsed(text) for text in options.settings)
    chosen(metric, settings, table)
    found = measure(
        place.engine,
        table,
        metric,
        options.rule,
        every=options.every,
        by=options.by,
        where=[condition(text) for text in options.where],
        settings=settings,
    )
    if options.json:
        answer = contract.measured(found, options.lang) | contract.joined(joined, options.lang)
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print("\n".join([contract.measurement_text(found, options.lang), *contract.joined_text(joined, options.lang)]))
    return 0


def _report(options: argparse.Namespace, place: Desk) -> int:
    if options.output.suffix.lower() not in {".html", ".htm"}:
        raise UnknownName(
            "unknown_format",
            say("A report cannot be written as {ending}.", ending=options.output.suffix or "–"),
            say("Give the report a name that ends in .html."),
        )
    where = [condition(text) for text in options.where]
    joined = gather.of(place.engine, place.workspace, _tables(options, place))
    parts = [
        joined.table,
        *[table for table in joined.linked if offered(table) or offered(table, "desk")],
        *joined.unlinked,
    ]
    text = html(place.engine, parts, options.lang, where)
    options.output.write_text(text, encoding="utf-8")
    if options.json:
        answer = {"report": str(options.output), "files": len(options.files)}
        print(json.dumps(answer | contract.joined(joined, options.lang), ensure_ascii=False))
    else:
        for line in contract.joined_text(joined, options.lang):
            print(line)
        print(words(say("The report was written to {name}.", name=str(options.output)), options.lang))
    return 0


if __name__ == "__main__":
    sys.exit(main())
