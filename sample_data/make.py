"""Makes the sample data: one year of an invented Italian provider, with known truths planted in it.

    python sample_data/make.py           writes interactions.csv, survey.csv and experiment.csv beside this file
    python sample_data/make.py --check   exits 1 when a file differs from what would be written

What is true stands in truths.toml, what customers write in phrases.toml. The bytes are the same on every system
and Python: chance comes only from `random.Random(seed).random()`, whose sequence Python guarantees, and the
arithmetic on it is + - * / and comparison, which IEEE 754 fixes exactly.
"""

import random
import sys
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CONTACTS, FOLLOW_UP = 18_400, 0.10  # first contacts; how often the customer is back on the topic within 6 days
CUSTOMERS, OPERATORS_PER_TEAM = 9_000, 8
ABANDONED, ABANDONED_BUSY = 0.08, 0.15  # of phone calls; on Monday mornings
ONE_TOUCH, REOPENED, INVITED = 0.62, 0.06, 0.85
HANG_UP = (3, 30, 70, 120, 200, 400, 900)  # seconds, as evenly spaced quantiles
WRAP_UP = (5, 15, 30, 50, 80, 130, 400)  # seconds
SPELL = (2, 8, 20, 30, 52, 96, 170, 260, 1200)  # hours more, for a case the first contact does not solve
MONTHS = (1.1, 1.05, 1.0, 0.95, 0.95, 0.95, 0.95, 0.8, 1.05, 1.05, 1.05, 1.0)  # January … December
HOLIDAYS = frozenset(
    [date(2025, month, day) for month, day in ((11, 1), (12, 8), (12, 25), (12, 26))]
    + [date(2026, month, day) for month, day in ((1, 1), (1, 6), (4, 6), (4, 25), (5, 1), (6, 2), (8, 15))]
)
# Within 4–5 and 1–3, within promoters, passives and detractors, answers spread the same way everywhere.
LOW_STARS, HIGH_STARS = (0.30, 0.25, 0.45), (0.40, 0.60)
DETRACTORS, PASSIVES, PROMOTERS = (0.12, 0.05, 0.08, 0.12, 0.13, 0.24, 0.26), (0.45, 0.55), (0.40, 0.60)
HARD_CES, EASY_CES = (0.40, 0.28, 0.14, 0.08, 0.05, 0.03, 0.02), (0.01, 0.01, 0.03, 0.07, 0.18, 0.38, 0.32)
TOGETHER = 0.6  # how often a question's answer follows the customer's overall mood
OFF_SCALE = {"nps": 11, "csat": 0, "ces": 8}

INTERACTION_HEADER = (
    "ID contatto", "Cliente", "Data apertura", "Prima risposta", "Data chiusura", "Canale", "Squadra", "Operatore",
    "Motivo", "Prodotto", "Stato", "Durata attesa (s)", "Durata conversazione (s)", "Lavoro dopo il contatto (s)",
    "Riaperto", "Abbandonato", "Sondaggio inviato",
)  # fmt: skip
SURVEY_HEADER = (
    "ID risposta", "ID contatto", "Cliente", "E-mail", "Data risposta", "Canale", "Squadra", "Motivo",
    "Quanto consiglieresti Ventonoto a un amico o collega? (0-10)",
    "Quanto sei soddisfatto dell'assistenza ricevuta? (1-5)",
    "È stato facile risolvere la mia richiesta (1-7, 7 = molto d'accordo)",
    "Ha soddisfatto le tue esigenze? (1-5)", "È stato semplice? (1-5)", "È stato piacevole? (1-5)", "Commento",
)  # fmt: skip
EXPERIMENT_HEADER = (
    "ID risposta", "Cliente", "Data risposta", "Prodotto", "Variante",
    "Quanto sei soddisfatto dell'attivazione? (1-5)",
)  # fmt: skip

Cell = str | int | datetime | None


class Chance:
    """A stream of chance; every choice is made from `random()` alone."""

    def __init__(self, seed: int) -> None:
        self.uniform = random.Random(seed).random

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def below(self, n: int) -> int:
        """A whole number from 0 to n − 1, all equally likely."""
        return int(self.uniform() * n)

    def one(self, choices: Sequence[str]) -> str:
        """One of the choices, all equally likely."""
        return choices[self.below(len(choices))]

    def weighted(self, cumulative: Sequence[float]) -> int:
        """An index, drawn by cumulative weights."""
        return bisect_right(cumulative, self.uniform() * cumulative[-1], hi=len(cumulative) - 1)

    def quantile(self, table: Sequence[int]) -> int:
        """A whole number from a distribution given by evenly spaced quantiles, linear between them."""
        place = self.uniform() * (len(table) - 1)
        low = int(place)
        return int(table[low] + (place - low) * (table[low + 1] - table[low]))


