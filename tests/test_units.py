"""Durations come out in seconds: by their name, by how they are written, by the other times of the row, else asked."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from cxcore.errors import UnknownName
from cxcore.mapping import durations, headers
from cxcore.receipt import figures
from cxcore.values import RoleUse, Table

START = datetime(2026, 1, 5, 9, 0)


def sheet(desk: Desk, header: str, cells: list[object], **others: list[object]) -> Path:
    """A case a row with one duration column; `others` are further columns by their names, _ for a space."""
    names = [name.replace("_", " ") for name in others]
    rows: list[list[object]] = [["Ticket ID", "Created at", "Agent", header, *names]]
    for k, cell in enumerate(cells):
        rows.append([f"T{k:04}", (START + timedelta(hours=5 * k, seconds=7 * k)).isoformat(" "), "Anna", cell,
                     *(values[k] for values in others.values())])  # fmt: skip
    return desk.file("cases.csv", rows)


def use_of(table: Table, role: str) -> RoleUse:
    use = table.mapping.use(role)
    assert use is not None, [own.role for own in table.mapping.roles]
    return use


def mean(desk: Desk, table: Table, role: str) -> float | None:
    return figures(desk.engine, table)[role].mean


def codes(table: Table, severity: str = "warning") -> set[str]:
    return {problem.code for problem in table.problems if problem.severity == severity}


def asks(table: Table) -> list[str]:
    return [question.about for question in table.mapping.questions]


SPELLED: list[tuple[str, float]] = [
    ("135:40:34.6", 135 * 3600 + 40 * 60 + 34.6), ("1:02:03", 3723), ("26:15:00", 94_500), ("2 days 3 hours", 183_600),
    ("1h 20m", 4800), ("1h20", 4800), ("2 giorni 3 ore", 183_600), ("1 ora e 20 minuti", 4800), ("PT5M", 300),
    ("P1DT2H3M4.5S", 93_784.5), ("90 min", 5400), ("250 ms", 0.25), ("1,5 ore", 5400), ("1.5 h", 5400),
    ("1d 2h 3m", 93_780),
    ("-00:10:00", -600), ("2 days, 1:00:00", 176_400), ("0 days 02:15:00.000000", 8100), ("-1 days +22:00:00", -7200),
    ("1.02:03:04", 93_784), ("12:03:25 AM", 205), ("1:00:00 PM", 46_800), ("12:30 min", 750), ("2:30 h", 9000),
    ("5'30\"", 330), ("2 jours", 172_800), ("3 Stunden 5 Minuten", 11_100), ("1 week", 604_800),
    ("1900-01-01 00:05:00", 300),
]  # fmt: skip


@pytest.mark.parametrize(("text", "seconds"), SPELLED)
def test_a_duration_is_read_as_it_is_written(text: str, seconds: float) -> None:
    decimal = "," if "," in text and "days" not in text else "."
    assert durations.seconds(text, decimal=decimal) == pytest.approx(seconds)


@pytest.mark.parametrize(("text", "seconds"), SPELLED)
def test_the_engine_reads_it_so_too(desk: Desk, text: str, seconds: float) -> None:
    table = desk.take(sheet(desk, "Resolution time", [text] * 6))
    if seconds < 0:
        assert mean(desk, table, "resolution_duration") is None
        assert "negative_duration" in codes(table)
    else:
        assert mean(desk, table, "resolution_duration") == pytest.approx(seconds)


@pytest.mark.parametrize("text", [
    "2026-01-05 10:00:00", "05/01/2026", "open", "1:75:00", "PT", "P1M", "", "soon", "1.2.3", "12:30:99",
])  # fmt: skip
def test_what_is_no_duration_is_none(text: str) -> None:
    assert durations.seconds(text, unit="s", clock="mm:ss") is None


@pytest.mark.parametrize(("header", "unit"), [
    ("First reply time in minutes within business hours", "min"), ("First response time (in hrs)", "h"),
    ("Agent's wait", None), ("Second response time", None), ("wait_sec", "s"), ("waitMs", "ms"), ("Close In Min",
    "min"),
    ("Duration (HH:MM:SS)", None), ("hours to resolve", "h"), ("minuti di conversazione", "min"),
    ("Ora risposta", None),
    ("Tempo di attesa (secondi)", "s"), ("Resolution time (business hours)", None), ("Min wait time", None),
    ("talk time [s]", "s"), ("Tempo di gestione in ore", "h"), ("giorni di risoluzione", "d"),
    ("Resolution time", None),
])  # fmt: skip
def test_the_unit_a_header_names(header: str, unit: str | None) -> None:
    assert headers.unit_named(header) == unit


@pytest.mark.parametrize(("header", "factor"), [
    ("Talk time (s)", 1), ("Talk time in minutes", 60), ("Durata chiamata (min)", 60), ("Talk time (hours)", 3600),
    ("talk_time_ms", 0.001),
])  # fmt: skip
def test_bare_numbers_in_the_unit_of_the_name(desk: Desk, header: str, factor: float) -> None:
    table = desk.take(sheet(desk, header, [60, 120, 180, 240]))
    assert mean(desk, table, "talk_duration") == pytest.approx(150 * factor)
    assert asks(table) == []


def test_hours_in_the_name_but_clocks_in_the_cells(desk: Desk) -> None:
    table = desk.take(sheet(desk, "Resolution time (in hrs)", ["27:30:00", "00:30:00", "135:40:34"]))
    assert mean(desk, table, "resolution_duration") == pytest.approx((99_000 + 1800 + 488_434) / 3)
    assert "duration_unit_contradicted" in codes(table, "info")


@pytest.mark.parametrize(("unit", "factor"), [("ms", 0.001), ("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)])
def test_the_other_times_of_the_row_tell_the_unit(desk: Desk, unit: str, factor: float) -> None:
    spans = [timedelta(hours=7 + 3 * k, minutes=11 * k % 60, seconds=k) for k in range(30)]
    created = [START + timedelta(hours=5 * k, seconds=7 * k) for k in range(30)]
    solved: list[object] = [(begun + span).isoformat(" ") for begun, span in zip(created, spans, strict=True)]
    cells: list[object] = [round(span.total_seconds() / factor, 4) for span in spans]
    table = desk.take(sheet(desk, "Resolution time", cells, Resolved_at=solved))
    use = use_of(table, "resolution_duration")
    assert (use.unit, asks(table), codes(table)) == (unit, [], set())
    found = mean(desk, table, "resolution_duration")
    assert found == pytest.approx(sum(span.total_seconds() for span in spans) / 30, rel=1e-3)


def test_whole_hours_beside_times_to_the_minute(desk: Desk) -> None:
    hours = [3 + 7 * k % 50 for k in range(30)]
    solved: list[object] = [(START + timedelta(hours=5 * k + hours[k], minutes=13 * k % 60)).isoformat(" ")
                            for k in range(30)]  # fmt: skip
    table = desk.take(sheet(desk, "Resolution time", list(hours), Resolved_at=solved))
    assert use_of(table, "resolution_duration").unit == "h"
    assert asks(table) == []


def test_a_name_the_times_contradict_gives_way_and_it_is_said(desk: Desk) -> None:
    minutes: list[object] = [200 + 37 * k % 900 for k in range(30)]
    solved: list[object] = [(START + timedelta(hours=5 * k, seconds=7 * k, minutes=int(str(minutes[k])))).isoformat(" ")
                            for k in range(30)]  # fmt: skip
    table = desk.take(sheet(desk, "Resolution time (hours)", minutes, Resolved_at=solved))
    assert use_of(table, "resolution_duration").unit == "min"
    assert "duration_unit_contradicted" in codes(table)


def test_where_nothing_tells_the_unit_it_is_asked(desk: Desk) -> None:
    path = sheet(desk, "Handle time", [5, 7, 12, 30, 4, 9])
    table = desk.take(path)
    assert asks(table) == ["handle_duration.unit"]
    assert "duration_unit_unknown" in codes(table)
    settled = desk.take(path, corrections={"handle_duration.unit": "min"})
    assert mean(desk, settled, "handle_duration") == pytest.approx(60 * 67 / 6)
    assert asks(settled) == []
    with pytest.raises(UnknownName):
        desk.take(path, corrections={"handle_duration.unit": "fortnights"})


@pytest.mark.parametrize(("header", "cells", "clock"), [
    ("Durata chiamata (mm:ss)", ["2:30", "0:45", "12:10"], "mm:ss"),
    ("Tempo di gestione (hh:mm)", ["2:30", "0:45", "12:10"], "h:mm"),
    ("Handle time (min)", ["2:30", "0:45", "12:10"], "mm:ss"),
    ("Handle time", ["2:30.5", "0:45.0", "12:10.2"], "mm:ss"),
    ("Handle time", ["59:30", "0:45", "12:10", "1:00:05", "1:12:09", "2:00:00"], "mm:ss"),
    ("Talk time", ["2:30", "3:45", "12:10"], "mm:ss"),
])  # fmt: skip
def test_two_parts_of_a_clock_by_evidence(desk: Desk, header: str, cells: list[object], clock: str) -> None:
    table = desk.take(sheet(desk, header, cells))
    (use,) = [own for own in table.mapping.roles if own.role.endswith("duration")]
    assert use.clock == clock
    assert asks(table) == []


def test_two_parts_of_a_clock_by_the_other_times(desk: Desk) -> None:
    spans = [timedelta(hours=2 + 3 * k % 40, minutes=7 * k % 60) for k in range(20)]
    solved: list[object] = [(START + timedelta(hours=5 * k, seconds=7 * k) + span).isoformat(" ")
                            for k, span in enumerate(spans)]  # fmt: skip
    cells: list[object] = [
        f"{int(span.total_seconds()) // 3600}:{int(span.total_seconds()) // 60 % 60:02}" for span in spans
    ]
    table = desk.take(sheet(desk, "Resolution time", cells, Resolved_at=solved))
    assert (use_of(table, "resolution_duration").clock, asks(table)) == ("h:mm", [])


def test_two_parts_of_a_clock_are_asked_about_where_nothing_tells(desk: Desk) -> None:
    path = sheet(desk, "Handle time", ["0:30", "2:45", "1:10", "0:20"])
    table = desk.take(path)
    assert asks(table) == ["handle_duration.clock"]
    assert "duration_unit_unknown" in codes(table)
    hours = desk.take(path, corrections={"handle_duration.clock": "h:mm"})
    assert mean(desk, hours, "handle_duration") == pytest.approx(60 * (30 + 165 + 70 + 20) / 4)
    assert asks(hours) == []


def test_fractions_of_a_day(desk: Desk) -> None:
    spans = [151, 47, 833, 2012, 96]
    table = desk.take(sheet(desk, "Talk time", [repr(span / 86_400) for span in spans]))
    assert use_of(table, "talk_duration").unit == "d"
    assert mean(desk, table, "talk_duration") == pytest.approx(sum(spans) / 5)


def test_mixed_spellings_are_said_and_each_read_as_written(desk: Desk) -> None:
    table = desk.take(sheet(desk, "Handle time (s)", ["01:02:03", "PT1H", "90 min", "1,5 h", "3600", "00:00:00"]))
    assert "mixed_duration_units" in codes(table)
    assert mean(desk, table, "handle_duration") == pytest.approx((3723 + 3600 + 5400 + 5400 + 3600) / 6)


def test_reference_case_of_mixed_durations(desk: Desk, shared: Path) -> None:
    cases = json.loads((shared / "corpus" / "manifest.json").read_text(encoding="utf-8"))["files"]
    for case in cases:
        if case["verdict"].endswith((":mixed_duration_units", ":negative_duration")) or "mean_hours" in case["expect"]:
            table = desk.take(shared / "corpus" / "files" / case["file"])
            _, _, code = case["verdict"].partition(":")
            assert not code or code in codes(table)
            found = figures(desk.engine, table).get("handle_duration")
            if "mean_hours" in case["expect"] and found:
                assert found.mean == pytest.approx(case["expect"]["mean_hours"] * 3600)
            if case["expect"].get("duration_n") == 0 and found:
                assert found.n == 0


def test_timestamps_under_a_durations_name_are_times(desk: Desk) -> None:
    replied: list[object] = [(START + timedelta(hours=5 * k, minutes=20)).isoformat(" ") for k in range(12)]
    table = desk.take(sheet(desk, "First response time", replied))
    assert table.has("first_response_at")
    assert not table.has("first_response_duration")


def test_timestamps_that_are_no_known_time_are_said(desk: Desk) -> None:
    ended: list[object] = [(START + timedelta(hours=5 * k, minutes=20)).isoformat(" ") for k in range(12)]
    table = desk.take(sheet(desk, "Handle time", ended))
    assert not table.has("handle_duration")
    assert "duration_holds_dates" in codes(table)


def test_one_value_too_often_is_said(desk: Desk) -> None:
    wrap: list[object] = [30 if k % 3 == 0 else 11 + k for k in range(60)]
    table = desk.take(sheet(desk, "After call work (s)", wrap))
    (problem,) = [p for p in table.problems if p.code == "repeated_duration"]
    assert problem.count == wrap.count(30)


def test_zeros_where_nobody_answered_are_no_durations(desk: Desk) -> None:
    talk: list[object] = [0 if k % 5 == 0 else 100 + k for k in range(40)]
    answered: list[object] = ["No" if k % 5 == 0 else "Yes" for k in range(40)]
    table = desk.take(sheet(desk, "Talk time (s)", talk, Answered=answered))
    spoken = [int(str(seconds)) for seconds in talk if seconds]
    assert mean(desk, table, "talk_duration") == pytest.approx(sum(spoken) / len(spoken))
    assert "zero_unanswered" in codes(table, "info")
    alone = desk.take(sheet(desk, "Talk time (s)", talk))
    assert "zero_durations" in codes(alone)


def truth(shared: Path, words: str) -> tuple[Path, dict[str, Any]]:
    every = json.loads((shared / "data" / "ground_truth.json").read_text(encoding="utf-8"))
    found = next(one for one in every if words in one["title"])
    return shared / "data" / found["file"], found


@pytest.mark.parametrize(("words", "sheet_name"), [("edited copy", None), ("other copy", None)])
def test_call_logs_mean_wait_and_talk(desk: Desk, shared: Path, words: str, sheet_name: str | None) -> None:
    path, _ = truth(shared, words)
    table = desk.take(path, sheet=sheet_name)
    # Published with the file: answered calls only, 67.52 s to answer and 224.92 s of talk.
    assert mean(desk, table, "wait_duration") == pytest.approx(67.52, abs=0.005)
    assert mean(desk, table, "talk_duration") == pytest.approx(224.92, abs=0.005)


def test_simulated_calls_are_in_seconds_without_asking(desk: Desk, shared: Path) -> None:
    path, found = truth(shared, "Queue Simulator")
    table = desk.take(path)
    assert found["units"] == {"wait_length": "seconds", "service_length": "seconds"}
    assert {use.unit for use in table.mapping.roles if use.role.endswith("duration")} == {"s"}
    assert asks(table) == []
    longest = desk.engine.ask(table.path, lambda rows: rows.aggregate(most=rows["wait_duration"].max()))["most"][0]
    assert longest == 983  # published with the file


def test_valid_resolution_of_the_closed_tickets(desk: Desk, shared: Path) -> None:
    path, _ = truth(shared, "customer-support tickets")
    table = desk.take(path)

    def hours(rows: Any) -> Any:
        span = (rows["resolved_at"].epoch_seconds() - rows["first_response_at"].epoch_seconds()) / 3600
        return rows.aggregate(valid=span.mean(where=span >= 0), most=span.max(), negative=(span < 0).sum())

    found = desk.engine.ask(table.path, hours).iloc[0]
    assert (found["valid"], found["most"]) == (pytest.approx(7.5779, abs=5e-5), pytest.approx(23.4667, abs=5e-5))
    assert found["negative"] == 1365
