"""Exports and datasets nobody showed the app: nearly all their columns end in a role that is right, and their figures.

What came out the first time each set was asked, before anything was mended, is in CHANGELOG.md.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import fmean, median

import pytest
from desk import Desk
from strangers import Stranger, strangers

from cxcore.mapping.understand import understand
from cxcore.metrics import METRICS
from cxcore.metrics.measure import Measured, measure
from cxcore.metrics.select import condition
from cxcore.values import ColumnUse, Mapping, Profile, RawTable, Table

NONE = ("-", "also:")
SETS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def right(roles: tuple[str, ...], use: ColumnUse) -> bool:
    """Whether a column ended as one of its listed roles."""
    if use.fate == "personal":
        return "pii" in roles
    if use.fate == "role":
        return use.role in roles
    return any(role.startswith(NONE) for role in roles)


@pytest.mark.parametrize("which", SETS)
def test_at_least_97_percent_of_strangers_columns_end_right_and_no_person_is_kept(which: str) -> None:
    wrong: list[tuple[str, ...]] = []
    total = 0
    for file in strangers(which):
        mapping = understand(*file.read())
        wrong += [] if mapping.kind in file.kinds else [(file.name, "kind", "/".join(file.kinds), mapping.kind)]
        for column, use in zip(file.columns, mapping.columns, strict=True):
            total += 1
            if column.roles == ("pii",):
                assert use.fate == "personal", (file.name, column.header, use.role or use.fate)
            if not right(column.roles, use):
                wrong.append((file.name, column.header, "/".join(column.roles), use.role or use.fate))
    assert len(wrong) <= 0.03 * total, "\n".join(map(str, wrong))


def named(name: str) -> Stranger:
    """The stranger of this name."""
    return next(file for which in SETS for file in strangers(which) if file.name == name)


def asked(desk: Desk, table: Table, metric: str, rule: str | None = None) -> Measured:
    return measure(desk.engine, table, METRICS[metric], rule)


def cells(file: Stranger, start: str) -> list[str]:
    """The filled cells of the column whose header starts so."""
    k = next(k for k, column in enumerate(file.columns) if column.header.startswith(start))
    return [row[k] for row in file.rows() if row[k]]


@pytest.mark.parametrize(
    ("name", "header"),
    [("Qualtrics NPS", "Q1"), ("SurveyMonkey two rows", "How likely"), ("Google Forms Italian", "Quanto è probabile"),
     ("Delighted CSV", "Score"), ("Spanish survey", "¿Qué")],
)  # fmt: skip
def test_nps_of_surveys_is_what_counting_gives(desk: Desk, name: str, header: str) -> None:
    file = named(name)
    k = next(k for k, own in enumerate(file.columns) if own.header.startswith(header) and "nps" in own.roles)
    answers = [int(row[k]) for row in file.rows() if row[k]]
    points = fmean(100 if answer >= 9 else -100 if answer <= 6 else 0 for answer in answers)
    (found,) = asked(desk, desk.take(file.write(desk.folder)), "nps").estimates
    assert (found.n, found.value) == (len(answers), pytest.approx(points))


@pytest.mark.parametrize(
    ("name", "header", "good"),
    [
        ("Airline passenger satisfaction", "satisfaction", {"satisfied"}),
        ("ASL questionario", "Giudizio complessivo", {"Ottimo", "Buono"}),
        ("University services survey Italy", "Sono complessivamente", {"Decisamente sì", "Più sì che no"}),
        ("LiveChat chats export", "rate", {"rated good"}),
        ("WhatsApp support export", "satisfaction", {"👍"}),
        ("HelpScout conversations", "Rating", {"Great", "Okay"}),
        ("Zendesk JSON", "satisfaction_rating.score", {"good"}),
        ("Telecom Italian call log", "Valutazione cliente", {"4", "5"}),
    ],
)
def test_csat_of_words_faces_and_numbers_is_what_counting_gives(
    desk: Desk, name: str, header: str, good: set[str]
) -> None:
    file = named(name)
    skipped = {"offered", "unoffered", "not rated"}
    answers = [text for text in cells(file, header) if text not in skipped]
    if name.startswith("HelpScout"):
        good = {"Great"}  # Help Scout's happiness counts "great" alone; "okay" is the middle of five here
    (found,) = asked(desk, desk.take(file.write(desk.folder)), "csat").estimates
    share = 100 * sum(text in good for text in answers) / len(answers)
    assert (found.n, found.value) == (len(answers), pytest.approx(share))


@pytest.mark.parametrize(
    ("name", "header", "factor", "unit"),
    [
        ("Genesys Cloud conversation detail", "tWait", 0.001, "ms"),
        ("Front analytics messages", "Response time", 1, "s"),
        ("Kustomer conversations", "First Response Time", 0.001, "ms"),
        ("Zendesk Explore", "First reply time", 60, "min"),
    ],
)
def test_units_of_durations_are_the_products(name: str, header: str, factor: float, unit: str) -> None:
    file = named(name)
    mapping = understand(*file.read())
    use = next(use for use in mapping.roles if file.columns[use.columns[0]].header.startswith(header))
    assert use.unit == unit
    assert median(map(float, cells(file, header))) * factor < 86_400  # a plausible wait, as the generator made it


def test_words_of_agreement_are_no_nps(desk: Desk) -> None:
    steps = ["Strongly agree", "Agree", "Neutral", "Disagree", "Strongly disagree"]
    table = desk.column("I would recommend this company", [steps[k % 5] for k in range(60)])
    assert not table.has("nps")
    assert "nps_scale_suspect" in {problem.code for problem in table.problems}


def test_waiting_judged_from_one_to_five_is_no_duration(desk: Desk) -> None:
    rows = [["Cortesia", "Tempi di attesa", "Pulizia"], *([1 + (k * n) % 5 for n in (1, 2, 3)] for k in range(40))]
    assert not desk.take(desk.file("judged.csv", rows)).has("wait_duration")


@pytest.mark.parametrize("header", ["Day", "answered_at"])
@pytest.mark.parametrize(
    ("asked_for", "n"), [("!=2019-08-05", 20), ("=2019-08-05", 10), ("<=2019-08-05", 20), (">2019-08-05", 10)]
)
def test_a_day_in_a_condition_is_a_day_however_the_file_writes_it(
    desk: Desk, header: str, asked_for: str, n: int
) -> None:
    rows = [["Day", "CSAT"], *([f"{4 + k % 3}.08.2019 1{k % 9}:20", 1 + k % 5] for k in range(30))]
    table = desk.take(desk.file("days.csv", rows))
    where = [condition(f"{header}{asked_for}")]
    (found,) = measure(desk.engine, table, METRICS["csat"], where=where).estimates
    assert found.n == n


def bare(name: str, cells: list[str], *others: tuple[str, list[str]]) -> Mapping:
    """A survey of one column of scores with a day and a comment, and other columns where they matter."""
    days = [f"2026-01-{k % 28 + 1:02}" for k in range(len(cells))]
    table = [
        (name, cells),
        ("Date", days),
        ("Comment", [f"It went well enough, number {k}" for k in range(len(cells))]),
        *others,
    ]
    profiles = tuple(
        Profile(k, head, "", len(cells), len(cells), tuple(Counter(texts).most_common()), complete=True)
        for k, (head, texts) in enumerate(table)
    )
    heads = tuple(head for head, _ in table)
    raw = RawTable(Path(), "bare", "csv", heads, ("",) * len(heads), len(cells), "", filled=(len(cells),) * len(heads))
    return understand(raw, profiles)


@pytest.mark.parametrize("name", ["Score", "Rating", "Voto"])
def test_a_bare_score_of_one_to_ten_is_a_plain_score_and_is_asked_about(name: str) -> None:
    mapping = bare(name, [str(k % 10 + 1) for k in range(60)])
    assert {"nps", "csat"} & {use.role for use in mapping.roles} == {"csat"}
    assert [(q.about, q.choices) for q in mapping.questions] == [("nps", ("", name))]


def test_a_bare_score_of_nought_to_ten_is_nps_but_asked_about() -> None:
    mapping = bare("Score", [str(k % 11) for k in range(66)])
    assert "nps" in {use.role for use in mapping.roles}
    assert [(q.about, q.choices) for q in mapping.questions] == [("nps", ("Score", ""))]


def test_promoter_groups_beside_a_bare_rating_say_what_it_is() -> None:
    cells = [str(k % 11) for k in range(66)]
    groups = ["detractor" if int(c) <= 6 else "promoter" if int(c) >= 9 else "passive" for c in cells]
    mapping = bare("Rating", cells, ("Category", groups))
    assert [use.columns for use in mapping.roles if use.role == "nps"] == [(0,)]
    assert not mapping.questions


@pytest.mark.parametrize(
    ("beside", "role"),
    [(("nps_feedback_id", [f"F{k}" for k in range(66)]), "nps"), (("NPS", [str(k % 11) for k in range(66)]), "csat")],
)
def test_a_bare_rating_is_nps_beside_the_number_of_an_nps_survey_but_not_beside_its_score(
    beside: tuple[str, list[str]], role: str
) -> None:
    mapping = bare("Rating", [str(k * 7 % 11) for k in range(66)], beside)
    assert role_of(mapping, "Rating") in ({role} if role == "nps" else {None, role})
    assert role != "nps" or not mapping.questions


def test_a_bare_rating_of_five_is_not_asked_about() -> None:
    mapping = bare("Rating", [str(k % 5 + 1) for k in range(60)])
    assert "csat" in {use.role for use in mapping.roles}
    assert not mapping.questions


def role_of(mapping: Mapping, header: str) -> str | None:
    """The role the column of this header ended as, or None."""
    return next(use.role for use in mapping.columns if use.header == header)


@pytest.mark.parametrize("numbers", [["88"] * 60, [f"S{k % 3}" for k in range(60)]])
def test_the_number_of_a_survey_is_nobodys_answer(numbers: list[str]) -> None:
    scores = [str(k % 11) for k in range(60)]
    assert role_of(bare("NPS", scores, ("survey_id", numbers)), "survey_id") is None
    each = [f"S{k}" for k in range(60)]
    assert role_of(bare("NPS", scores, ("survey_id", each)), "survey_id") == "response_id"


def test_days_of_a_booking_and_of_its_last_state_time_no_contact() -> None:
    file = named("Hotel bookings demand")
    mapping = understand(*file.read())
    assert {role_of(mapping, header) for header in ("lead_time", "reservation_status_date")} == {None}


@pytest.mark.parametrize("codes", [[f"C{100 + k % 20:05}" for k in range(60)], [f"CL{k:06}" for k in range(60)]])
def test_a_column_of_customers_codes_is_no_guess(codes: list[str]) -> None:
    use = bare("CSAT", [str(k % 5 + 1) for k in range(60)], ("Cliente", codes)).use("customer_id")
    assert use is not None
    assert use.confidence == "medium"


def test_the_whole_call_is_its_talk_only_where_nothing_else_is() -> None:
    seconds = [str(60 + k) for k in range(60)]
    alone = bare("CallDuration", seconds)
    assert role_of(alone, "CallDuration") == "talk_duration"
    both = bare("CallDuration", seconds, ("ConvDuration", seconds))
    assert [role_of(both, header) for header in ("CallDuration", "ConvDuration")] == [
        "handle_duration",
        "talk_duration",
    ]


def test_stars_kept_as_shares_of_one_are_five_stars(desk: Desk) -> None:
    file = named("Frappe Helpdesk tickets")
    answers = [float(text) for text in cells(file, "feedback_rating")]
    (found,) = asked(desk, desk.take(file.write(desk.folder)), "csat", "mean").estimates
    assert (found.n, found.value) == (len(answers), pytest.approx(5 * fmean(answers)))


def fate_of(header: str, cells: list[str]) -> str:
    """What becomes of this column in a survey: personal, or the role it ended as, or its fate."""
    use = next(use for use in bare("CSAT", [str(k % 5 + 1) for k in range(60)], (header, cells)).columns
               if use.header == header)  # fmt: skip
    return use.role or use.fate


PEOPLE = ["Anna", "Marco", "Giulia", "Luca", "Sara", "Paolo"] * 10


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("reviewer_name", PEOPLE),
        ("Passenger name", PEOPLE),
        ("Caller ID Number", [f"+39347{1_000_000 + k * 977}" for k in range(60)]),
        ("Where", [f"48.8{k:04}, 2.3{k:04}" for k in range(60)]),
        ("Where", [f"POINT (2.3{k:04} 48.8{k:04})" for k in range(60)]),
        ("LATITUD", [f"41.4{k:04}" for k in range(60)]),
    ],
)
def test_who_wrote_who_rang_and_where_people_stood_are_personal(header: str, cells: list[str]) -> None:
    assert fate_of(header, cells) == "personal"


@pytest.mark.parametrize("header", ["Importo preventivo", "Importo rimborsato", "Refund amount", "Credit limit amount"])
def test_what_was_offered_paid_back_or_lent_is_no_revenue(header: str) -> None:
    assert fate_of(header, [f"{20 + k * 1.37:.2f}" for k in range(60)]) == "ignored"
    assert fate_of("Importo pagato", [f"{20 + k * 1.37:.2f}" for k in range(60)]) == "revenue"


def test_words_written_as_one_are_the_words() -> None:
    assert fate_of("CLIENTNUM", [f"71{k:05}" for k in range(60)]) == "customer_id"
    assert fate_of("Delivery_person_ID", [f"DEL{k % 9:02}" for k in range(60)]) == "agent"


def test_a_description_in_set_phrases_is_what_it_was_about_and_a_products_is_not() -> None:
    phrases = ["Loose Dog", "Street Light Issue", "Graffiti Abatement"] * 20
    assert fate_of("SR Description", phrases) == "topic"
    assert fate_of("Product Description", phrases) != "topic"


def test_who_left_is_one_customer_whatever_is_averaged_or_counted_beside() -> None:
    mapping = understand(*named("Credit card churners").read())
    assert mapping.kind != "daily"
    assert role_of(mapping, "Attrition_Flag") == "churned"
