"""How many answers an effect takes: published figures, and what follows from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from cxcore import compare, plan
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.experiment import Plan
from cxcore.store import Workspace

SAMPLE = Path(__file__).parent.parent / "sample_data"


@pytest.mark.parametrize(("effect", "per_arm"), [(10, 958), (20, 240)])
def test_the_sizes_of_the_specification(effect: float, per_arm: int) -> None:
    assert plan.needed(plan.typed("nps", "50/20"), effect).per_arm == per_arm


@pytest.mark.parametrize(
    ("metric", "baseline", "effect", "power", "per_arm"),
    [("csat", "50", 25, 0.9, 77), ("ces", "5/1", 1, 0.9, 23)],  # R: power.prop.test 76.7, power.t.test 22.02
)
def test_the_sizes_of_r(metric: str, baseline: str, effect: float, power: float, per_arm: int) -> None:
    assert plan.needed(plan.typed(metric, baseline), effect, power).per_arm == per_arm


def test_customers_who_repeat_cost_more_answers() -> None:
    alone, often = (plan.typed("ces", "4/1", rows_per_unit=m, icc=0.3) for m in (1, 4))
    assert plan.needed(often, 0.2).per_arm == pytest.approx(745.64 + 2, abs=2)  # R: 745.64 by the normal distribution
    assert plan.needed(alone, 0.2).per_arm < 400


def test_what_is_needed_sees_what_was_asked() -> None:
    for name, text, effect in (("nps", "50/20", 10.0), ("csat", "62", 8.0), ("handle_time", "300/120", 30.0)):
        base = plan.typed(name, text)
        n = plan.needed(base, effect).per_arm
        assert plan.visible(base, n) <= effect < plan.visible(base, n * 0.98)
        curve = plan.power_curve(base, effect)
        assert [power for _, power in curve] == sorted(power for _, power in curve)
        assert min(curve, key=lambda point: abs(point[0] - n))[1] == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(
    ("metric", "text"),
    [("nps", "50"), ("nps", "80/30"), ("csat", "120"), ("csat", "50/20"), ("ces", "4"), ("ces", "4/0"), ("nps", "a/b"),
     ("nps", "50/20/1"), ("nps", ""), ("csat", "-5"), ("csat", "nan")],
)  # fmt: skip
def test_a_baseline_that_says_nothing_is_refused(metric: str, text: str) -> None:
    with pytest.raises(CxError) as refused:
        plan.typed(metric, text)
    assert refused.value.code == "bad_baseline"


@pytest.mark.parametrize(("effect", "code"), [(0, "no_effect"), (150, "effect_too_large")])
def test_an_effect_that_cannot_be(effect: float, code: str) -> None:
    with pytest.raises(CxError) as refused:
        plan.needed(plan.typed("csat", "62"), effect)
    assert refused.value.code == code


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("plan")
    engine = Engine(folder)
    yield Desk(engine, Workspace(folder / "workspace"), folder)
    engine.close()


def test_the_baseline_of_a_file_is_its_control_arm(place: Desk) -> None:
    found = compare.baseline(place.engine, place.take(SAMPLE / "experiment.csv"), Plan("csat"))
    assert found.mean == pytest.approx(62, abs=2.5)  # planted
    assert 1000 < found.n < 1400
    assert found.variance == pytest.approx(found.mean * (100 - found.mean), rel=1e-3)


def test_without_arms_it_is_the_whole_file(place: Desk) -> None:
    rows = [["ID risposta", "NPS"], *[[f"R{k:03}", 10 if k % 10 < 5 else 8 if k % 10 < 8 else 2] for k in range(1000)]]
    table = place.take(place.file("nps.csv", rows), corrections={"nps": "NPS"})
    found = compare.baseline(place.engine, table, Plan("nps"))
    assert (found.n, found.mean) == (1000, pytest.approx(30))
    assert plan.needed(found, 10).per_arm == pytest.approx(958, abs=2)
