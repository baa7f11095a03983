"""The sample files are what make.py writes, and the truths planted in them can be found again.

The expected figures are those of sample_data/truths.toml, restated here as a reader of its README would: they were
fixed before any row was drawn. The estimates are made with pandas and statsmodels alone.
"""

import math
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

SAMPLE = Path(__file__).parents[1] / "sample_data"
DROP_WEEK = pd.Timestamp("2026-05-04")
NPS = "Quanto consiglieresti Ventonoto a un amico o collega? (0-10)"
CSAT = "Quanto sei soddisfatto dell'assistenza ricevuta? (1-5)"
CES = "È stato facile risolvere la mia richiesta (1-7, 7 = molto d'accordo)"
EASE = "È stato semplice? (1-5)"
ACTIVATION = "Quanto sei soddisfatto dell'attivazione? (1-5)"
SCALES = {NPS: (0, 10), CSAT: (1, 5), CES: (1, 7), EASE: (1, 5)}


def load(name: str) -> pd.DataFrame:
    frame = pd.read_csv(SAMPLE / name, sep=";", encoding="utf-8-sig", dtype=str)
    for column in frame.columns[frame.columns.str.startswith(("Data ", "Prima "))]:
        frame[column] = pd.to_datetime(frame[column], format="%d/%m/%Y %H:%M")
    return frame


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    return load("interactions.csv")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """The survey with numbers in place of text, off-scale answers left out, and one value a row for the metrics."""
    frame = load("survey.csv")
    for question, (low, high) in SCALES.items():
        frame[question] = pd.to_numeric(frame[question])
        frame[question] = frame[question].where(frame[question].between(low, high))
    frame["nps"] = (frame[NPS] >= 9).astype(float).sub(frame[NPS] <= 6).mul(100).where(frame[NPS].notna())
    frame["csat"] = (frame[CSAT] >= 4).mul(100.0).where(frame[CSAT].notna())
    frame["ease"] = (frame[EASE] >= 4).mul(100.0).where(frame[EASE].notna())
    frame["fallen"] = frame["Data risposta"] >= DROP_WEEK
    return frame


@pytest.fixture(scope="module")
def experiment() -> pd.DataFrame:
    frame = load("experiment.csv")
    frame[ACTIVATION] = pd.to_numeric(frame[ACTIVATION])
    return frame


def estimate(scores: pd.Series) -> tuple[float, float]:
    """The mean of the given answers, and its standard error."""
    given = scores.dropna().to_numpy(dtype=float)
    return float(given.mean()), float(given.std(ddof=1)) / math.sqrt(len(given))


def difference(treated: pd.Series, control: pd.Series) -> tuple[float, float]:
    """Treated minus control, and its standard error."""
    (mean, error), (control_mean, control_error) = estimate(treated), estimate(control)
    return mean - control_mean, math.hypot(error, control_error)


