"""One file under the rules of every product: how far the answer moves, what is left out, what cannot be asked."""

from __future__ import annotations

import pytest
from desk import Desk
from test_desk_metrics import cases, published_day

from cxcore.language import words
from cxcore.metrics import METRICS
from cxcore.metrics.alternatives import Alternative, alternatives, told


def found(desk: Desk, rows: list[list[object]], name: str) -> dict[str, Alternative]:
    table = desk.take(desk.file("a.csv", rows))
    return {one.rule.name: one for one in alternatives(desk.engine, table, METRICS[name])}


def test_the_published_day_under_all_five_formulas_and_ours(desk: Desk) -> None:
    ledger = found(desk, published_day(), "service_level")
    values = {name: one.estimate.value for name, one in ledger.items() if one.estimate}
    assert values == pytest.approx(
        {"short_abandons_out": 81.9, "abandons_within_met": 83.0, "of_answered": 86.0, "of_offered": 81.1,
         "abandons_within_out": 82.7, "short_abandons_met": 82.1}, abs=0.05)  # fmt: skip
    ours = ledger["short_abandons_out"]
    assert ours.shift is None
    assert ledger["of_answered"].shift == pytest.approx(86.0 - 100 * 860 / 1050)
    assert dict(ledger["of_answered"].left_out)["abandoned"] == 60
    said = words(told(ledger["of_answered"], ours), "en")
    assert said.endswith("86.0 % (n = 1,000), +4.1 points against ours.")
    assert "This is the rule in force" in words(told(ours, ours), "en")


def test_first_contact_resolution_of_each_product(desk: Desk) -> None:
    stories = [("A", "bill", 5 * k, 5 * k + 1, 5 * k + 2, int(k % 4 == 0), 1 + k % 2) for k in range(60)]
    ledger = found(desk, cases(*stories), "fcr")
    assert {name: one.estimate.value for name, one in ledger.items() if one.estimate} == {
        "no_return": 0.0, "zendesk": 75.0, "freshdesk": 50.0, "intercom": 75.0, "zammad": 0.0,
    }  # fmt: skip
    assert ledger["flag"].lacking == ("resolved_first_contact",)
    assert ledger["zendesk"].rule.products == ("Zendesk",)
    assert "not measured" in words(told(ledger["flag"], ledger["no_return"]), "en")


def test_first_response_of_each_product(desk: Desk) -> None:
    """Replies after 1, 1, 1, 5 hours and one case that still waits: the median stays, the mean of the answered is 2."""
    stories = [("A", "bill", k, k + (5 if k % 4 == 0 else 1), k + 9, 0, 1) for k in range(40)]
    ledger = found(desk, cases(*stories, ("B", "bill", 0, None, None, 0, 0)), "first_response")
    ours = ledger["median"].estimate
    assert ours is not None
    assert (ours.n, ours.value) == (41, 3600.0)
    chatwoot = ledger["mean_answered"]
    assert "Chatwoot" in chatwoot.rule.products
    assert chatwoot.shift == pytest.approx(3600.0)
    assert dict(chatwoot.left_out)["still_open"] == 1
    assert "+60 min against ours" in words(told(chatwoot, ledger["median"]), "en")


def test_csat_under_each_rule(desk: Desk) -> None:
    """METRICS.md: one sample gives 70.0, 40.0, 71.25 and 3.85; a mean on its scale is no percentage to compare."""
    sample = [5] * 40 + [4] * 30 + [3] * 15 + [2] * 5 + [1] * 10
    rows: list[list[object]] = [["Response ID", "Survey date", "CSAT (1-5)"]]
    rows += [[k, f"2026-01-{1 + k % 28:02}", score] for k, score in enumerate(sample)]
    ledger = found(desk, rows, "csat")
    assert [one.estimate.value for one in ledger.values() if one.estimate] == pytest.approx([70.0, 40.0, 3.85, 71.25])
    assert [one.shift for one in ledger.values()] == [None, pytest.approx(-30.0), None, pytest.approx(1.25)]
    assert {"Zendesk", "Intercom", "Chatwoot"} <= set(ledger["top_two"].rule.products)


def test_a_file_without_the_columns_has_no_ledger(desk: Desk) -> None:
    assert found(desk, [["Response ID", "NPS"], *[[k, 9] for k in range(30)]], "first_response") == {}
