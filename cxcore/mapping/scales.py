"""A rating column's scale and direction, from the question's words and from the answers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from cxcore.mapping import answers as spelled
from cxcore.mapping.numbers import parse, style
from cxcore.values import Profile

_RANGE = re.compile(r"(?<![\d.,])([01])\s*(?:-|–|—|to|a|al|bis|à|e|and|/)\s*(\d{1,3})(?![\d.,])")
_OUT_OF = re.compile(r"(?:out of|su|/)\s*(5|7|10|100)\b")
_PLAIN = re.compile(r"^[0-9]+(\.[0-9]+)?$")  # what every engine reads alike; all else is looked up
_BEST = re.compile(r"\b1\s*(?:=|:|è|is|means|significa)\s*([a-zà-ÿ' ]+)")


@dataclass(frozen=True)
class Ratings:
    """A column read as ratings. `answers` turns each text that is no plain number into one; `numbers` counts answers.

    `share` of filled cells that are answers or plainly say "no answer". `scale` None where it cannot be told.
    """

    share: float
    numbers: tuple[tuple[float, int], ...] = ()
    answers: tuple[tuple[str, float], ...] = ()
    decimal: str = "."
    top: float | None = None
    stated: tuple[float, float] | None = None
    ladder: str | None = None
    reversed: bool = False
    skipped: tuple[str, ...] = ()
    unread: int = 0

    @property
    def n(self) -> int:
        """How many answers there are."""
        return sum(count for _, count in self.numbers)


def stated_scale(question: str) -> tuple[float, float] | None:
    """The scale a question names: "(0-10)", "da 1 a 5", "on a scale of 1 to 7", "out of 5"."""
    plain = spelled.folded(question)
    for match in _RANGE.finditer(plain):
        low, high = int(match[1]), int(match[2])
        if high in {3, 4, 5, 6, 7, 10, 100} and not (low == 1 and high == 100):
            return float(low), float(high)
    if top := _OUT_OF.search(plain):
        return (0.0 if top[1] in {"10", "100"} else 1.0), float(top[1])
    return None


def read(profile: Profile) -> Ratings:
    """The column's answers as numbers, as far as they can be read; `share` says how far that is."""
    if not profile.filled:
        return Ratings(0.0)
    number_style = style(profile.values)
    decimal = number_style.decimal
    numbers: Counter[float] = Counter()
    answers: dict[str, float] = {}
    rest: list[tuple[str, int]] = []
    skipped: list[str] = []
    tops: set[float] = set()
    directions: list[tuple[float, float, int]] = []
    total = read_cells = 0
    for text, count in profile.values:
        total += count
        number = parse(text, decimal)
        if number is not None:
            numbers[number] += count
            read_cells += count
            if not _PLAIN.match(text):
                answers[text] = number
        elif spelled.no_answer(text):
            skipped.append(text)
            read_cells += count
        elif (label := spelled.labelled(text, decimal)) is not None:
            answers[text] = label[0]
            numbers[label[0]] += count
            read_cells += count
            if label[2] is not None:
                tops.add(label[2])
            if (good := spelled.level(label[1])) is not None:
                directions.append((label[0], good, count))
        elif (drawn := spelled.stars(text)) is not None:
            answers[text] = drawn
            numbers[drawn] += count
            read_cells += count
            tops.add(5.0)
        else:
            rest.append((text, count))
    if not answers and not rest and _fifths(numbers):  # five stars that a program keeps as 0.2 to 1
        answers = {text: round(5 * number) for text, _ in profile.values
                   if (number := parse(text, decimal)) is not None}  # fmt: skip
        numbers = Counter({float(round(5 * number)): count for number, count in numbers.items()})
    name, scale = None, None
    if rest:
        name, scale, words = _best_ladder(rest, alone=not numbers)
        for text, count in rest:
            if (step := words.get(spelled.folded(text))) is not None:
                answers[text] = step
                numbers[step] += count
                read_cells += count
    stated = scale if name else stated_scale(f"{profile.header} {profile.description}")
    return Ratings(
        share=read_cells / total,
        numbers=tuple(sorted(numbers.items())),
        answers=tuple(answers.items()),
        decimal=decimal,
        top=max(tops) if tops else None,
        stated=stated,
        ladder=name,
        reversed=_low_is_good(profile, directions),
        skipped=tuple(skipped),
        unread=total - read_cells,
    )


