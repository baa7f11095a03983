"""Agents compared: how often one is told apart where all are alike, and how often one that is slower is found.

30 agents, 200 cases each, times log-normal with log-sd 0.6 (issue: at most 5 % of runs flag any; an agent that is 25 %
slower is flagged in at least 90 %). Prints both shares with their Monte-Carlo interval.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from cxcore import stats

AGENTS, CASES, LOG_SD = 30, 200, 0.6
KINDS = np.array([0.0, 0.4, 0.9, -0.3])  # how much longer each kind of work takes, on the log scale


def flags(chance: np.random.Generator, slower: float, agents: int = AGENTS, cases: int = CASES) -> np.ndarray:
    """Which agents of one simulated desk are told apart; the first is `slower` times as slow, and every agent has a
    mix of work of its own."""
    mixes = chance.dirichlet(np.full(len(KINDS), 2.0), size=agents)
    group, kind, n, mean, variance = [], [], [], [], []
    for agent in range(agents):
        for k, count in enumerate(chance.multinomial(cases, mixes[agent])):
            if not count:
                continue
            logs = chance.normal(5.5 + KINDS[k] + (np.log(slower) if agent == 0 else 0.0), LOG_SD, count)
            group.append(agent)
            kind.append(k)
            n.append(count)
            mean.append(logs.mean())
            variance.append(logs.var())
    off = stats.indirect(group, kind, n, mean, variance)
    return np.asarray(np.abs(off.value) > stats.funnel_limit(agents) * np.sqrt(off.variance))


def shares(runs: int, seed: int = 20_261) -> tuple[float, float]:
    """The share of runs with any flag among identical agents, and of runs in which the slower one is flagged."""
    chance = np.random.default_rng(seed)
    alike = float(np.mean([flags(chance, 1.0).any() for _ in range(runs)]))
    found = float(np.mean([flags(chance, 1.25)[0] for _ in range(runs)]))
    return alike, found


def main() -> None:
    """Prints the two shares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5_000)
    runs = parser.parse_args().runs
    for what, share in zip(("identical agents, any flagged", "one 25 % slower, flagged"), shares(runs), strict=True):
        low, high = stats.share_intervals(round(share * runs), runs)
        print(f"{what}: {100 * share:.1f} % ({100 * float(low):.1f} to {100 * float(high):.1f}; {runs} runs)")


if __name__ == "__main__":
    main()
