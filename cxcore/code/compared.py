"""The command that compares, and the same effect with pandas, statsmodels and scipy alone."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import replace

from cxcore.code.measured import answers_of, cells_of, encoding, filtered, header_of, number, simple, threshold
from cxcore.compare.apart import METHODS
from cxcore.compare.outcome import Outcome, variant_of
from cxcore.compare.outcome import outcome as outcome_named
from cxcore.engine import Engine
from cxcore.experiment import Comparison, Effect, Plan
from cxcore.metrics import METRICS
from cxcore.metrics.cells import scale_of
from cxcore.roles import ROLES
from cxcore.values import RoleUse, Table

_NPS = """\
def limits(answers, level):
    n, good, bad = len(answers), (answers >= 9).sum(), (answers <= 6).sum()
    score, z = (good - bad) / n, norm.ppf((1 + level) / 2)

    def gap(d, z):  # Tango 1998: z standard errors, as they would be if the true score were d
        linear = (2 * n - good + bad) * d - good - bad
        rarer = (max(linear**2 + 8 * n * bad * d * (1 - d), 0) ** 0.5 - linear) / (4 * n)
        return good - bad - n * d - z * max(n * (2 * rarer + d * (1 - d)), 0) ** 0.5

    low = brentq(gap, -1, score - 1e-9 * (1 + score), args=(z,))
    high = brentq(gap, score + 1e-9 * (1 - score), 1, args=(-z,))
    return 100 * score, 100 * low, 100 * high


def interval(c, t, level):  # MOVER: Zou & Donner 2008
    (score_c, low_c, high_c), (score_t, low_t, high_t) = limits(c, level), limits(t, level)
    value = score_t - score_c
    low = value - np.hypot(score_t - low_t, high_c - score_c)
    return value, low, value + np.hypot(high_t - score_t, score_c - low_c)


def effect(c, t, level):
    value, low, high = interval(c, t, level)
    end = 1 if value > 0 else 2  # p: the level at which the interval touches 0
    p = brentq(lambda p: interval(c, t, 1 - p)[end], 1e-15, 0.999) if value else 1.0
    return value, low, high, p
"""
_SHARE = """\
def effect(c, t, level):
    (good_c, n_c), (good_t, n_t) = [(int((answers >= {threshold}).sum()), len(answers)) for answers in (c, t)]
    low, high = confint_proportions_2indep(good_t, n_t, good_c, n_c, method="newcomb", compare="diff", alpha=1 - level)
    if max(n_c, n_t) <= 100:
        p = boschloo_exact([[good_t, good_c], [n_t - good_t, n_c - good_c]]).pvalue
    else:
        p = proportions_ztest([good_t, good_c], [n_t, n_c])[1]
    return 100 * (good_t / n_t - good_c / n_c), 100 * low, 100 * high, p
"""
_MEAN = """\
def effect(c, t, level):
    both = CompareMeans(DescrStatsW(t), DescrStatsW(c))
    low, high = both.tconfint_diff(alpha=1 - level, usevar="unequal")
    return t.mean() - c.mean(), low, high, both.ttest_ind(usevar="unequal")[1]
"""
_RANGE = """\
LOW, HIGH = {low}, {high}  # no number can leave this range


def room(mean):  # what the variance of such numbers is in proportion to
    return mean - LOW if HIGH == np.inf else (mean - LOW) * (HIGH - mean) / (HIGH - LOW)


def shared_spread(c, t):
    return sum((len(x) - 1) * x.var() for x in (c, t)) / sum((len(x) - 1) * room(x.mean()) for x in (c, t))


def limits(answers, shared, level):  # a score interval: the variance is that at the interval's own end
    n, mean = len(answers), answers.mean()
    beside = room(mean) + (0.5 if HIGH == np.inf else (HIGH - LOW) / 4) / n
    spread = ((n - 1) * answers.var() + 3 * shared * beside) / ((n - 1) * room(mean) + 3 * beside)
    spread = min(spread, (HIGH - LOW) * n / (n - 1))
    step = t_of.ppf((1 + level) / 2, n - 1) ** 2 * spread / n
    far = min(HIGH, mean + 1 + 3 * step + mean - LOW)
    gap = lambda end: (end - mean) ** 2 - step * room(end)
    under, over = mean - 1e-9 * (mean - LOW), mean + 1e-9 * (far - mean)
    return mean, brentq(gap, LOW, under, xtol=1e-12), brentq(gap, over, far, xtol=1e-12)


