"""What a header says: its words without accents or camel case, and the roles and personal data those words name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cxcore.roles import PERHAPS_A_NAME, PERSONAL, ROLES

# Words that say nothing about which role a column has; units and answers in brackets among them.
_FILLERS = frozenset(
    "the a an of to in on at for by is are was do did you your we our us this that it and or with from how would please"
    " di del della dello dei delle da il la lo le gli i un una al alla che e o con per ti ci si suo tuo"
    " de la el los las du des le un une der die das den und customer cliente field custom"
    " list avg average total".split()
)
_UNITS: dict[str, str] = {
    **dict.fromkeys("seconds second secs sec s secondi sec segundos secondes sekunden".split(), "s"),
    **dict.fromkeys("minutes minute mins min minuti minuto minutos minuten".split(), "min"),
    **dict.fromkeys("hours hour hrs hr h ore ora horas heures stunden std".split(), "h"),
    **dict.fromkeys("days day giorni gg dias jours tage".split(), "d"),
    **dict.fromkeys("milliseconds ms millisecondi millis".split(), "ms"),
}
_OWNERS = frozenset("customer client cliente user utente contact recipient requester billing home kunde".split())


@dataclass(frozen=True)
class Named:
    """A role a header names: `strength` 2 + coverage for a strong phrase, 1 for a weak one."""

    role: str
    strength: float


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The header's words: camel case split, accents and punctuation gone, lower case."""
    text = unicodedata.normalize("NFKD", text[:400])
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"([a-z\d])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    return tuple(re.findall(r"[a-z]+|\d+", text.casefold().replace("e-mail", "email")))


Phrase = tuple[str, ...]
# What a header says in brackets of how its cells are written: a zone, or a pattern of letters for hours and days.
_FORMAT = re.compile(
    r"(?i)[(\[]\s*(?:[a-z_]+/[a-z_ /]+|utc|gmt|cest|cet|(?:utc|gmt)[+-]\d{1,2}(?::\d\d)?"
    r"|(?=[^)\]]*[:/.-])[dgmyahs]{1,4}(?:[:/.\- ]+[dgmyahs]{1,4}){1,5})\s*[)\]]"
)


def _phrase(text: str) -> Phrase:
    return tuple(re.findall(r"[a-z]+\*?|\d+", text))


def _fits(phrase: Phrase, words: tuple[str, ...]) -> bool:
    return len(phrase) == len(words) and all(
        word.startswith(part[:-1]) if part.endswith("*") else word == part
        for part, word in zip(phrase, words, strict=True)
    )


