"""Several files joined, continued, and read as they were corrected before; figures known by construction."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from desk import Desk

from cxcore import intake, join, update
from cxcore.__main__ import main
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure
from cxcore.store import Facts
from cxcore.values import Table

SAMPLES = Path(__file__).parent.parent / "sample_data"
SURVEY = ["Response ID", "Ticket ID", "Customer ID", "Survey date", "NPS"]
CONTACTS = ["Ticket ID", "Customer ID", "Created at", "Resolved at", "Channel", "Agent", "Handle time (s)"]


def contacts(ids: Sequence[str]) -> list[list[object]]:
    """One contact a ticket, one a day: chat and phone in turn, customers C0 … in turn of five."""
    return [CONTACTS, *(
        [ticket, f"C{k % 5}", f"2026-01-{k + 1:02} 09:00", f"2026-01-{k + 1:02} 10:00", ("Chat", "Phone")[k % 2],
         f"Agent {k % 3}", 100 + k] for k, ticket in enumerate(ids)
    )]  # fmt: skip


def answers(tickets: Sequence[str]) -> list[list[object]]:
    """An answer to each ticket the day after it could have begun: 10 where the ticket's place is even, else 0."""
    return [SURVEY, *(
        [f"R{k}", ticket, f"C{k % 5}", f"2026-02-{k + 1:02} 09:00", 10 if k % 2 == 0 else 0]
        for k, ticket in enumerate(tickets)
    )]  # fmt: skip


def brought(desk: Desk, name: str, rows: list[list[object]]) -> Table:
    return desk.take(desk.file(name, rows))


def stored(table: Table) -> pd.DataFrame:
    return pd.read_parquet(table.path)


def test_a_survey_gains_its_contacts_and_keeps_every_answer(desk: Desk) -> None:
    ids = [f"T{k:03}" for k in range(20)]
    survey = brought(desk, "survey.csv", answers([*ids[:12], "T900", "T901"]))
    log = brought(desk, "log.csv", contacts(ids))
    joined = join.of(desk.engine, desk.workspace, survey, [log])
    (link,) = joined.links
    assert (link.key.mine, link.matched, link.key.rows) == ("interaction_id", 12, 14)
    assert (link.key.their_matched, link.key.their_rows) == (12, 20)
    frame = stored(joined.table)
    assert len(frame) == 14
    assert frame["handle_duration"].tolist()[:12] == [100.0 + k for k in range(12)]
    assert frame["channel"].isna().sum() == 2  # the two that find no contact are kept
    found = {e.by[0][1]: (e.n, e.value) for e in
             measure(desk.engine, joined.table, METRICS["nps"], by=["channel"]).estimates}  # fmt: skip
    assert {name: n for name, (n, _) in found.items()} == {"Chat": 6, "Phone": 6, None: 2}
    whole = measure(desk.engine, joined.table, METRICS["nps"]).estimates[0]
    assert (whole.n, whole.value) == (14, 0.0)


def test_an_interaction_gains_one_rating_and_is_not_doubled(desk: Desk) -> None:
    ids = [f"T{k:03}" for k in range(20)]
    log = brought(desk, "log.csv", contacts(ids))
    survey = brought(desk, "survey.csv", answers([*ids[:10], ids[0], ids[1]]))  # two tickets are answered twice
    joined = join.of(desk.engine, desk.workspace, log, [survey])
    frame = stored(joined.table)
    assert (len(frame), frame["nps"].count()) == (20, 10)
    assert frame["handle_duration"].sum() == sum(100 + k for k in range(20))
    # The later answer stands: R10 (10) for T000, R11 (0) for T001.
    assert frame["response_id"].tolist()[:2] == ["R10", "R11"]


def test_by_customer_the_latest_contact_before_the_answer_is_taken(desk: Desk) -> None:
    log = [CONTACTS, *([f"T{k}", "C1", f"2026-01-{day:02} 09:00", "", "Chat", f"Agent {k}", 60]
                       for k, day in enumerate((5, 10, 20)))]  # fmt: skip
    log += [[f"X{k}", f"D{k}", "2026-01-01 09:00", "", "Phone", "Agent 9", 60] for k in range(9)]
    survey = [[name for name in SURVEY if name != "Ticket ID"],
              ["R1", "C1", "2026-01-12 09:00", 9], ["R2", "C1", "2026-01-02 09:00", 3], ["R3", "C1", "2026-01-14 09:00", 0]]  # fmt: skip  # noqa: E501
    survey += [[f"S{k}", f"D{k}", "2026-01-03 09:00", 10] for k in range(9)]
    answered, contacted = brought(desk, "s.csv", survey), brought(desk, "l.csv", log)
    joined = join.of(desk.engine, desk.workspace, answered, [contacted])
    frame = stored(joined.table).set_index("response_id")
    assert len(frame) == 12
    assert frame.loc["R1", "agent"] == frame.loc["R3", "agent"] == "Agent 1"  # the 10th is the last before both
    assert pd.isna(frame.loc["R2", "agent"])  # nothing came before it
    # What was measured of that contact counts once, at the later answer.
    assert frame["handle_duration"].count() == 10
    assert pd.isna(frame.loc["R1", "handle_duration"])
    # The other way round no answer goes to two contacts.
    other = stored(join.of(desk.engine, desk.workspace, contacted, [answered]).table)
    assert (len(other), other["nps"].count()) == (12, 10)


