"""Which pieces make an effect, and how they are put together and called."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cxcore.code.pieces import BRENTQ, ERROR, FREE, MOVED, PIECES, SOUGHT, Piece
from cxcore.compare.apart import METHODS
from cxcore.experiment import Told
from cxcore.language import Message

_WIDEST = {"nps": 200, "share": 100, "exact": 100}  # a difference cannot be larger than the scale
_SIDES = {"clusters": "per_customer", "log_clusters": "per_customer", "ratio": "linear"}


@dataclass(frozen=True)
class Way:
    """How one effect is spelled: by which method (a key of METHODS), told as what, over which range of numbers, with
    how many `planned` answers where one may look at any time, and whether it is how much more one group `moved`."""

    method: str
    told: Told = "difference"
    within: tuple[float, float] | None = None
    planned: float | None = None
    moved: bool = False

    @property
    def piece(self) -> Piece:
        """The lines of its method."""
        return PIECES[self.method]

    def side(self, answers: str) -> str:
        """One arm's answers, as the lines take them."""
        answers = f"np.log({answers})" if self.told == "ratio" else answers
        made = _SIDES.get(self.method)
        return answers if made is None else f"{made}({answers})"


def method_of(told: Message) -> str:
    """The key of METHODS, out of a method's words with what they were wrapped in."""
    inner = dict(told.facts).get("method")
    if isinstance(inner, Message):
        return method_of(inner)
    return next(name for name, method in METHODS.items() if method.text == told.text)


def imports(ways: Sequence[Way]) -> list[str]:
    """What the lines of these ways import, each once."""
    sought = any(way.moved or (not way.piece.with_p and way.planned is None) for way in ways)
    named = {name for way in ways for name in way.piece.imports}
    return sorted(named | ({BRENTQ} if sought else set()))


def lines(way: Way) -> str:
    """The functions of a way: `interval` (`moved`, of two changes) and `p_value`."""
    low, high = way.within or (-math.inf, math.inf)
    ends = {"low": f"{low:g}", "high": f"{high:g}" if math.isfinite(high) else "np.inf"}
    parts = [_filled(way.piece.lines, ends)]
    if way.planned is not None:
        parts += [] if way.piece.with_error else [ERROR]
        parts.append(_filled(FREE, {
            "planned": f"{way.planned:g}", "n": 'c["n"].sum() + t["n"].sum()' if "clusters" in way.method
            else "len(c) + len(t)", "ends": _ends(way),
        }))  # fmt: skip
    if way.moved:
        parts += [MOVED, _filled(SOUGHT, {"interval": "moved"})]
    elif not way.piece.with_p and way.planned is None:
        parts.append(_filled(SOUGHT, {"interval": "interval"}))
    return "\n\n".join(parts).rstrip()


def call(way: Way, name: str, sides: Sequence[str], level: float) -> str:
    """The lines that print one effect."""
    made = "moved" if way.moved else "interval"
    p = f"p_value(c, t, {level!r})" if way.planned is not None and not way.moved else "p_value(c, t)"
    found = f"{made}(c, t, {level!r})"
    shown = f"np.exp({found})" if way.told != "difference" else found
    return f"c, t = {', '.join(sides)}\nshow({name!r}, *{shown}, {p})"


def _ends(way: Way) -> str:
    widest = _WIDEST.get(way.method)
    if widest is None:
        return "value - half, value + half"
    return f"max(value - half, -{widest}), min(value + half, {widest})"


def _filled(text: str, facts: dict[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace("{" + name + "}", value)
    return text
