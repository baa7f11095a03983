"""How the text of each role is read: scale and direction, date order, number format, units; with a reason for each.

Where the evidence does not decide, a `Question` and a warning stand beside the value in force: nothing is guessed in
silence. A person's choice (`ces.best=low`, `created_at.order=mdy`, `csat.scale=1-7`) comes first.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cxcore.language import Message, say, say_many
from cxcore.mapping import answers, headers, scales, units, zones
from cxcore.mapping.draft import STRONG, Assignment
from cxcore.mapping.facts import Facts
from cxcore.roles import RATINGS, ROLES
from cxcore.values import Confidence, Problem, Question, RoleUse


@dataclass
class Reading:
    """What building the uses brings to light besides them."""

    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def warn(self, code: str, what: Message, column: str | None = None, count: int = 0) -> None:
        """Note a warning."""
        self.problems.append(Problem(code, "warning", what, column, count))

    def note(self, code: str, what: Message, column: str | None = None, count: int = 0) -> None:
        """Note something worth knowing that changes no figure."""
        self.problems.append(Problem(code, "info", what, column, count))


def build(columns: Sequence[Facts], work: Assignment, choices: Dict[str, str], zone: str | None) -> tuple[
    tuple[RoleUse, ...], Reading
]:  # fmt: skip
    """The uses of all assigned roles, in the roles' order, with their problems and questions."""
    reading = Reading()
    order = _file_order(columns, work)
    uses = []
    for role in ROLES:
        if role not in work.chosen:
            continue
        chosen = work.chosen[role]
        use = RoleUse(
            role, chosen, _confidence(work, role), _why(work, role),
            also=tuple(work.also.get(role, ())),
        )  # fmt: skip
        kind = ROLES[role].type
        facts = columns[chosen[-1]]
        built: RoleUse | None
        if kind == "rating":
            built = _rating(use, facts, choices, reading)
        elif kind == "time":
            built = _time(use, [columns[k] for k in chosen], choices, reading, order)
        elif kind == "flag":
            built = _flag(use, facts, reading)
        elif kind == "duration":
            _warn_of_marks(facts, reading)
            if not facts.filled:
                reading.warn("metric_all_missing", say("the column is empty"), facts.profile.header)
            known = work.export.unit(chosen[-1]) if work.export else None
            built = units.settled(use, facts, choices, known, reading)
        elif kind in {"amount", "count"}:
            _warn_of_marks(facts, reading)
            built = replace(use, decimal=facts.number.decimal)
        elif kind == "category":
            built = _named_alike(use, facts, reading)
        else:
            built = replace(use, plain=use.role != "customer_id" and (kind == "text" or not _spaced(facts)))
        if built is not None:
            uses.append(built)
    _warn_of_times(columns, work, reading)
    return zones.settled(uses, columns, zone, work.export, reading), reading


def _warn_of_times(columns: Sequence[Facts], work: Assignment, reading: Reading) -> None:
    """Says which columns have a duration's name, hold points in time, and are no time that is known here."""
    for k, facts in enumerate(columns):
        if work.taken(k) or k in work.personal or not facts.written_dates:
            continue
        header = facts.profile.header
        named = headers.roles_named(header, facts.profile.description)
        if any(n.strength >= STRONG and n.role in RATINGS and n.role not in work.chosen for n in named):
            reading.warn(
                "scores_look_like_dates",
                say("the scores have been turned into dates by a spreadsheet, so they are not used"),
                header,
            )
        elif any(n.strength >= STRONG and ROLES[n.role].type == "duration" for n in named):
            reading.warn("duration_holds_dates",
                         say("the name is a duration's, but the cells are dates: no duration is read from them"),
                         header)  # fmt: skip


def _confidence(work: Assignment, role: str) -> Confidence:
    strength = work.strength.get(role, 0.0)
    if role in work.by_hand or strength >= 2.45:
        return "high"
    return "medium" if strength >= STRONG else "low"


def _why(work: Assignment, role: str) -> Message:
    if role in work.by_hand:
        return say("chosen by hand")
    strength = work.strength.get(role, 0.0)
    if work.export and strength > 3.5:
        return say("this is what {product} calls it", product=work.export.product)
    if strength >= STRONG:
        return say("the column's name says so, and its values fit")
    return say("its values fit, and no other column fits better")


