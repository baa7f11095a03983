"""How often findings claim a change that is not there, and how often they name one that is.

    python tests/bench/simulate_findings.py [--runs 5000] [--only NAME]

Each run makes an NPS survey (promoters, passives and detractors a period and group) and hands its trends to the
core: `findings.changes` searches them as for a file, and what counts is the findings it hands back; the groups compared
with the rest, a family of its own, are `findings.differences`. Rates come with their 95 % Wilson interval; the exit
code is 1 when a requirement is missed. Everything is seeded.

With groups, every answer stands in two segments of 15 groups, 100 answers a period and group: with the whole these are
31 series in one family.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cxcore import findings, intake, stats
from cxcore.engine import Engine
from cxcore.language import plain
from cxcore.metrics.cells import next_period
from cxcore.metrics.estimate import merged
from cxcore.store import Workspace
from cxcore.values import Estimate, Every, Finding, Table, Trend

Counts = npt.NDArray[np.int64]  # groups of one segment × groups of the other × periods × (promoters, passives, detr.)
SEGMENTS = ("product", "Region")  # a role, and a column of the file's own
TYPICAL = (0.5, 0.3, 0.2)
MADE = plain("simulated")
CLAIMED_AT_MOST = 0.05
NAMED_AT_LEAST = 0.90


@dataclass(frozen=True)
class Scenario:
    """A survey: `drop` points for `lasting` periods, in the first group where there are groups (0: nothing happens).

    `groups` of each of the two segments (1: no segments); `answers` a period in each group; `compared`: what counts is
    not a change but a group that is said to differ from the rest.
    """

    name: str
    groups: int = 1
    every: Every = "week"
    periods: int = 52
    answers: int = 100
    scores: tuple[float, float, float] = TYPICAL
    uneven: bool = False
    drop: float = 0.0
    lasting: int = 4
    compared: bool = False
    cost: int = 1  # runs are divided by this; only where the scenario is beyond what is required


SCENARIOS = (
    Scenario("steady"),
    Scenario("steady-31-series", groups=15),
    Scenario("steady-10-a-week", answers=10),
    Scenario("steady-skewed-100-a-week", scores=(0.9, 0.07, 0.03)),
    Scenario("steady-skewed-20-a-week", answers=20, scores=(0.9, 0.07, 0.03)),
    Scenario("steady-skewed-5-a-week", answers=5, scores=(0.9, 0.07, 0.03)),
    Scenario("steady-very-skewed-20-a-week", answers=20, scores=(0.98, 0.01, 0.01)),
    Scenario("steady-nearly-all-passive", answers=10, scores=(0.02, 0.96, 0.02)),
    Scenario("steady-few-detractors-among-passives", answers=10, scores=(0.06, 0.93, 0.01)),
    Scenario("steady-12-months", every="month", periods=12, answers=400),
    Scenario("steady-12-months-skewed-20-a-month", every="month", periods=12, answers=20, scores=(0.9, 0.07, 0.03)),
    Scenario("steady-uneven-weeks", answers=20, uneven=True, cost=5),
    Scenario("steady-31-skewed-series-10-a-week", groups=15, answers=10, scores=(0.9, 0.07, 0.03), cost=2),
    Scenario("alike-30-groups", groups=15, periods=4, compared=True, cost=5),
    Scenario("drop-20-in-1-series", drop=20),
    Scenario("drop-25-in-1-of-31", groups=15, drop=25),
)


def survey(folder: Path) -> Table:
    """The table of a small file with an NPS and both segments: findings take words and scales from it."""
    lines = ["Response ID,Survey date,Product,Region,NPS"]
    lines += [f"{k},2024-01-{1 + k % 28:02},P{k % 3},R{k % 4},{k % 11}" for k in range(240)]
    path = folder / "survey.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    table = intake.take(path, path.name, Engine(folder), Workspace(folder / "workspace"))
    if findings.segments(table) != SEGMENTS:
        raise SystemExit(f"the segments are {findings.segments(table)}")
    return table


@lru_cache
def days(every: Every, periods: int) -> list[date]:
    """The first day of each period, and of the one after the last."""
    starts = [date(2024, 1, 1)]
    while len(starts) <= periods:
        starts.append(next_period(starts[-1], every))
    return starts


def series_of(counts: Counts, every: Every) -> tuple[Trend, list[list[Trend]]]:
    """The trend of a survey with these counts, and the trends of the groups of each segment."""
    starts = days(every, counts.shape[2])
    splits = [counts.sum(axis=1 - k) for k in range(2) if counts.shape[k] > 1]
    whole = trend_of(counts.sum(axis=(0, 1)), starts, every, ())
    return whole, [
        [trend_of(part, starts, every, ((name, f"g{k}"),)) for k, part in enumerate(split)]
        for name, split in zip(SEGMENTS, splits, strict=False)
    ]


def trend_of(counts: Counts, starts: list[date], every: Every, by: tuple[tuple[str, str | None], ...]) -> Trend:
    """The trend of one series, periods × (promoters, passives, detractors), with what findings read of it."""
    n = counts.sum(axis=1)
    some = np.maximum(n, 1)
    mean = 100.0 * (counts[:, 0] - counts[:, 2]) / some
    variance = 10_000.0 * (counts[:, 0] + counts[:, 2]) / some - mean**2
    points = tuple(
        Estimate("nps", size, centre, None, None, MADE, start, by, centre, spread)
        for size, centre, spread, start in zip(n.tolist(), mean.tolist(), variance.tolist(), starts, strict=False)
    )
    together = merged(points)
    return Trend("nps", every, replace(together, value=together.mean), points, (None,) * len(points), by)


def surveys(scenario: Scenario, runs: int) -> Iterator[tuple[Counts, int]]:
    """The counts of each run and the first period of its drop."""
    rng = np.random.default_rng(52_001)
    steady = np.array(scenario.scores)
    lowered = steady + np.array([-1, 0, 1]) * scenario.drop / 200
    for _ in range(runs):
        start = int(rng.integers(0, scenario.periods - scenario.lasting + 1))
        # Uneven: quiet and busy weeks, some of them empty.
        busy = rng.gamma(1.0, 1.0, scenario.periods) if scenario.uneven else 1.0
        total = scenario.answers * busy * np.ones((scenario.groups, scenario.periods))
        n = rng.poisson(total) if scenario.uneven else total.astype(int)
        # Each answer of a group of the first segment falls into a group of the second by chance.
        shared = rng.multinomial(n, np.full(scenario.groups, 1 / scenario.groups)).transpose(0, 2, 1)
        counts = rng.multinomial(shared, steady)
        if scenario.drop:
            during = slice(start, start + scenario.lasting)
            counts[0, :, during] = rng.multinomial(shared[0, :, during], lowered)
        yield counts, start


def names_it(found: list[Finding], scenario: Scenario, start: int) -> bool:
    """A finding says of the right group that it was lower, in half of the true periods or more.

    A drop at the very beginning is told as the rise that ends it.
    """
    starts = days(scenario.every, scenario.periods)
    by = ((SEGMENTS[0], "g0"),) if scenario.groups > 1 else ()
    for one in found:
        if one.kind != "shift" or one.by != by or one.start is None:
            continue
        first = starts.index(one.start)
        last = scenario.periods if one.end is None else starts.index(one.end + timedelta(days=1))
        if one.good:
            if one.end is not None or 2 * first > scenario.periods:
                continue
            first, last = 0, first
        if 2 * (min(last, start + scenario.lasting) - max(first, start)) >= scenario.lasting:
            return True
    return False


def run(scenario: Scenario, runs: int, table: Table) -> bool:
    """Simulates one scenario and prints what came of it; whether the requirement is met."""
    began = time.perf_counter()
    hits = 0
    for counts, start in surveys(scenario, runs):
        whole, splits = series_of(counts, scenario.every)
        if scenario.compared:
            hits += bool(findings.differences(splits, table))
            continue
        found = findings.changes([whole, *(one for split in splits for one in split)], table)
        hits += names_it(found, scenario, start) if scenario.drop else bool(found)
    rate = hits / runs
    kept = rate >= NAMED_AT_LEAST if scenario.drop else rate <= CLAIMED_AT_MOST
    wanted = f"named, at least {NAMED_AT_LEAST:.0%}" if scenario.drop else f"claimed, at most {CLAIMED_AT_MOST:.0%}"
    print(
        f"{scenario.name:<38} {shown(hits, runs)} of {runs} runs {wanted}  {'ok' if kept else 'MISSED'}"
        f"  {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    return kept


def shown(hits: int, runs: int) -> str:
    """A share of runs with its Monte-Carlo interval."""
    interval = stats.share_interval(hits, runs)
    assert interval is not None
    return f"{hits / runs:6.2%} ({interval.low:.2%} to {interval.high:.2%})"


def main() -> int:
    """Runs the scenarios asked for; 0 when every requirement is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--only", choices=[scenario.name for scenario in SCENARIOS])
    asked = parser.parse_args()
    chosen = [scenario for scenario in SCENARIOS if asked.only in (None, scenario.name)]
    with tempfile.TemporaryDirectory() as folder:
        table = survey(Path(folder))
        outcomes = [run(scenario, max(1, asked.runs // scenario.cost), table) for scenario in chosen]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
