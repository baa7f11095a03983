"""Files of the kinds the hostile corpus shows, made otherwise: other languages, formats, marks, places."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow.parquet as pq
import pytest
from desk import Desk

from cxcore.errors import CxError
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure
from cxcore.values import Table

# Six promoters, three passives, three detractors of twelve: NPS 25. CSAT: 44 of 12 answers.
NPS = [10, 9, 9, 10, 9, 10, 8, 7, 7, 6, 3, 0]
CSAT = [5, 5, 4, 5, 4, 5, 4, 3, 3, 2, 3, 1]
DAYS = [datetime(2024, 1, 15, 9) + timedelta(days=9 * k, minutes=7 * k) for k in range(12)]
HEADER = ["ID", "Data", "Canale", "Voto NPS (0-10)", "Soddisfazione (1-5)", "Commento"]
WORDS = ["Per niente soddisfatta", "Poco soddisfatta", "Neutrale", "Soddisfatta", "Molto soddisfatta"]
RATHER = ["Per niente soddisfatto", "Poco soddisfatto", "Abbastanza soddisfatto", "Soddisfatto", "Molto soddisfatto"]


def rows(column: int = -1, cells: object = None, header: str | None = None) -> list[list[str]]:
    """The table, one column of it written otherwise: `cells` from each of its values."""
    table = [
        [f"T{k:04}", f"{day:%d/%m/%Y %H:%M}", ("email", "telefono", "chat")[k % 3], str(NPS[k]), str(CSAT[k]), "così è"]
        for k, day in enumerate(DAYS)
    ]
    own = list(HEADER)
    if column >= 0 and header is not None:
        own[column] = header
    for k, row in enumerate(table):
        if callable(cells):
            row[column] = str(cells([None, DAYS[k], None, NPS[k], CSAT[k]][column]))
    return [own, *table]


def text(table: list[list[str]], encoding: str = "utf-8", newline: str = "\n", mark: str = ";") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, lineterminator=newline).writerows(table)
    return out.getvalue().encode(encoding)


def taken(desk: Desk, name: str, content: bytes) -> Table:
    path = desk.folder / name
    path.write_bytes(content)
    return desk.take(path)


def value(desk: Desk, table: Table, metric: str) -> float | None:
    if not table.has(metric):
        return None
    return measure(desk.engine, table, METRICS[metric], "mean" if metric == "csat" else None).estimates[0].value


def warned(table: Table) -> set[str]:
    return {problem.code for problem in table.problems if problem.severity == "warning"}


@pytest.mark.parametrize(("encoding", "newline"), [
    ("mac-roman", "\r"), ("iso8859-15", "\n"), ("utf-16-le", "\r\n"), ("utf-16-be", "\r"), ("cp850", "\r\n"),
])  # fmt: skip
def test_old_machines_letters_and_line_ends(desk: Desk, encoding: str, newline: str) -> None:
    table = taken(desk, "t.csv", text(rows(), encoding, newline))
    assert (value(desk, table, "nps"), table.rows_read) == (25.0, 12)
    assert warned(table) == {"encoding_guessed"}


def _group(words: tuple[str, str, str]) -> Callable[[int], str]:
    return lambda score: words[0] if score >= 9 else words[1] if score >= 7 else words[2]


@pytest.mark.parametrize("words", [
    ("Promotore", "Passivo", "Detrattore"), ("Promotori", "Neutri", "Detrattori"), ("PROMOTER", "NEUTRAL", "DETRACTOR"),
])  # fmt: skip
def test_groups_of_promoters_under_the_name_of_a_category(desk: Desk, words: tuple[str, str, str]) -> None:
    table = taken(desk, "t.csv", text(rows(3, _group(words), "Categoria NPS")))
    assert (value(desk, table, "nps"), warned(table)) == (25.0, {"nps_from_categories"})


@pytest.mark.parametrize("write", [
    "{}\u200b".format, "\u00a0{}".format, "{},0".format, "{} su 10".format,
    lambda n: str(n).translate({48 + k: 0xFF10 + k for k in range(10)}),
])  # fmt: skip
def test_scores_with_what_is_not_seen(desk: Desk, write: Callable[[int], str]) -> None:
    table = taken(desk, "t.csv", text(rows(3, write)))
    assert (value(desk, table, "nps"), warned(table)) == (25.0, set())


@pytest.mark.parametrize("ladder", [WORDS, RATHER])
def test_ladders_of_words(desk: Desk, ladder: list[str]) -> None:
    table = taken(desk, "t.csv", text(rows(4, lambda n: ladder[n - 1], "Soddisfazione")))
    assert value(desk, table, "csat") == pytest.approx(44 / 12)


@pytest.mark.parametrize("write", [
    "0{}-mag".format, "2024-05-0{} 00:00:00".format, "05/0{}/2024".format, "{}-May".format, "May-0{}".format,
])  # fmt: skip
def test_scores_a_spreadsheet_made_dates_of(desk: Desk, write: Callable[[int], str]) -> None:
    table = taken(desk, "t.csv", text(rows(4, write)))
    assert value(desk, table, "csat") is None
    assert "scores_look_like_dates" in warned(table)


@pytest.mark.parametrize("pattern", ["%d-%b-%y", "%d.%m.%y"])
def test_years_of_two_digits_are_said_however_the_month_is_written(desk: Desk, pattern: str) -> None:
    table = taken(desk, "t.csv", text(rows(1, lambda day: day.strftime(pattern))))
    assert table.period == (DAYS[0].date(), DAYS[-1].date())
    assert warned(table) == {"two_digit_years"}


@pytest.mark.parametrize(("header", "gap"), [
    ("Data (America/New_York)", "2024-03-10 02:30:00"), ("Created (Australia/Sydney)", "2024-10-06 02:30:00"),
    ("Data [Europe/Rome]", "2024-03-31 02:30:00"),
])  # fmt: skip
def test_a_zone_in_the_name_hides_no_date(desk: Desk, header: str, gap: str) -> None:
    table = taken(desk, "t.csv", text(rows(1, lambda day: gap if day == DAYS[4] else day.isoformat(" "), header)))
    assert "dst_nonexistent_time" in warned(table)


@pytest.mark.parametrize("header", ["Data (gg/mm/aaaa)", "Date [dd/mm/yyyy hh:mm]", "Data (UTC)"])
def test_how_a_date_is_written_is_no_part_of_its_name(desk: Desk, header: str) -> None:
    table = taken(desk, "t.csv", text(rows(1, lambda day: f"{day:%d/%m/%Y %H:%M}", header)))
    assert table.period == (DAYS[0].date(), DAYS[-1].date())


@pytest.mark.parametrize("content", [
    "function f(a, b) {\n  return [1, 2, 3];\n}\n", "const x = [1, 2];\nlet y = [3, 4];\n",
    "-- dump\nCREATE TABLE t (id INT, nps INT);\nINSERT INTO t VALUES (1,2),(3,4);\n", "---\nname: x\nitems:\n  - a\n",
    "BEGIN:VCARD\nVERSION:3.0\nN:Rossi;Mario;;;\nEND:VCARD\n", "[InternetShortcut]\nURL=https://docs.example/x\n",
])  # fmt: skip
def test_what_programs_write_for_programs_is_no_table(desk: Desk, content: str) -> None:
    with pytest.raises(CxError) as refused:
        taken(desk, "t.csv", content.encode())
    assert refused.value.code == "not_a_table"


@pytest.mark.parametrize("empty", ["Answered", "Wait time (s)", "Talk time (s)"])
def test_a_column_without_a_cell_is_as_if_it_were_not_there(desk: Desk, empty: str) -> None:
    header = ["Call ID", "Date", "Wait time (s)", "Answered", "Talk time (s)"]
    calls: list[list[object]] = [[k, f"2026-01-{k:02}", 3 * k, "yes", 7 * k] for k in range(1, 10)]
    for row in calls:
        row[header.index(empty)] = ""
    table = desk.take(desk.file("calls.csv", [header, *calls]))
    wait = measure(desk.engine, table, METRICS["wait"]).estimates[0].value if empty != "Wait time (s)" else None
    assert wait == (None if empty == "Wait time (s)" else 15)  # (3 + 6 + … + 27) / 9
    assert "metric_all_missing" in {problem.code for problem in table.problems}


def test_a_role_put_by_hand_where_nothing_fits_it(desk: Desk) -> None:
    path = desk.folder / "t.csv"
    path.write_bytes(text(rows()))
    for role in ("created_at", "answered", "wait_duration", "revenue", "csat"):
        table = desk.take(path, corrections={role: "Commento"})
        assert table.rows_read == 12


@pytest.mark.parametrize(
    "header", ["Voto NPS (0-10)", "Soddisfazione (1-5)", "Durata (s)", "Importo", "Risposte agente"]
)
@pytest.mark.parametrize("endless", ["9" * 400, "1" * 400 + ",5", "Ottimo (" + "7" * 400 + ")", "3/" + "9" * 400])
def test_a_number_beyond_all_counting_is_none(desk: Desk, header: str, endless: str) -> None:
    table = rows(4, str, header)
    for line in table[1:]:
        line[4] = f"{line[4]}0" if "(" not in header or "(s)" in header else line[4]
    table[3][4] = endless
    taken = desk.take(desk.file("endless.csv", table))
    assert taken.rows_used == 12
    for use in taken.mapping.roles:
        if use.role in {"handle_duration", "revenue"} or use.scale:
            column = pq.read_table(taken.path, columns=[use.role]).column(0).to_pylist()
            assert all(value is None or math.isfinite(value) for value in column), use.role


def test_a_cell_of_many_megabytes_costs_no_minute(desk: Desk) -> None:
    table = taken(desk, "t.csv", text([*rows(), [*rows()[1][:5], "a b " * 1_500_000]]))
    assert table.rows_read == 13
    assert "long_text" in warned(table)


@pytest.mark.parametrize("mark", [",", "|", "\t"])
def test_records_of_any_program_in_json(desk: Desk, mark: str) -> None:
    records = [dict(zip(HEADER, row, strict=True)) for row in rows()[1:]]
    columns = {name: [record[name] for record in records] for name in HEADER}
    content = {",": {"data": {"items": records}}, "|": columns, "\t": [HEADER, *rows()[1:]]}[mark]
    assert value(desk, taken(desk, "t.json", json.dumps(content).encode()), "nps") == 25.0
