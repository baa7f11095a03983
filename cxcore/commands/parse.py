"""The words of the command line."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from cxcore.commands.desk import Desk
from cxcore.commands.tables import inspect_files, measure_files
from cxcore.commands.trials import compare_files, options_of, plan_sizes
from cxcore.errors import UnknownName
from cxcore.language import LANGUAGES, say
from cxcore.metrics import METRICS

PERIODS = ("day", "week", "month", "quarter")


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are a message and a hint like every other."""

    def error(self, message: str) -> NoReturn:
        raise UnknownName(
            "bad_command",
            say("The command could not be understood: {what}.", what=message),
            say("See: python -m cxcore --help"),
        )


def _report_files(options: argparse.Namespace, place: Desk) -> int:
    """The report; its charts cost a second of start that no other command should pay."""
    done: int = import_module("cxcore.commands.reports").report_files(options, place)
    return done


def parser() -> argparse.ArgumentParser:
    """All the commands with their options."""
    whole = _Parser(prog="python -m cxcore", description="Customer-experience files, understood and measured.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    inspect = commands.add_parser("inspect", help="what a file is, and what each of its columns is used for")
    inspect.add_argument("files", nargs="+", metavar="FILE")
    inspect.set_defaults(run=inspect_files)
    measured = commands.add_parser("measure", help="a metric with its interval: overall, by period, by groups")
    measured.add_argument("files", nargs="+", metavar="FILE")
    measured.add_argument("--metric", required=True, help=f"{', '.join(METRICS)}, or a column of numbers")
    measured.add_argument("--every", choices=PERIODS)
    measured.add_argument("--by", action="append", default=[], metavar="COLUMN")
    measured.add_argument("--rule")
    measured.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    measured.set_defaults(run=measure_files)
    report = commands.add_parser("report", help="the whole analysis as one HTML file")
    report.add_argument("files", nargs="+", metavar="FILE")
    report.add_argument("-o", "--output", required=True, type=Path)
    report.add_argument("--metric", help="the one metric of the experiment the file holds")
    report.add_argument("--variant", metavar="COLUMN", help="the column that says which arm a row is in")
    report.set_defaults(run=_report_files)
    compared = commands.add_parser("compare", help="two or more arms of an experiment: checks, effect, verdict")
    options_of(compared, list(METRICS))
    compared.add_argument("--arm", action="append", default=[], dest="arms", metavar="NAME=TOTALS",
                          help="an arm's totals in place of a file: A=4021:407, A=120:4.1:1.2, A=16/12/8")  # fmt: skip
    compared.add_argument("--anyway", action="store_true", help="show the effect though a check of the design failed")
    compared.set_defaults(run=compare_files)
    planned = commands.add_parser("plan", help="how many answers an effect takes")
    options_of(planned, list(METRICS))
    planned.add_argument("--baseline", help="NPS: promoters/detractors (50/20), shares: 62, means: mean/deviation")
    planned.add_argument("--rows-per-unit", type=float, default=1.0)
    planned.add_argument("--icc", type=float, default=0.0)
    planned.set_defaults(run=plan_sizes)
    for command in (inspect, measured, report, compared, planned):
        command.add_argument("--sheet", help="the sheet of a workbook; '*' for all that have the same columns, as one")
        command.add_argument("--together", action="store_true", help="several files with the same columns, as one")
        command.add_argument("--name", help="the name the file was uploaded under")
        command.add_argument("--zone", help="the time zone of the data, such as Europe/Rome")
        command.add_argument("--lang", choices=LANGUAGES, default="en")
        command.add_argument("--map", action="append", default=[], metavar="ROLE=COLUMN")
        command.add_argument("--where", action="append", default=[], metavar="CONDITION")
        command.add_argument("--json", action="store_true")
    return whole
