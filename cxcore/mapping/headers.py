"""What a header says: its words without accents or camel case, and the roles and personal data those words name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cxcore.mapping.words import (
    CONTACT,
    FILLERS,
    FORMS,
    GIVEN,
    LABEL,
    MARK,
    NUMBER,
    OWNERS,
    POINT,
    SERVED,
    SMALL,
    SPAN,
    TEXTS,
    UNITS,
    WORKER,
    parted,
)  # fmt: skip
from cxcore.roles import PERHAPS_A_NAME, PERSONAL, ROLES


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
    text = re.sub(r"#\s*$", " no", text.casefold().replace("e-mail", "email"))
    return parted(re.findall(r"[a-z]+|\d+", text))


Phrase = tuple[str, ...]
# What a header says in brackets of how its cells are written: a zone, or a pattern of letters for hours and days.
_FORMAT = re.compile(
    r"(?i)[(\[]\s*(?:[a-z_]+/[a-z_ /]+|utc|gmt|cest|cet|(?:utc|gmt)[+-]\d{1,2}(?::\d\d)?"
    r"|(?=[^)\]]*[:/.-])[dgmyahs]{1,4}(?:[:/.\- ]+[dgmyahs]{1,4}){1,5})\s*[)\]]"
)


def _phrase(text: str) -> Phrase:
    return parted(re.findall(r"[a-z]+\*?|\d+", text))


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

    def loosely(self, words: tuple[str, ...]) -> Iterator[tuple[range, Phrase, str]]:
        """The same, small words standing in the name or not: "tipo solicitud" is a "tipo de solicitud"."""
        yield from self.placed(words)
        kept = [k for k, word in enumerate(words) if word not in SMALL]
        if 2 <= len(kept) < len(words):
            for place, phrase, owner in self.placed(tuple(words[k] for k in kept)):
                if len(phrase) > 1:
                    yield range(kept[place[0]], kept[place[-1]] + 1), phrase, owner

    def found(self, words: tuple[str, ...]) -> Iterator[tuple[Phrase, str]]:
        """The same without the places."""
        return ((phrase, owner) for _, phrase, owner in self.placed(words))


@lru_cache(maxsize=1)
def _books() -> tuple[_Book, _Book, dict[str, set[str]], _Book, dict[str, set[str]]]:
    """Strong phrases, phrases that rule a role out, weak whole headers, and phrases that name a person."""
    weak: dict[str, set[str]] = {}
    cores: dict[str, set[str]] = {}
    for role in ROLES.values():
        for book, texts in ((weak, role.weak), (cores, role.core)):
            for text in texts:
                book.setdefault(" ".join(parted(text.split())), set()).add(role.name)
    return (
        _Book((text, role.name) for role in ROLES.values() for text in _with_and_without(role.strong)),
        _Book((text, role.name) for role in ROLES.values() for text in role.never),
        weak,
        _Book((text, kind) for kind, texts in PERSONAL.items() for text in texts),
        cores,
    )


def _with_and_without(texts: Iterable[str]) -> Iterator[str]:
    """The phrases, and those with small words without them where two words or more are left."""
    for text in texts:
        yield text
        short = [word for word in text.split() if word not in SMALL]
        if 2 <= len(short) < len(text.split()):
            yield " ".join(short)


def _content(words: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(word for word in words if word not in FILLERS and word not in UNITS and not word.isdigit())
    return kept or words


@lru_cache(maxsize=4096)
def roles_named(header: str, description: str = "") -> tuple[Named, ...]:
    """The roles a header's words name, strongest first; what a second header row says counts a little less."""
    strong, never, weak, _, cores = _books()
    found: dict[str, float] = {}
    for text, weight in ((header, 1.0), (description, 0.95)):
        words = tokens(_FORMAT.sub(" ", text))
        if not words:
            continue
        content = _content(words)
        asks = "?" in text or len(words) >= 6
        against = [
            (place, role) for place, phrase, role in never.placed(words) if not _names_a_text(role, phrase, words)
        ]
        here: dict[str, float] = {}
        for place, phrase, role in strong.loosely(words):
            size = len([word for word in phrase if word not in FILLERS]) or 1
            coverage = min(1.0, size / len(content))
            # A word that speaks against the role does not where it is part of the phrase: "reason for your score".
            if any(role == other and not set(its) <= set(place) for its, other in against):
                continue
            if asks and coverage <= 0.5 and ROLES[role].type in {"category", "id", "flag", "time", "duration"}:
                continue  # "È stato semplice?" asks about ease, not for a state
            here[role] = max(here.get(role, 0.0), 2.0 + coverage + 0.01 * size)
        ruled_out = {role for _, role in against}
        for role, strength in _less_surely(words, content, weak, cores):
            if role not in ruled_out:
                here[role] = max(here.get(role, 0.0), strength)
        for role, strength in here.items():
            found[role] = max(found.get(role, 0.0), strength * weight)
    order = list(ROLES)
    return tuple(sorted((Named(role, found[role]) for role in found), key=lambda n: (-n.strength, order.index(n.role))))


def _names_a_text(role: str, phrase: Phrase, words: tuple[str, ...]) -> bool:
    """Whether a word that rules a comment out only says what it is about: "rating comments" are comments."""
    return ROLES[role].type == "text" and words[-1] in TEXTS and words[-1] not in phrase


