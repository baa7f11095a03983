"""What a header says: its words without accents or camel case, and the roles and personal data those words name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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


@lru_cache(maxsize=8192)
def _phrase(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z]+\*?|\d+", text))


def _fits(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return all(
        word.startswith(part[:-1]) if part.endswith("*") else word == part
        for part, word in zip(phrase, words, strict=True)
    )


def contains(words: tuple[str, ...], text: str) -> bool:
    """Whether a phrase stands in the words, in one piece."""
    phrase = _phrase(text)
    return any(_fits(phrase, words[k : k + len(phrase)]) for k in range(len(words) - len(phrase) + 1))


def _content(words: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(word for word in words if word not in _FILLERS and word not in _UNITS and not word.isdigit())
    return kept or words


@lru_cache(maxsize=4096)
def roles_named(header: str, description: str = "") -> tuple[Named, ...]:
    """The roles a header's words name, strongest first; what a second header row says counts a little less."""
    found: dict[str, float] = {}
    for text, weight in ((header, 1.0), (description, 0.95)):
        words = tokens(text)
        if not words:
            continue
        content = _content(words)
        asks = "?" in text or len(words) >= 6
        for role in ROLES.values():
            if any(contains(words, phrase) for phrase in role.never):
                continue
            strength = 0.0
            for phrase in role.strong:
                if contains(words, phrase):
                    size = len([w for w in _phrase(phrase) if w not in _FILLERS]) or 1
                    coverage = min(1.0, size / len(content))
                    if asks and coverage < 0.5 and role.type in {"category", "id", "flag", "time"}:
                        continue  # "È stato semplice?" asks about ease, not for a state
                    strength = max(strength, 2.0 + coverage + 0.01 * size)
            if not strength and (" ".join(words) in role.weak or " ".join(content) in role.weak):
                strength = 1.0
            if strength:
                found[role.name] = max(found.get(role.name, 0.0), strength * weight)
    return tuple(sorted((Named(role, strength) for role, strength in found.items()), key=lambda n: -n.strength))


@lru_cache(maxsize=4096)
def personal_kind(header: str, description: str = "") -> str | None:
    """The kind of personal data a header names ("e-mail", "name", …), or None."""
    for text in (header, description):
        words = tokens(text)
        if not words:
            continue
        core = tuple(w for w in words if w not in _OWNERS and not w.isdigit()) or words
        for kind, phrases in PERSONAL.items():
            for phrase in phrases:
                wanted = _phrase(phrase)
                if wanted in (words, core) or (len(wanted) > 1 and contains(words, phrase)):
                    return kind
        if any(w in {"email", "telefono", "cellulare"} for w in words) and len(words) <= 4:
            return "e-mail" if "email" in words else "phone"
        if " ".join(words) in PERHAPS_A_NAME:
            return "perhaps a name"
    return None


def unit_named(header: str, description: str = "") -> str | None:
    """The unit of time a header states (s, min, h, d, ms), or None."""
    words = tokens(f"{header} {description}")
    return next((_UNITS[word] for word in reversed(words) if word in _UNITS), None)


def is_question(header: str, description: str = "") -> bool:
    """Whether the header reads as a survey question rather than a column's name."""
    return any("?" in text or len(tokens(text)) >= 6 for text in (header, description))
