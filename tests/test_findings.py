"""Findings: the sample's planted truths are found and named, noise is not, and sentences say what the numbers say."""

from __future__ import annotations

import random
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from desk import Desk

from cxcore import findings
from cxcore.engine import Engine
from cxcore.language import words
from cxcore.store import Workspace
from cxcore.values import Finding, Table

SAMPLE = Path(__file__).parent.parent / "sample_data"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Table, tuple[Finding, ...]]:
    folder = tmp_path_factory.mktemp("sample")
    desk = Desk(Engine(folder), Workspace(folder / "w"), folder)
    table = desk.take(SAMPLE / "survey.csv")
    return desk.engine, table, findings.of_table(desk.engine, table)


def test_the_drop_in_one_channel_is_named_with_its_week(sample: tuple[Engine, Table, tuple[Finding, ...]]) -> None:
    truths = tomllib.loads((SAMPLE / "truths.toml").read_text(encoding="utf-8"))
    week = next(value for part in truths.values() if isinstance(part, dict) for value in part.values()
                if isinstance(value, date) and value.year == 2026 and value.month == 5)  # fmt: skip
    shifts = [f for f in sample[2] if f.kind == "shift" and f.metric == "nps"]
    assert len(shifts) == 1
    (drop,) = shifts
    assert drop.by[0][1] == "Chat"
    assert drop.good is False
    assert drop.start is not None
    assert abs(drop.start - week) <= timedelta(days=7)
    assert drop.end is None
    assert words(drop.sentence, "en").startswith("NPS fell from ")
    assert "no other group" in words(drop.ground, "en")


def test_the_topic_of_high_effort_hurts_most(sample: tuple[Engine, Table, tuple[Finding, ...]]) -> None:
    worst = findings.pain_points(sample[2])
    assert worst[0].by[0][1] == "Fatturazione"
    assert worst[0].metric in {"ces", "ease"}
    assert len({one.by for one in worst}) == len(worst)


def test_one_story_is_told_once(sample: tuple[Engine, Table, tuple[Finding, ...]]) -> None:
    told = findings.stories(sample[2])
    chat = [story for story in told if story[0].kind == "shift" and story[0].by[0][1] == "Chat"]
    assert len(chat) == 1
    assert findings.also_seen(chat[0])


def survey(desk: Desk, seed: int, drop: float = 0.0) -> Table:
    """26 weeks of 80 answers in two channels; in the last six a share `drop` of chat's promoters turn detractors."""
    chance = random.Random(seed)
    rows: list[list[object]] = [["Response ID", "Survey date", "Channel", "NPS"]]
    for k in range(26 * 80):
        week = k // 80
        channel = chance.choice(["chat", "phone"])
        score = chance.choices([10, 8, 3], [50, 30, 20])[0]
        if week >= 20 and channel == "chat" and score == 10 and chance.random() < drop:
            score = 2
        rows.append([k, date(2026, 1, 5) + timedelta(days=7 * week + k % 7), channel, score])
    return desk.take(desk.file(f"s{seed}.csv", rows))


def test_noise_is_no_change(desk: Desk) -> None:
    """Eight files without any change: at 1 false claim in 20 files, two or more would be a 6 % accident."""
    found = [findings.of_table(desk.engine, survey(desk, seed)) for seed in range(8)]
    assert sum(any(finding.kind == "shift" for finding in one) for one in found) <= 1


def test_a_planted_drop_is_found_where_it_is(desk: Desk) -> None:
    found = findings.of_table(desk.engine, survey(desk, 3, drop=0.6))
    shift = next(f for f in found if f.kind == "shift")
    assert shift.by[0][1] == "chat"
    assert shift.start is not None
    assert abs(shift.start - date(2026, 5, 25)) <= timedelta(days=14)


def test_a_column_of_months_is_no_segment(desk: Desk) -> None:
    rows: list[list[object]] = [["Response ID", "Survey date", "Month", "Region", "NPS"]]
    rows += [[k, f"2026-{1 + k % 12:02}-05", 1 + k % 12, "NE" if k % 2 else "SW", k % 11] for k in range(240)]
    table = desk.take(desk.file("m.csv", rows))
    assert findings.segments(table) == ("Region",)