def run_make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Another working folder and another hash seed than ours: neither may matter.
    command = [sys.executable, str(folder / "make.py"), *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    return subprocess.run(command, cwd=folder.parent, env=environment, capture_output=True, text=True, check=False)


# --- The files --------------------------------------------------------------------------------------------------


def test_make_writes_the_files_byte_for_byte(tmp_path: Path) -> None:
    folder = tmp_path / "sample_data"
    folder.mkdir()
    for name in ("make.py", "truths.toml", "phrases.toml"):
        shutil.copy(SAMPLE / name, folder / name)
    assert run_make(folder).returncode == 0
    written = sorted(path.name for path in folder.glob("*.csv"))
    assert written == sorted(path.name for path in SAMPLE.glob("*.csv"))
    assert [name for name in written if (folder / name).read_bytes() != (SAMPLE / name).read_bytes()] == []

    survey = folder / "survey.csv"
    survey.write_bytes(survey.read_bytes().replace(b";Chat;", b";chat;", 1))
    checked = run_make(folder, "--check")
    assert (checked.returncode, checked.stderr.strip()) == (1, "not as make.py writes them: survey.csv")


def test_files_are_as_an_italian_help_desk_exports_them() -> None:
    files = {path.name: path.read_bytes() for path in SAMPLE.glob("*.csv")}
    assert sum(len(content) for content in files.values()) < 5_000_000
    for content in files.values():
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert content.decode("utf-8-sig").split("\r\n")[0].count(";") >= 5
    survey = files["survey.csv"].decode("utf-8-sig")
    assert '""' in survey, "a comment with quotes"
    assert "\n" in survey.replace("\r\n", ""), "a comment with a line break"
    assert load("survey.csv")["Commento"].str.contains(";").sum() > 20


def test_contacts_are_a_consistent_year(contacts: pd.DataFrame) -> None:
    opened, replied, closed = contacts["Data apertura"], contacts["Prima risposta"], contacts["Data chiusura"]
    assert 19_000 <= len(contacts) <= 21_000
    assert contacts["ID contatto"].is_unique
    assert opened.is_monotonic_increasing
    assert opened.min().date().isoformat() == "2025-10-06"
    assert opened.max().date().isoformat() == "2026-10-04"
    assert max(replied.max(), closed.max()) < pd.Timestamp("2026-10-05")
    assert not (replied < opened).any()
    assert not (closed < replied).any()
    assert closed.notna().equals(contacts["Stato"].isin(["Chiuso", "Abbandonato"]))
    still_open = opened[closed.isna()]
    assert 50 <= len(still_open) <= 500
    assert (still_open > pd.Timestamp("2026-09-20")).mean() > 0.5


def test_abandoned_calls_have_no_wait_no_reply_and_no_operator(contacts: pd.DataFrame) -> None:
    abandoned = contacts[contacts["Abbandonato"] == "Sì"]
    assert 0.06 <= len(abandoned) / (contacts["Canale"] == "Telefono").sum() <= 0.12
    assert (abandoned["Canale"] == "Telefono").all()
    assert abandoned[["Prima risposta", "Durata attesa (s)", "Operatore", "Squadra"]].isna().all(axis=None)
    answered = contacts[(contacts["Abbandonato"] == "No") & (contacts["Stato"] == "Chiuso")]
    assert answered["Durata attesa (s)"].notna().all()


def test_contacts_have_a_weekly_and_a_daily_rhythm(contacts: pd.DataFrame) -> None:
    opened = contacts["Data apertura"]
    weekday = opened.dt.day_of_week.value_counts()
    assert weekday.idxmax() == 0
    assert weekday.idxmin() == 6
    hour = opened.dt.hour.value_counts()
    assert 9 <= hour.idxmax() <= 11
    assert hour.reindex(range(6)).sum() < 0.05 * len(opened)
    phone = contacts[contacts["Canale"] == "Telefono"]["Data apertura"]
    assert not (phone.dt.day_of_week == 6).any()
    assert not (phone.dt.date.astype(str) == "2025-12-25").any()


def test_every_answer_belongs_to_an_invited_contact(answers: pd.DataFrame, contacts: pd.DataFrame) -> None:
    assert 5_500 <= len(answers) <= 6_500
    assert answers["ID risposta"].is_unique
    assert answers["ID contatto"].is_unique
    both = answers.merge(contacts, on="ID contatto", how="left", suffixes=("", " del contatto"))
    for column in ("Cliente", "Canale", "Squadra", "Motivo"):
        assert both[column].equals(both[f"{column} del contatto"])
    assert (both["Sondaggio inviato"] == "Sì").all()
    assert not (both["Data risposta"] < both["Prima risposta"]).any()
    assert both["E-mail"].str.fullmatch(r"cl\d{6}@example\.com").all()


def test_skipped_off_scale_and_unwritten_answers_are_as_many_as_planted() -> None:
    raw = load("survey.csv")
    off = {}
    for question, (low, high) in SCALES.items():
        value = pd.to_numeric(raw[question])
        off[question] = int((value.notna() & ~value.between(low, high)).sum())
    assert off == {NPS: 3, CSAT: 3, CES: 3, EASE: 0}
    for question, share in {NPS: 0.02, CSAT: 0.02, CES: 0.04, EASE: 0.06, "Commento": 0.45}.items():
        error = math.sqrt(share * (1 - share) / len(raw))
        assert abs(raw[question].isna().mean() - share) < 3 * error, question


def test_one_comment_in_eight_is_english() -> None:
    comments = load("survey.csv")["Commento"].dropna().str.lower()
    english = tomllib.loads((SAMPLE / "phrases.toml").read_text(encoding="utf-8"))["en"]
    frame = pd.json_normalize(english, sep="/").iloc[0]
    phrases = tuple({phrase.lower().rstrip(".") for choices in frame for phrase in choices if len(phrase) > 4})
    share = comments.map(lambda comment: any(phrase in comment for phrase in phrases)).mean()
    assert abs(share - 0.12) < 3 * math.sqrt(0.12 * 0.88 / len(comments))


def test_readme_names_every_column_and_every_truth() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for path in SAMPLE.glob("*.csv"):
        table = load(path.name)
        assert f"| `{path.name}` | {len(table):,} |" in readme
        for column in table.columns:
            assert f"`{column}`" in readme, column
    truths = tomllib.loads((SAMPLE / "truths.toml").read_text(encoding="utf-8"))
    for topic in truths["topic"]:
        figures = (topic["share"], topic["csat"], topic["needs"], topic["ease"], topic["enjoyment"])
        shares = " | ".join(f"{100 * figure:.0f} %" for figure in figures)
        shift = f"{topic['nps_shift']:+d}".replace("-", "−")
        assert f"| {topic['name']} | {shares} | {topic['ces']} | {shift} |" in readme
    for channel in truths["channel"]:
        promoters, detractors = round(100 * channel["promoters"]), round(100 * channel["detractors"])
        row = f"| {channel['name']} | {100 * channel['share']:.0f} % | {promoters} / {detractors} |"
        assert f"{row} {promoters - detractors:+d} |" in readme


# --- Truth 1: chat falls by 32 points of NPS from Monday 4 May 2026, nothing else moves --------------------------


def test_chat_nps_falls_by_the_planted_32_points(answers: pd.DataFrame) -> None:
    chat = answers[answers["Canale"] == "Chat"]
    fall, error = difference(chat.loc[chat["fallen"], "nps"], chat.loc[~chat["fallen"], "nps"])
    assert error < 4, "enough answers to see it"
    assert abs(fall - -32) < 2 * error


def test_chat_nps_is_32_before_and_0_after(answers: pd.DataFrame) -> None:
    chat = answers[answers["Canale"] == "Chat"]
    for fallen, truth in ((False, 32), (True, 0)):
        level, error = estimate(chat.loc[chat["fallen"] == fallen, "nps"])
        assert abs(level - truth) < 2 * error


def test_the_fall_begins_in_its_week(answers: pd.DataFrame) -> None:
    # Of all Mondays, the one that splits the chat answers best is the planted one, or a neighbour.
    chat = answers[answers["Canale"] == "Chat"].dropna(subset="nps")
    mondays = pd.date_range("2025-11-03", "2026-09-07", freq="W-MON")
    sharpness = {}
    for monday in mondays:
        after = chat["Data risposta"] >= monday
        fall, error = difference(chat.loc[after, "nps"], chat.loc[~after, "nps"])
        sharpness[monday] = abs(fall) / error
    best = max(sharpness, key=sharpness.__getitem__)
    assert abs(best - DROP_WEEK) <= pd.Timedelta(days=7)


def test_chat_has_thirty_answers_in_every_week(answers: pd.DataFrame) -> None:
    chat = answers[answers["Canale"] == "Chat"].dropna(subset="nps")
    weekly = chat.groupby(chat["Data risposta"].dt.to_period("W-SUN")).size()
    assert len(weekly) == 52
    assert weekly.min() >= 30


def test_no_other_channel_moves(answers: pd.DataFrame) -> None:
    for channel in ("Telefono", "E-mail", "WhatsApp", "Negozio"):
        part = answers[answers["Canale"] == channel]
        for metric in ("nps", "csat", CES):
            change, error = difference(part.loc[part["fallen"], metric], part.loc[~part["fallen"], metric])
            assert abs(change) < 3 * error, (channel, metric)


def test_chat_csat_and_ces_fall_with_it(answers: pd.DataFrame) -> None:
    chat = answers[answers["Canale"] == "Chat"]
    for metric, truth in (("csat", -15), (CES, -0.6)):
        fall, error = difference(chat.loc[chat["fallen"], metric], chat.loc[~chat["fallen"], metric])
        assert abs(fall - truth) < 2 * error, metric


# --- Truth 2: billing is hard ------------------------------------------------------------------------------------


def test_billing_has_clearly_the_lowest_ces_and_ease(answers: pd.DataFrame) -> None:
    for metric in (CES, "ease"):
        billing = answers.loc[answers["Motivo"] == "Fatturazione", metric]
        for topic in set(answers["Motivo"]) - {"Fatturazione"}:
            gap, error = difference(billing, answers.loc[answers["Motivo"] == topic, metric])
            assert gap < -5 * error, (metric, topic)


def test_billing_ces_is_the_planted_3_6_and_ease_38(answers: pd.DataFrame) -> None:
    calm = answers[~((answers["Canale"] == "Chat") & answers["fallen"]) & (answers["Motivo"] == "Fatturazione")]
    for metric, truth in ((CES, 3.6), ("ease", 38)):
        level, error = estimate(calm[metric])
        assert abs(level - truth) < 2 * error


# --- Truth 3: Brenta gets the hard topics and is no worse at them ------------------------------------------------


def test_brenta_is_lower_raw_and_level_once_topics_are_compared_like_with_like(answers: pd.DataFrame) -> None:
    brenta = answers["Squadra"] == "Brenta"
    for metric in ("csat", "nps"):
        raw, error = difference(answers.loc[brenta, metric], answers.loc[~brenta, metric])
        assert raw < -4 * error, metric
        adjusted, variance = 0.0, 0.0
        for topic, share in answers["Motivo"].value_counts(normalize=True).items():
            same = answers["Motivo"] == topic
            gap, gap_error = difference(answers.loc[brenta & same, metric], answers.loc[~brenta & same, metric])
            adjusted, variance = adjusted + share * gap, variance + (share * gap_error) ** 2
        assert abs(adjusted) < 2 * math.sqrt(variance), metric
        assert abs(adjusted) < abs(raw) / 4, metric


# --- Truth 4: the new guide gains 8 points of CSAT ---------------------------------------------------------------


def test_experiment_is_clean_by_design(experiment: pd.DataFrame, contacts: pd.DataFrame) -> None:
    assert experiment["Cliente"].is_unique
    assert not experiment["Cliente"].isin(contacts["Cliente"]).any(), "new customers"
    assert experiment[ACTIVATION].between(1, 5).all()
    sizes = experiment["Variante"].value_counts()
    assert set(sizes.index) == {"attuale", "nuova"}
    assert sizes.sum() == 2400
    assert abs(sizes["nuova"] - 1200) < 2 * math.sqrt(2400 * 0.25)
    periods = experiment.groupby("Variante")["Data risposta"].agg(["min", "max"]).apply(lambda side: side.dt.date)
    assert (periods["min"].astype(str) <= "2026-01-14").all()
    assert (periods["max"].astype(str) >= "2026-04-02").all()


def test_experiment_interval_holds_the_planted_8_points_and_not_0(experiment: pd.DataFrame) -> None:
    good = (experiment[ACTIVATION] >= 4).groupby(experiment["Variante"]).agg(["sum", "count"])
    low, high = confint_proportions_2indep(*good.loc["nuova"], *good.loc["attuale"], method="newcomb", compare="diff")
    assert 0 < low < 0.08 < high
    for arm, truth in (("attuale", 0.62), ("nuova", 0.70)):
        low, high = proportion_confint(*good.loc[arm], method="wilson")
        assert low < truth < high
