"""Ways of writing dates beyond the plain patterns of `test_properties`: each moment comes back as Python wrote it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pandas as pd
import pytest
from desk import Desk

MOMENTS = [datetime(2025, 1, 10, 9, 5, 31) + timedelta(hours=37 * k, minutes=7 * k) for k in range(60)]
ROME_IN_WINTER = timezone(timedelta(hours=1))
ITALIAN = "lunedì martedì mercoledì giovedì venerdì sabato domenica".split()
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
FRENCH = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()


def whole(moment: datetime) -> datetime:
    return moment


def minute(moment: datetime) -> datetime:
    return moment.replace(second=0)


def day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0)


def monday(moment: datetime) -> datetime:
    return day(moment - timedelta(days=moment.weekday()))


def hour_before(moment: datetime) -> datetime:
    return moment - timedelta(hours=1)  # an offset of +01:00 in a file without a zone is told in UTC


WRITTEN: dict[str, tuple[Callable[[datetime], str], Callable[[datetime], datetime]]] = {
    "digits": (lambda t: f"{t:%Y%m%d%H%M%S}", whole),
    "digits to the minute": (lambda t: f"{t:%Y%m%d%H%M}", minute),
    "JavaScript": (lambda t: f"{t:%a %b %d %Y %H:%M:%S} GMT+0100 (Central European Standard Time)", hour_before),
    "web server": (lambda t: f"{t:%d/%b/%Y:%H:%M:%S} +0100", hour_before),
    "millionths since 1970": (
        lambda t: str(int(t.replace(tzinfo=ROME_IN_WINTER).timestamp() * 1_000_000)),
        hour_before,
    ),
    "billionths since 1970": (lambda t: str(int(t.replace(tzinfo=ROME_IN_WINTER).timestamp()) * 10**9), hour_before),
    "short year behind a month": (lambda t: f"{t:%b %d, %y}", day),
    "at": (lambda t: f"{t:%B %d, %Y at %I:%M %p}", minute),
    "alle": (lambda t: f"{t:%d/%m/%Y} alle {t:%H:%M}", minute),
    "à": (lambda t: f"{t.day} {FRENCH[t.month - 1]} {t.year} à {t:%H:%M}", minute),
    "h for hours": (lambda t: f"{t:%d/%m/%Y %Hh%M}", minute),
    "German": (lambda t: f"{t.day}. {GERMAN[t.month - 1]} {t.year}", day),
    "weekday behind": (lambda t: f"{t:%d/%m/%Y} ({t:%a})", day),
    "weekday before": (lambda t: f"{ITALIAN[t.weekday()]} {t:%d/%m/%Y %H:%M}", minute),
    "comma before the fraction": (lambda t: f"{t:%Y-%m-%d %H:%M:%S},000", whole),
    "Oracle": (lambda t: f"{t:%d-%b-%y %I.%M.%S}.000000 {t:%p}".upper(), whole),
    "ISO week": (lambda t: f"{t:%G-W%V}", monday),
    "ISO week and day": (lambda t: f"{t:%G-W%V-%u}", day),
    "ISO week and day, short": (lambda t: f"{t:%GW%V%u}", day),
    "spreadsheet": (lambda t: f"{(t - datetime(1899, 12, 30)) / timedelta(days=1):.6f}", whole),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_moment_comes_back_as_it_was(desk: Desk, name: str) -> None:
    write, meant = WRITTEN[name]
    rows = [["Response ID", "Survey date", "NPS (0-10)"]]
    rows += [[f"R{k:03}", write(moment), str(k % 11)] for k, moment in enumerate(MOMENTS)]
    table = desk.take(desk.file("dates.csv", rows))
    read = pd.read_parquet(table.path).sort_values("row")["answered_at"]
    assert read.dt.tz is None
    assert read.dt.to_pydatetime().tolist() == [meant(moment) for moment in MOMENTS]
