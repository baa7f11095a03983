"""Whether the intervals of experiments hold: coverage, false positives, looks on the way; through the app's own code.

Arms of 10/10, 30/30, 100/100, 10/100 and 100/10 answers from populations that are balanced, high and skewed, with no
difference and with one. `python tests/bench/simulate_experiments.py [--runs 4000] [--part coverage] [--only NPS]`; the
exit code is 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from cxcore.compare.apart import Reading, Side, distance, leaves_out_none
from cxcore.compare.outcome import Kind, Outcome
from cxcore.compare.scene import reading
from cxcore.compare.sums import Sample
from cxcore.experiment import Plan
from cxcore.language import plain
from cxcore.metrics.base import Family, Metric, Rule, Unit
from cxcore.metrics.cells import Asked
from cxcore.stats import Intervals, mover, nps_difference, nps_intervals, share_interval
from cxcore.stats.clusters import customers_of
from cxcore.stats.durations import quantile_difference

SIZES = ((10, 10), (30, 30), (100, 100), (10, 100), (100, 10))
LEAST, MEAN = 93.0, 94.0  # % of intervals that hold the truth: in every cell, and on average
Numbers = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Numbers]


@dataclass(frozen=True)
class Population:
    """Answers of one arm: how they are drawn, and what the method estimates of them."""

    draw: Draw
    truth: float


def steps(values: range, weights: tuple[float, ...], score: dict[int, float] | None = None) -> Population:
    """Answers on a scale with these weights, each counted as `score` says."""
    counted = np.array([score[value] if score else value for value in values], np.float64)
    chances = np.array(weights) / sum(weights)
    return Population(lambda chance, n: chance.choice(counted, n, p=chances), float(counted @ chances))


def nps(promoters: int, detractors: int) -> Population:
    """Answers as points."""
    return steps(range(3), (promoters, 100 - promoters - detractors, detractors), {0: 100, 1: 0, 2: -100})


def share(percent: float) -> Population:
    """Yes and no as 100 and 0."""
    return steps(range(2), (percent, 100 - percent), {0: 100, 1: 0})


def contacts(more: float, alike: float) -> Population:
    """Contacts of customers: one, and more by a negative binomial (the smaller `alike`, the more uneven)."""
    return Population(lambda chance, n: 1.0 + chance.negative_binomial(alike, alike / (alike + more), n), 1 + more)


def times(typical: float, spread: float) -> Population:
    """Log-normal seconds; the truth is the geometric mean."""
    return Population(lambda chance, n: typical * np.exp(chance.normal(0, spread, n)), typical)


# Of each kind pairs of control and treatment: without a difference and with one.
_BALANCED, _HIGH, _TOP = (1, 2, 4, 2, 1), (3, 4, 8, 25, 60), (2, 1, 2, 10, 85)
_FIVE, _SEVEN = range(1, 6), range(1, 8)
CASES: dict[str, tuple[Kind, tuple[float, float] | None, dict[str, tuple[Population, Population]]]] = {
    "NPS": ("nps", None, {
        "balanced": (nps(35, 35), nps(35, 35)), "high": (nps(70, 8), nps(70, 8)), "skewed": (nps(90, 2), nps(90, 2)),
        "balanced v high": (nps(35, 35), nps(70, 8)), "high v skewed": (nps(70, 8), nps(90, 2))}),
    "share": ("share", None, {
        "balanced": (share(50), share(50)), "high": (share(85), share(85)), "skewed": (share(95), share(95)),
        "balanced v high": (share(50), share(85)), "high v skewed": (share(85), share(95))}),
    "mean of a scale": ("mean", (1, 5), {
        "balanced": (steps(_FIVE, _BALANCED),) * 2, "high": (steps(_FIVE, _HIGH),) * 2,
        "skewed": (steps(_FIVE, _TOP),) * 2, "balanced v high": (steps(_FIVE, _BALANCED), steps(_FIVE, _HIGH)),
        "high v skewed": (steps(_FIVE, _HIGH), steps(_FIVE, _TOP))}),
    "mean of a 7-step scale": ("mean", (1, 7), {
        "balanced": (steps(_SEVEN, (1, 2, 3, 4, 3, 2, 1)),) * 2, "high": (steps(_SEVEN, (1, 1, 2, 5, 20, 35, 36)),) * 2,
        "skewed": (steps(_SEVEN, (2, 2, 3, 5, 13, 25, 50)),) * 2,
        "high v skewed": (steps(_SEVEN, (1, 1, 2, 5, 20, 35, 36)), steps(_SEVEN, (2, 2, 3, 5, 13, 25, 50)))}),
    "contacts per customer": ("mean", (1, np.inf), {
        "even": (contacts(1.0, 5.0),) * 2, "rare": (contacts(0.3, 5.0),) * 2, "uneven": (contacts(1.0, 0.8),) * 2,
        "even v more": (contacts(1.0, 5.0), contacts(1.5, 5.0)), "uneven v more": (contacts(1.0, 0.8),
                                                                                   contacts(1.5, 0.8))}),
    "ratio of geometric means": ("duration", (0, np.inf), {
        "even": (times(300, 0.4),) * 2, "skewed": (times(300, 0.8),) * 2, "very skewed": (times(3600, 1.4),) * 2,
        "skewed v less": (times(300, 0.8), times(240, 0.5))}),
}  # fmt: skip
_UNITS: dict[Kind, Unit] = {"nps": "points", "share": "%", "duration": "seconds"}


def outcome(kind: Kind, within: tuple[float, float] | None) -> Outcome:
    """What the app compares."""
    family: Family = kind if kind in {"nps", "share"} else "mean"  # type: ignore[assignment]
    unit = _UNITS.get(kind, "scale")
    rule = Rule("rule", plain(""), family, unit, plain(""), lambda value, _: value, lambda scale: scale)
    return Outcome(Asked(Metric("m", plain(""), plain(""), (), (rule,), 1, plain("")), rule), kind, unit, 1, within)


def sample(values: Numbers, *, logs: bool = False, customers: npt.NDArray[np.intp] | None = None) -> Sample:
    """An arm as the engine would hand it over."""
    n = len(values)
    of_logs = (0, np.nan, 0.0)
    if logs:
        of_logs = (n, float(np.log(values).mean()), float(np.log(values).var()))
    held, within = None, 0.0
    if customers is not None:
        m, s = np.bincount(customers), np.bincount(customers, values)
        held = customers_of(m.astype(np.float64), s)
        within = float(np.sum((values - (s / np.maximum(m, 1))[customers]) ** 2))
    return Sample(n, float(values.mean()), float(values.var()), of_logs, customers=held, within=within)


@dataclass
class Tally:
    """How often something was so, with the Monte-Carlo interval of that share."""

    what: str
    hits: int
    runs: int

    @property
    def percent(self) -> float:
        """The share in percent."""
        return 100 * self.hits / self.runs

    def __str__(self) -> str:
        ends = share_interval(self.hits, self.runs)
        low, high = ends if ends else (0, 1)
        return f"{self.what} | {self.percent:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def covered(runs: int, only: str = "", seed: int = 20_261) -> Iterator[tuple[str, list[Tally]]]:
    """For each kind of interval, how often it held the truth in each cell."""
    for name, (kind, within, pairs) in CASES.items():
        if only not in name:
            continue
        one, told, chance = outcome(kind, within), [], np.random.default_rng(seed)
        for pair, (control, treatment) in pairs.items():
            ratio = kind == "duration"
            truth = treatment.truth / control.truth if ratio else treatment.truth - control.truth
            for n_c, n_t in SIZES:
                if kind == "nps":  # the same functions, which take many cells at once
                    found = _nps_at_once(control, treatment, (n_c, n_t), chance, runs)
                    hits = int(np.sum((found.low - 1e-9 <= truth) & (truth <= found.high + 1e-9)))
                    told.append(Tally(f"{name}, {pair}, {n_c}/{n_t}", hits, runs))
                    continue
                hits = counted = 0
                for _ in range(runs):
                    arms = (Side(sample(population.draw(chance, n), logs=ratio))
                            for population, n in ((control, n_c), (treatment, n_t)))  # fmt: skip
                    seen = distance(one, *arms, Reading()).found
                    if seen.low is not None and seen.high is not None:
                        counted += 1
                        hits += seen.low - 1e-9 <= truth <= seen.high + 1e-9
                told.append(Tally(f"{name}, {pair}, {n_c}/{n_t}", hits, counted or 1))
        yield name, told
    if only in "difference of medians":
        yield "difference of medians", _medians(runs, seed)


def _nps_at_once(
    control: Population, treatment: Population, sizes: tuple[int, int], chance: np.random.Generator, runs: int
) -> Intervals:
    """The intervals of many differences of NPS; the first are those of single ones."""
    counted = []
    for population, n in zip((control, treatment), sizes, strict=True):
        points = population.draw(chance, n * runs).reshape(runs, n)
        counted.append([(points == value).sum(axis=1) for value in (100, 0, -100)])
    scores = [100 * (good - bad) / (good + neither + bad) for good, neither, bad in counted]
    ends = [nps_intervals(*arm) for arm in counted]
    found = mover(scores[0], ends[0], scores[1], ends[1])
    for k in range(5):
        one = nps_difference(*(tuple(float(part[k]) for part in arm) for arm in counted))  # type: ignore[arg-type]
        assert one.low is not None
        assert abs(one.low - found.low[k]) < 1e-9
    return found


def _medians(runs: int, seed: int) -> list[Tally]:
    told, chance = [], np.random.default_rng(seed)
    for pair, (control, treatment) in CASES["ratio of geometric means"][2].items():
        truth = treatment.truth - control.truth  # of log-normal times the geometric mean is the median
        for n_c, n_t in SIZES:
            hits = 0
            for k in range(runs):
                _, ends = quantile_difference(control.draw(chance, n_c), treatment.draw(chance, n_t), 0.5, seed=k)
                hits += ends.low <= truth <= ends.high
            told.append(Tally(f"median, {pair}, {n_c}/{n_t}", hits, runs))
    return told


def alarms(runs: int, seed: int = 20_262) -> Iterator[tuple[Tally, float]]:
    """How often a difference is claimed where there is none, and the most that is allowed."""
    for name, (kind, within, pairs) in CASES.items():
        one, chance = outcome(kind, within), np.random.default_rng(seed)
        hits = of = 0
        for control, treatment in pairs.values():
            if control.truth != treatment.truth:
                continue
            for n in (200, 1000):
                of += runs
                for _ in range(runs):
                    arms = (Side(sample(control.draw(chance, n), logs=kind == "duration")) for _ in range(2))
                    hits += claimed(one, *arms, Reading())
        yield Tally(f"no difference, {name}, 200 and 1,000 an arm", hits, of), 5.5
    for name, kind, population in (("NPS", "nps", nps(50, 20)), ("share", "share", share(80)),
                                   ("mean", "mean", steps(_FIVE, _HIGH))):  # fmt: skip
        one, chance = outcome(kind, (1, 5) if kind == "mean" else None), np.random.default_rng(seed)  # type: ignore[arg-type]
        for n in (10, 20, 50):
            hits = sum(claimed(one, *(Side(repeating(chance, population, n)) for _ in range(2)), Reading())
                       for _ in range(runs))  # fmt: skip
            yield Tally(f"no difference, {name}, {n} customers an arm who repeat", hits, runs), 6.0


def repeating(chance: np.random.Generator, population: Population, n: int) -> Sample:
    """Answers of `n` customers, one to nine each, most of them alike."""
    m = chance.integers(1, 10, n)
    who = np.repeat(np.arange(n), m)
    typical = population.draw(chance, n)
    own = population.draw(chance, len(who))
    values = np.where(chance.random(len(who)) < 0.5, typical[who], own)
    return sample(values, customers=who)


def claimed(one: Outcome, control: Side, treatment: Side, how: Reading) -> bool:
    """Whether the interval leaves out no difference."""
    found = distance(one, control, treatment, how)
    return leaves_out_none(found.found.low, found.found.high, found.told)


def looks(runs: int, seed: int = 20_263) -> Iterator[tuple[Tally, float]]:
    """How often ten looks at an experiment without an effect claim one."""
    each, many = 100, 10
    size = each * many
    plans = {
        "O'Brien–Fleming": Plan("m", looks="planned", look_at=tuple((k + 1) / many for k in range(many)), size=size),
        "confidence sequence": Plan("m", looks="free", size=size),
        "no correction (for comparison)": Plan("m"),
    }
    for name, kind, population in (("NPS", "nps", nps(50, 20)), ("mean", "mean", steps(_FIVE, _HIGH))):
        one = outcome(kind, (1, 5) if kind == "mean" else None)  # type: ignore[arg-type]
        hits, chance = dict.fromkeys(plans, 0), np.random.default_rng(seed)
        for _ in range(runs):
            arms = [population.draw(chance, size) for _ in range(2)]
            seen: list[Any] = [[Side(sample(arm[: each * (k + 1)])) for arm in arms] for k in range(many)]
            for called, plan in plans.items():
                hits[called] += any(claimed(one, *at, reading(plan, 1, at[0].sample.n + at[1].sample.n)) for at in seen)
        for called in plans:
            yield Tally(f"ten looks, {name}, {called}", hits[called], runs), 100.0 if "no " in called else 5.5


def main() -> int:
    """Prints the tables; 1 where an aim is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=4_000)
    parser.add_argument("--part", choices=("coverage", "alarms", "looks"), action="append")
    parser.add_argument("--only", default="", help="intervals with this in their name")
    options = parser.parse_args()
    parts, missed = options.part or ["coverage", "alarms", "looks"], 0
    if "coverage" in parts:
        print("| interval | lowest cell | mean of the cells | cells |\n|---|---|---|---|")
        for name, cells in covered(options.runs, options.only):
            worst, average = min(cells, key=lambda one: one.percent), float(np.mean([one.percent for one in cells]))
            bad = worst.percent < LEAST or average < MEAN
            missed += bad
            print(f"| {name} | {str(worst).replace(' | ', ': ')} | {average:.1f} % | {len(cells)} |{' MISSED' * bad}",
                  flush=True)  # fmt: skip
    for part, found in (("alarms", alarms), ("looks", looks)):
        if part in parts:
            print("\n| scenario | claimed | at most |\n|---|---|---|")
            for tally, most in found(options.runs):
                bad = tally.percent > most
                missed += bad
                print(f"| {tally} | {most:g} % |{' MISSED' * bad}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
