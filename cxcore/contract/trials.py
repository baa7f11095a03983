"""Experiments as the contract has them, and the same for a person at a terminal."""

from __future__ import annotations

import math
from typing import Any

from cxcore import findings
from cxcore.experiment import Also, Comparison, Effect, Guarded, Needed
from cxcore.language import Lang, number, plain, say, words


def compared(found: Comparison, lang: Lang) -> dict[str, Any]:
    """What `compare` says: the contract's object. Numbers are null where they must not be given."""
    said: dict[str, Any] = _finite(_compared(found, lang))
    return said


def _finite(said: Any) -> Any:
    """The same with null for what is no number in JSON."""
    if isinstance(said, dict):
        return {key: _finite(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_finite(value) for value in said]
    return None if isinstance(said, float) and not math.isfinite(said) else said


def _compared(found: Comparison, lang: Lang) -> dict[str, Any]:
    return {
        "metric": found.metric,
        "unit": found.unit,
        "status": found.status,
        "held_back": found.held_back,
        "arms": {
            arm.name: {"n": arm.n, "units": arm.units, "value": arm.value, "low": arm.low, "high": arm.high,
                       "method": words(arm.method, lang)}
            for arm in found.arms
        },
        "effects": [_effect(found, effect, lang) for effect in found.effects],
        "checks": [
            {"name": check.name, "state": check.state, "p": check.p, "says": words(check.says, lang)}
            for check in found.checks
        ],
        "clusters": None if found.clusters is None else {
            "unit": found.clusters.unit, "units": dict(found.clusters.units),
            "rows_per_unit": found.clusters.rows_per_unit, "icc": found.clusters.icc,
        },
        "assumed": words(found.assumed, lang) if found.assumed else None,
        "guardrails": [_guarded(found, each, lang) for each in found.guardrails],
        "segments": [
            {"by": dict(effect.by), "exploration": True, **_effect(found, effect, lang)} for effect in found.segments
        ],
        "together": [_also(view, lang) for view in found.together],
        "notes": [words(note, lang) for note in found.notes],
    }  # fmt: skip


def _effect(found: Comparison, effect: Effect, lang: Lang) -> dict[str, Any]:
    return {
        "control": effect.control,
        "treatment": effect.treatment,
        "status": effect.status,
        "told": effect.told,
        "value": effect.value,
        "low": effect.low,
        "high": effect.high,
        "level": effect.level,
        "p": effect.p,
        "p_alone": effect.p_alone,
        "method": words(effect.method, lang),
        "verdict": effect.verdict,
        "real": effect.real,
        "inner": list(effect.inner) if effect.inner else None,
        "needed_per_arm": effect.needed_per_arm,
        "more_per_arm": effect.more_per_arm,
        "says": words(findings.of_effect(found, effect), lang),
        "also": [_also(view, lang) for view in effect.also],
    }


def _also(view: Also, lang: Lang) -> dict[str, Any]:
    return {"name": view.name, "value": view.value, "low": view.low, "high": view.high, "p": view.p, "unit": view.unit,
            "method": words(view.method, lang)}  # fmt: skip


def _guarded(found: Comparison, each: Guarded, lang: Lang) -> dict[str, Any]:
    effect = each.effect
    return {
        "metric": each.metric, "unit": each.unit, "margin": each.margin, "treatment": effect.treatment,
        "holds": each.holds, "bound": each.bound, "value": effect.value, "low": effect.low, "high": effect.high,
        "p": effect.p, "method": words(effect.method, lang), "says": words(findings.of_guardrail(found, each), lang),
    }  # fmt: skip


def planned(needed: Needed, lang: Lang) -> dict[str, Any]:
    """What `plan` says: the contract's object."""
    return {
        "per_arm": needed.per_arm,
        "half_width": needed.half_width,
        "says": words(findings.of_needed(needed), lang),
        "unit": needed.baseline.unit,
        "baseline": {"kind": needed.baseline.kind, "mean": needed.baseline.mean, "sd": needed.baseline.variance**0.5,
                     "n": needed.baseline.n, "rows_per_unit": needed.baseline.rows_per_unit,
                     "icc": needed.baseline.icc},
        "effect": needed.effect, "power": needed.power, "level": needed.level,
    }  # fmt: skip


def planned_text(needed: Needed, lang: Lang) -> str:
    """What `plan` says to a person."""
    return words(findings.of_needed(needed), lang)


def comparison_text(found: Comparison, lang: Lang) -> str:
    """What `compare` says to a person: the verdict, its ground, the arms, the checks."""
    lines = [words(findings.of_effect(found, effect), lang) for effect in found.effects]
    if not found.held_back:
        for effect in found.effects:
            lines.append("  " + words(findings.ground_of_effect(found, effect), lang))
        lines += ["  " + _arm(found, k, lang) for k in range(len(found.arms))]
    for check in found.checks:
        name, state = words(findings.check_name(check), lang), words(_STATES[check.state], lang)
        lines.append(f"  [{state}] {name}: {words(check.says, lang)}")
    lines += [words(findings.of_guardrail(found, each), lang) for each in found.guardrails]
    if found.segments:
        lines.append(words(say("By segment, as exploration (corrected for looking at several):"), lang))
        for effect in found.segments:
            group = ", ".join(f"{name}: {value}" for name, value in effect.by)
            lines.append(f"  {group}: {words(findings.of_effect(found, effect), lang)}")
    if found.assumed:
        lines.append(words(found.assumed, lang))
    lines += [words(note, lang) for note in found.notes]
    return "\n".join(lines)


_STATES = {"ok": say("in order"), "caution": say("caution"), "fail": say("failed")}


def _arm(found: Comparison, k: int, lang: Lang) -> str:
    arm = found.arms[k]
    if arm.value is None:
        return words(say("{name}: {method} (n = {n})", name=plain(arm.name), method=arm.method, n=arm.n), lang)
    value = words(findings.amount(arm.value, found.unit, signed=False), lang)
    if arm.low is None or arm.high is None:
        return words(say("{name}: {value} (n = {n})", name=plain(arm.name), value=value, n=number(arm.n, lang)), lang)
    low, high = (words(findings.amount(end, found.unit, signed=False), lang) for end in (arm.low, arm.high))
    return words(say("{name}: {value} (95 % interval {low} to {high}, n = {n})", name=plain(arm.name), value=value,
                     low=low, high=high, n=arm.n), lang)  # fmt: skip
