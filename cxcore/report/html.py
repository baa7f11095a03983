"""Content → one self-contained HTML page: no script, no reference to anything outside, made to be printed on A4."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cxcore.engine import Engine
from cxcore.experiment import Plan
from cxcore.language import Lang, Message, say, words
from cxcore.report import content
from cxcore.values import Condition, Table

_HERE = Path(__file__).parent


def html(
    engine: Engine, tables: Sequence[Table], lang: Lang, where: Sequence[Condition] = (), plan: Plan | None = None
) -> str:
    """The report of some tables as one HTML page: findings, pain points, every metric, its definition, the receipt.

    A table with a column of arms has its experiment too, the first that of the plan where there is one. All texts of
    the file are escaped. Raises UnknownName for a condition on a column that is not there, and what `compare` raises.
    """
    layout = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html.j2")
    style = (_HERE / "style.css").read_text(encoding="utf-8")
    return layout.render(
        lang=lang,
        reports=[content.of_table(engine, table, lang, where, None if k else plan) for k, table in enumerate(tables)],
        heading={name: words(text, lang) for name, text in _headings().items()},
        style=Markup(style),  # noqa: S704 - our own file
    )


def _headings() -> dict[str, Message]:
    return {
        "title": say("Customer experience report"),
        "trial": say("Experiment"),
        "found": say("What is worth knowing"),
        "no_metric": say(
            "No column of this file holds a score or tells of the desk's work, so there is no number to report."
        ),
        "pain_points": say("What hurts most"),
        "numbers": say("The numbers"),
        "also_found": say("Also found"),
        "group": say("group"),
        "answers": say("answers"),
        "value": say("value"),
        "interval": say("95 % interval"),
        "drawn": say("drawn"),
        "definition": say("Definition"),
        "terms": say("Clock and open cases"),
        "compared": say("Who differs"),
        "otherwise": say("Under other rules"),
        "source": say("Source"),
        "left_out": say("Left out"),
        "nothing": say("nothing"),
        "receipt": say("What the numbers rest on"),
        "receipt_lead": say("Every row of the file is either counted or named here."),
        "file": say("The file"),
        "columns": say("How its columns were read"),
        "problems": say("What did not fit"),
        "no_problems": say("Everything fitted."),
        "good": say("better"),
        "bad": say("worse"),
    }
