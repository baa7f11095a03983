"""What every cell of a page is made of: the question, figures in words, the ground, the rows behind a number."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

import pandas as pd
import streamlit as st

from cxcore import code, export, receipt, rows
from cxcore.language import Message, listed, plain, say, say_many
from cxcore.mapping.understand import labels
from cxcore.metrics import Metric, Rule, figures, ledger
from cxcore.values import Condition, Estimate, Every, Table
from pages.ui import cached, download, state, tell

ROWS_SHOWN = 200


@contextmanager
def cell(question: Message) -> Iterator[None]:
    """A box with its question above."""
    with st.container(border=True):
        tell.question(question)
        yield


def figure(value: float | None, rule: Rule) -> Message:
    """A number in the rule's unit."""
    return say("not known") if value is None else figures.figure(value, rule.unit)


def span(value: float, rule: Rule) -> Message:
    """The lower end of an interval, whose unit stands behind the upper end; a time has its own."""
    return say("{value:1}", value=value) if rule.unit == "%" else figures.figure(value, rule.unit)


def bare(value: float | None, rule: Rule) -> Message:
    """A difference with its sign and without its unit, for the ends of an interval."""
    return say("not known") if value is None else figures.bare(value, rule.unit)


def gap(value: float | None, rule: Rule) -> Message:
    """A difference between two numbers of the rule, with its sign."""
    return say("not known") if value is None else figures.gap(value, rule.unit)


def counted(n: int, rule: Rule) -> Message:
    """How many answers, or cases, a number rests on."""
    if rule.reasons is None:
        return say_many("{n} answer", "{n} answers", n)
    return say_many("{n} case", "{n} cases", n)


def based_on(estimate: Estimate, rule: Rule) -> Message:
    """The interval and the number of answers behind a number, or why there is no number."""
    n = counted(estimate.n, rule)
    if estimate.value is None:
        return say("{n}: {why}", n=n, why=estimate.method)
    if estimate.low is None or estimate.high is None:
        return say("{n}, {why}", n=n, why=estimate.method)
    low, high = span(estimate.low, rule), figure(estimate.high, rule)
    if estimate.small:
        return say("{low} to {high} (95 %), small sample: {n}", low=low, high=high, n=n)
    return say("{low} to {high} (95 %), {n}", low=low, high=high, n=n)


def period(start: date | None, every: Every) -> Message:
    """A period by name."""
    if every == "day":
        return say("{start}", start=start)
    if every == "week":
        return say("the week of {start}", start=start)
    return say("{start:month}", start=start) if every == "month" else say("the quarter from {start:month}", start=start)


def ground(
    table: Table,
    metric: Metric,
    rule: Rule,
    where: Sequence[Condition],
    *,
    every: Every | None = None,
    by: str | None = None,
    settings: cached.Settings = (),
    notes: Sequence[Message] = (),
) -> None:
    """What the answer stands on, folded away: the number, its interval and method, who was left out, the code.

    `notes` are what else the cell has to say of its method.
    """
    with st.expander(tell.told(say("What this stands on")), icon=":material/info:"):
        (whole, *_), left_out, terms = cached.estimates_of(
            table, tuple(where), metric.name, rule.name, None, settings
        )  # fmt: skip
        tell.sentence(
            say("{metric} {value}; {ground}; {method}.", metric=metric.title, value=figure(whole.value, rule),
                ground=based_on(whole, rule), method=whole.method)
        )  # fmt: skip
        tell.sentence(say("How it is computed: {rule}.", rule=rule.meaning))
        for line in (*(ledger.lines(terms) if terms else ()), *notes):
            tell.sentence(line)
        tell.sentence(say("Source: {source}.", source=metric.source))
        columns = [plain(table.header(role)) for role in used_by(table, metric, rule)]
        if columns:
            tell.sentence(say("Column of the file: {name}", name=listed(columns)))
        for reason, count in left_out:
            if count:
                tell.sentence(say("Left out: {n} – {why}", n=count, why=receipt.left_out_words(reason)))
        tell.aside(say("The same number without a browser:"))
        shown = code.of_measure(table, metric, rule, every, [by] if by else [], where, settings)
        st.code(shown, language="python")


def used_by(table: Table, metric: Metric, rule: Rule) -> tuple[str, ...]:
    """The roles a metric is computed from in this table."""
    ways = [way for way in (metric.needs, *metric.instead) if all(map(table.has, way))]
    return tuple(dict.fromkeys((*(ways[0] if ways else ()), *rule.needs)))


def listing(key: str, headers: Sequence[Message], lines: Sequence[Sequence[object]], alt: Message) -> None:
    """A picture's figures as a table, one click away."""
    if st.toggle(tell.told(say("Show the table")), key=f"{key}-table"):
        lined_up(key, headers, lines, alt)


def lined_up(key: str, headers: Sequence[Message], lines: Sequence[Sequence[object]], alt: Message) -> None:
    """Figures as a table."""
    frame = pd.DataFrame(list(lines))
    frame.columns = pd.Index(labels([tell.told(header) for header in headers]))
    st.dataframe(frame, hide_index=True, key=f"{key}-rows", alt=tell.told(alt))


def rows_behind(
    table: Table,
    where: tuple[Condition, ...],
    key: str,
    *,
    every: Every | None = None,
    start: date | None = None,
    role: str | None = None,
    dated: str | None = None,
) -> None:
    """The rows behind a number as a plain table, the newest first, and the same rows as a file."""
    found = cached.behind(table, where, every, start, role, ROWS_SHOWN, dated)
    if found.hidden:
        tell.sentence(
            say_many("{n} row: too few to show without singling people out.",
                     "{n} rows: too few to show without singling people out.", found.total)
        )  # fmt: skip
        return
    if not found.total:
        tell.sentence(say("No row meets these filters."))
        return
    shown = len(found.frame)
    if shown < found.total:
        tell.aside(
            say("The newest {shown} of {total} rows; the download has them all.", shown=shown, total=found.total)
        )
    else:
        tell.aside(say_many("{n} row, the newest first.", "{n} rows, the newest first.", found.total))
    st.dataframe(found.frame, hide_index=True, key=f"{key}-table", alt=tell.told(say("The rows behind this number")))
    engine = cached.engine()
    download_rows(
        lambda: rows.behind(engine, table, where, every, start, table.rows_read, role, dated),
        table,
        where,
        (every, start, role, dated),
        key,
    )


def rows_of_a_group(
    table: Table, where: tuple[Condition, ...], by: str, known: Mapping[str, str], role: str | None = None
) -> None:
    """A choice among groups, by what they are called, and the rows behind the one chosen; a click chooses, too."""
    picked = st.selectbox(
        tell.told(say("Rows behind a group: click it, or choose it here")),
        list(known),
        index=None,
        placeholder=tell.told(say("no group chosen")),
        key="picked",
    )
    if picked is not None and picked in known:
        rows_behind(table, (*where, Condition(by, "=", known[picked])), "group", role=role)


def download_rows(
    found: Callable[[], rows.Rows], table: Table, where: tuple[Condition, ...], made_of: Hashable, key: str
) -> None:
    """The button that hands out all the rows that `found` finds; `made_of` is what they depend on beside the table and
    the filters."""
    lang = state.language()

    def make() -> bytes:  # runs when the button is pressed, outside the page: nothing of Streamlit in it
        return export.csv_of(found().frame, receipt.lines(table, lang, where))

    what = repr((cached.identity(table), where, made_of, lang))
    download.button(download.ROWS, make, "rows", what, f"{key}-download")
