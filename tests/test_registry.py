"""Every metric of the list can be asked everything a metric is asked; every role of the contract is there."""

from __future__ import annotations

import ast
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pytest

from cxcore.language import Message
from cxcore.metrics import METRICS
from cxcore.metrics.base import MOMENTS
from cxcore.metrics.sight import Sight
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


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_metric_can_be_asked_everything(metric: object) -> None:
    found = METRICS[metric.name]  # type: ignore[attr-defined]
    assert set(found.needs) <= set(ROLES)
    assert found.direction in {-1, 0, 1}
    names = [rule.name for rule in found.rules]
    assert len(names) == len(set(names)) >= 1
    seen = sight(found.settings) if found.desk else ibis.table({found.needs[0]: "float64"}, name="rows")[found.needs[0]]
    for rule in found.rules:
        value = rule.value(seen, (1.0, 5.0))
        assert value.type().is_numeric()
        low, high = rule.bounds((1.0, 5.0))
        assert low < high
        for text in (found.title, found.question, found.source, rule.meaning, rule.title):
            assert isinstance(text, Message)
            assert text.text
        assert set(rule.needs) | set(rule.dated) <= set(ROLES)
        assert (rule.quantile is not None) == (rule.family in {"quantile", "survival"})
        assert (rule.per is not None) == (rule.family == "ratio")
        assert (rule.stopped is not None) == (rule.family == "survival")
        if found.desk:
            assert found.dated
            assert rule.reasons is None or all(is_so.type().is_boolean() for is_so in rule.reasons(seen).values())
        else:
            assert rule.family in MOMENTS


def sight(settings: tuple[Any, ...]) -> Sight:
    """A row that has every role a desk may write."""
    kinds = {"time": "timestamp", "duration": "float64", "flag": "float64", "count": "float64", "rating": "float64"}
    columns = {role.name: kinds.get(role.type, "string") for role in ROLES.values()}
    columns |= {f"{role.name}_clock": "float64" for role in ROLES.values() if role.type == "time"}
    columns |= {f"{setting.name}_seconds": "float64" for setting in settings} | {"row": "int32"}
    numbers = tuple((setting.name, setting.default) for setting in settings if setting.default is not None)
    return Sight(ibis.table(columns, name="rows"), numbers, datetime(2026, 1, 31), 0.0)


def test_every_command_is_documented() -> None:
    root = Path(__file__).parent.parent
    source = ast.parse((root / "cxcore" / "commands" / "parse.py").read_text(encoding="utf-8"))
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