@dataclass(frozen=True)
class Topic:
    """Why a customer calls; the fields are explained in truths.toml."""

    name: str
    share: float
    nps_shift: int
    csat: float
    ces: float
    needs: float
    ease: float
    enjoyment: float
    to_hard_team: float
    load: float
    products: list[str]


@dataclass(frozen=True)
class Channel:
    """Where a customer calls; the fields are explained in truths.toml."""

    name: str
    share: float
    promoters: float
    detractors: float
    answer_rate: float
    days: list[int]
    holiday: float
    hours: str
    reply: list[int]
    talk: list[int]
    answer: list[int]


@dataclass(frozen=True)
class Opening:
    """A customer turns up, about a topic, in a channel."""

    at: datetime
    customer: str
    channel: Channel
    topic: Topic


@dataclass(frozen=True)
class Contact:
    """A row of interactions.csv, and from when on its survey can be answered (None: not invited)."""

    row: tuple[Cell, ...]
    opening: Opening
    team: str
    survey_from: datetime | None


def staffed(moment: datetime) -> datetime:
    """The same moment, or the next one at which cases are worked on (Monday to Saturday, 8–20)."""
    if moment.hour >= 20:
        moment = (moment + timedelta(days=1)).replace(hour=8)
    moment = moment.replace(hour=max(moment.hour, 8))
    while moment.weekday() == 6 or moment.date() in HOLIDAYS:
        moment += timedelta(days=1)
    return moment


def customer_code(index: int) -> str:
    """The code of a customer; 7919 and 90,000 share no factor, so indexes below 90,000 get different codes."""
    return f"CL{100_000 + index * 7919 % 90_000}"


def openings(chance: Chance, truths: dict[str, Any]) -> list[Opening]:
    """Every contact of the year in order of time."""
    topics = [Topic(**table) for table in truths["topic"]]
    channels = [Channel(**table) for table in truths["channel"]]
    dates = [truths["first_day"] + timedelta(days=day) for day in range(truths["days"])]
    volume = {
        channel.name: [
            channel.days[day.weekday()] * MONTHS[day.month - 1] * (channel.holiday if day in HOLIDAYS else 1)
            for day in dates
        ]
        for channel in channels
    }
    by_day = {name: list(accumulate(weights)) for name, weights in volume.items()}
    by_hour = {channel.name: list(accumulate(int(digit) for digit in channel.hours)) for channel in channels}
    by_channel = list(accumulate(channel.share for channel in channels))
    by_topic = list(accumulate(topic.share for topic in topics))

    def moment(day: int, channel: Channel) -> datetime:
        clock = timedelta(hours=chance.weighted(by_hour[channel.name]), seconds=chance.below(3600))
        return datetime.combine(dates[day], time()) + clock

    rows = []
    for _ in range(CONTACTS):
        u = chance.uniform()
        customer = customer_code(int(CUSTOMERS * u * (0.4 + 0.6 * u)))  # some call more often than others
        channel, topic = channels[chance.weighted(by_channel)], topics[chance.weighted(by_topic)]
        day = chance.weighted(by_day[channel.name])
        rows.append(Opening(moment(day, channel), customer, channel, topic))
        if chance.happens(FOLLOW_UP):
            channel = channels[chance.weighted(by_channel)]
            day += 1 + chance.below(6)
            if day < len(dates) and volume[channel.name][day]:
                rows.append(Opening(moment(day, channel), customer, channel, topic))
    return sorted(rows, key=lambda opening: (opening.at, opening.customer))


