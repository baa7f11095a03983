"""The command that compares, and the same effect with pandas, statsmodels and scipy alone."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from cxcore.apostrophe import safe
from cxcore.code.effects import Way, call, imports, lines, method_of
from cxcore.code.measured import answers_of, cells_of, encoding, filtered, header_of, number, simple, threshold
from cxcore.compare import Given
from cxcore.compare.outcome import Outcome, variant_of
from cxcore.compare.scene import Scene, scene
from cxcore.engine import Engine
from cxcore.experiment import Comparison, Effect, Plan
from cxcore.metrics import METRICS
from cxcore.metrics.cells import scale_of
from cxcore.roles import ROLES
from cxcore.values import RoleUse, Table

ROWS = "compared-rows.csv"
"""The file a script reads where the user's own would take more than a few plain lines: `rows_compared` as CSV."""

_SHOW = """\
def show(name, value, low, high, p):
    print(f"{name}: {value:.9g} ({low:.9g} to {high:.9g}), p = {p:.6g}")
"""
_SHOW_SEVERAL = """\
ps = {}


def show(name, value, low, high, p):
    ps[name] = p
    print(f"{name}: {value:.9g} ({low:.9g} to {high:.9g}), p = {p:.6g}")
"""
_HOLM = """\
print("p, corrected for several treatments:", dict(zip(ps, multipletests(list(ps.values()), method="holm")[1])))
"""
_MULTIPLE = "from statsmodels.stats.multitest import multipletests"
_ZSCORE = "from scipy.stats import zscore"
_COMPARE = ("python", "-m", "cxcore", "compare")
_TRUTHS = {"true": 1, "yes": 1, "si": 1, "sì": 1, "vero": 1, "false": 0, "no": 0, "falso": 0, "1": 1, "0": 0}


def of_comparison(engine: Engine, table: Table, plan: Plan, found: Comparison) -> str:
    """The command line and, beneath it, the script that gives the same effects; the line alone where none can be
    told."""
    line = command(table, plan)
    if found.held_back or not _told(found):
        return line
    seen = scene(engine, table, plan)
    source = _from_file(table, plan, found, seen.outcomes[0]) or _from_rows(seen, found)
    return f"{line}\n\n{_script(source, found, seen)}"


def reads_rows(shown: str) -> bool:
    """Whether the script reads the rows compared, so that they must be at hand."""
    return ROWS in shown


def of_totals(arms: Sequence[Given], plan: Plan, found: Comparison) -> str:
    """The same for arms of which only the totals are known."""
    line = shlex.join([*_COMPARE, "--metric", plan.metric, *_arms(arms), *_options(plan)])
    if not _told(found):
        return line
    source = ["answers = {", *(f"    {arm.name!r}: {_made(arm)}," for arm in arms), "}"]
    return f"{line}\n\n{_script(source, found)}"


def _told(found: Comparison) -> list[Effect]:
    """The effects that have an interval."""
    return [effect for effect in found.effects if effect.low is not None and effect.p_alone is not None]


def command(table: Table, plan: Plan) -> str:
    """The command line, quoted for a shell."""
    names = [f"./{name}" if name.startswith("-") else name for name in table.parts or (table.name,)]
    parts = [*_COMPARE, *names, "--metric", plan.metric]
    if table.raw.sheet is not None:
        parts += ["--sheet", table.raw.sheet]
    return shlex.join([*parts, *_options(plan)])


