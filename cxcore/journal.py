"""Level 4. The journal of experiments: each plan with its fingerprint and time, where it stands, what came of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from cxcore.errors import CannotCompute, FileRefused
from cxcore.experiment import Comparison, Entry, Guardrail, Plan
from cxcore.language import say
from cxcore.store import Facts
from cxcore.values import Condition

FORMAT = "cx-notebook experiments 1"
_LONGEST = 2_000_000  # bytes of a journal brought as a file
_MOST = 1_000  # experiments in one
_TEXT = 4_000  # characters of one text
_STATES = ("planned", "running", "finished", "stopped")
_OUTCOMES = ("better", "worse", "practically the same", "cannot tell yet", "ok", "too_few", "no_variation", "not_valid")


def fingerprint(plan: Plan) -> str:
    """What tells one plan from another: SHA-256 of all it says, the first 16 digits. Its name is no part of it."""
    said = json.dumps(as_words(replace(plan, name="")), sort_keys=True, ensure_ascii=False)
    return sha256(said.encode()).hexdigest()[:16]


def keep(facts: Facts, plan: Plan, *, now: datetime, entry_id: str | None = None, file: str = "") -> Entry:
    """The plan in the journal, as a new entry or a change of one. The same plan again changes nothing.

    One that is changed after its results were seen says so from then on. Raises CannotCompute for an entry that is not
    there.
    """
    mark = fingerprint(plan)
    if entry_id is None:
        entry = Entry(secrets.token_hex(8), plan, mark, now, now, first=mark, file=file)
        _save(facts, entry)
        return entry
    entry = _entry(facts, entry_id)
    if entry.plan == plan:
        return entry
    after = entry.changed_after_results or (entry.seen_at is not None and mark != entry.fingerprint)
    changed = replace(entry, plan=plan, fingerprint=mark, changed_at=now, changed_after_results=after)
    _save(facts, changed)
    return changed


def seen(facts: Facts, entry_id: str, comparison: Comparison, sentence: str, *, now: datetime) -> Entry:
    """The entry with what came of it, from the moment its results are looked at. An effect that is held back is not
    looked at."""
    entry = _entry(facts, entry_id)
    if comparison.held_back:
        return entry
    first = comparison.effects[0] if comparison.effects else None
    word = (first.verdict if first else None) or comparison.status
    ended = comparison.plan.size is None or all(arm.n >= comparison.plan.size for arm in comparison.arms)
    state = entry.state if entry.state == "stopped" else "finished" if ended else "running"
    found = replace(entry, state=state, seen_at=entry.seen_at or now, verdict=word, sentence=sentence)
    if found != entry:
        _save(facts, found)
    return found


def stop(facts: Facts, entry_id: str, *, now: datetime) -> Entry:
    """The entry, stopped before its end."""
    found = replace(_entry(facts, entry_id), state="stopped", changed_at=now)
    _save(facts, found)
    return found


def forget(facts: Facts, entry_id: str) -> None:
    """Takes an entry out of the journal."""
    facts.forget_experiment(entry_id)


def entries(facts: Facts) -> tuple[Entry, ...]:
    """All entries, the latest planned first."""
    found = [_read(json.loads(text)) for text in facts.experiments()]
    return tuple(sorted(found, key=lambda entry: (entry.planned_at, entry.id), reverse=True))


def as_file(held: Sequence[Entry]) -> bytes:
    """The entries as a file to keep: JSON."""
    said = {"format": FORMAT, "experiments": [_written(entry) for entry in held]}
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()


def from_file(facts: Facts, content: bytes) -> tuple[Entry, ...]:
    """The entries of such a file, put into the journal; those it holds already stay as they are, unless the file's are
    newer. Raises FileRefused for a file that is none."""
    try:
        said = json.loads(content.decode("utf-8")) if len(content) <= _LONGEST else None
        if not isinstance(said, dict) or said.get("format") != FORMAT or len(said["experiments"]) > _MOST:
            raise ValueError
        found = tuple(_read(one) for one in said["experiments"])
    except (ValueError, KeyError, TypeError, RecursionError) as bad:
        raise FileRefused(
            "not_a_journal",
            say("This file is no journal of experiments."),
            say("Bring a file that was downloaded from the Experiments page."),
        ) from bad
    known = {entry.id: entry for entry in entries(facts)}
    for entry in found:
        if entry.id not in known or known[entry.id].changed_at < entry.changed_at:
            _save(facts, entry)
    return found


def as_words(plan: Plan) -> dict[str, Any]:
    """A plan as JSON holds it."""
    said: dict[str, Any] = json.loads(json.dumps(asdict(plan), default=lambda day: day.isoformat()))
    return said


def from_words(said: Mapping[str, Any]) -> Plan:
    """The plan that `as_words` wrote; raises ValueError, TypeError or KeyError where it is none."""
    known = {field.name for field in fields(Plan)}
    if not set(said) <= known:
        raise ValueError("a plan knows no such word")
    held = dict(said)
    for name in ("metric", "name", "hypothesis"):
        held[name] = _text(held.get(name, ""))
    for name in ("rule", "variant", "control", "unit", "before"):
        held[name] = None if held.get(name) is None else _text(held[name])
    for name in ("effect", "margin"):
        held[name] = None if held.get(name) is None else _number(held[name])
    for name in ("power", "level"):
        held[name] = _number(held[name]) if name in held else getattr(Plan(""), name)
    for name in ("start", "end", "before_on"):
        held[name] = None if held.get(name) is None else date.fromisoformat(_text(held[name]))
    for name in ("changes", "treatments", "by"):
        held[name] = tuple(_text(one) for one in _list(held.get(name, ())))
    for name in ("split", "look_at"):
        held[name] = tuple(_number(one) for one in _list(held.get(name, ())))
    held["settings"] = tuple((_text(name), _text(value)) for name, value in _list(held.get("settings", ())))
    held["size"] = None if held.get("size") is None else int(_number(held["size"]))
    held["looks"] = _one_of(held.get("looks", "one"), ("one", "planned", "free"))
    held["design"] = _one_of(held.get("design", "arms"), ("arms", "before_after"))
    lower = held.get("lower_is_better")
    held["lower_is_better"] = None if lower is None else bool(lower)
    held["guardrails"] = tuple(
        Guardrail(_text(one["metric"]), _number(one["margin"])) for one in _list(held.get("guardrails", ()))
    )
    held["where"] = tuple(
        Condition(_text(one["column"]), _one_of(one["comparison"], ("=", "!=", "<", "<=", ">", ">=")),
                  _text(one["value"]))
        for one in _list(held.get("where", ()))
    )  # fmt: skip
    return Plan(**held)


def _entry(facts: Facts, entry_id: str) -> Entry:
    for entry in entries(facts):
        if entry.id == entry_id:
            return entry
    raise CannotCompute(
        "no_such_experiment",
        say("This experiment is not in the journal."),
        say("It may have been taken out in another window; keep the plan again."),
    )


def _save(facts: Facts, entry: Entry) -> None:
    facts.keep_experiment(entry.id, json.dumps(_written(entry), ensure_ascii=False, sort_keys=True))


def _written(entry: Entry) -> dict[str, Any]:
    said = {field.name: getattr(entry, field.name) for field in fields(Entry) if field.name != "plan"}
    for name in ("planned_at", "changed_at", "seen_at"):
        said[name] = said[name].isoformat() if said[name] is not None else None
    return said | {"plan": as_words(entry.plan)}


def _read(said: Mapping[str, Any]) -> Entry:
    plan = from_words(said["plan"])
    mark = fingerprint(plan)
    if mark != said["fingerprint"]:
        raise ValueError("the plan was changed outside the journal")
    outcome = said.get("verdict")
    return Entry(
        id=_text(said["id"]), plan=plan, fingerprint=mark, planned_at=_time(said["planned_at"]),
        changed_at=_time(said["changed_at"]), state=_one_of(said["state"], _STATES), first=_text(said["first"]),
        seen_at=None if said.get("seen_at") is None else _time(said["seen_at"]),
        changed_after_results=bool(said["changed_after_results"]),
        verdict=None if outcome is None else _one_of(outcome, _OUTCOMES), sentence=_text(said["sentence"]),
        file=_text(said["file"]),
    )  # fmt: skip


def _time(value: Any) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _TEXT:
        raise ValueError("no text")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    return value


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError("no list")
    return value


def _one_of(value: Any, known: Sequence[str]) -> Any:
    if value not in known:
        raise ValueError("not one of those")
    return value