def handle(chance: Chance, truths: dict[str, Any], number: int, opening: Opening) -> Contact:
    """What becomes of a contact. What lies after the end of the year has not happened yet: its cells are empty."""
    end = datetime.combine(truths["first_day"] + timedelta(days=truths["days"]), time())
    at, channel, topic = opening.at, opening.channel, opening.topic
    teams = [truths["teams"]["hard"], *truths["teams"]["others"]]
    team = 0 if chance.happens(topic.to_hard_team) else 1 + chance.below(len(teams) - 1)
    operator = f"OP{OPERATORS_PER_TEAM * team + chance.below(OPERATORS_PER_TEAM) + 1:02d}"
    product = chance.one(topic.products)
    busy = at.weekday() == 0 and at.hour < 12
    wait = chance.quantile(channel.reply) * (3 if busy else 2) // 2
    identity: tuple[Cell, ...] = (f"V{number:06d}", opening.customer, at)
    if channel.name == "Telefono" and chance.happens(ABANDONED_BUSY if busy else ABANDONED):
        hung_up = at + timedelta(seconds=chance.quantile(HANG_UP))
        row = (*identity, None, hung_up, channel.name, None, None, topic.name, product, "Abbandonato",
               None, None, None, None, "Sì", "No")  # fmt: skip
        return Contact(row, opening, "", None)
    # A queue counts its seconds; e-mail and WhatsApp are answered when somebody is at work.
    queue = bool(channel.talk)
    talk = int(chance.quantile(channel.talk) * topic.load) if queue else 0
    wrap = chance.quantile(WRAP_UP)
    replied = at + timedelta(seconds=wait)
    replied = replied if queue else staffed(replied)
    finished = closed = replied + timedelta(seconds=talk + wrap)
    more_work, reopened = not chance.happens(ONE_TOUCH), chance.happens(REOPENED)
    for again in (more_work, reopened):
        if again:
            closed = staffed(closed + timedelta(minutes=int(chance.quantile(SPELL) * 60 * topic.load)))
    with_customer, invited = chance.happens(0.3), chance.happens(INVITED) and closed < end
    open_status = "Nuovo" if replied >= end else "In attesa cliente" if with_customer else "Aperto"
    timed = queue and finished < end
    row = (
        *identity, replied if replied < end else None, closed if closed < end else None, channel.name, teams[team],
        operator if replied < end else None, topic.name, product, "Chiuso" if closed < end else open_status,
        wait if timed else None, talk if timed else None, wrap if timed else None,
        ("Sì" if reopened else "No") if closed < end else None, "No" if channel.name == "Telefono" else None,
        "Sì" if invited else "No",
    )  # fmt: skip
    return Contact(row, opening, teams[team], (finished if queue else closed) if invited else None)


def level(u: float, shares: Sequence[float]) -> int:
    """The index into which u in [0, 1) falls when the shares are laid end to end."""
    return bisect_right(list(accumulate(shares))[:-1], u)


def stars(u: float, good: float) -> int:
    """A 1–5 rating with a true share of 4–5 of `good`."""
    return 1 + level(u, [(1 - good) * share for share in LOW_STARS] + [good * share for share in HIGH_STARS])


def effort(u: float, mean: float) -> int:
    """A 1–7 rating with this true mean, from a mixture of the hard and the easy distribution."""
    hard, easy = (sum((i + 1) * share for i, share in enumerate(table)) for table in (HARD_CES, EASY_CES))
    weight = (mean - hard) / (easy - hard)
    return 1 + level(u, [(1 - weight) * h + weight * e for h, e in zip(HARD_CES, EASY_CES, strict=True)])


def recommend(u: float, promoters: float, detractors: float) -> int:
    """A 0–10 answer with these true shares of 9–10 and 0–6."""
    passives = 1 - promoters - detractors
    groups = ((detractors, DETRACTORS), (passives, PASSIVES), (promoters, PROMOTERS))
    return level(u, [size * share for size, shares in groups for share in shares])


def ratings(chance: Chance, drop: dict[str, Any], opening: Opening, answered: datetime) -> tuple[dict[str, int], bool]:
    """The six answers of one customer, and whether the drop hurt them. The team has no part in them."""
    channel, topic = opening.channel, opening.topic
    fallen = channel.name == drop["channel"] and answered.date() >= drop["week"]
    hurt = chance.happens(drop["hurt_share"]) and fallen
    mood = chance.uniform()

    def u() -> float:
        follows, own = chance.happens(TOGETHER), chance.uniform()
        return mood if follows else own

    shift = (topic.nps_shift - hurt * drop["nps"]) / 200
    answers = {
        "nps": recommend(u(), channel.promoters + shift, channel.detractors - shift),
        "csat": stars(u(), topic.csat - hurt * drop["csat"]),
        "ces": effort(u(), topic.ces - hurt * drop["ces"]),
        "needs": stars(u(), topic.needs - hurt * drop["needs"]),
        "ease": stars(u(), topic.ease - hurt * drop["ease"]),
        "enjoyment": stars(u(), topic.enjoyment - hurt * drop["enjoyment"]),
    }
    return answers, hurt


def comment(chance: Chance, words: dict[str, Any], opening: Opening, nps: int, hurt: bool) -> str:
    """What the customer writes: phrases that fit the score, the topic and the channel."""
    tone = "good" if nps >= 9 else "bad" if nps <= 6 else "mixed"
    if chance.happens(0.12):
        return chance.one(words["short"][tone])
    if hurt and tone == "bad" and chance.happens(0.7):
        body = words["assistant"]["bad"]
    elif chance.happens(0.25):
        body = words["channel"][opening.channel.name][tone]
    else:
        body = words["topic"][opening.topic.name][tone]
    start = [chance.one(words["start"][tone])] if chance.happens(0.35) else []
    end = [chance.one(words["end"][tone])] if chance.happens(0.35) else []
    text = ("\n" if chance.happens(0.06) else " ").join([*start, chance.one(body), *end])
    return text.lower().removesuffix(".") if chance.happens(0.12) else text


