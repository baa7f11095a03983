"""The commands `inspect` and `measure`."""

from __future__ import annotations

import argparse
import json

from cxcore import contract
from cxcore.commands.desk import Desk, complain, joined_of, stacked_of, table_of, tables_of
from cxcore.errors import CxError
from cxcore.metrics import columns
from cxcore.metrics.measure import measure
from cxcore.metrics.select import condition
from cxcore.metrics.settings import chosen, parsed


def inspect_files(options: argparse.Namespace, place: Desk) -> int:
    """One object a file; with several, an error stands in its file's place and the rest goes on."""
    read = 0
    for path in [None] if options.together else options.files:
        try:
            table = stacked_of(options, place) if path is None else table_of(path, options, place)
        except CxError as error:
            if len(options.files) == 1:
                raise
            complain(error, options.lang, as_json=options.json)
            continue
        read += 1
        if options.json:
            print(json.dumps(contract.inspected(place.engine, table, options.lang), ensure_ascii=False))
        else:
            print(contract.inspection_text(table, options.lang))
    return 0 if read else 2


def measure_files(options: argparse.Namespace, place: Desk) -> int:
    """A metric with its interval, in JSON or words."""
    joined = joined_of(place, tables_of(options, place), options.metric)
    table = joined.table
    metric = columns.metric_named(place.engine, table, options.metric)
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