class _Book:
    """Phrases by their first word, so that a header is looked up rather than tried against every phrase."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self.by_word: dict[str, list[tuple[Phrase, str]]] = {}
        self.stems: list[tuple[Phrase, str]] = []
        for text, owner in entries:
            phrase = _phrase(text)
            if phrase[0].endswith("*"):
                self.stems.append((phrase, owner))
            else:
                self.by_word.setdefault(phrase[0], []).append((phrase, owner))

    def placed(self, words: tuple[str, ...]) -> Iterator[tuple[range, Phrase, str]]:
        """Every phrase that stands in the words in one piece, with its place and its owner."""
        for k, word in enumerate(words):
            for phrase, owner in (*self.by_word.get(word, ()), *self.stems):
                if _fits(phrase, words[k : k + len(phrase)]):
                    yield range(k, k + len(phrase)), phrase, owner

    def found(self, words: tuple[str, ...]) -> Iterator[tuple[Phrase, str]]:
        """The same without the places."""
        return ((phrase, owner) for _, phrase, owner in self.placed(words))


@lru_cache(maxsize=1)
def _books() -> tuple[_Book, _Book, dict[str, set[str]], _Book]:
    """Strong phrases, phrases that rule a role out, weak whole headers, and phrases that name a person."""
    weak: dict[str, set[str]] = {}
    for role in ROLES.values():
        for text in role.weak:
            weak.setdefault(text, set()).add(role.name)
    return (
        _Book((text, role.name) for role in ROLES.values() for text in role.strong),
        _Book((text, role.name) for role in ROLES.values() for text in role.never),
        weak,
        _Book((text, kind) for kind, texts in PERSONAL.items() for text in texts),
    )


def _content(words: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(word for word in words if word not in _FILLERS and word not in _UNITS and not word.isdigit())
    return kept or words


@lru_cache(maxsize=4096)
def roles_named(header: str, description: str = "") -> tuple[Named, ...]:
    """The roles a header's words name, strongest first; what a second header row says counts a little less."""
    strong, never, weak, _ = _books()
    found: dict[str, float] = {}
    for text, weight in ((header, 1.0), (description, 0.95)):
        words = tokens(_FORMAT.sub(" ", text))
        if not words:
            continue
        content = _content(words)
        asks = "?" in text or len(words) >= 6
        against = [(place, role) for place, _, role in never.placed(words)]
        here: dict[str, float] = {}
        for place, phrase, role in strong.placed(words):
            size = len([word for word in phrase if word not in _FILLERS]) or 1
            coverage = min(1.0, size / len(content))
            # A word that speaks against the role does not where it is part of the phrase: "reason for your score".
            if any(role == other and not set(its) <= set(place) for its, other in against):
                continue
            if asks and coverage < 0.5 and ROLES[role].type in {"category", "id", "flag", "time"}:
                continue  # "È stato semplice?" asks about ease, not for a state
            here[role] = max(here.get(role, 0.0), 2.0 + coverage + 0.01 * size)
        for whole in {" ".join(words), " ".join(content)}:
            for role in weak.get(whole, ()):
                if all(role != other for _, other in against):
                    here.setdefault(role, 1.0)
        for role, strength in here.items():
            found[role] = max(found.get(role, 0.0), strength * weight)
    order = list(ROLES)
    return tuple(sorted((Named(role, found[role]) for role in found), key=lambda n: (-n.strength, order.index(n.role))))


@lru_cache(maxsize=4096)
def personal_kind(header: str, description: str = "") -> str | None:
    """The kind of personal data a header names ("e-mail", "name", …), or None."""
    personal = _books()[3]
    for text in (header, description):
        words = tokens(text)
        if not words:
            continue
        core = tuple(w for w in words if w not in _OWNERS and not w.isdigit()) or words
        for phrase, kind in (*personal.found(words), *personal.found(core)):
            if phrase in (words, core) or len(phrase) > 1:
                return kind
        if any(w in {"email", "telefono", "cellulare"} for w in words) and len(words) <= 4:
            return "e-mail" if "email" in words else "phone"
        if " ".join(words) in PERHAPS_A_NAME:
            return "perhaps a name"
    return None


# Said of the hours that count, not of the unit: "in minutes within business hours", "ore lavorative".
_QUALIFIED = re.compile(
    r"(?i)\b(?:business|office|working|opening|operating|work|calendar)[ _-](?:hours?|days?|hrs)\b"
    r"|\b(?:ore|orario|giorni) (?:lavorativ|d'ufficio|di ufficio|di lavoro)\w*"
)
# A single one of these in the middle of a name is a word, not a unit: "second reply", "ora risposta", "agent's wait".
_WORDS_TOO = frozenset("second minute hour day ora minuto segundo s h d m".split())


def unit_named(header: str, description: str = "") -> str | None:
    """The unit of time a header states (s, min, h, d, ms), or None: in brackets, after "in", else in plain words."""
    for text in (header, description):
        plain = _QUALIFIED.sub(" ", text.replace("_", " ")).replace("’", "'")
        for inside in re.findall(r"[(\[]([^)\]]*)[)\]]", plain):
            named = [] if ":" in inside else [_UNITS[word] for word in tokens(inside) if word in _UNITS]
            if len(set(named)) == 1:
                return named[0]
        words = tokens(re.sub(r"[(\[][^)\]]*[)\]]|'\w+", " ", plain))
        for before, word in pairwise(words):
            if before in {"in", "en"} and word in _UNITS:
                return _UNITS[word]
        for word in reversed(words):
            if word in _UNITS and (word == words[-1] or word not in {*_WORDS_TOO, "min"}):
                return _UNITS[word]
    return None


def is_question(header: str, description: str = "") -> bool:
    """Whether the header reads as a survey question rather than a column's name."""
    return any("?" in text or len(tokens(text)) >= 6 for text in (header, description))
