"""Operators: how many people the arrivals ask for, and what is still open, by age."""

from __future__ import annotations

import streamlit as st

from cxcore import charts_desk
from cxcore.charts_desk import Square
from cxcore.durations import told
from cxcore.language import Message, number, plain, say, say_many, words
from cxcore.metrics import METRICS
from cxcore.metrics.cells import when_of
from cxcore.metrics.stock import AGE_BANDS, OpenCases
from cxcore.staffing import Needed, Staffing
from cxcore.values import Condition, Table
from pages.ui import cached, cells, pictures, state, tell
from pages.ui.choices import NARROW, WIDE, Asked

Where = tuple[Condition, ...]


def staffed(table: Table, where: Where) -> None:
    """How many people each hour of the week asks for, by Erlang C from the file's own arrivals and handle time."""
    with cells.cell(say("How many people does each hour ask for?")):
        if not METRICS["handle_time"].offered(table) or when_of(table) is None:
            tell.sentence(
                say("Not measured: this needs when contacts began, with the time of the day, and how long they took.")
            )
            return
        level, within, away = _wanted()
        found = cached.staffed(table, where, level / 100, within, away / 100)
        if found is None:
            tell.sentence(say("No column says at what time of the day a contact began, or none has been handled."))
            return
        sentence = _hint(found, level, within, away)
        tell.sentence(sentence)
        lang = state.language()
        squares = [Square(n.hour.weekday, n.hour.hour, n.queue.people, _label(n)) for n in found.hours]
        pictures.show(
            table,
            where,
            (level, within, away),
            sentence,
            lambda lang, theme, alt: charts_desk.of_week(squares, words(say("people"), lang), lang, theme, alt),
            key="staffing",
        )
        tell.aside(
            say("A hint, not a rota: it takes an average such hour, and people who wait as long as it takes. Choose a"
                " channel and a season above to make it fit.")
        )  # fmt: skip
        cells.listing(
            "staffing",
            [say("weekday"), say("hour of the day"), say("contacts an hour"), say("people"), say("on the roster"),
             say("in time"), say("busy")],
            [(charts_desk.weekday(n.hour.weekday, lang), f"{n.hour.hour:02}–{n.hour.hour + 1:02}",
              number(n.hour.per_hour, lang, 1), n.queue.people, n.rostered,
              f"{number(100 * n.queue.in_time, lang, 0)} %", f"{number(100 * n.queue.occupancy, lang, 0)} %")
             for n in found.hours],
            say("Each hour of the week with the people it asks for"),
        )  # fmt: skip
        metric = METRICS["handle_time"]
        notes = [
            say("Contacts an hour: those that stood in a queue, {n} in all, ÷ such days from {first} to {last}.",
                n=found.arrivals.n, first=found.arrivals.first, last=found.arrivals.last),
            say("Method: Erlang C (Erlang, 1917; Cooper, Introduction to Queueing Theory, 1981): contacts come at"
                " random, nobody gives up, lengths are exponential. Where people give up, it asks for a few too many."),
        ]  # fmt: skip
        cells.ground(table, metric, metric.rule("mean"), where, notes=notes)


def _wanted() -> tuple[float, float, float]:
    """The service level in percent, the seconds it is within, and the share of paid time away in percent."""
    with st.container(horizontal=True, gap="small"):
        level = st.number_input(
            tell.told(say("Answered in time (%)")), 1.0, 99.0, 80.0, 1.0, "%.0f", key="staff-level",
            persist_state="session", width=NARROW,
        )  # fmt: skip
        within = st.number_input(
            tell.told(say("In time is within (seconds)")), 0.0, None, 20.0, 5.0, "%.0f", key="staff-within",
            persist_state="session", width=WIDE,
        )  # fmt: skip
        away = st.number_input(
            tell.told(say("Paid time away (%)")), 0.0, 90.0, 30.0, 1.0, "%.0f", key="staff-away",
            persist_state="session", width=NARROW,
            help=tell.told(say("Breaks, training, holidays and illness, as part of paid time.")),
        )  # fmt: skip
    return float(level), float(within), float(away)


def _label(one: Needed) -> str:
    lang = state.language()
    return tell.told(
        say_many("{n} person, {contacts} contacts an hour", "{n} people, {contacts} contacts an hour",
                 one.queue.people, contacts=number(one.hour.per_hour, lang, 1))
    )  # fmt: skip


def _hint(found: Staffing, level: float, within: float, away: float) -> Message:
    busiest = found.busiest
    return say_many(
        "The busiest hour, {day:weekday} {start}:00 to {end}:00, has {contacts:1} contacts of {time} each: {n} person"
        " answers {level:0} % within {within:0} s, so {roster} on the roster with {away:0} % of the time away.",
        "The busiest hour, {day:weekday} {start}:00 to {end}:00, has {contacts:1} contacts of {time} each: {n} people"
        " answer {level:0} % within {within:0} s, so {roster} on the roster with {away:0} % of the time away.",
        busiest.queue.people, day=charts_desk.a_day(busiest.hour.weekday), start=busiest.hour.hour,
        end=busiest.hour.hour + 1, contacts=busiest.hour.per_hour, time=told(found.handle_time.value or 0.0),
        level=level, within=within, roster=busiest.rostered, away=away,
    )  # fmt: skip


def waiting(table: Table, where: Where, asked: Asked) -> None:
    """The open cases over time, and how old they are."""
    with cells.cell(say("What is still open, and how old is it?")):
        metric = METRICS["backlog"]
        if not metric.offered(table):
            tell.sentence(say("Not measured: this needs when each case began and when it was solved."))
            return
        every, stock = cached.aged(table, where, asked.every)
        if not stock:
            tell.sentence(say("No row meets these filters."))
            return
        sentence = _open_now(stock[-1])
        tell.sentence(sentence)
        if len(stock) > 1 and any(one.n for one in stock):
            pictures.show(
                table,
                where,
                (every,),
                sentence,
                lambda lang, theme, alt: charts_desk.of_backlog(stock, lang, theme, alt),
                key="backlog",
            )
        lang = state.language()
        cells.listing(
            "backlog",
            [say("period"), say("open cases"), *(plain(name) for name in charts_desk.bands(lang)), say("oldest, days")],
            [(words(cells.period(one.period, every), lang), one.n, *one.bands, one.oldest) for one in stock],
            say("The open cases of each period by age"),
        )
        cells.ground(table, metric, metric.rules[0], where, every=every)


def _open_now(last: OpenCases) -> Message:
    if not last.n:
        return say("No case is open at the end of the file.")
    return say_many(
        "{n} case is open at the end of the file, for {oldest} days.",
        "{n} cases are open at the end of the file, {old} of them for {days} days or more; the oldest for {oldest}.",
        last.n, old=last.bands[-1], days=AGE_BANDS[-1], oldest=last.oldest,
    )  # fmt: skip