def interval(c, t, level):  # MOVER: Zou & Donner 2008
    shared = shared_spread(c, t)
    (mean_c, low_c, high_c), (mean_t, low_t, high_t) = limits(c, shared, level), limits(t, shared, level)
    value = mean_t - mean_c
    low = value - np.hypot(mean_t - low_t, high_c - mean_c)
    return value, low, value + np.hypot(high_t - mean_t, mean_c - low_c)


def effect(c, t, level):
    slopes = [1 if HIGH == np.inf else (LOW + HIGH - 2 * x.mean()) / (HIGH - LOW) for x in (c, t)]
    needed = [25 * shared_spread(c, t) * slope**2 for slope in slopes]
    even = max(len(c), len(t)) <= 2 * min(len(c), len(t))
    if even or all(len(x) * room(x.mean()) >= least for x, least in zip((c, t), needed)):  # Cochran: Welch will do
        means = CompareMeans(DescrStatsW(t), DescrStatsW(c))
        low, high = means.tconfint_diff(alpha=1 - level, usevar="unequal")
        return t.mean() - c.mean(), low, high, means.ttest_ind(usevar="unequal")[1]
    value, low, high = interval(c, t, level)
    end = 1 if value > 0 else 2  # p: the level at which the interval touches 0
    p = brentq(lambda p: interval(c, t, 1 - p)[end], 1e-12, 0.999) if value else 1.0
    return value, low, high, p
"""
_RATIO = """\
def effect(c, t, level):  # Welch on logarithms, turned back into a ratio
    c, t = np.log(c), np.log(t)
    both = CompareMeans(DescrStatsW(t), DescrStatsW(c))
    low, high = both.tconfint_diff(alpha=1 - level, usevar="unequal")
    return np.exp(t.mean() - c.mean()), np.exp(low), np.exp(high), both.ttest_ind(usevar="unequal")[1]
