"""What is written in an accepted pattern is read back as what it was: dates, numbers, durations and scales.

Through the engine expressions that read files; each example is a whole column, so that a few examples try many values.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import ibis
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxcore.engine import Engine, number
from cxcore.language import say
from cxcore.mapping import dates, durations, numbers, typed
from cxcore.mapping.facts import Facts
from cxcore.values import Profile, RoleUse

quick = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MOMENTS = st.lists(
    st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31)).map(lambda t: t.replace(microsecond=0)),
    min_size=40, max_size=60,
)  # fmt: skip
SECONDS = st.lists(st.integers(1, 2_000_000), min_size=40, max_size=60)


def column(texts: Sequence[str]) -> Facts:
    """The facts of a column that holds these texts."""
    counted: dict[str, int] = {}
    for text in texts:
        counted[text] = counted.get(text, 0) + 1
    return Facts(Profile(0, "h", "", len(texts), len(texts), tuple(counted.items()), complete=True))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for all columns."""
    found = Engine(tmp_path_factory.mktemp("columns"))
    yield found
    found.close()


def read_all(
    engine: Engine, columns: Sequence[Sequence[str]], expressions: Sequence[Callable[[Any], Any]]
) -> list[Any]:
    """What the engine reads in columns of texts, in one query, each in its order."""
    path = engine.root / "x.parquet"
    frame = pd.DataFrame({"k": range(len(columns[0]))} | {f"x{n}": texts for n, texts in enumerate(columns)})
    frame.to_parquet(path)
    values = {f"v{n}": expression for n, expression in enumerate(expressions)}
    found = engine.ask(path, lambda t: t.select("k", **{v: e(t[f"x{v[1:]}"]) for v, e in values.items()}).order_by("k"))
    return [list(found[name]) for name in values]


def read(engine: Engine, texts: Sequence[str], expression: Callable[[Any], Any]) -> list[Any]:
    """What the engine reads in one column of texts, in their order."""
    return list(read_all(engine, [texts], [expression])[0])


def use(role: str, **how: Any) -> RoleUse:
    return RoleUse(role, (0,), "high", say("chosen by hand"), **how)


PATTERNS = [
    (pattern, order) for shape in dates.SHAPES for order, pattern in shape.patterns
]  # fmt: skip


@pytest.mark.parametrize("part", range(4))
@settings(quick, max_examples=3)
@given(moments=MOMENTS)
def test_dates_come_back_in_every_pattern(engine: Engine, part: int, moments: list[datetime]) -> None:
    columns, expressions, wanted = [], [], []
    for pattern, order in PATTERNS[part::4]:
        step = "D" if "%H" not in pattern and "%I" not in pattern else "s" if "%S" in pattern else "min"
        wanted.append([pd.Timestamp(moment).floor(step) for moment in moments])
        columns.append([moment.strftime(pattern.replace("%z", "+00:00")) for moment in wanted[-1]])
        facts = column(columns[-1])
        assert facts.date.share == 1, pattern
        assert facts.dated, pattern
        own = use("created_at", order=order)
        expressions.append(partial(_time, own, facts))
    for (pattern, _), found, right in zip(
        PATTERNS[part::4], read_all(engine, columns, expressions), wanted, strict=True
    ):
        assert found == right, pattern


def _time(own: RoleUse, facts: Facts, text: Any) -> Any:
    return typed.time([text], own, [facts])


@quick
@given(values=st.lists(st.integers(-(10**9), 10**9), min_size=30, max_size=60), places=st.sampled_from([0, 1, 2, 4]))
def test_numbers_come_back_with_either_mark(engine: Engine, values: list[int], places: int) -> None:
    numbers_written = [value / 10**places for value in [*values, 12_345_671]]
    for thousands, decimal in ((",", "."), (".", ","), ("", "."), ("", ","), (" ", ","), ("\u202f", ","), ("’", ".")):
        texts = [f"{one:,.{places}f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
                 for one in numbers_written]  # fmt: skip
        style = numbers.style([(text, 1) for text in texts])
        assert style.share == 1
        found = read(engine, texts, lambda x, d=style.decimal: number(x, d))
        assert found == pytest.approx(numbers_written), (thousands, decimal, texts[:3])
        assert [numbers.parse(text, style.decimal) for text in texts] == pytest.approx(numbers_written)


def split(total: int) -> tuple[int, int, int, int]:
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    return hours // 24, hours, minutes, seconds


