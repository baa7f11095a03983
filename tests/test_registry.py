"""Every metric of the list can be asked everything a metric is asked; every role of the contract is there."""

from __future__ import annotations

import ast
from pathlib import Path

import ibis
import pytest

from cxcore.language import Message
from cxcore.metrics import EXPERIENCE, METRICS
from cxcore.roles import ROLES

CONTRACT = {
    "interaction_id", "response_id", "customer_id", "created_at", "first_response_at", "resolved_at", "reopened_at",
    "answered_at", "event_at", "wait_duration", "first_response_duration", "talk_duration", "hold_duration",
    "wrap_duration", "handle_duration", "resolution_duration", "agent", "team", "channel", "topic", "touchpoint",
    "stage", "product", "country", "language", "status", "answered", "abandoned", "resolved_first_contact", "reopened",
    "replies", "nps", "csat", "ces", "needs_met", "ease", "enjoyment", "comment", "variant", "phase", "churned",
    "revenue", "invited", "converted",
}  # fmt: skip


def test_the_roles_are_the_contracts() -> None:
    assert set(ROLES) == CONTRACT


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.name)
def test_a_role_has_a_meaning_and_words(role: object) -> None:
    found = ROLES[role.name]  # type: ignore[attr-defined]
    assert isinstance(found.meaning, Message)
    assert found.strong
    assert all(word == word.casefold() and word.isascii() for word in (*found.strong, *found.weak, *found.never))


@pytest.mark.parametrize("metric", EXPERIENCE, ids=lambda metric: metric.name)
def test_a_metric_can_be_asked_everything(metric: object) -> None:
    found = METRICS[metric.name]  # type: ignore[attr-defined]
    assert set(found.needs) <= set(ROLES)
    assert found.direction in {-1, 0, 1}
    names = [rule.name for rule in found.rules]
    assert len(names) == len(set(names)) >= 1
    rows = ibis.table(dict.fromkeys(found.needs, "float64"), name="rows")
    for rule in found.rules:
        value = rule.value(rows[found.needs[0]], (1.0, 5.0))
        assert value.type().is_numeric()
        low, high = rule.bounds((1.0, 5.0))
        assert low < high
        for text in (found.title, found.question, found.source, rule.meaning):
            assert isinstance(text, Message)
            assert text.text


def test_every_command_is_documented() -> None:
    root = Path(__file__).parent.parent
    source = ast.parse((root / "cxcore" / "__main__.py").read_text(encoding="utf-8"))
    commands = {
        node.args[0].value
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_parser"
        and isinstance(node.args[0], ast.Constant)
    }  # fmt: skip
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert commands
    for command in commands:
        assert f"python -m cxcore {command}" in readme