def test_columns_with_several_values_for_an_id_are_refused(desk: Desk) -> None:
    survey = brought(desk, "survey.csv", answers([f"T{k:03}" for k in range(20)]))
    people = [["Customer ID", "Region", "Tariff"], *([f"C{k % 5}", f"North {k % 5}", f"Tariff {k}"] for k in range(10))]
    joined = join.of(desk.engine, desk.workspace, survey, [brought(desk, "people.csv", people)])
    (link,) = joined.links
    assert link.refused == ("Tariff",)
    region = next(use for use in joined.table.mapping.columns if use.header == "Region")
    assert stored(joined.table)[joined.table.text(region.index)].tolist()[:5] == [f"North {k}" for k in range(5)]
    assert any(problem.code == "joined_columns_refused" for problem in joined.table.problems)


@pytest.mark.parametrize(
    ("mine", "theirs", "steps"),
    [
        ("t{k:03}", "T{k:03}", True),
        ("{k}.0", "000{k}", True),
        ("T {k:03}", "T{k:03}", True),
        ("T{k:03}", "T{k:03}", False),
    ],
)
def test_ids_written_otherwise_meet_where_that_is_proven(desk: Desk, mine: str, theirs: str, *, steps: bool) -> None:
    numbers = range(5001, 5021)
    survey = brought(desk, "survey.csv", answers([mine.format(k=k) for k in numbers]))
    log = brought(desk, "log.csv", contacts([theirs.format(k=k) for k in numbers]))
    (link,) = join.of(desk.engine, desk.workspace, survey, [log]).links
    assert (link.key.mine, link.matched, bool(link.key.steps)) == ("interaction_id", 20, steps)


def test_two_ids_never_become_one(desk: Desk) -> None:
    twins = [f"{letter}{k}" for k in range(10) for letter in "aA"]  # a1 and A1 are two tickets
    survey = brought(desk, "survey.csv", answers(twins))
    log = brought(desk, "log.csv", contacts([f"A{k}" for k in range(10)]))
    (link,) = join.of(desk.engine, desk.workspace, survey, [log]).links
    assert (link.matched, link.key.steps) == (10, ())


def test_customers_written_otherwise_meet_as_pseudonyms(desk: Desk) -> None:
    survey = [["Response ID", "Customer ID", "Survey date", "NPS"],
              *([f"R{k}", f"cl{k:03}", "2026-02-01", 9] for k in range(20))]  # fmt: skip
    people = [["Customer ID", "Region"], *([f"CL{k:03}", f"North {k % 3}"] for k in range(20))]
    (link,) = join.of(desk.engine, desk.workspace, brought(desk, "s.csv", survey),
                      [brought(desk, "p.csv", people)]).links  # fmt: skip
    assert (link.key.mine, link.matched) == ("customer_id", 20)
    assert link.key.steps


def test_equal_numbers_of_other_things_are_not_joined(desk: Desk) -> None:
    ids = [f"T{k:03}" for k in range(20)]
    survey = [SURVEY, *([f"R{k}", ids[k], f"Z{k}", f"2025-01-{k + 1:02} 09:00", 9] for k in range(20))]  # a year before
    joined = join.of(
        desk.engine, desk.workspace, brought(desk, "s.csv", survey), [brought(desk, "l.csv", contacts(ids))]
    )
    assert not joined.links
    assert len(joined.unlinked) == 1


def test_counters_that_overlap_by_chance_are_not_joined(desk: Desk) -> None:
    survey = [["Case number", *SURVEY[2:]],
              *([k, f"Z{k}", f"2026-02-{k % 28 + 1:02} 09:00", 9] for k in range(1, 41))]  # fmt: skip
    log = contacts([str(k) for k in range(25, 55)])
    log[0][0] = "Ticket ID"
    for row in log[1:]:
        row[1], row[2], row[3] = f"Y{row[0]}", "2026-01-05 09:00", ""
    joined = join.of(desk.engine, desk.workspace, brought(desk, "s.csv", survey), [brought(desk, "l.csv", log)])
    assert not joined.links