WRITERS: dict[str, tuple[Callable[[int], str], dict[str, Any], int]] = {
    "h:mm:ss": (lambda t: "{1}:{2:02}:{3:02}".format(*split(t)), {}, 1),
    "[d] h:mm:ss": (lambda t: f"{split(t)[0]} days {split(t)[1] % 24:02}:{split(t)[2]:02}:{split(t)[3]:02}", {}, 1),
    "d.hh:mm:ss": (lambda t: f"{split(t)[0]}.{split(t)[1] % 24:02}:{split(t)[2]:02}:{split(t)[3]:02}", {}, 1),
    "h:mm": (lambda t: "{1}:{2:02}".format(*split(t)), {"clock": "h:mm"}, 60),
    "mm:ss": (lambda t: f"{t // 60}:{t % 60:02}", {"clock": "mm:ss"}, 1),
    "words": (lambda t: "{} days {} hours {} min {} s".format(split(t)[0], split(t)[1] % 24, *split(t)[2:]), {}, 1),
    "parole": (lambda t: f"{split(t)[0]} giorni, {split(t)[1] % 24} ore e {split(t)[2]} minuti", {}, 60),
    "short": (lambda t: "{1}h {2}m {3}s".format(*split(t)), {}, 1),
    "1h20": (lambda t: "{1}h{2:02}".format(*split(t)), {}, 60),
    "iso": (lambda t: f"P{split(t)[0]}DT{split(t)[1] % 24}H{split(t)[2]}M{split(t)[3]}S", {}, 1),
    "prime": (lambda t: f"{t // 60}'{t % 60:02}\"", {}, 1),
    "tenths": (lambda t: "{1}:{2:02}:{3:02}.5".format(*split(t)), {}, 1),
    "python": (lambda t: str(timedelta(seconds=t)), {}, 1),
    **{unit: (str, {"unit": unit}, 1) for unit in durations.UNITS},
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
@quick
@given(spans=SECONDS)
def test_durations_come_back_in_every_spelling(engine: Engine, name: str, spans: list[int]) -> None:
    write, how, step = WRITERS[name]
    spans = [span - span % step for span in spans]
    texts = [write(span) for span in spans]
    wanted = [
        span * durations.UNITS[how["unit"]] if "unit" in how else span + 0.5 * (name == "tenths") for span in spans
    ]
    facts = column(texts)
    own = use("handle_duration", decimal=facts.spans.decimal, **how)
    assert read(engine, texts, lambda x: typed.duration(x, own, facts)) == pytest.approx(wanted)
    asked = {key: how[key] for key in how}
    assert [durations.seconds(text, decimal=facts.spans.decimal, **asked) for text in texts] == pytest.approx(wanted)


@quick
@given(low=st.sampled_from([0, 1]), top=st.sampled_from([3, 5, 7, 10]), data=st.data())
def test_answers_come_back_on_every_scale(engine: Engine, low: int, top: int, data: st.DataObject) -> None:
    given_answers = data.draw(st.lists(st.integers(low, top), min_size=40, max_size=60))
    for write in ("{}", "{}.0", " {} ", f"{{}}/{top}", "{} stelle"):
        texts = [write.format(one) for one in given_answers]
        facts = column(texts)
        own = use("csat", scale=(float(low), float(top)), decimal=facts.ratings.decimal, answers=facts.ratings.answers)
        assert read(engine, texts, lambda x, u=own, f=facts: typed.rating(x, u, f)[0]) == given_answers
        turned = RoleUse(**{**own.__dict__, "reversed": True})
        back = read(engine, texts, lambda x, u=turned, f=facts: typed.rating(x, u, f)[0])
        assert back == [low + top - one for one in given_answers]


@quick
@given(texts=st.lists(st.text(string.printable, max_size=24), min_size=30, max_size=60))
def test_python_and_the_engine_read_the_same_durations(engine: Engine, texts: list[str]) -> None:
    texts = [*texts, "1:02:03", "5 min", "PT5M"]
    facts = column(texts)
    own = use("handle_duration", decimal=facts.spans.decimal, unit="s", clock="mm:ss")
    found = read(engine, texts, lambda x: typed.duration(ibis.ifelse(x == "", None, x), own, facts))
    for text, value in zip(texts, found, strict=True):
        if durations.form_of(text) is not None:
            expected = durations.seconds(text, unit="s", clock="mm:ss", decimal=facts.spans.decimal)
            assert (value == pytest.approx(expected)) if expected is not None else pd.isna(value), text