def _rating(use: RoleUse, facts: Facts, choices: Dict[str, str], reading: Reading) -> RoleUse | None:
    role, header = use.role, facts.profile.header
    ratings = facts.ratings
    default = ROLES[role].scale or (1.0, 5.0)
    if not facts.filled or not ratings.n:
        reading.warn("metric_all_missing", say("the column has no answers"), header)
        return replace(use, scale=default)
    if _like_dates(facts):
        reading.warn(
            "scores_look_like_dates",
            say("the scores have been turned into dates by a spreadsheet, so they are not used"), header,
        )  # fmt: skip
        return None
    scale, known = scales.likely_scale(ratings, default)
    if role == "nps":
        return _nps(use, facts, choices, reading)
    if f"{role}.scale" in choices:
        low, _, high = choices[f"{role}.scale"].partition("-")
        scale, known = (float(low), float(high)), "stated"
    outside = sum(count for value, count in ratings.numbers if not scale[0] <= value <= scale[1])
    if outside > 0.5 * ratings.n:
        reading.warn(f"{role}_scale_suspect", say("most answers are off the scale {low}–{high}",
                                                  low=scale[0], high=scale[1]), header, outside)  # fmt: skip
        return None
    flipped = ratings.reversed
    if role == "ces" and not flipped:
        flipped = _effort_direction(facts, scale, choices, reading)
    if f"{role}.best" in choices:
        flipped = choices[f"{role}.best"] == "low"
    why = use.why
    if known == "answers":
        why = say("{why}; the answers run from {low} to {high}", why=use.why, low=scale[0], high=scale[1])
    elif known == "stated":
        why = say("{why}; the scale {low}–{high} is stated", why=use.why, low=scale[0], high=scale[1])
    return replace(use, scale=scale, reversed=flipped, decimal=ratings.decimal, answers=ratings.answers, why=why)


def _like_dates(facts: Facts) -> bool:
    """Scores such as 4/5 that became 05-apr, 4-May or 2024-05-04 in a spreadsheet."""
    if facts.ratings.share >= 0.5 and facts.number.share >= 0.5:
        return False
    if facts.dated:
        return True
    months = sum(
        count for text, count in facts.profile.values
        if any(part.isalpha() and len(part) == 3 for part in text.replace(".", "").split("-")) and text[:1].isdigit()
    )  # fmt: skip
    return facts.seen > 0 and months / facts.seen > 0.5


def _nps(use: RoleUse, facts: Facts, choices: Dict[str, str], reading: Reading) -> RoleUse | None:
    header, ratings = facts.profile.header, facts.ratings
    values = [value for value, _ in ratings.numbers]
    n = ratings.n
    beyond = sum(count for value, count in ratings.numbers if not 0 <= value <= 10)
    if beyond > 0.2 * n:
        reading.warn(
            "nps_scale_suspect",
            say("the values run from {low} to {high}: they are scores already computed or on another scale, not"
                " answers from 0 to 10, so no NPS is computed from them", low=values[0], high=values[-1]),
            header,
        )  # fmt: skip
        return None
    stated_ten = ratings.stated == (0.0, 10.0) or ratings.top == 10.0 or choices.get("nps.scale") == "0-10"
    worded = ratings.ladder not in {None, "promoter groups"}
    if worded or (not stated_ten and n >= 5 and values[0] >= 1 and values[-1] <= 5 and ratings.ladder is None):
        reading.warn(
            "nps_scale_suspect",
            say("the answers run from {low} to {high}; NPS is defined on 0–10, so none is computed. If these are"
                " satisfaction ratings, use the column as CSAT", low=values[0], high=values[-1]),
            header,
        )  # fmt: skip
        reading.questions.append(
            Question("nps.scale", say("On which scale was “{name}” asked?", name=header), ("1-5", "0-10"))
        )
        return None
    broken = sum(count for value, count in ratings.numbers if value != int(value))
    if broken:
        reading.warn(
            "nps_not_integer",
            say_many("{n} answer lies between two whole numbers and is not counted",
                     "{n} answers lie between two whole numbers and are not counted", broken), header, broken,
        )  # fmt: skip
    if ratings.ladder == "promoter groups":
        reading.warn("nps_from_categories", say("the answers are promoter, passive and detractor groups, not scores"),
                     header)  # fmt: skip
    return replace(use, scale=(0.0, 10.0), decimal=ratings.decimal, answers=ratings.answers)


def _effort_direction(facts: Facts, scale: tuple[float, float], choices: Dict[str, str], reading: Reading) -> bool:
    """Whether low is the good end of an effort question; asks where its words do not say."""
    words = set(headers.tokens(f"{facts.profile.header} {facts.profile.description}"))
    easy = any(word.startswith(("eas", "facil", "semplic", "sencill", "einfach", "simpl")) for word in words)
    effort = any(word.startswith(("effort", "sforz", "fatic", "difficil", "difficult", "esfuerz", "aufwand"))
                 for word in words)  # fmt: skip
    if facts.ratings.ladder is not None:
        return False
    if easy and not effort:
        return False
    if effort and not easy and scale[1] <= 5 and len(words) > 3:
        return True
    if "ces.best" not in choices:
        reading.warn(
            "ces_direction_unknown",
            say("the question's words do not say whether a high answer means easy; it is read so until you choose"),
            facts.profile.header,
        )  # fmt: skip
        reading.questions.append(
            Question("ces.best", say("Which end of the effort scale is the good one?"), ("high", "low"))
        )
    return False