def _options(plan: Plan) -> list[str]:
    """What the plan says beside the metric."""
    parts: list[str] = []
    single = {
        "rule": plan.rule, "variant": plan.variant, "control": plan.control, "unit": plan.unit, "effect": plan.effect,
        "margin": plan.margin, "before": plan.before, "before-on": plan.before_on, "start": plan.start,
        "end": plan.end, "size": plan.size, "power": None if plan.power == Plan.power else plan.power,
        "level": None if plan.level == Plan.level else plan.level,
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
    return parts


def _script(source: Sequence[str], found: Comparison, seen: Scene | None = None) -> str:
    """The lines that make `answers`, the functions of each method, and a call for each effect; without a scene, of
    totals, whose `answers` are those of each arm by its name."""
    told = _told(found)
    ways = [_way(effect, found.plan, seen) for effect in told]
    several = len(told) > 1
    needed = {*imports(ways), *([_MULTIPLE] if several else []), *([_ZSCORE] if "zscore(" in "".join(source) else [])}
    text = ["import numpy as np", "import pandas as pd", *sorted(needed), "", *source]
    text += ["", "", (_SHOW_SEVERAL if several else _SHOW).rstrip()]
    for way in dict.fromkeys(ways):
        text += ["", "", lines(way), "", ""]
        for effect, own in zip(told, ways, strict=True):
            if own == way:
                sides = [_side(way, name, totals=seen is None) for name in (effect.control, effect.treatment)]
                text.append(call(way, effect.treatment, sides, effect.level))
    return "\n".join(text) + "\n" + (_HOLM if several else "")


def _way(effect: Effect, plan: Plan, seen: Scene | None) -> Way:
    """How the effect was made, out of what it says of itself."""
    method = method_of(effect.method)
    within = seen.outcomes[0].within if seen is not None and method == "range" else None
    planned = 2.0 * plan.size if plan.looks == "free" and plan.size else None
    return Way(method, effect.told, within, planned, seen is not None and seen.moved)


def _side(way: Way, name: str, *, totals: bool) -> str:
    """One arm's answers, as the functions take them; before and after where a group moved."""
    if totals:
        return way.side(f"answers[{name!r}]")
    if not way.moved:
        return way.side(f"answers[arm == {name!r}]")
    each = [way.side(f"answers[(arm == {name!r}) & (phase == {phase!r})]") for phase in ("before", "after")]
    return f"({', '.join(each)})"


def _from_rows(seen: Scene, found: Comparison) -> list[str]:
    """The lines that read the rows compared."""
    kind, clustered = seen.outcomes[0].kind, found.clusters is not None
    made = [
        f"data = pd.read_csv({ROWS!r}, dtype={{'arm': str, 'customer': str}}, keep_default_na=False, na_values='')",
        "data = data.dropna(subset=['arm'])  # the lines at the foot",
        "arm, answers = data['arm'], data['answer']",
    ]
    arms = {name for effect in _told(found) for name in (effect.control, effect.treatment)}
    held = {safe(name): name for name in sorted(arms) if safe(name) != name}
    made += [f"arm = arm.replace({held!r})  # the apostrophes that keep a name from being a formula"] if held else []
    made += ["unit = data['customer']"] if clustered else []
    if kind == "ratio" or clustered:
        made.append("per = data['per']" if kind == "ratio" else "per = pd.Series(1, data.index)")
    made += ["over = data['over']"] if kind == "survival" else []
    return [*made, "phase = data['phase']"] if seen.moved else made


def _from_file(table: Table, plan: Plan, found: Comparison, one: Outcome) -> list[str] | None:
    """The lines that read the user's own file; None where they would not be few: no plain text file, rows left out,
    customers who repeat, a start, open cases, before and after, answers in words."""
    answers, arm = _answers(table, one), _arm(table, plan, found)
    filters = [text for text in (filtered(table, each) for each in plan.where) if text is not None]
    apart = plan.design == "arms" and not plan.start and not found.clusters
    if not apart or answers is None or arm is None or len(filters) < len(plan.where):
        return None
    raw = table.raw
    read = f"pd.read_csv({raw.name!r}, sep={raw.delimiter!r}, encoding={encoding(raw.encoding)!r}, dtype=str)"
    return [f"data = {read}", *(f"data = data[{text}]" for text in filters), *answers, f"arm = {arm}"]


def _arms(arms: Sequence[Given]) -> list[str]:
    return [part for arm in arms for part in ("--arm", f"{arm.name}={arm.totals}")]


def _made(arm: Given) -> str:
    """Answers with these totals: single ones where they are counted, else any with this mean and deviation."""
    if arm.count is not None:
        return f"pd.Series(np.repeat([100.0, 0.0], [{arm.count}, {arm.n - arm.count}]))"
    if arm.promoters is not None and arm.detractors is not None:
        each = [arm.promoters, arm.n - arm.promoters - arm.detractors, arm.detractors]
        return f"pd.Series(np.repeat([100.0, 0.0, -100.0], {each}))"
    return f"pd.Series({arm.mean!r} + {arm.sd!r} * zscore(np.arange({arm.n}), ddof=1))"


def _answers(table: Table, one: Outcome) -> list[str] | None:
    """The lines that make `answers` of the file's own; None where they are not simply said."""
    metric, rule = one.metric, one.rule
    use = table.mapping.use(metric.needs[0]) if metric.needs else None
    if metric.desk or table.parts or rule.last_per_customer:
        return None
    if metric.name in METRICS:
        if use is None or not simple(table, use, rule):
            return None
        return [*answers_of(table, use, metric, rule), *_points(one, threshold(rule, scale_of(table, metric)))]
    column = metric.needs[0]
    as_read = use or RoleUse("", (), "high", metric.title)
    if not simple(table, replace(as_read, answers=()), rule) or as_read.unit not in {None, "s"}:
        return None
    header = header_of(table, column)
    own = next(each for each in table.mapping.columns if each.header == header)
    if one.kind == "share":
        return [f"answers = 100 * {cells_of(header)}.str.strip().str.lower().map({_TRUTHS!r}).dropna()"]
    return [f"answers = {number(header, own.decimal)}.dropna()"]


def _points(one: Outcome, good: float) -> list[str]:
    """Answers as the functions take them: NPS as 100, 0, −100, a share as 100 and 0."""
    if one.kind == "nps":
        return ["answers = 100 * ((answers >= 9).astype(int) - (answers <= 6).astype(int))"]
    return [f"answers = 100 * (answers >= {good:g}).astype(int)"] if one.kind == "share" else []


def _arm(table: Table, plan: Plan, found: Comparison) -> str | None:
    """The names of the arms, as a column; None where they are not those of the file."""
    column = variant_of(table, plan)
    use = table.mapping.use(column) if column in ROLES else None
    header = header_of(table, column)
    if header in {"file", "sheet"} or (use is not None and use.spellings) or not found.effects:
        return None
    return f"{cells_of(header)}.str.strip()"