"""
_SCRIPTS = {"nps": _NPS, "share": _SHARE, "mean": _MEAN, "range": _RANGE, "ratio": _RATIO}
_IMPORTS = {
    "nps": ("from scipy.optimize import brentq", "from scipy.stats import norm"),
    "share": ("from scipy.stats import boschloo_exact",
              "from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest"),
    "mean": ("from statsmodels.stats.weightstats import CompareMeans, DescrStatsW",),
    "range": ("from scipy.optimize import brentq", "from scipy.stats import t as t_of",
              "from statsmodels.stats.weightstats import CompareMeans, DescrStatsW"),
    "ratio": ("from statsmodels.stats.weightstats import CompareMeans, DescrStatsW",),
}  # fmt: skip
_TRUTHS = {"true": 1, "yes": 1, "si": 1, "sì": 1, "vero": 1, "false": 0, "no": 0, "falso": 0, "1": 1, "0": 0}


def of_comparison(engine: Engine, table: Table, plan: Plan, found: Comparison) -> str:
    """The command line and, beneath it, a script that gives the same effects where a few plain lines can."""
    line = command(table, plan)
    spelled = python(engine, table, plan, found)
    return line if spelled is None else f"{line}\n\n{spelled}"


def command(table: Table, plan: Plan) -> str:
    """The command line, quoted for a shell."""
    names = [f"./{name}" if name.startswith("-") else name for name in table.parts or (table.name,)]
    parts = ["python", "-m", "cxcore", "compare", *names, "--metric", plan.metric]
    if table.raw.sheet is not None:
        parts += ["--sheet", table.raw.sheet]
    single = {
        "rule": plan.rule, "variant": plan.variant, "control": plan.control, "unit": plan.unit, "effect": plan.effect,
        "margin": plan.margin, "before": plan.before, "before-on": plan.before_on, "start": plan.start,
        "end": plan.end, "size": plan.size,
    }  # fmt: skip
    for name, value in single.items():
        if value is not None:
            parts += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    several = {
        "treatment": plan.treatments, "set": [f"{name}={value}" for name, value in plan.settings], "by": plan.by,
        "change": plan.changes, "guardrail": [f"{guard.metric}={guard.margin:g}" for guard in plan.guardrails],
        "where": [f"{one.column}{one.comparison}{one.value}" for one in plan.where],
    }  # fmt: skip
    for name, values in several.items():
        for value in values:
            parts += [f"--{name}", value]
    if plan.split:
        parts += ["--split", "/".join(f"{share:g}" for share in plan.split)]
    if plan.looks != "one":
        parts += ["--looks", "free" if plan.looks == "free" else ",".join(f"{share:g}" for share in plan.look_at)]
    if plan.design == "before_after":
        parts.append("--before-after")
    if plan.lower_is_better:
        parts.append("--lower-is-better")
    return shlex.join(parts)


def python(engine: Engine, table: Table, plan: Plan, found: Comparison) -> str | None:
    """A script that prints, for each treatment, its name and (value, low, high, p).

    None where that would not be simple: no plain text file, rows left out, customers who repeat, looks on the way, open
    cases, before and after.
    """
    one = outcome_named(engine, table, plan.metric, plan)
    plain = plan.looks == "one" and plan.design == "arms" and not plan.start and not found.clusters
    script = _script(one, found.effects)
    answers, arm = _answers(table, one), _arm(table, plan, found)
    filters = [text for text in (filtered(table, each) for each in plan.where) if text is not None]
    if not plain or script is None or answers is None or arm is None or len(filters) < len(plan.where):
        return None
    raw = table.raw
    read = f"pd.read_csv({raw.name!r}, sep={raw.delimiter!r}, encoding={encoding(raw.encoding)!r}, dtype=str)"
    lines = ["import numpy as np", "import pandas as pd", *_IMPORTS[script], "", f"data = {read}"]
    lines += [f"data = data[{text}]" for text in filters]
    lines += [*answers[0], f"arm = {arm}", "", "", _spelled(script, answers[1], one.within), "", ""]
    for effect in found.effects:
        sides = ", ".join(f"answers[arm == {name!r}]" for name in (effect.control, effect.treatment))
        lines.append(f"print({effect.treatment!r}, effect({sides}, {effect.level!r}))")
    return "\n".join(lines) + "\n"


def _script(one: Outcome, effects: Sequence[Effect]) -> str | None:
    """Which script gives effects of this kind."""
    if one.kind == "duration" and {effect.told for effect in effects} == {"ratio"}:
        return "ratio"
    if one.kind in {"duration", "mean"}:
        welch = all(effect.method == METHODS["mean"] for effect in effects)
        return "mean" if welch or one.within is None else "range"
    return one.kind if one.kind in _SCRIPTS else None


def _spelled(script: str, threshold: str, within: tuple[float, float] | None) -> str:
    """The script with what it needs of the metric."""
    low, high = within or (-math.inf, math.inf)
    facts = {"threshold": threshold, "low": f"{low:g}", "high": f"{high:g}" if math.isfinite(high) else "np.inf"}
    text = _SCRIPTS[script]
    for name, value in facts.items():
        text = text.replace("{" + name + "}", value)
    return text.rstrip()


def _answers(table: Table, one: Outcome) -> tuple[list[str], str] | None:
    """The lines that make `answers`, and the least answer that counts as good; None where they are not simply said."""
    metric, rule = one.metric, one.rule
    use = table.mapping.use(metric.needs[0]) if metric.needs else None
    if metric.desk or table.parts or rule.last_per_customer:
        return None
    if metric.name in METRICS:
        if use is None or not simple(table, use, rule):
            return None
        return answers_of(table, use, metric, rule), f"{threshold(rule, scale_of(table, metric)):g}"
    column = metric.needs[0]
    as_read = use or RoleUse("", (), "high", metric.title)
    if not simple(table, replace(as_read, answers=()), rule) or as_read.unit not in {None, "s"}:
        return None
    header = header_of(table, column)
    own = next(each for each in table.mapping.columns if each.header == header)
    if one.kind == "share":
        yes_or_no = f"{cells_of(header)}.str.strip().str.lower().map({_TRUTHS!r})"
        return [f"answers = {yes_or_no}.dropna()"], "1"
    return [f"answers = {number(header, own.decimal)}.dropna()"], ""


def _arm(table: Table, plan: Plan, found: Comparison) -> str | None:
    """The names of the arms, as a column; None where they are not those of the file."""
    column = variant_of(table, plan)
    use = table.mapping.use(column) if column in ROLES else None
    header = header_of(table, column)
    if header in {"file", "sheet"} or (use is not None and use.spellings) or not found.effects:
        return None
    return f"{cells_of(header)}.str.strip()"
