"""The survey metrics: NPS, CSAT, CES and the pyramid's three levels (METRICS.md names the sources)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis

from cxcore.language import Message, say
from cxcore.metrics.base import Metric, Rule, Scale, own_scale, whole_range


def _nps(answer: Any, _: Scale) -> Any:
    return ibis.cases((answer >= 9, 100), (answer >= 7, 0), (answer >= 0, -100), else_=ibis.null("int64"))


def _from(threshold: Any) -> Any:
    def share(answer: Any, scale: Scale) -> Any:
        return ibis.cases((answer >= threshold(scale), 100), (answer.notnull(), 0), else_=ibis.null("int64"))

    return share


def _two_best(scale: Scale) -> float:
    """The lowest answer that counts as good: the two top boxes; the top one on scales of two or three steps."""
    low, high = scale
    return high if high - low <= 2 else high - 1


def _best(scale: Scale) -> float:
    return scale[1]


def _three_best(scale: Scale) -> float:
    """5–7 on the seven-step scale; the same share of any other."""
    low, high = scale
    return 5.0 if high == 7 else low + (high - low) * 4 / 6


def _plain(answer: Any, _: Scale) -> Any:
    return answer


def _rescaled(answer: Any, scale: Scale) -> Any:
    low, high = scale
    return (answer - low) * (100 / (high - low))


TOP_TWO = Rule("top_two", say("share of the two best boxes"), "share", "%", say(
    "share of answers in the two best boxes (on scales of three steps, the best one)"),
    _from(_two_best), whole_range)  # fmt: skip
# On 1–5 these count 4 and 5 as good.
TOP_TWO_OF_PRODUCTS = replace(TOP_TWO, products=("Chatwoot", "Delighted", "Intercom", "Nicereply", "Zendesk"))
TOP_ONE = Rule(
    "top_one",
    say("share of the best box"),
    "share",
    "%",
    say("share of answers in the best box"),
    _from(_best),
    whole_range,
)
MEAN = Rule(
    "mean", say("mean on the scale"), "mean", "scale", say("mean of the answers on their scale"), _plain, own_scale
)
MEAN_100 = Rule("mean_100", say("mean, moved to 0–100"), "mean", "%", say(
    "mean of the answers, moved to 0–100: (mean − lowest) ÷ (highest − lowest) × 100"),
    _rescaled, whole_range)  # fmt: skip
TOP_THREE = Rule("top_three", say("share of the three best answers"), "share", "%", say(
    "share of answers 5–7 of seven; on another scale, of as much of its upper end"),
    _from(_three_best), whole_range)  # fmt: skip
PER_ANSWER = Rule("per_answer", say("every answer counts"), "nps", "points", say(
    "share of answers 9–10 minus share of answers 0–6, in points; skipped and off-scale answers are not in the"
    " denominator"), _nps, lambda _: (-100.0, 100.0))  # fmt: skip
LAST_PER_CUSTOMER = Rule("last_per_customer", say("each customer's last answer"), "nps", "points", say(
    "share of answers 9–10 minus share of answers 0–6, in points; only each customer's last answer counts"),
    _nps, lambda _: (-100.0, 100.0), last_per_customer=True)  # fmt: skip


def _level(name: str, title: Message, question: Message) -> Metric:
    return Metric(
        name, title, question, (name,), (TOP_TWO, TOP_ONE, MEAN, MEAN_100), 1,
        say("Manning & Bodine, Outside In, 2012: the pyramid of experience"),
    )  # fmt: skip


NPS = Metric(
    "nps", say("NPS"), say("Would customers recommend us?"), ("nps",), (PER_ANSWER, LAST_PER_CUSTOMER), 1,
    say("Reichheld, The One Number You Need to Grow, Harvard Business Review, 2003"),
)  # fmt: skip
CSAT = Metric(
    "csat", say("CSAT"), say("Are customers satisfied?"), ("csat",), (TOP_TWO_OF_PRODUCTS, TOP_ONE, MEAN, MEAN_100), 1,
    say("Top-two-box share, as Delighted, Chatwoot and Nicereply compute it"),
)  # fmt: skip
CES = Metric(
    "ces", say("CES"), say("Is it easy for customers to get things done?"), ("ces",), (MEAN, TOP_THREE), 1,
    say("CES 2.0: Dixon, Toman & DeLisi, The Effortless Experience, 2013; high is good"),
)  # fmt: skip
NEEDS_MET = _level("needs_met", say("Meets needs"), say("Does it meet customers' needs?"))
EASE = _level("ease", say("Easy"), say("Is it easy?"))
ENJOYMENT = _level("enjoyment", say("Enjoyable"), say("Is it enjoyable?"))
