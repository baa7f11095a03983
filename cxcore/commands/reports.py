"""The command `report`."""

from __future__ import annotations

import argparse
import json

from cxcore import compare, contract, gather
from cxcore.commands.desk import Desk, tables_of
from cxcore.errors import UnknownName
from cxcore.experiment import Plan
from cxcore.language import say, words
from cxcore.metrics import offered
from cxcore.metrics.select import condition
from cxcore.report.html import html
from cxcore.values import Table


def _experiment(options: argparse.Namespace, place: Desk, table: Table) -> Plan | None:
    """The experiment asked for: by a metric, by a column of arms, or both."""
    if options.metric is None and options.variant is None:
        return None
    metric = options.metric or next(iter(compare.measures(place.engine, table)), "nps")
    return Plan(metric, variant=options.variant, where=tuple(condition(text) for text in options.where))


def report_files(options: argparse.Namespace, place: Desk) -> int:
    """The whole analysis, written to a file."""
    if options.output.suffix.lower() not in {".html", ".htm"}:
        raise UnknownName(
            "unknown_format",
            say("A report cannot be written as {ending}.", ending=options.output.suffix or "–"),
            say("Give the report a name that ends in .html."),
        )
    where = [condition(text) for text in options.where]
    joined = gather.of(place.engine, place.workspace, tables_of(options, place))
    parts = [
        joined.table,
        *[table for table in joined.linked if offered(table) or offered(table, "desk")],
        *joined.unlinked,
    ]
    text = html(place.engine, parts, options.lang, where, _experiment(options, place, joined.table))
    options.output.write_text(text, encoding="utf-8")
    if options.json:
        answer = {"report": str(options.output), "files": len(options.files)}
        print(json.dumps(answer | contract.joined(joined, options.lang), ensure_ascii=False))
    else:
        for line in contract.joined_text(joined, options.lang):
            print(line)
        print(words(say("The report was written to {name}.", name=str(options.output)), options.lang))
    return 0
