"""Effects as the answers come in, looks on the way, shuffled labels, before and after: what must agree with what."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from desk import Desk

from cxcore import compare
from cxcore.compare import Given
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.experiment import Plan
from cxcore.store import Workspace
from cxcore.values import Table

SAMPLE = Path(__file__).parent.parent / "sample_data" / "experiment.csv"
OBF_FIVE_LOOKS = (4.8769, 3.3570, 2.6803, 2.2898, 2.0310)  # R's ldbounds, as in the reference cases


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("course")
    engine = Engine(folder)
    yield Desk(engine, Workspace(folder / "workspace"), folder)
    engine.close()


@pytest.fixture(scope="module")
def guides(place: Desk) -> Table:
    return place.take(SAMPLE)


@pytest.fixture(scope="module")
def repeating(place: Desk) -> Table:
    """Eighty customers, one to six answers each over a month, a customer's answers alike."""
    chance, rows = random.Random(5), []
    for customer in range(80):
        usual = chance.randrange(11)
        for k in range(1 + customer % 6):
            day = date(2026, 3, 1) + timedelta(days=chance.randrange(28))
            score = usual if k % 3 else chance.randrange(11)
            rows.append([f"R{len(rows):04}", f"C{customer:02}", "AB"[customer // 6 % 2], day.isoformat(), score])
    header = ["Response ID", "Customer ID", "Variant", "Survey date", "NPS"]
    return place.take(place.file("repeating.csv", [header, *rows]),
                      corrections={"nps": "NPS", "customer_id": "Customer ID", "variant": "Variant"})  # fmt: skip


@pytest.mark.parametrize("name", ["guides", "repeating"])
def test_the_last_moment_is_the_effect(name: str, place: Desk, request: pytest.FixtureRequest) -> None:
    table: Table = request.getfixturevalue(name)
    plan = Plan("csat" if name == "guides" else "nps")
    course = compare.over_time(place.engine, table, plan)
    (effect,) = compare.compare(place.engine, table, plan, anyway=True).effects
    assert len(course) > 10
    assert [sum(moment.n) for moment in course] == sorted(sum(moment.n) for moment in course)
    last = course[-1]
    assert (last.value, last.low, last.high) == pytest.approx((effect.value, effect.low, effect.high), rel=1e-9)
    assert last.floor is None


def test_looks_on_the_way_ask_for_more(place: Desk, guides: Table) -> None:
    for plan in (Plan("csat", looks="free", size=1200), Plan("csat", looks="planned", look_at=(0.5, 1.0), size=1200)):
        course = compare.over_time(place.engine, guides, plan)
        for moment in course[3:]:
            assert None not in (moment.low, moment.high, moment.floor, moment.ceiling)
            assert moment.floor <= moment.low + 1e-9  # type: ignore[operator]
            assert moment.ceiling >= moment.high - 1e-9  # type: ignore[operator]


@pytest.mark.parametrize(("look", "z"), list(enumerate(OBF_FIVE_LOOKS, 1)))
def test_each_planned_look_has_its_boundary(look: int, z: float) -> None:
    n = 400 * look
    arms = [Given("A", n, mean=4.0, sd=1.0), Given("B", n, mean=4.1, sd=1.0)]
    plan = Plan("mean", looks="planned", look_at=(0.2, 0.4, 0.6, 0.8, 1.0), size=2000)
    (effect,) = compare.of_aggregates(arms, plan).effects
    assert effect.value is not None
    assert effect.low is not None
    # Hundreds of answers: t and normal agree to the third digit, but far out in the tail of the first look.
    assert (effect.value - effect.low) / (2 / n) ** 0.5 == pytest.approx(z, rel=0.02 if look == 1 else 0.005)


@pytest.mark.parametrize("name", ["guides", "repeating"])
def test_shuffled_labels_raise_few_alarms(name: str, place: Desk, request: pytest.FixtureRequest) -> None:
    table: Table = request.getfixturevalue(name)
    plan = Plan("csat" if name == "guides" else "nps")
    found = compare.shuffled(place.engine, table, plan)
    assert found.runs == 500
    assert found.low <= 0.055
    assert found.high >= 0.04
    assert found == compare.shuffled(place.engine, table, plan)
    if name == "repeating":
        assert found.units == found.of == 80
        alone = compare.shuffled(place.engine, table, replace(plan, unit="row"))
        assert alone.of == table.rows_used  # what is shuffled is what is taken for the unit


def test_the_spread_holds_every_answer(place: Desk, guides: Table) -> None:
    found = dict(compare.spread(place.engine, guides, Plan("csat")))
    held = compare.compare(place.engine, guides, Plan("csat"), also=False).arms
    assert {name: sum(n for _, n in bars) for name, bars in found.items()} == {arm.name: arm.n for arm in held}
    assert [value for value, _ in found["nuova"]] == [1, 2, 3, 4, 5]


def moved(place: Desk, name: str) -> Table:
    """Two groups of 400 before and after: good answers 50 → 60 % here, 50 → 75 % there."""
    rows, good = [], {("A", 0): 200, ("A", 1): 240, ("B", 0): 200, ("B", 1): 300}
    for (arm, after), count in good.items():
        for k in range(400):
            day = date(2026, 3 if after else 2, 1 + k % 28).isoformat()
            rows.append([arm, day, ["before", "after"][after], "yes" if k < count else "no"])
    random.Random(1).shuffle(rows)
    numbered = [[f"R{k:04}", *row] for k, row in enumerate(rows)]
    header = ["Response ID", "Variant", "Survey date", "Phase", "Came back"]
    return place.take(place.file(name, [header, *numbered]), corrections={"phase": "Phase", "variant": "Variant"})


@pytest.mark.parametrize("start", [None, date(2026, 3, 1)])
def test_how_much_more_one_group_moved(place: Desk, start: date | None) -> None:
    table = moved(place, "moved.csv")
    plan = Plan("Came back", design="before_after", start=start, variant="Variant")
    found = compare.compare(place.engine, table, plan)
    (effect,) = found.effects
    assert effect.value == pytest.approx(15)
    # Four shares of 400: the standard error by hand, in points.
    error = 100 * ((0.5 * 0.5 * 2 + 0.6 * 0.4 + 0.75 * 0.25) / 400) ** 0.5
    assert effect.low == pytest.approx(15 - 1.96 * error, abs=0.3)
    assert effect.high == pytest.approx(15 + 1.96 * error, abs=0.3)
    assert effect.p is not None
    assert 0.0005 < effect.p < 0.01
    weak = next(test for test in found.checks if test.name == "comparison group")
    assert weak.state == "caution"


def test_before_and_after_alone_is_weaker_still(place: Desk) -> None:
    rows = [[f"R{k:03}", f"2026-{2 + k % 2:02}-{1 + k // 2 % 28:02}", 10 if k % 7 else 2] for k in range(300)]
    table = place.take(place.file("alone.csv", [["Response ID", "Survey date", "NPS"], *rows]),
                       corrections={"nps": "NPS"})  # fmt: skip
    plan = Plan("nps", design="before_after", start=date(2026, 3, 1))
    found = compare.compare(place.engine, table, plan)
    assert [arm.name for arm in found.arms] == ["before", "after"]
    assert next(test for test in found.checks if test.name == "comparison group").state == "caution"
    with pytest.raises(CxError) as missing:
        compare.compare(place.engine, table, replace(plan, start=None))
    assert missing.value.code == "no_phase"