def test_the_sample_files_join_as_pandas_joins_them(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(SAMPLES / name) for name in ("survey.csv", "interactions.csv")]
    assert main(["measure", *files, "--metric", "nps", "--by", "Prodotto", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["joined"]["links"][0]["matched"] == 6172
    one, two = (pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig") for path in files)
    both = one.merge(two[["ID contatto", "Prodotto"]], on="ID contatto")
    score = pd.to_numeric(both.filter(like="consiglieresti").iloc[:, 0], errors="coerce")
    both = both.assign(score=score)[score.between(0, 10)]
    for estimate in found["estimates"]:
        own = both[both["Prodotto"] == estimate["by"]["Prodotto"]]["score"]
        assert estimate["n"] == len(own)
        assert estimate["value"] == pytest.approx(100 * ((own >= 9).mean() - (own <= 6).mean()))


def test_files_without_a_common_id_are_an_error_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(SAMPLES / name) for name in ("survey.csv", "experiment.csv")]
    assert main(["measure", *files, "--metric", "nps", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], bool(error["hint"])) == ("no_common_id", True)


# A file brought again ------------------------------------------------------------------------------------------------


def test_a_file_brought_again_updates_and_adds(desk: Desk) -> None:
    first = contacts([f"T{k:03}" for k in range(20)])
    second = [CONTACTS, *[row[:] for row in contacts([f"T{k:03}" for k in range(25)])[11:]]]  # 10 … 24
    for row in second[1:4]:
        row[4] = "E-mail"  # three contacts changed their channel
    old, new = brought(desk, "week1.csv", first), brought(desk, "week2.csv", second)
    found = update.of(old, new, desk.engine, desk.workspace)
    assert found is not None
    assert (found.updated, found.added, found.unchanged, found.only_before) == (3, 5, 7, 10)
    assert (found.table.rows_read, found.table.rows_used) == (25, 25)
    frame = stored(found.table)
    assert frame["interaction_id"].nunique() == 25
    assert frame["row"].is_unique
    assert (frame["channel"] == "E-mail").sum() == 3
    # Bringing it once more changes nothing.
    again = update.of(found.table, new, desk.engine, desk.workspace)
    assert again is not None
    assert (again.updated, again.added, again.unchanged, again.only_before) == (0, 0, 15, 10)


def test_numbers_that_start_anew_are_no_update(desk: Desk) -> None:
    january = contacts([str(k) for k in range(1000, 1020)])
    other = [
        CONTACTS,
        *[[row[0], row[1], f"2026-06-{k + 1:02} 11:00", "", *row[4:]] for k, row in enumerate(january[1:])],
    ]
    old, new = brought(desk, "january.csv", january), brought(desk, "june.csv", other)
    assert update.of(old, new, desk.engine, desk.workspace) is None


def test_other_columns_are_another_file(desk: Desk) -> None:
    ids = [f"T{k:03}" for k in range(20)]
    old, new = brought(desk, "log.csv", contacts(ids)), brought(desk, "survey.csv", answers(ids))
    assert update.of(old, new, desk.engine, desk.workspace) is None


# Corrections remembered ----------------------------------------------------------------------------------------------


def test_corrections_are_remembered_by_columns_in_any_order(tmp_path: Path) -> None:
    facts = Facts(tmp_path / "facts.sqlite")
    assert facts.corrections(["A", "B"]) == {}
    for _ in range(2):  # saying it twice is saying it once
        facts.correct(["Score", "Ticket  ID"], {"nps": "Score"})
    assert Facts(tmp_path / "facts.sqlite").corrections(["ticket id", "SCORE"]) == {"nps": "Score"}
    assert facts.corrections(["Score"]) == {}
    facts.correct(["Score", "Ticket ID"], {"csat": "Score"})
    assert facts.corrections(["Score", "Ticket ID"]) == {"csat": "Score"}
    facts.correct(["Score", "Ticket ID"], {})
    assert facts.corrections(["Score", "Ticket ID"]) == {}


def test_a_remembered_correction_fits_the_next_file(desk: Desk) -> None:
    rows = answers([f"T{k:03}" for k in range(20)])
    table = brought(desk, "one.csv", rows)
    desk.workspace.facts.correct(table.raw.headers, {"csat": "NPS", "nps": ""})
    turned = [[row[k] for k in (4, 0, 1, 2, 3)] for row in rows]
    path = desk.folder / "two.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(turned)
    following = desk.take(path)
    known = desk.workspace.facts.corrections(following.raw.headers)
    read = intake.again(following, desk.engine, desk.workspace, corrections=known)
    assert (read.header("csat"), read.has("nps")) == ("NPS", False)
