"""What is personal inside a text: found and masked in the engine, while order numbers, dates and amounts stay.

A mark (U+0001) is set before numbers that are no telephone, whatever they look like: what stands behind "order" or "#",
dates, amounts, long codes. It is taken off again at the end. The tokens are the same in every language.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import Any

import ibis

from cxcore.engine import re_extract_all

EMAIL, PHONE, TAX, IBAN, CARD, IP, LINK = (
    "[e-mail]", "[telefono]", "[tax-id]", "[iban]", "[carta]", "[ip]", "[link]"
)  # fmt: skip
TOKENS = r"\[(?:e-mail|telefono|tax-id|iban|carta|ip|link)\]"
# Only a text with one of these is looked at closely; most have none.
SUSPECT = (
    r"@|://|[0-9][0-9 .()/\-]{5,}[0-9]|[A-Za-z]{6}[0-9]{2}|[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}|(?:[0-9]{1,3}\.){3}[0-9]"
    r"|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{7,}"
)
TAX_CODE = r"[A-Za-z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRSTa-ehlmprst][0-9LMNPQRSTUV]{2}[A-Za-z][0-9LMNPQRSTUV]{3}[A-Za-z]"
_MAIL = r"[\w.%+'\-]+@(?:[\w\-]+\.)+[A-Za-z]{2,}"
# IBANs of the countries nearby, at their own length: letters and digits a code of another kind would hardly have.
ACCOUNT = (
    r"(?:(?:IT|SM) ?[0-9]{2} ?[A-Z](?: ?[0-9]){10}(?: ?[A-Z0-9]){12}|DE[0-9]{2}(?: ?[0-9]){18}"
    r"|ES[0-9]{2}(?: ?[0-9]){20}"
    r"|FR[0-9]{2}(?: ?[0-9]){10}(?: ?[A-Z0-9]){11}(?: ?[0-9]){2}|GB[0-9]{2} ?[A-Z]{4}(?: ?[0-9]){14}"
    r"|NL[0-9]{2} ?[A-Z]{4}(?: ?[0-9]){10}|BE[0-9]{2}(?: ?[0-9]){12}|AT[0-9]{2}(?: ?[0-9]){16}"
    r"|PT[0-9]{2}(?: ?[0-9]){21}|CH[0-9]{2}(?: ?[0-9]){5}(?: ?[A-Z0-9]){12})"
)
_NUMBERED = r"(?:n[.°º]?|nr\.?|no\.?|num(?:ero|ber)?\.?|id|è|is|of|cliente|ordine|order|del|di|d.ordine|code|codice)"
_THINGS = (
    r"(?:ordin[ei]|orders?|pratic(?:a|he)|ticket|cas[oe]|fattur[ae]|invoice|contratt[oi]|contract|spedizion[ei]|shipment"
    r"|tracking|codic[ei]|code|protocollo|prot\.?|riferimento|reference|ref\.?|rif\.?|segnalazione|reclamo|polizza|policy"
    r"|account|conto|sku|articolo|art\.|serial[ei]?|matricola|pod|pdr|imei|iccid|versione?|version|release|firmware|build"
    r"|pacco|parcel|package|preventivo|abbonamento|ddt|bolla|lotto|id|prezzo|importo|price|amount|#)"
)
_PART = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_LEFT = r"(^|[^\w\x01+.,/#\-])"
_DIALLED = r"\(?[0-9](?:[ .()\-]{0,2}[0-9]){6,13}\b"
_CARD = (
    r"(?:^|[^\w\x01.,/\-])((?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6011|65[0-9]{2})(?:[ \-]?[0-9]{4}){3}"
    r"|3[47][0-9]{2}[ \-]?[0-9]{6}[ \-]?[0-9]{5})\b"
)
_LONG = r"[0-9]{4}[ \-]?[0-9]{4,6}[ \-]?[0-9]{4}"
_FIRST: tuple[tuple[str, str], ...] = (
    (r"(?i)\b[a-z][a-z0-9+.\-]*://[^\s/@]+:[^\s/@]+@\S+", LINK),
    (r"(?i)\bhttps?://\S*[?&#;/](?:[a-z_]*token|api_?key|key|auth|sig|signature|session|sid|code|pwd|password|user|uid"
     r"|e?mail|hash|secret)=\S+", LINK),
    (r"(?i)\bhttps?://\S*[a-z0-9_\-]{24,}\S*", LINK),
    (_MAIL, EMAIL),
    (r"\b" + ACCOUNT + r"\b", IBAN),
    (r"\b" + TAX_CODE + r"\b", TAX),
    (r"(?i)((?:\bp\.? ?iva|partita iva|\bvat(?: number| no\.?| id)?)\W{0,3}(?:n\.?\W{0,2})?)(?:IT ?)?[0-9]{11}\b",
     r"\1" + TAX),
    (r"(^|[^\w\x01/\-])[0-9]{3}-[0-9]{2}-[0-9]{4}\b", r"\1" + TAX),
    (r"(^|[^\w+])\+[0-9](?:[ .()/\-]{0,2}[0-9]){7,14}\b", r"\1" + PHONE),
    (r"(?i)(\b(?:tel(?:efono|\.)?|cell(?:ulare|\.)?|phone|mobile|whatsapp|fax|recapito|handy|chiamat\w* al|call me at"
     r"|numero di telefono|phone number|telephone)[^\w(]{0,3}(?:(?:n[.°º]|nr\.?|number|numero|è|is|al)[^\w(]{0,3})?)"
     + _DIALLED, r"\1" + PHONE),
    (r"(?i)((?:\b|^|\W)" + _THINGS + r"\W{0,3}(?:" + _NUMBERED + r"\W{0,3}){0,2})([A-Z]{0,4}-?[0-9])", "\\1\x01\\2"),
    (_LEFT + r"(?:" + _PART + r"\.){3}" + _PART + r"\b", r"\1" + IP),
    (r"(?i)(^|[^\w\x01:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{0,4}(?:::?[0-9a-f]{1,4})*\b", r"\1" + IP),
    (_LEFT + r"0[1-9](?:[ .][0-9]{2}){4}\b", r"\1" + PHONE),
)  # fmt: skip
_LAST: tuple[tuple[str, str], ...] = (
    (r"([0-9](?:[\-./]?[0-9]){15,})", "\x01\\1"),
    (r"\b([0-9]{4}[\-/.][0-9]{1,2}[\-/.][0-9]{1,2}|[0-9]{1,2}[\-/.][0-9]{1,2}[\-/.](?:[0-9]{4}|[0-9]{2}))\b",
     "\x01\\1\x01"),
    (r"(?i)((?:[€$£]|\beuro?|\busd|\bgbp)\s?)([0-9])", "\\1\x01\\2"),
    (r"(?i)(^|[^\w.,])([0-9][0-9., ']*\s?(?:[€$£%]|euro?\b|usd\b|gbp\b))", "\\1\x01\\2"),
    (_LEFT + r"00(?:39|33|34|44|49|41|43|32|31|351|1)[ .\-]?[0-9](?:[ .\-]?[0-9]){6,11}\b", r"\1" + PHONE),
    (_LEFT + r"3[2-9][0-9](?:[ .\-/]?[0-9]){7}\b", r"\1" + PHONE),
    (_LEFT + r"0[0-9]{1,4}[ ./\-](?:[0-9]{5,8}|[0-9]{3,4}[ .\-][0-9]{3,4})\b", r"\1" + PHONE),
    (_LEFT + r"(?:\([0-9]{3}\) ?|[0-9]{3}[ .\-])[0-9]{3}[ .\-][0-9]{4}\b", r"\1" + PHONE),
    ("\x01", ""),
)  # fmt: skip
# A cell that is nothing but one of these, and so names a person wherever it stands.
WHOLE = r"^\s*'?(?:[^@\s]+@[^@\s]+\.[A-Za-z]{2,}|" + TAX_CODE + r"|" + ACCOUNT + r")\s*$"
SHORTEST = 16  # characters of a tax code or an account number
_SUSPECT = re.compile(SUSPECT)
_WHOLE = re.compile(WHOLE)


def suspicious(text: str) -> bool:
    """Whether a text has to be looked at closely."""
    return _SUSPECT.search(text) is not None


def names_a_person(text: str) -> bool:
    """Whether a cell is nothing but an e-mail address, a tax code or an account number."""
    return _WHOLE.match(text) is not None


def masked(text: Any) -> Any:
    """The engine's expression of a text with a token in the place of each personal thing in it."""
    return ibis.ifelse(text.re_search(SUSPECT), _close(text), text)