def _less_surely(
    words: Phrase, content: Phrase, weak: dict[str, set[str]], cores: dict[str, set[str]]
) -> Iterator[tuple[str, float]]:
    """Roles that nothing but the whole of a header names, or what is left of it: "Date/Time Opened", "RespondentNo"."""
    bare = tuple(word for word in content if word not in CONTACT)
    of_all = " ".join(word for word in bare if word not in SERVED)
    yield from ((role, 1.0) for whole in (" ".join(words), " ".join(content)) for role in weak.get(whole, ()))
    yield from ((role, 1.6) for role in weak.get(" ".join(bare), ()))
    yield from ((role, 1.3) for role in weak.get(of_all, ()) if ROLES[role].type == "rating")
    if len(bare) > 1 and all("csat" in weak.get(word, ()) for word in bare):
        yield "csat", 1.3  # "rating_stars"
    if "stato" in bare and len(bare) <= 3:
        yield "status", 1.6  # "stato reso"; a "state" is of the map as often, and the cells have to be states
    called = " ".join(word for word in bare if word not in LABEL)
    yield from ((role, 1.6) for role in weak.get(called, ()) if ROLES[role].type == "category")
    if words[-1] in TEXTS:
        yield "comment", 1.2
    points = _left(bare, POINT)
    spanned = bool(SPAN & set(words)) or any(word in UNITS for word in words)
    numbered = " ".join(word for word in words if word not in NUMBER and word not in FILLERS - OWNERS)
    for role in cores.get(numbered, ()):
        if ROLES[role].type == "id" and NUMBER & set(words):
            yield role, 2.3
    if not points and POINT & set(words) and CONTACT & set(words):
        yield "created_at", 1.8  # "Incident date"
    for role in cores.get(points, set()) | cores.get(_left(bare, POINT | WORKER), set()):
        if ROLES[role].type == "time":
            yield role, 1.8
    if GIVEN & set(words) and "answered_at" in cores.get(_left(bare, POINT | GIVEN), ()):
        yield "answered_at", 2.3  # "Review created"
    for left in (bare, content):
        for role in cores.get(_left(left, SPAN | WORKER), ()):
            if ROLES[role].type == "duration" and spanned:
                yield role, 2.4
    if MARK & set(words):
        yield from ((role, 2.3) for role in cores.get(_left(words, MARK | FILLERS), ()) if ROLES[role].type == "flag")


def _left(words: Phrase, gone: frozenset[str]) -> str:
    """What is left of the words once these are gone."""
    return " ".join(word for word in words if word not in gone)


def ruled_out(role: str, header: str) -> bool:
    """Whether a word of the header says that the column is not this role."""
    return any(other == role for _, other in _books()[1].found(tokens(header)))


def plainly_made(header: str) -> bool:
    """Whether a header says that the row was made or came in, and nothing of what it is: "created_at"."""
    return set(tokens(header)) <= POINT | GIVEN | {"am", "em", "el"}


def of_the_whole(header: str) -> bool:
    """Whether a duration's header names the contact and nothing of it: "call duration"."""
    left = set(tokens(header)) - SPAN - FILLERS - set(UNITS)
    return bool(left) and left <= CONTACT


def numbers_a_form(header: str) -> bool:
    """Whether a header numbers the form that was sent, and nobody's answer to it: "survey_id"."""
    left = set(tokens(header)) - NUMBER - FILLERS
    return bool(left) and left <= FORMS


@lru_cache(maxsize=4096)
def personal_kind(header: str, description: str = "") -> str | None:
    """The kind of personal data a header names ("e-mail", "name", …), or None."""
    personal = _books()[3]
    for text in (header, description):
        words = tokens(text)
        if not words:
            continue
        core = tuple(w for w in words if w not in OWNERS and w not in CONTACT and not w.isdigit()) or words
        for phrase, kind in (*personal.found(words), *personal.found(core)):
            if phrase in (words, core) or len(phrase) > 1:
                return kind
        if any(w in {"email", "telefono", "cellulare"} for w in words) and len(words) <= 4:
            return "e-mail" if "email" in words else "phone"
        if " ".join(words) in PERHAPS_A_NAME:
            return "perhaps a name"
        if {"name", "nome", "nombre", "nom"} & set(words) and "customer_id" in _books()[4].get(
            _left(words, LABEL | SMALL), ()
        ):
            return "name"  # "guest name", "nome del paziente"
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
            named = [] if ":" in inside else [UNITS[word] for word in tokens(inside) if word in UNITS]
            if len(set(named)) == 1:
                return named[0]
        words = tokens(re.sub(r"[(\[][^)\]]*[)\]]|'\w+", " ", plain))
        for before, word in pairwise(words):
            if before in {"in", "en"} and word in UNITS:
                return UNITS[word]
        for word in reversed(words):
            if word in UNITS and (word == words[-1] or word not in {*_WORDS_TOO, "min"}):
                return UNITS[word]
    return None


def is_question(header: str, description: str = "") -> bool:
    """Whether the header reads as a survey question rather than a column's name."""
    return any("?" in text or len(tokens(text)) >= 6 for text in (header, description))
