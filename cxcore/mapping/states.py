"""What the words of a case's state or event say: solved, open again, replied."""

from __future__ import annotations

import re

from cxcore.mapping.facts import STATES

DONE = frozenset(
    "solved|resolved|closed|completed|complete|done|fixed|finished|case closed|ticket closed|ticket solved"
    "|ticket resolved|case resolved|case solved|risolto|risolta|chiuso|chiusa|completato|completata|evaso|evasa"
    "|ticket chiuso|ticket risolto|pratica chiusa|chiusura|closed with explanation|closed with monetary relief"
    "|closed with non monetary relief|resuelto|resuelta|cerrado|cerrada|ferme|fermee|resolu|resolue|cloture"
    "|geschlossen|gelost|erledigt|abgeschlossen".split("|")
)
_DONE_WORD = re.compile(
    r"\b(solved|resolved|closed|completed|risolt[oa]|chius[oa]|completat[oa]|resuelt[oa]|cerrad[oa]|geschlossen|gelost)\b"
)
_NOT_DONE = re.compile(
    r"\b(not|non|no|never|mai|un\w+|to be|partial\w*|pending|await\w*|wait\w*|attesa|da|will|could|almost|survey"
    r"|re ?open\w*|riapert\w*|if|se)\b|\?"
)
_SHORT = 5  # words: a longer text is a remark and names no state
OPEN = frozenset(
    "reopen|reopened|re opened|re-opened|ticket reopened|case reopened|riaperto|riaperta|riapertura|reabierto"
    "|reabierta|rouvert|rouverte|wiedereroffnet".split("|")
) | (STATES - DONE)
_REPLY = re.compile(
    r"\b(first (response|reply)|agent (reply|replied|response|responded)|repl(y|ied)( sent)?|responded|response sent"
    r"|answered|prima risposta|risposta (inviata|operatore|agente)|risposto|primera respuesta|respondido"
    r"|premiere reponse|erste antwort|beantwortet)\b"
)
_NOT_A_REPLY = re.compile(
    r"\b(customer|client|cliente|utente|user|requester|end|kunde|await\w*|wait\w*|pending|attesa|auto\w*|bot|no|not"
    r"|non|un\w+ed|survey|sondaggio)\b"
)


def says_done(text: str) -> bool:
    """Whether a state's words say that the case is solved or closed."""
    if text in DONE:
        return True
    return len(text.split()) <= _SHORT and bool(_DONE_WORD.search(text)) and not _NOT_DONE.search(text)


def says_reply(text: str) -> bool:
    """Whether an event's words say that a person of the service replied."""
    return bool(_REPLY.search(text)) and not _NOT_A_REPLY.search(text)
