"""An experiment → one self-contained HTML page: plan, checks, effect, verdict, method, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cxcore import charts_experiment, compare, findings
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.experiment import Comparison, Entry, Looks, Plan
from cxcore.language import Lang, Message, listed, plain, say, words
from cxcore.metrics import METRICS
from cxcore.report.pictures import svg
from cxcore.values import Condition, Table

_HERE = Path(__file__).parent
_STATES: dict[str, Message] = {"ok": say("passed"), "caution": say("caution"), "fail": say("failed")}
_LOOKS: dict[Looks, Message] = {
    "one": say("one, at the planned end"),
    "planned": say("planned; O'Brien–Fleming boundaries by Lan–DeMets spending"),
    "free": say("at any time; asymptotic confidence sequence"),
}
_SOURCES: tuple[Message, ...] = (
    say("Score interval of NPS: Tango 1998, Stat. Med. 17:891–908; difference by MOVER: Zou and Donner 2008, Stat. Med."
        " 27:1693–1702."),
    say("Difference of shares: Newcombe 1998, Stat. Med. 17:873–890; test: Boschloo 1970, Stat. Neerl. 24(1)."),
    say("Difference of means: Welch 1947, Biometrika 34:28–35."),
    say("Means of skewed values in few answers: Wedderburn 1974, Biometrika 61:439–447; Cochran 1977, Sampling"
        " Techniques, p. 42."),
    say("Customers who repeat: Bell and McCaffrey 2002, Survey Methodology 28:169–181 (CR2)."),
    say("Several groups: Holm 1979, Scand. J. Stat. 6:65–70; early looks: Lan and DeMets 1983, Biometrika 70:659–663."),
    say("Split of the groups: Fabijan and others 2019, KDD, 2156–2164."),
)  # fmt: skip


@dataclass(frozen=True)
class _Part:
    """A line of the report: what it is called, what it says; `tag` its state in a word."""

    name: str
    text: str
    tag: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Trial:
    """One experiment as it is laid out: texts in the reader's language, and its picture."""

    heading: dict[str, str]
    name: str
    file: str
    verdicts: list[_Part]
    plan: list[_Part]
    checks: list[_Part]
    arms: list[_Part]
    picture: Markup | None
    guardrails: list[str]
    notes: list[str]
    ground: list[str]
    sources: list[str]


def html(entry: Entry, found: Comparison, lang: Lang) -> str:
    """The report of one experiment as an HTML page. All texts of the person and of the file are escaped."""
    layout = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("experiment.html.j2")
    style = (_HERE / "style.css").read_text(encoding="utf-8")
    return layout.render(lang=lang, trial=content(found, lang, entry), style=Markup(style))  # noqa: S704 - our own file


def of_table(engine: Engine, table: Table, lang: Lang, where: Sequence[Condition], plan: Plan | None) -> Trial | None:
    """The experiment a file holds, by the plan; without one, of its arms by its first metric, and None where the file
    has none. Raises what `compare` raises, where there is a plan."""
    if plan is not None:
        return content(compare.compare(engine, table, plan), lang)
    if compare.variants(table)[:1] != ("variant",):
        return None
    try:
        return content(
            compare.compare(engine, table, Plan(compare.measures(engine, table)[0], where=tuple(where))), lang
        )
    except (CxError, IndexError):
        return None  # a column of arms with one arm, or nothing to compare them by