def survey(
    chance: Chance, truths: dict[str, Any], phrases: dict[str, Any], contacts: list[Contact]
) -> list[list[Cell]]:
    """The rows of survey.csv in order of time."""
    end = datetime.combine(truths["first_day"] + timedelta(days=truths["days"]), time())
    about, found = truths["answers"], []
    for contact in contacts:
        opening = contact.opening
        if contact.survey_from is None or not chance.happens(opening.channel.answer_rate):
            continue
        answered = contact.survey_from + timedelta(minutes=chance.quantile(opening.channel.answer))
        answers, hurt = ratings(chance, truths["drop"], opening, answered)
        language = phrases["en" if chance.happens(about["english"]) else "it"]
        silent = chance.happens(about["no_comment"])
        text = None if silent else comment(chance, language, opening, answers["nps"], hurt)
        given = [None if chance.happens(about["skipped"][name]) else value for name, value in answers.items()]
        email = f"{opening.customer.lower()}@example.com"
        row = [contact.row[0], opening.customer, email, answered, opening.channel.name, contact.team,
               opening.topic.name, *given, text]  # fmt: skip
        if answered < end:
            found.append((answered, row))
    found.sort(key=lambda pair: pair[0])
    rows: list[list[Cell]] = [[f"R{number:05d}", *row] for number, (_, row) in enumerate(found, 1)]
    taken: set[int] = set()
    for name, value in OFF_SCALE.items():
        for _ in range(about["off_scale_each"]):
            place = chance.below(len(rows))
            while place in taken:
                place = chance.below(len(rows))
            taken.add(place)
            rows[place][8 + list(about["skipped"]).index(name)] = value
    return rows


def experiment(chance: Chance, truths: dict[str, Any]) -> list[list[Cell]]:
    """The rows of experiment.csv in order of time, one a customer."""
    plan, found = truths["experiment"], []
    for index in range(plan["rows"]):
        arm = "treatment" if chance.happens(0.5) else "control"
        at = datetime.combine(plan["first_day"], time(8)) + timedelta(
            days=chance.below(plan["days"]), minutes=chance.below(14 * 60)
        )
        product = chance.one(["Fibra", "Luce", "Gas"])
        # New customers: their codes follow those of the customers who contact the help desk.
        row = (customer_code(CUSTOMERS + index), at, product, plan[arm], stars(chance.uniform(), plan[f"{arm}_csat"]))
        found.append((at, row))
    found.sort(key=lambda pair: pair[0])
    return [[f"A{number:05d}", *row] for number, (_, row) in enumerate(found, 1)]


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Semicolon CSV as Excel in Italy writes it: UTF-8 with a byte order mark, CR LF, dd/mm/yyyy HH:MM."""

    def text(cell: Cell) -> str:
        if isinstance(cell, datetime):
            return f"{cell.day:02d}/{cell.month:02d}/{cell.year} {cell.hour:02d}:{cell.minute:02d}"
        words = "" if cell is None else str(cell)
        return '"' + words.replace('"', '""') + '"' if any(mark in words for mark in ';"\n') else words

    lines = (";".join(text(cell) for cell in row) + "\r\n" for row in (header, *rows))
    return "".join(lines).encode("utf-8-sig")


def build() -> dict[str, bytes]:
    """The bytes of each sample file, by file name."""
    truths = tomllib.loads((FOLDER / "truths.toml").read_text(encoding="utf-8"))
    phrases = tomllib.loads((FOLDER / "phrases.toml").read_text(encoding="utf-8"))
    streams = [Chance(truths["seed"] * 10 + stream) for stream in range(4)]
    opened = openings(streams[0], truths)
    contacts = [handle(streams[1], truths, number, opening) for number, opening in enumerate(opened, 1)]
    return {
        "interactions.csv": csv_bytes(INTERACTION_HEADER, [contact.row for contact in contacts]),
        "survey.csv": csv_bytes(SURVEY_HEADER, survey(streams[2], truths, phrases, contacts)),
        "experiment.csv": csv_bytes(EXPERIMENT_HEADER, experiment(streams[3], truths)),
    }


def main(arguments: list[str]) -> int:
    """The exit code: 0 when the files are written or, with --check, stand as they should."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    differing = []
    for name, content in build().items():
        path = FOLDER / name
        if not arguments:
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            differing.append(name)
    if differing:
        print(f"not as make.py writes them: {', '.join(differing)}", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
