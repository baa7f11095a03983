"""Answers as people and survey tools write them: 9, "9/10", "10 - Extremely likely", words, stars, faces → a number.

The word lists are English and Italian first, then the commonest of Spanish, French and German. A list is an ordered
ladder, worst first, so that a word's number follows from its place and the ladder's length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cxcore.mapping.numbers import parse

NO_ANSWER = frozenset(
    "n/a|na|n.a.|n/d|nd|n.d.|ns/nc|ns|nc|n/r|nr|none|null|nan|nil|-|--|---|–|—|?|.|non so|non saprei|non risponde"
    "|nessuna risposta|nessun voto|senza risposta|non applicabile|non valutato|preferisco non rispondere|no answer"
    "|not answered|no response|not offered|offered|unoffered|not applicable|not rated|unrated|skipped|skip|don't know"
    "|dont know|do not know|prefer not to say|prefer not to answer|no opinion|no contesta|no sabe|no sabe/no contesta"
    "|(blank)|(vuoto)"
    "|keine angabe|weiß nicht|weiss nicht|sans opinion|ne sait pas|nsp|missing|unknown|sconosciuto".split("|")
)
_SATISFACTION = (
    "very dissatisfied|very unsatisfied|extremely dissatisfied|completely dissatisfied|highly dissatisfied|terrible"
    "|awful|very bad|very poor|horrible|molto insoddisfatto|per niente soddisfatto|per nulla soddisfatto"
    "|del tutto insoddisfatto"
    "|molto insoddisfatta|per niente soddisfatta|per nulla soddisfatta|pessimo|pessima"
    "|molto negativo|muy insatisfecho|muy malo"
    "|tres insatisfait|pas du tout satisfait|sehr unzufrieden|sehr schlecht|ungenugend|tres mauvais|muy mala"
    "|pesimo|pesima|muito insatisfeito|muito ruim|muito mau",
    "dissatisfied|unsatisfied|somewhat dissatisfied|bad|poor|not good|not great|mediocre"
    "|insoddisfatto|insoddisfatta|poco soddisfatto|poco soddisfatta|scarso|scarsa"
    "|insufficiente|cattivo|negativo|negatif|negativ"
    "|insatisfecho|malo|insatisfait|mauvais|peu satisfait|unzufrieden|schlecht"
    "|eher unzufrieden|mangelhaft|plutot insatisfait|mala|insatisfeito|ruim|mau",
    "neutral|neither satisfied nor dissatisfied|neither satisfied or dissatisfied|ok|okay|average|fair|so so|neutro"
    "|neutrale"
    "|ne soddisfatto ne insoddisfatto|ne soddisfatta ne insoddisfatta"
    "|indifferente|sufficiente|discreto|medio|normale|cosi cosi|regular"
    "|ni satisfecho ni insatisfecho|neutre|moyen|weder noch|teils teils|mittel"
    "|befriedigend|razoavel|passable",
    "satisfied|somewhat satisfied|good"
    "|soddisfatto|soddisfatta|abbastanza soddisfatto|abbastanza soddisfatta|buono|buona|positivo|positif|positiv"
    "|satisfecho|bueno"
    "|satisfait|bon|plutot satisfait|zufrieden|gut|eher zufrieden|buena|satisfeito|bom|boa",
    "very satisfied|extremely satisfied|completely satisfied|highly satisfied|totally satisfied|excellent|great"
    "|very good|outstanding|perfect"
    "|molto soddisfatto|molto soddisfatta|pienamente soddisfatto|pienamente soddisfatta|completamente soddisfatto"
    "|del tutto soddisfatto"
    "|estremamente soddisfatto|ottimo|ottima|eccellente|molto positivo|muy satisfecho|muy bueno|excelente"
    "|tres satisfait|excellent service|sehr zufrieden|sehr gut|ausgezeichnet|tres bon|muy buena|muito satisfeito"
    "|muito bom|otimo|otima",
)
_EASE = (
    "very difficult|extremely difficult|very hard|very high effort|molto difficile|difficilissimo|muy dificil",
    "difficult|hard|somewhat difficult|high effort|difficile|abbastanza difficile|dificil",
    "neutral|neither easy nor difficult|neither|neutro|ne facile ne difficile",
    "easy|somewhat easy|low effort|facile|abbastanza facile|facil",
    "very easy|extremely easy|very low effort|molto facile|facilissimo|muy facil",
)
# Without a neutral step: where "abbastanza" stands beside "soddisfatto", it is the one below.
_RATHER_SATISFIED = (
    "per niente soddisfatto|per nulla soddisfatto|per niente soddisfatta|per nulla soddisfatta|not at all satisfied",
    "poco soddisfatto|poco soddisfatta|slightly satisfied",
    "abbastanza soddisfatto|abbastanza soddisfatta|somewhat satisfied|moderately satisfied",
    "soddisfatto|soddisfatta|satisfied",
    "molto soddisfatto|molto soddisfatta|very satisfied",
)
_AGREEMENT = (
    "strongly disagree|completely disagree|per niente d'accordo|fortemente in disaccordo|totalmente in disaccordo"
    "|completamente in disaccordo|molto in disaccordo|totalmente en desacuerdo",
    "disagree|in disaccordo|non d'accordo|en desacuerdo",
    "neutral|neither agree nor disagree|ne d'accordo ne in disaccordo|neutro|indifferente",
    "agree|d'accordo|de acuerdo",
    "strongly agree|completely agree|completamente d'accordo|fortemente d'accordo|molto d'accordo"
    "|totalmente d'accordo|pienamente d'accordo|totalmente de acuerdo",
)
_AGREEMENT_SEVEN = (
    _AGREEMENT[0],
    _AGREEMENT[1],
    "somewhat disagree|slightly disagree|rather disagree|parzialmente in disaccordo|abbastanza in disaccordo"
    "|un po' in disaccordo|leggermente in disaccordo",
    _AGREEMENT[2],
    "somewhat agree|slightly agree|rather agree|parzialmente d'accordo|abbastanza d'accordo|un po' d'accordo"
    "|leggermente d'accordo",
    _AGREEMENT[3],
    _AGREEMENT[4],
)
_DEGREES = (("not at all", "per niente"), ("not so", "not very", "slightly", "poco"),
            ("somewhat", "moderately", "abbastanza"), ("very", "molto"), ("extremely", "estremamente"))  # fmt: skip
_QUALITIES = (
    "well helpful responsive clear professional valuable knowledgeable useful chiaro chiara utile cortese".split()
)
_THUMBS = ("bad|rated bad|negative|thumbs down|👎|unhappy|dislike|badwithcomment|bad with comment|dissatisfied"
           "|not satisfied|unsatisfied|neutral or dissatisfied|insoddisfatto|non soddisfatto|negativo|insatisfecho",
           "good|rated good|positive|thumbs up|👍|happy|like|goodwithcomment|good with comment|satisfied|soddisfatto"
           "|positivo|satisfecho")  # fmt: skip
_FACES = ("😡🤬😠👿😤😭", "🙁😞☹😟😔😢😕", "😐😑😶", "🙂😊☺", "😍😀😃😄😁🤩🥰😎")
_GROUPS = {
    "promotoren": 10.0, "promotores": 10.0, "kritiker": 0.0, "detraktoren": 0.0, "detractores": 0.0,
    "pasivos": 7.0, "promoter": 10.0, "promotore": 10.0, "promoters": 10.0, "promotori": 10.0,
    "promotor": 10.0, "promoteur": 10.0,
    "passive": 7.0, "passivo": 7.0, "passives": 7.0, "passivi": 7.0, "neutri": 7.0, "neutrals": 7.0,
    "neutral": 7.0, "neutro": 7.0, "pasivo": 7.0,
    "passif": 7.0, "detractor": 0.0, "detrattore": 0.0, "detractors": 0.0, "detrattori": 0.0, "detracteur": 0.0,
}  # fmt: skip
FLAG_WORDS: dict[str, float] = {
    **dict.fromkeys("y|yes|true|t|1|si|s|vero|v|oui|ja|sim|1.0|x|on".split("|"), 1.0),
    **dict.fromkeys("n|no|false|f|0|falso|non|nein|nao|0.0|off".split("|"), 0.0),
    **dict.fromkeys(("churned", "attrited", "attrited customer"), 1.0),
    **dict.fromkeys(("not churned", "existing customer"), 0.0),
}
_LABEL = re.compile(r"^([+-]?\d+(?:[.,]\d+)?)\s*(?:[-–—:=.)(]|\s)\s*(\D.*)$")
_OUT_OF = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(?:/|su|of|out of|von|sur|de)\s*(\d{1,15})$")
_UNIT = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(?:stars?|stelle?|stella|punti|points?|pts|estrellas?|sterne?|etoiles?)$")
_A_DAY = re.compile(
    r"(?i)^(?:gen|jan|feb|mar|apr|ma[giy]|giu|jun|lug|jul|ago|aug|set|sep|ott|oct|nov|di[ce]|dec)[a-z]*\W"
)
_LAST = re.compile(r"^(\D+?)\s*[\[(:-]\s*(\d{1,15})\s*[\])]?$")


def folded(text: str) -> str:
    """The text as the word lists write it: lower case, no accents, straight quotes, single spaces."""
    if text.isascii():  # most are, and have no accents to look for
        return " ".join(text.split()).casefold()
    text = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return re.sub(r"\s+", " ", "".join(c for c in text if not unicodedata.combining(c))).strip().casefold()


# Cyrillic and Greek capitals and small letters that look like Latin ones.
_LOOKALIKES = str.maketrans("АВЕЗКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABE3KMHOPCTYXaeopcyxijsABEZHIKMNOPTYXo")


def seen_alike(text: str) -> str:
    """The text as a reader sees it: the same for spellings that differ in case, spaces or look-alike letters."""
    return folded(text.translate(_LOOKALIKES))


def _ladder(steps: Iterable[str]) -> dict[str, float]:
    return {word: float(k) for k, step in enumerate(steps, 1) for word in step.split("|")}


# (name, scale, word → number), tried in this order; the ladder that reads most of the column wins.
LADDERS: tuple[tuple[str, tuple[float, float], dict[str, float]], ...] = (
    ("satisfaction", (1, 5), _ladder(_SATISFACTION)),
    ("ease", (1, 5), _ladder(_EASE)),
    ("agreement", (1, 5), _ladder(_AGREEMENT)),
    ("agreement of seven", (1, 7), _ladder(_AGREEMENT_SEVEN)),
    ("good or bad", (0, 1), dict.fromkeys(_THUMBS[0].split("|"), 0.0) | dict.fromkeys(_THUMBS[1].split("|"), 1.0)),
    ("promoter groups", (0, 10), _GROUPS),
    ("lights", (1, 3), _ladder((
        "red|rosso|rot|rojo|rouge", "yellow|giallo|amber|gelb|amarillo|arancione", "green|verde|grun|vert",
    ))),
    ("lights and a star", (1, 4), _ladder(("red light", "yellow light", "green light", "gold star"))),
    ("much or little", (1, 4), _ladder((
        "per niente|per nulla|affatto|decisamente no|not at all|nada",
        "poco|piu no che si|not really|not much|a little",
        "abbastanza|piu si che no|somewhat|mostly|bastante", "molto|decisamente si|very much|completely|mucho",
    ))),
    ("degree", (1, 5), _ladder("|".join(f"{one} {quality}" for one in step for quality in _QUALITIES)
                               for step in _DEGREES)),
    ("satisfaction without a middle", (1, 5), _ladder(_RATHER_SATISFIED)),
    ("happiness", (1, 3), _ladder(("unhappy|sad|not happy|scontento", "neutral|ok|neutro", "happy|contento"))),
    ("happiness of seven", (1, 7), _ladder((
        "extremely unhappy", "very unhappy", "unhappy", "neutral", "happy", "very happy", "extremely happy",
    ))),
)  # fmt: skip


def no_answer(text: str) -> bool:
    """Whether the text says that nobody answered."""
    return folded(text) in NO_ANSWER


def stars(text: str) -> float | None:
    """How many stars are drawn, or the step of a face on a five-step ladder."""
    bare = text.replace("\ufe0f", "").replace(" ", "")
    filled = bare.count("★") + bare.count("⭐") + bare.count("🌟") + (bare.count("*") if set(bare) == {"*"} else 0)
    if filled and all(c in "★⭐🌟☆✩*" for c in bare):
        return float(filled)
    if len(bare) == 1:
        return next((float(k) for k, faces in enumerate(_FACES, 1) if bare in faces), None)
    return None


def labelled(text: str, decimal: str = ".") -> tuple[float, str, float | None] | None:
    """The number in "10 - Extremely likely", "9/10", "4 stelle", "Buono (4)": number, its words, the scale's top."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if match := _OUT_OF.match(plain.casefold()):
        number = parse(match[1], decimal)
        return None if number is None else (number, "", float(match[2]))
    if match := _UNIT.match(plain.casefold()):
        number = parse(match[1], decimal)
        return None if number is None else (number, "", None)
    if (match := _LABEL.match(plain)) and not re.search(r"\d", match[2]):
        number = parse(match[1], decimal)
        return None if number is None else (number, match[2].strip(" ()-–—:").strip(), None)
    if (match := _LAST.match(plain)) and not _A_DAY.match(plain):
        return float(match[2]), match[1], None
    return None


def level(words: str) -> float | None:
    """How good the words say it is, 0 (worst) to 1 (best), or None where no ladder knows them."""
    key = folded(words)
    for _, (low, high), ladder in LADDERS[:4]:
        if key in ladder:
            return (ladder[key] - low) / (high - low)
    if key in {"extremely likely", "very likely", "estremamente probabile", "molto probabile", "sicuramente si"}:
        return 1.0
    if key in {
        "not at all likely",
        "not likely at all",
        "per niente probabile",
        "per nulla probabile",
        "molto improbabile",
    }:
        return 0.0
    return None