def _fifths(numbers: Counter[float]) -> bool:
    """Whether the numbers are stars of five as shares of one, and three different ones at least."""
    stars = [5 * number for number in numbers if number > 0]
    return len(stars) >= 3 and max(stars) <= 5 and all(abs(star - round(star)) < 1e-9 for star in stars)


def _best_ladder(
    rest: list[tuple[str, int]], *, alone: bool
) -> tuple[str | None, tuple[float, float] | None, dict[str, float]]:
    def known(ladder: dict[str, float]) -> int:
        return sum(count for text, count in rest if spelled.folded(text) in ladder)

    choices = spelled.LADDERS if alone else spelled.LADDERS[:4]
    # Of ladders that know as many cells the one that keeps their words apart, and of those the first.
    name, scale, ladder = max(
        choices, key=lambda choice: (known(choice[2]), len({choice[2].get(spelled.folded(text)) for text, _ in rest}))
    )
    if not known(ladder):
        return None, None, {}
    # "Good" and "Bad" alone are two steps, not the second and the fourth of five.
    if name == "satisfaction" and alone and {spelled.folded(t) for t, _ in rest} <= set(spelled.LADDERS[4][2]):
        name, scale, ladder = spelled.LADDERS[4]
    return name, scale, ladder


def _low_is_good(profile: Profile, directions: list[tuple[float, float, int]]) -> bool:
    """Whether the labels, or the question's own words ("1 = very satisfied"), put the good end low."""
    if len({number for number, _, _ in directions}) >= 2:
        low = min(directions)
        high = max(directions)
        return low[1] > high[1]
    named = _BEST.search(f"{profile.header} {profile.description}".casefold())
    if named:
        words = named[1].strip()
        for length in range(len(words.split()), 0, -1):
            good = spelled.level(" ".join(words.split()[:length]))
            if good is not None:
                return good > 0.5
    return False


def likely_scale(ratings: Ratings, default: tuple[float, float]) -> tuple[tuple[float, float], str]:
    """The scale of the answers, and how it is known: "stated", "answers", or "usual" (the role's own).

    A top of 3, 5, 7, 10 or 100 holds when at most 5 % of the answers lie above it: those are off the scale, as is a
    zero below a scale that starts at 1 (a spreadsheet's zero is a blank more often than an answer).
    """
    if ratings.stated is not None:
        return ratings.stated, "stated"
    if ratings.top is not None:
        return ((0.0 if ratings.top >= 10 else 1.0), ratings.top), "stated"
    positive = [(value, count) for value, count in ratings.numbers if value > 0]
    n = sum(count for _, count in positive)
    if not n:
        return default, "usual"
    for top in (3.0, 5.0, 7.0, 10.0, 100.0):
        above = sum(count for value, count in positive if value > top)
        if above <= 0.05 * n and not _longer(positive, top):
            break
    else:
        return default, "usual"
    if top == 3.0 and (default[1] != 3.0 and (n < 50 or len(positive) < 3)):
        top = default[1]
    if top < default[1] and n < 30:
        return default, "usual"
    if top == 1.0 or top <= default[1] == 5.0:
        top = max(top, 3.0)
    zeros = dict(ratings.numbers).get(0.0, 0)
    ones = dict(ratings.numbers).get(1.0, 0)
    twos = dict(ratings.numbers).get(2.0, 0)
    low = 0.0 if top >= 10 and zeros and zeros <= 3 * max(ones, twos, 1) else 1.0
    if top == 10.0 and default == (0.0, 10.0):
        low = 0.0
    return (low, top), "answers"


def _longer(positive: list[tuple[float, int]], top: float) -> bool:
    """Whether the step right above `top` is so common that the scale is longer, and it no slip of the pen."""
    counts = dict(positive)
    return counts.get(top + 1, 0) > 0.25 * counts.get(top, 0)
