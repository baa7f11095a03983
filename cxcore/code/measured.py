"""The command that measures, and the same number with pandas and statsmodels alone."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence

from cxcore.metrics.base import Metric, Rule
from cxcore.metrics.cells import scale_of, when_of
from cxcore.metrics.select import column_of, number_of
from cxcore.roles import ROLES
from cxcore.values import Condition, Every, RoleUse, Table

# What the reader may say of a file that `pandas.read_csv` reads alike.
_HARMLESS = frozenset({"encoding_guessed", "extension_mismatch", "long_text"})
_PERIODS: dict[Every, str] = {"day": "D", "week": "W", "month": "M", "quarter": "Q"}

_NPS = """\
def estimate(answers):
    n, good, bad = len(answers), int((answers >= 9).sum()), int((answers <= 6).sum())
    score = (good - bad) / n

    def gap(d, z):  # Tango 1998: z standard errors, as they would be if the true score were d
        linear = (2 * n - good + bad) * d - good - bad
        rarer = (max(linear**2 + 8 * n * bad * d * (1 - d), 0) ** 0.5 - linear) / (4 * n)
        return good - bad - n * d - z * max(n * (2 * rarer + d * (1 - d)), 0) ** 0.5

    low = brentq(gap, -1, score - 1e-9 * (1 + score), args=(1.959964,))
    high = brentq(gap, score + 1e-9 * (1 - score), 1, args=(-1.959964,))
    return n, 100 * score, 100 * low, 100 * high
"""
_SHARE = """\
def estimate(answers):
    n, good = len(answers), (answers >= {threshold}).sum()
    low, high = proportion_confint(good, n, method="wilson")
    return n, 100 * good / n, 100 * low, 100 * high
"""
_MEAN = """\
def estimate(answers):
    low, high = DescrStatsW(answers).tconfint_mean()
    return len(answers), answers.mean(), max(low, {lowest}), min(high, {highest})