def _file_order(columns: Sequence[Facts], work: Assignment) -> str | None:
    """The day and month order that some date column of the file decides for all of them."""
    for chosen in work.chosen.values():
        for k in chosen:
            style = columns[k].date if columns[k].dated else None
            if style is not None and style.certain and style.order in {"dmy", "mdy"}:
                return style.order
    return None


def _time(
    use: RoleUse, parts: Sequence[Facts], choices: Dict[str, str], reading: Reading, order: str | None
) -> RoleUse:
    facts = parts[0]
    header, style = facts.profile.header, facts.date
    chosen = choices.get(f"{use.role}.order")
    found = chosen or (style.order if style.certain or style.order == "ymd" else order or style.order)
    why = use.why
    if not facts.filled:
        reading.warn("metric_all_missing", say("the column is empty"), header)
        return use
    if style.kind == "date" and not style.certain and not order and not chosen and found in {"dmy", "mdy"}:
        reading.warn(
            "date_order_ambiguous",
            say("no date decides whether the day or the month comes first; the day is read first until you choose"),
            header,
        )  # fmt: skip
        reading.questions.append(
            Question(f"{use.role}.order", say("Does the day or the month come first in this column?"), ("dmy", "mdy"))
        )
    elif found in {"dmy", "mdy"} and style.kind == "date":
        why = say("{why}; the day comes first", why=use.why) if found == "dmy" else say(
            "{why}; the month comes first", why=use.why)  # fmt: skip
    if style.mixed:
        reading.warn("mixed_date_formats",
                     say("some dates only make sense with day and month the other way round; those are read so"),
                     header)  # fmt: skip
    if style.two_digit_years:
        reading.warn("two_digit_years", say("years have two digits and are read as 2000–2068 or 1969–1999"), header)
    for kind, code, what in (
        ("epoch", "epoch_dates", say("the dates are Unix times and are read as such")),
        ("serial", "excel_serial_dates", say("the dates are spreadsheet serial numbers and are read as such")),
        ("week", "week_dates", say("the dates are ISO weeks; one without its day stands for its Monday")),
    ):
        if style.kind == kind:
            reading.warn(code, what, header)
    if 0 < style.zoned < 1:
        reading.warn("mixed_timezones", say("some times name a zone and some do not; those without are read as local"),
                     header)  # fmt: skip
    return replace(use, order=found, why=why)


def _flag(use: RoleUse, facts: Facts, reading: Reading) -> RoleUse | None:
    if not facts.filled:  # a blank says no only beside cells that say yes
        reading.note("metric_all_missing", say("the column is empty"), facts.profile.header)
        return None
    known = tuple(
        (text, answers.FLAG_WORDS[answers.folded(text)]) for text, _ in facts.profile.values
        if answers.folded(text) in answers.FLAG_WORDS
    )  # fmt: skip
    return replace(use, answers=known)


def _spaced(facts: Facts) -> bool:
    """Whether some value seen has space around it."""
    return any(text != text.strip() for text, _ in facts.profile.values)


def _named_alike(use: RoleUse, facts: Facts, reading: Reading) -> RoleUse:
    """Names that differ only in case, spaces or letters that look the same are one, under the commonest spelling."""
    if not facts.profile.complete:
        return use
    alike: dict[str, list[str]] = {}
    for text, _ in facts.profile.values:
        if not answers.no_answer(text):  # "None" and "NONE" may be two people, or nobody
            alike.setdefault(answers.seen_alike(text), []).append(text.strip())
    groups = [list(dict.fromkeys(spelled)) for spelled in alike.values()]
    spellings = tuple((other, group[0]) for group in groups for other in group[1:])
    if spellings:
        reading.warn(
            "similar_categories",
            say_many("{n} spelling of the same name was taken as one with the commonest",
                     "{n} spellings of the same names were taken as one with the commonest", len(spellings)),
            facts.profile.header, len(spellings),
        )  # fmt: skip
    return replace(use, spellings=spellings, plain=not spellings and not _spaced(facts))


def _warn_of_marks(facts: Facts, reading: Reading) -> None:
    if facts.number.mixed:
        reading.warn("mixed_number_formats",
                     say("decimal commas and decimal points are mixed; the commoner one is used"),
                     facts.profile.header)  # fmt: skip