def content(found: Comparison, lang: Lang, entry: Entry | None = None) -> Trial:
    """What is said of an experiment; with the journal's entry, when its plan was kept."""
    sentence = words(findings.of_effect(found, found.effects[0]), lang)
    drawn = any(arm.value is not None for arm in found.arms) and not found.held_back
    return Trial(
        heading={name: words(text, lang) for name, text in _headings(margin=found.plan.margin is not None).items()},
        name=found.plan.name or words(found.title, lang),
        file=entry.file if entry else "",
        verdicts=[_verdict(found, k, lang) for k in range(len(found.effects))],
        plan=[_Part(words(name, lang), words(text, lang)) for name, text in _plan(found, entry)],
        checks=[_Part(words(findings.check_name(check), lang), words(check.says, lang),
                      words(_STATES[check.state], lang), "good" if check.state == "ok" else "bad")
                for check in found.checks],
        arms=[_Part(arm.name, words(charts_experiment.estimated(arm, found.unit), lang), str(arm.n))
              for arm in found.arms],
        picture=svg(charts_experiment.of_arms(found, lang, "light", sentence), lang, sentence) if drawn else None,
        guardrails=[words(findings.of_guardrail(found, guard), lang) for guard in found.guardrails],
        notes=[words(note, lang) for note in (found.assumed, *found.notes) if note is not None],
        ground=[words(findings.ground_of_effect(found, one), lang) for one in found.effects if one.value is not None],
        sources=[words(source, lang) for source in _SOURCES],
    )  # fmt: skip


def _verdict(found: Comparison, k: int, lang: Lang) -> _Part:
    effect = found.effects[k]
    token = "not_valid" if found.status == "not_valid" else effect.verdict or effect.status
    kind = {"better": "good", "worse": "bad"}.get(token, "")
    return _Part(effect.treatment, words(findings.of_effect(found, effect), lang),
                 words(findings.verdict_word(token), lang), kind)  # fmt: skip


def _plan(found: Comparison, entry: Entry | None) -> list[tuple[Message, Message]]:
    """The plan in words, each part that was set."""
    plan, unit = entry.plan if entry else found.plan, found.unit
    lines = [
        (say("Hypothesis"), plain(plan.hypothesis)),
        (say("The one change"), plain("; ".join(plan.changes))),
        (say("The one metric"), found.title),
        (say("Groups"), listed([plain(arm.name) for arm in found.arms] or [plain(e.treatment) for e in found.effects])),
        (say("Smallest effect that matters"), _amount(plan.effect, unit)),
        (say("Practically the same within"), _amount(plan.margin, unit)),
        (say("Planned split"), plain("/".join(f"{share:g}" for share in plan.split))),
        (say("Planned answers per group"), say("{n}", n=plan.size) if plan.size else plain("")),
        (say("Start"), say("{day}", day=plan.start) if plan.start else plain("")),
        (say("Planned end"), say("{day}", day=plan.end) if plan.end else plain("")),
        (say("Looks"), _LOOKS[plan.looks]),
        (say("Guardrails"), listed([METRICS[g.metric].title if g.metric in METRICS else plain(g.metric)
                                    for g in plan.guardrails]) if plan.guardrails else plain("")),
    ]  # fmt: skip
    if entry is not None:
        lines += [
            (say("Plan kept"), say("{day:time}", day=entry.planned_at)),
            (say("Fingerprint"), plain(entry.fingerprint)),
            (say("Changed after the results were seen"), say("{day:time}", day=entry.changed_at)
             if entry.changed_after_results else say("no")),
        ]  # fmt: skip
    return [(name, text) for name, text in lines if text != plain("")]


def _amount(value: float | None, unit: str) -> Message:
    return plain("") if value is None else findings.size(value, unit)


def _headings(*, margin: bool) -> dict[str, Message]:
    return {
        "title": say("Report of an experiment"),
        "verdict": say("Verdict"),
        "plan": say("Plan"),
        "checks": say("Checks of the design"),
        "effect": say("Effect"),
        "held": say("Held back, because a check of the design failed."),
        "guardrails": say("Guardrails"),
        "method": say("Method"),
        "sources": say("Sources"),
        "group": say("group"),
        "answers": say("answers"),
        "value": say("value"),
        "caption": say("Lines are intervals; the broken line is no difference; inside the grey band a difference does"
                       " not matter.") if margin else say("Lines are intervals; the broken line is no difference."),
    }  # fmt: skip