def _close(text: Any) -> Any:
    first = reduce(lambda held, one: held.re_replace(*one), _FIRST, text)
    # The cards found are digits, spaces and hyphens only, so that they can stand as a pattern; where there is none, one
    # that nothing matches does. A pattern a row is slow: only for texts that may hold a card.
    cards = re_extract_all(first, _CARD, 1).filter(luhn).join("|")
    paid = first.re_replace(ibis.ifelse(cards == "", "\x02", cards), CARD)
    second = ibis.ifelse(text.re_search(_LONG), paid, first)
    return reduce(lambda held, one: held.re_replace(*one), _LAST, second)


def luhn(text: Any) -> Any:
    """Whether the digits of a text, at most 19, pass the check of payment cards (ISO/IEC 7812-1, annex B)."""
    turned = text.re_replace(r"[^0-9]", "").reverse()
    total: Any = ibis.literal(0)
    for k in range(19):
        digit = turned.substr(k, 1).try_cast("int32").fill_null(0)
        total = total + (digit if k % 2 == 0 else digit * 2 - ibis.ifelse(digit > 4, 9, 0))
    return total % 10 == 0


def passes_luhn(text: str) -> bool:
    """The same check of one text, outside the engine."""
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    doubled = (d if k % 2 == 0 else 2 * d - (9 if d > 4 else 0) for k, d in enumerate(digits))
    return bool(digits) and sum(doubled) % 10 == 0
