"""The journal keeps what was planned, and says what was changed after the results were seen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cxcore import compare, journal
from cxcore.compare import Given
from cxcore.errors import CxError
from cxcore.experiment import Guardrail, Plan
from cxcore.store import Facts
from cxcore.values import Condition

NOW, LATER, LAST = (datetime(2026, 3, day, 9, 30, tzinfo=UTC) for day in (1, 8, 15))
PLAN = Plan(
    "nps", rule="per_answer", settings=(("within", "60"),), name="Guide", hypothesis="È più facile", changes=("guide",),
    variant="Variante", control="attuale", treatments=("nuova",), effect=5.0, margin=3.0, split=(50.0, 50.0), size=400,
    start=date(2026, 1, 12), end=date(2026, 4, 5), looks="planned", look_at=(0.5, 1.0),
    guardrails=(Guardrail("csat", 3.0),), by=("product",), where=(Condition("channel", "=", "chat"),), before="Età",
    before_on=date(2026, 1, 1), lower_is_better=False,
)  # fmt: skip
FOUND = compare.of_aggregates([Given("attuale", 400, count=250), Given("nuova", 400, count=290)], Plan("nps"))


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return Facts(tmp_path / "facts.sqlite")


def test_a_plan_survives_as_words() -> None:
    said = json.loads(json.dumps(journal.as_words(PLAN)))
    assert journal.from_words(said) == PLAN
    assert journal.fingerprint(journal.from_words(said)) == journal.fingerprint(PLAN)


def test_another_plan_has_another_fingerprint_and_another_name_has_not() -> None:
    assert journal.fingerprint(replace(PLAN, name="Second try")) == journal.fingerprint(PLAN)
    for other in (replace(PLAN, effect=4.0), replace(PLAN, end=None), replace(PLAN, hypothesis="")):
        assert journal.fingerprint(other) != journal.fingerprint(PLAN)


def test_a_change_before_the_results_is_no_offence_and_one_after_is_said(facts: Facts) -> None:
    entry = journal.keep(facts, PLAN, now=NOW, file="experiment.csv")
    changed = journal.keep(facts, replace(PLAN, effect=6.0), now=LATER, entry_id=entry.id)
    assert (changed.changed_after_results, changed.first) == (False, entry.fingerprint)
    looked = journal.seen(facts, entry.id, FOUND, "NPS is better.", now=LATER)
    assert (looked.verdict, looked.seen_at, looked.state) == ("better", LATER, "finished")
    late = journal.keep(facts, replace(PLAN, effect=7.0), now=LAST, entry_id=entry.id)
    assert late.changed_after_results
    back = journal.keep(facts, PLAN, now=LAST, entry_id=entry.id)
    assert back.changed_after_results  # it was changed, whatever it says now
    assert journal.entries(facts) == (back,)


def test_the_same_again_changes_nothing(facts: Facts) -> None:
    entry = journal.keep(facts, PLAN, now=NOW)
    journal.seen(facts, entry.id, FOUND, "NPS is better.", now=LATER)
    again = journal.keep(facts, PLAN, now=LAST, entry_id=entry.id)
    assert (again.changed_at, again.changed_after_results) == (NOW, False)
    assert journal.seen(facts, entry.id, FOUND, "NPS is better.", now=LAST).seen_at == LATER


def test_an_effect_that_is_held_back_was_not_seen(facts: Facts) -> None:
    entry = journal.keep(facts, PLAN, now=NOW)
    assert journal.seen(facts, entry.id, replace(FOUND, held_back=True), "", now=LATER).seen_at is None


def test_a_journal_is_carried_as_a_file(facts: Facts, tmp_path: Path) -> None:
    kept = journal.keep(facts, PLAN, now=NOW)
    stopped = journal.stop(facts, kept.id, now=LATER)
    content = journal.as_file(journal.entries(facts))
    elsewhere = Facts(tmp_path / "other.sqlite")
    assert journal.from_file(elsewhere, content) == (stopped,)
    assert journal.entries(elsewhere) == (stopped,)
    later = journal.keep(elsewhere, replace(PLAN, effect=9.0), now=LAST, entry_id=kept.id)
    journal.from_file(elsewhere, content)
    assert journal.entries(elsewhere) == (later,)  # an older file takes nothing back
    journal.forget(elsewhere, kept.id)
    assert journal.entries(elsewhere) == ()


def broken() -> list[bytes]:
    good = {"format": journal.FORMAT, "experiments": []}
    entry = {"id": "a", "plan": journal.as_words(PLAN), "fingerprint": journal.fingerprint(PLAN), "first": "",
             "planned_at": NOW.isoformat(), "changed_at": NOW.isoformat(), "state": "planned", "seen_at": None,
             "changed_after_results": False, "verdict": None, "sentence": "", "file": ""}  # fmt: skip
    plan = journal.as_words(PLAN)
    wrong = [
        {**entry, "fingerprint": "0" * 16}, {**entry, "state": "won"}, {**entry, "verdict": "splendid"},
        {**entry, "planned_at": "2026-03-01T09:30:00"}, {**entry, "plan": {**plan, "effect": "5"}},
        {**entry, "plan": {**plan, "looks": "often"}}, {**entry, "plan": {**plan, "code": "import os"}},
        {**entry, "plan": {**plan, "by": "product"}}, {**entry, "plan": []}, {**entry, "sentence": "x" * 5000}, 7,
    ]  # fmt: skip
    said = [json.dumps({**good, "experiments": [one]}) for one in wrong]
    said += ["", "[]", "{}", '{"format": 1}', "\x00", "[" * 100_000, json.dumps({**good, "format": "other"})]
    return [text.encode() for text in said] + [b"\xff\xfe", b" " * 3_000_000]


@pytest.mark.parametrize("content", broken(), ids=range(len(broken())))
def test_what_is_no_journal_is_refused_and_nothing_is_kept(facts: Facts, content: bytes) -> None:
    with pytest.raises(CxError) as refused:
        journal.from_file(facts, content)
    assert refused.value.code == "not_a_journal"
    assert journal.entries(facts) == ()


def test_an_entry_that_is_gone_is_an_error_with_a_hint(facts: Facts) -> None:
    with pytest.raises(CxError) as missing:
        journal.keep(facts, PLAN, now=NOW, entry_id="nobody")
    assert missing.value.code == "no_such_experiment"
