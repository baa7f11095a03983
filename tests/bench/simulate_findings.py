"""How often findings claim a change that is not there, and how often they name one that is.

    python tests/bench/simulate_findings.py [--runs 5000] [--only NAME]

Each run makes a family of NPS series, looks for the shift that stands out most in each, and reads the family's
p-values together, as the quick insight does. Rates come with their 95 % Wilson interval; the exit code is 1 when a
requirement is missed. Everything is seeded.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cxcore import stats

Counts = npt.NDArray[np.int64]  # series × periods × (promoters, passives, detractors)
WORTH = np.array([100.0, 0.0, -100.0])
TYPICAL = (0.5, 0.3, 0.2)
CLAIMED_AT_MOST = 0.05
NAMED_AT_LEAST = 0.90


@dataclass(frozen=True)
class Scenario:
    """A family of series: `drop` points for `lasting` periods in the first of them (0: nothing happens)."""

    name: str
    series: int = 1
    periods: int = 52
    answers: int = 100
    scores: tuple[float, float, float] = TYPICAL
    uneven: bool = False
    drop: float = 0.0
    lasting: int = 4
    cost: int = 1  # runs are divided by this; only where the scenario is beyond what is required


SCENARIOS = (
    Scenario("steady"),
    Scenario("steady-30-series", series=30),
    Scenario("steady-10-a-week", answers=10),
    Scenario("steady-skewed-100-a-week", scores=(0.9, 0.07, 0.03)),
    Scenario("steady-skewed-20-a-week", answers=20, scores=(0.9, 0.07, 0.03)),
    Scenario("steady-skewed-5-a-week", answers=5, scores=(0.9, 0.07, 0.03)),
    Scenario("steady-very-skewed-20-a-week", answers=20, scores=(0.98, 0.01, 0.01)),
    Scenario("steady-nearly-all-passive", answers=10, scores=(0.02, 0.96, 0.02)),
    Scenario("steady-few-detractors-among-passives", answers=10, scores=(0.06, 0.93, 0.01)),
    Scenario("steady-12-months", periods=12, answers=400),
    Scenario("steady-12-months-skewed-20-a-month", periods=12, answers=20, scores=(0.9, 0.07, 0.03)),
    Scenario("steady-uneven-weeks", answers=20, uneven=True, cost=5),
    Scenario("steady-30-skewed-series-10-a-week", series=30, answers=10, scores=(0.9, 0.07, 0.03)),
    Scenario("drop-20-in-1-series", drop=20),
    Scenario("drop-25-in-1-of-30", series=30, drop=25),
)


def family(counts: Counts) -> list[stats.Shift | None]:
    """One entry a series: the shift that findings would claim, or None."""
    shifts = [shift_of(series) for series in counts]
    adjusted = stats.false_discovery([1.0 if shift is None else shift.p for shift in shifts])
    return [shift if p < stats.CLAIM_LEVEL else None for shift, p in zip(shifts, adjusted, strict=True)]


def shift_of(series: Counts) -> stats.Shift | None:
    n = series.sum(axis=1)
    answers = stats.nps_moments(*series.sum(axis=0))
    mean = np.divide(series @ WORTH, n, out=np.zeros(n.size), where=n > 0)
    return None if answers is None else stats.find_shift(n, mean, answers, bounds=(-100, 100))


def families(scenario: Scenario, runs: int) -> Iterator[tuple[Counts, int]]:
    """The counts of each run and the first period of its drop."""
    rng = np.random.default_rng(52_001)
    steady = np.array(scenario.scores)
    lowered = steady + np.array([-1, 0, 1]) * scenario.drop / 200
    for _ in range(runs):
        start = int(rng.integers(0, scenario.periods - scenario.lasting + 1))
        shape = (scenario.series, scenario.periods)
        # Uneven: quiet and busy weeks, some of them empty.
        n = rng.poisson(scenario.answers * rng.gamma(1.0, 1.0, shape)) if scenario.uneven else scenario.answers
        counts = rng.multinomial(np.broadcast_to(n, shape), steady)
        if scenario.drop:
            during = slice(start, start + scenario.lasting)
            counts[0, during] = rng.multinomial(counts[0, during].sum(axis=1), lowered)
        yield counts, start


def names_it(shift: stats.Shift | None, start: int, lasting: int, *, sharply: bool = False) -> bool:
    """The claim goes the right way and covers half of the true periods (`sharply`: and is not over twice too long)."""
    if shift is None or shift.value > 0:
        return False
    common = min(shift.end, start + lasting) - max(shift.start, start)
    return 2 * common >= (max(lasting, shift.end - shift.start) if sharply else lasting)


def run(scenario: Scenario, runs: int) -> bool:
    began = time.perf_counter()
    hits = sharp = 0
    for counts, start in families(scenario, runs):
        claims = family(counts)
        hits += names_it(claims[0], start, scenario.lasting) if scenario.drop else any(claims)
        sharp += scenario.drop > 0 and names_it(claims[0], start, scenario.lasting, sharply=True)
    found = stats.share_interval(hits, runs)
    assert found is not None
    rate = hits / runs
    if scenario.drop:
        kept, wanted = rate >= NAMED_AT_LEAST, f"named, at least {NAMED_AT_LEAST:.0%} ({sharp / runs:.2%} sharply)"
    else:
        kept, wanted = rate <= CLAIMED_AT_MOST, f"claimed, at most {CLAIMED_AT_MOST:.0%}"
    print(
        f"{scenario.name:<38} {rate:6.2%} ({found.low:.2%} to {found.high:.2%}) of {runs} runs {wanted}"
        f"  {'ok' if kept else 'MISSED'}  {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--only", choices=[scenario.name for scenario in SCENARIOS])
    asked = parser.parse_args()
    chosen = [scenario for scenario in SCENARIOS if asked.only in (None, scenario.name)]
    outcomes = [run(scenario, max(1, asked.runs // scenario.cost)) for scenario in chosen]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