"""
_IMPORTS = {
    "nps": "from scipy.optimize import brentq",
    "share": "from statsmodels.stats.proportion import proportion_confint",
    "mean": "from statsmodels.stats.weightstats import DescrStatsW",
}


def of_measure(
    table: Table,
    metric: Metric,
    rule: Rule,
    every: Every | None = None,
    by: Sequence[str] = (),
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> str:
    """The command line and, beneath it, Python that reproduces the number where a few plain lines can."""
    spelled = None if metric.desk else python(table, metric, rule, every, by, where)
    line = command(table, metric, rule, every, by, where, settings)
    return line if spelled is None else f"{line}\n\n{spelled}"


def command(
    table: Table,
    metric: Metric,
    rule: Rule,
    every: Every | None = None,
    by: Sequence[str] = (),
    where: Sequence[Condition] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> str:
    """The command line, quoted for a shell."""
    names = [f"./{name}" if name.startswith("-") else name for name in table.parts or (table.name,)]
    parts = ["python", "-m", "cxcore", "measure", *names, "--metric", metric.name]
    if rule.name != (metric.default(table, settings) if metric.desk else metric.rules[0]).name:
        parts += ["--rule", rule.name]
    if table.raw.sheet is not None:
        parts += ["--sheet", table.raw.sheet]
    if every is not None:
        parts += ["--every", every]
    for one in by:
        parts += ["--by", one]
    for name, value in settings:
        parts += ["--set", f"{name}={value}"]
    for condition in where:
        parts += ["--where", f"{condition.column}{condition.comparison}{condition.value}"]
    return shlex.join(parts)


def python(
    table: Table,
    metric: Metric,
    rule: Rule,
    every: Every | None = None,
    by: Sequence[str] = (),
    where: Sequence[Condition] = (),
) -> str | None:
    """A script of pandas and statsmodels that prints (n, value, low, high), each group's on its own line.

    None where that would not be simple: no plain text file, rows left out, answers in words, dates in two columns, a
    rule over customers, a comparison with a date.
    """
    use = table.mapping.use(metric.needs[0])
    filters = [filtered(table, one) for one in where]
    groups = [_group(table, name) for name in by]
    if every is not None:
        groups.insert(0, _period(table, every))
    plain = [text for text in (*filters, *groups) if text is not None]
    if use is None or table.parts or not simple(table, use, rule) or len(plain) < len(filters) + len(groups):
        return None
    raw = table.raw
    read = f"pd.read_csv({raw.name!r}, sep={raw.delimiter!r}, encoding={encoding(raw.encoding)!r}, dtype=str)"
    lines = ["import pandas as pd", _IMPORTS[rule.family], "", f"data = {read}"]
    lines += [f"data = data[{text}]" for text in plain[: len(filters)]]
    lines += answers_of(table, use, metric, rule)
    lines += ["", "", _estimate(table, metric, rule).rstrip(), "", ""]
    if groups:
        lines.append(f"print(answers.groupby([{', '.join(plain[len(filters) :])}], dropna=False).apply(estimate))")
    else:
        lines.append("print(estimate(answers))")
    return "\n".join(lines) + "\n"


def simple(table: Table, use: RoleUse, rule: Rule) -> bool:
    """Whether pandas reads the file as the reader does, and a few lines say the rest."""
    raw = table.raw
    as_it_stands = raw.format == "text" and raw.header_rows == 1 and raw.delimiter is not None
    named = all(raw.headers) and len(set(raw.headers)) == len(raw.headers)
    read_alike = all(problem.code in _HARMLESS for problem in raw.problems) and not table.left_out
    return as_it_stands and named and read_alike and not use.answers and not rule.last_per_customer


def encoding(name: str | None) -> str:
    """The encoding as pandas is told it."""
    return "utf-8-sig" if name in {None, "utf-8"} else str(name)


def cells_of(header: str) -> str:
    """The column of a header."""
    return f"data[{header!r}]"


def number(header: str, decimal: str) -> str:
    """The numbers of a column."""
    text = cells_of(header) + ('.str.replace(",", ".")' if decimal == "," else "")
    return f'pd.to_numeric({text}, errors="coerce")'


def answers_of(table: Table, use: RoleUse, metric: Metric, rule: Rule) -> list[str]:
    """The lines that make `answers`."""
    low, high = scale_of(table, metric)
    whole = " & (answers % 1 == 0)" if rule.family == "nps" else ""
    lines = [
        f"answers = {number(table.mapping.columns[use.columns[0]].header, use.decimal)}",
        f"answers = answers[answers.between({low:g}, {high:g}){whole}]",
    ]
    if use.reversed:
        lines.append(f"answers = {low + high:g} - answers")
    if rule.name == "mean_100":
        lines.append(f"answers = (answers - {low:g}) * 100 / {high - low:g}")
    return lines


def _estimate(table: Table, metric: Metric, rule: Rule) -> str:
    if rule.family == "nps":
        return _NPS
    scale = scale_of(table, metric)
    if rule.family == "mean":
        lowest, highest = rule.bounds(scale)
        if math.isinf(lowest):
            return _MEAN.replace("max(low, {lowest}), min(high, {highest})", "low, high")
        return _MEAN.format(lowest=f"{lowest:g}", highest=f"{highest:g}")
    return _SHARE.format(threshold=f"{threshold(rule, scale):g}")


def threshold(rule: Rule, scale: tuple[float, float]) -> float:
    """The lowest answer that counts as good, as the rules of the experience metrics have it."""
    low, high = scale
    if rule.name == "top_one":
        return high
    if rule.name == "top_three":
        return 5.0 if high == 7 else low + (high - low) * 4 / 6
    return high if high - low <= 2 else high - 1


def filtered(table: Table, one: Condition) -> str | None:
    """A condition on the rows; None where it is not simply said."""
    column = column_of(table, one.column)
    if column == "customer_id" or (column in ROLES and ROLES[column].type not in {"category", "id"}):
        return None
    header = header_of(table, column)
    sign = "==" if one.comparison == "=" else one.comparison
    if number_of(table, one.column) is not None and _is_number(one.value):
        use = table.mapping.columns[int(column[1:])]
        return f"{number(header, use.decimal)} {sign} {float(one.value.replace(',', '.')):g}"
    return f"{cells_of(header)}.str.strip() {sign} {one.value!r}" if sign in {"==", "!="} else None


def _group(table: Table, name: str) -> str | None:
    column = column_of(table, name)
    if column in ROLES and ROLES[column].type != "category":
        return None
    return f"{cells_of(header_of(table, column))}.str.strip()"


def _period(table: Table, every: Every) -> str | None:
    when = when_of(table)
    use = table.mapping.use(when) if when else None
    if use is None or len(use.columns) > 1 or use.zone is not None:
        return None
    header = table.mapping.columns[use.columns[0]].header
    dates = f'pd.to_datetime({cells_of(header)}, dayfirst={use.order == "dmy"}, format="mixed", errors="coerce")'
    return f'{dates}.dt.to_period("{_PERIODS[every]}")'


def header_of(table: Table, column: str) -> str:
    """The header of a table's column."""
    return table.header(column) if column in ROLES else table.mapping.columns[int(column[1:])].header


def _is_number(text: str) -> bool:
    return text.replace(",", ".", 1).removeprefix("-").replace(".", "", 1).isdigit()
