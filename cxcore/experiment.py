"""Level 0. The nouns of an experiment: what is planned, what the arms hold, what was checked, what it comes to. Frozen;
none computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cxcore.language import Message
from cxcore.values import Condition

Status = Literal["ok", "too_few", "no_variation", "not_valid"]
Verdict = Literal["better", "worse", "practically the same", "cannot tell yet"]
CheckState = Literal["ok", "caution", "fail"]
Looks = Literal["one", "planned", "free"]
Design = Literal["arms", "before_after"]
Told = Literal["difference", "ratio", "hazard ratio"]
"""How an effect is told: treatment − control in the metric's unit, or treatment ÷ control (1: no difference)."""
State = Literal["planned", "running", "finished", "stopped"]
By = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Guardrail:
    """A metric that must not become worse by more than `margin`, in its own unit."""

    metric: str
    margin: float


@dataclass(frozen=True)
class Plan:
    """What is changed, what is expected of it, and how it will be judged: said before the results are seen.

    `metric` is a metric's name or a column (role or header); `variant` the column of the arms (None: the role variant,
    else the column that says which file or sheet a row is from). `control` and `treatments` name its values (None and
    empty: found). `unit` is the role or column of what was assigned to the arms (None: the customer where its code
    repeats, else the row). `effect` is the smallest effect that matters, `margin` what still counts as practically the
    same, both in the metric's unit. `split` are the planned shares of the arms, control first (empty: equal); `size`
    the planned answers of one arm. `looks`: one at the end, planned at the shares `look_at` of the planned answers, or
    free. `before` is a column measured before the change, `before_on` when. With the design before_after the rows say
    by their phase, or by `start`, which period they belong to.
    """

    metric: str
    rule: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    name: str = ""
    hypothesis: str = ""
    changes: tuple[str, ...] = ()
    variant: str | None = None
    control: str | None = None
    treatments: tuple[str, ...] = ()
    unit: str | None = None
    effect: float | None = None
    margin: float | None = None
    split: tuple[float, ...] = ()
    size: int | None = None
    start: date | None = None
    end: date | None = None
    looks: Looks = "one"
    look_at: tuple[float, ...] = ()
    guardrails: tuple[Guardrail, ...] = ()
    by: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    before: str | None = None
    before_on: date | None = None
    design: Design = "arms"
    lower_is_better: bool | None = None
    power: float = 0.8
    level: float = 0.95


@dataclass(frozen=True)
class DesignCheck:
    """One thing that must be right before an effect means anything. `name` is an English token, `says` the sentence."""

    name: str
    state: CheckState
    says: Message
    p: float | None = None


@dataclass(frozen=True)
class Arm:
    """One arm: its answers, its units (customers, where they repeat), its value with its interval in the metric's unit.
    `n` 0 stands for a planned arm that nobody is in."""

    name: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    method: Message
    units: int = 0


@dataclass(frozen=True)
class Also:
    """The same comparison seen in another way. `name` is an English token, `unit` that of the numbers."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    p: float | None
    unit: str
    method: Message


@dataclass(frozen=True)
class Effect:
    """Treatment against control. `level` is the interval's own (higher with several arms or looks), `inner` the
    interval that is held against the margin (90 % with one comparison), `p` allows for several arms and `p_alone` does
    not. `real`: the interval leaves out no difference; with practically the same, it is one smaller than matters."""

    control: str
    treatment: str
    metric: str
    status: Status
    value: float | None
    low: float | None
    high: float | None
    p: float | None
    method: Message
    told: Told = "difference"
    level: float = 0.95
    inner: tuple[float, float] | None = None
    p_alone: float | None = None
    verdict: Verdict | None = None
    real: bool = False
    needed_per_arm: int | None = None
    more_per_arm: int | None = None
    also: tuple[Also, ...] = ()
    by: By = ()


@dataclass(frozen=True)
class Guarded:
    """How a guardrail came out. `holds`: True when a worsening by the margin is ruled out, False when one is shown,
    None when neither. `bound` is the bad end of its interval."""

    metric: str
    title: Message
    unit: str
    margin: float
    effect: Effect
    holds: bool | None
    bound: float | None


@dataclass(frozen=True)
class Clusters:
    """Customers who repeat: what the unit is, how many there are in each arm, rows a unit, and how alike the answers of
    one unit are (intraclass correlation, None where it cannot be said)."""

    unit: str
    units: tuple[tuple[str, int], ...]
    rows_per_unit: float
    icc: float | None


@dataclass(frozen=True)
class Comparison:
    """The answer to a plan. `effects` has one a treatment. `held_back`: a check failed and nobody has asked to see the
    effect anyway, so that its numbers are None. `assumed` says which arm was taken as the control where none was named.
    `direction` is 1 where more is better, −1 where less is. `together` are tests of all arms at once."""

    plan: Plan
    metric: str
    title: Message
    unit: str
    direction: int
    status: Status
    arms: tuple[Arm, ...]
    effects: tuple[Effect, ...]
    checks: tuple[DesignCheck, ...]
    clusters: Clusters | None = None
    held_back: bool = False
    assumed: Message | None = None
    guardrails: tuple[Guarded, ...] = ()
    segments: tuple[Effect, ...] = ()
    together: tuple[Also, ...] = ()
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """What single answers are like before the change. `kind`: nps (points), share (%), mean (its unit). `mean` and
    `variance` are of single answers, in the metric's unit; `n` the answers it is known from (0: typed)."""

    kind: Literal["nps", "share", "mean"]
    unit: str
    mean: float
    variance: float
    n: int = 0
    rows_per_unit: float = 1.0
    icc: float = 0.0


@dataclass(frozen=True)
class Needed:
    """How many answers an effect takes. `half_width` is half of the interval's width that so many answers give."""

    baseline: Baseline
    effect: float
    per_arm: int
    half_width: float
    power: float
    level: float


@dataclass(frozen=True)
class Moment:
    """The effect as it stood when `n` answers of each arm had come in; `low` and `high` are the plain interval, `floor`
    and `ceiling` the boundary that it must pass under the plan's looks (None with one look)."""

    until: date
    n: tuple[int, int]
    value: float | None
    low: float | None
    high: float | None
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True)
class Shuffled:
    """An A/A check: in how many of `runs` shuffles of the arms' labels the method claimed a difference, with the
    interval of that share. `units` were shuffled, of `of` (fewer where they were sampled, with `seed`)."""

    runs: int
    alarms: int
    share: float
    low: float
    high: float
    units: int
    of: int
    seed: int


@dataclass(frozen=True)
class Entry:
    """An experiment in the journal: its plan with its fingerprint and time, where it stands, what came of it.

    `first` is the fingerprint the plan had when it was first kept; `changed_after_results` when it was changed once the
    results had been seen.
    """

    id: str
    plan: Plan
    fingerprint: str
    planned_at: datetime
    changed_at: datetime
    state: State = "planned"
    first: str = ""
    seen_at: datetime | None = None
    changed_after_results: bool = False
    verdict: Verdict | Status | None = None
    sentence: str = ""
    file: str = ""
