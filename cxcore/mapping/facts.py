"""What the cells of a column look like: one set of facts a column, from which everything else is decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from cxcore.mapping import answers, dates, durations, numbers, private, scales
from cxcore.mapping.names import person
from cxcore.mapping.numbers import NumberStyle, parse
from cxcore.values import Profile

_EMAIL = re.compile(r"^\s*'?[^@\s]+@[^@\s]+\.[A-Za-z]{2,}\s*$|.*<[^@\s]+@[^@\s]+>")
_PHONE = re.compile(
    r"^'?(?:\+|00)[ (]?[1-9][\d\s().-]{7,18}$|^\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}$|^0[1-9]\d{7,10}$|^3\d{2}[ .-]?\d{6,7}$"
)
_IP = re.compile(r"^\d{1,3}(\.\d{1,3}){3}$|^[0-9a-f:]{8,39}:[0-9a-f:]+$", re.IGNORECASE)
_TAX = re.compile(rf"^(?:{private.TAX_CODE}|{private.ACCOUNT}|\d{{3}}-\d{{2}}-\d{{4}})$")
_ABROAD = re.compile(r"^'?\+\d[\d\s().-]{7,18}$")
_CARD = re.compile(r"^(?:4|5[1-5]|2[2-7]|3[47]|6011|65)\d[\d -]{11,20}$")
# A spot on the map to a few metres, which three decimals could not be told from thousands for, or a database's point.
_SPOT = re.compile(
    r"(?i)^\(?-?\d{1,2}\.\d{4,}°?[,; ]\s*-?\d{1,3}\.\d{4,}°?\)?$"
    r"|^point ?\(\s*-?\d{1,3}\.\d{2,} +-?\d{1,2}\.\d{2,}\s*\)$"
)
_VAT = re.compile(r"^(?:IT)?\d{11}$")
_SOME = 0.2  # from this share of e-mail addresses and the like on, the other cells are hardly something else
_MANY = 0.3  # of full names with a known first name; most first names are not in the list
CHANNELS = frozenset(
    "email|e-mail|mail|chat|live chat|phone|telephone|telefono|call|chiamata|voice|voce|inbound|outbound|outcall|online"
    "|web|website|sito|sito web|portal|portale|social|social media|twitter|facebook|instagram|whatsapp|sms|app"
    "|mobile app|app mobile|in store|in negozio|negozio|store|branch|filiale|sportello|messenger|telegram|video|form"
    "|modulo|web form|fax|posta|letter|call center|callcenter|call-center|contact center|pec|chatbot|bot|api|ivr"
    "|cellular|telefon|telephone|telefono fijo|correo|tienda|boutique|filiale|brief".split("|")
)
# Whose call it was, not by which way it came: a channel only where the header says so.
DIRECTIONS = frozenset(
    "inbound|outbound|outcall|in|out|incoming|outgoing|entrata|uscita|entrante|uscente|internal|transfer|consult"
    "|saliente|entrada|salida|saida|entrant|sortant|eingehend|ausgehend|interna|interno|intern|interne".split("|")
)
STATES = frozenset(
    "open|opened|closed|pending|solved|resolved|new|on hold|in progress|assigned|waiting|reopened|cancelled|canceled"
    "|escalated|unresolved|aperto|aperta|chiuso|chiusa|risolto|risolta|in corso|in lavorazione|in attesa|nuovo|sospeso"
    "|annullato|evaso|abierto|cerrado|resuelto|pendiente|abierta|cerrada|resuelta"
    "|en curso|ouvert|ferme|resolu|ouverte|fermee|clos|cloture|cloturee|en cours"
    "|aberto|fechado|pendente|resolvido|em andamento|in bearbeitung|abgeschlossen|erledigt|offen|geschlossen|gelost"
    "|completed|completato|closed with explanation|closed with monetary relief"
    "|closed with non monetary relief|logged".split("|")
)
OUTCOMES = frozenset(
    "answered|no answer|not answered|unanswered|busy|failed|missed|abandoned|voicemail|rejected|dropped|connected"
    "|disconnected|cancelled|canceled|transferred|noanswer|completed|overflow|risposta|risposto|non risposta|persa"
    "|perso|abbandonata|abbandonato|abbandono|coda piena"
    "|occupato|fallita|trasferita|segreteria|contestada|perdida|abandonada|ocupado"
    "|no contestada|beantwortet|verpasst|besetzt"
    "|atendida|atendido|no atendida|nao atendida".split("|")
)
ARMS = re.compile(
    r"^(a|b|c|d|control\w*|controllo|test\w*|treat\w*|variant\w*|variante\w*|gate_?\d+|v\d|old|new|vecchi[oa]|nuov[oa]"
    r"|attuale|tratamiento|tratamento|traitement|contr[oô]le|t[eé]moin|kontroll\w*|prueba|piloto?|exposed"
    r"|ad|psa|baseline|original\w*|champion|challenger|con|grp ?[ab]|group ?[ab]|gruppo ?[ab]"
    r"|control .*|test .*|.* control|.* test|\d)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Facts:
    """The facts of one column; the costly ones are found when asked for, once."""

    profile: Profile

    @property
    def filled(self) -> int:
        """How many cells are filled."""
        return self.profile.filled

    @cached_property
    def distinct(self) -> int:
        """How many different texts there are (in the sample, where the profile is one)."""
        return len(self.profile.values)

    @cached_property
    def seen(self) -> int:
        """How many cells the profile's values stand for."""
        return sum(count for _, count in self.profile.values)

    @cached_property
    def repeats(self) -> float:
        """Cells per different text: 1 where every cell differs."""
        return self.seen / self.distinct if self.distinct else 0.0

    @cached_property
    def number(self) -> NumberStyle:
        """How numbers are written."""
        return numbers.style(self.profile.values)

    @cached_property
    def parsed(self) -> tuple[tuple[float, int], ...]:
        """The column's numbers with their counts."""
        pairs = ((parse(text, self.number.decimal), count) for text, count in self.profile.values)
        return tuple(sorted((number, count) for number, count in pairs if number is not None))

    @property
    def whole(self) -> bool:
        """Whether every number is a whole one."""
        return bool(self.parsed) and all(number.is_integer() for number, _ in self.parsed)

    @cached_property
    def date(self) -> dates.DateStyle:
        """How dates are written."""
        return dates.style(self.profile.values)

    @cached_property
    def clock(self) -> dates.DateStyle:
        """How times of day are written."""
        return dates.clock_style(self.profile.values)

    @cached_property
    def ratings(self) -> scales.Ratings:
        """The column read as ratings."""
        return scales.read(self.profile)

    @cached_property
    def length(self) -> float:
        """Characters per filled cell."""
        return (
            sum(min(len(text), 2000) * count for text, count in self.profile.values) / self.seen if self.seen else 0.0
        )

    def share(self, test: re.Pattern[str]) -> float:
        """The share of filled cells a regular expression matches."""
        return (
            sum(count for text, count in self.profile.values if test.match(text.strip())) / self.seen
            if self.seen
            else 0.0
        )

    def share_in(self, words: frozenset[str]) -> float:
        """The share of filled cells that are one of these words."""
        if not self.seen:
            return 0.0
        return sum(count for text, count in self.profile.values if answers.folded(text) in words) / self.seen

    @cached_property
    def flag(self) -> float:
        """The share of filled cells that say yes or no."""
        if not self.seen:
            return 0.0
        return (
            sum(
                count
                for text, count in self.profile.values
                if answers.folded(text) in answers.FLAG_WORDS or answers.no_answer(text)
            )
            / self.seen
        )

    @cached_property
    def spans(self) -> durations.Spans:
        """How durations are written."""
        return durations.style(self.profile.values, self.number.decimal)

    @property
    def duration(self) -> float:
        """The share of filled cells that are written as durations (1:02:03, 2 days 3 hours, PT5M)."""
        return self.spans.share

    @cached_property
    def dated(self) -> bool:
        """Whether the column holds dates: no mere numbers that could be years, no clocks dated 1900-01-01."""
        return self.date.share >= 0.6 and self.spans.share < 0.6

    @cached_property
    def written_dates(self) -> bool:
        """Whether the column holds dates that could be nothing else: not numbers that might be serials or ids."""
        return self.dated and self.date.kind == "date" and self.number.share < 0.5

    @cached_property
    def years(self) -> bool:
        """Whether the column's dates are bare years, which any whole number between 1900 and 2099 could be."""
        return self.dated and self.date.kind == "date" and all(len(s.patterns[0][1]) == 2 for s in self.date.shapes)

    @cached_property
    def wordy(self) -> bool:
        """Whether the cells are sentences rather than names or codes."""
        return (
            self.length >= 12
            and self.number.share < 0.5
            and not self.dated
            and " " in "".join(text for text, _ in self.profile.values[:50])
        )

    @cached_property
    def personal_shares(self) -> dict[str, float]:
        """The share of filled cells that are each kind of personal data, nothing else standing beside it."""
        kinds = {"e-mail": _EMAIL, "ip address": _IP, "tax code": _TAX, "place": _SPOT, "phone": _PHONE}
        shares = {kind: self.share(test) for kind, test in kinds.items()}
        shares["tax code"] = max(shares["tax code"], self._checked(_CARD), self._checked(_VAT))
        people = sum(count for text, count in self.profile.values if person(text))
        return shares | {"name": people / self.seen if self.distinct >= 5 else 0.0}

    def _checked(self, test: re.Pattern[str]) -> float:
        """The share of cells that are such numbers, where their check digits prove that they are no others."""
        held = [(text, n) for text, n in self.profile.values if test.match(text.strip())]
        good = sum(private.passes_luhn(text) for text, _ in held)
        return sum(n for _, n in held) / self.seen if len(held) >= 5 and good >= 0.95 * len(held) else 0.0

    @cached_property
    def personal(self) -> str | None:
        """The kind of personal data the values themselves are, or None.

        A few cells of what can be nothing else make a column personal; a telephone number, which another number can
        look like, and a name have to be most of it.
        """
        shares = self.personal_shares
        certain = {kind: share for kind, share in shares.items() if kind not in {"phone", "name"}}
        if sum(certain.values()) >= _SOME and not (self.wordy and sum(certain.values()) <= 0.5):
            return max(certain, key=certain.__getitem__)
        if shares.get("name", 0.0) >= _MANY:
            return "name"
        return "phone" if shares["phone"] > 0.5 else None

    @cached_property
    def partly_personal(self) -> bool:
        """Whether some cells are nothing but personal data: such a column is no segment."""
        shares = self.personal_shares
        return any(shares[kind] > 0 for kind in ("e-mail", "ip address", "tax code")) or self.share(_ABROAD) > 0

    @cached_property
    def suspicious(self) -> bool:
        """Whether some text seen holds what has to be looked at closely."""
        return any(private.suspicious(text) for text, _ in self.profile.values)
