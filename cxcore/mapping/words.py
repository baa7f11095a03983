"""Words of headers that name no role alone: fillers, what a contact, a time or a number is called; compounds parted."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Words that say nothing about which role a column has; units and answers in brackets among them.
FILLERS = frozenset(
    "the a an of to in on at for by is are was do did you your we our us this that it and or with from how would please"
    " di del della dello dei delle da il la lo le gli i un una al alla che e o con per ti ci si suo tuo"
    " de la el los las du des le un une der die das den und customer cliente field custom"
    " do da dos das du au aux ao votre vos para voce sua seu su sus sie ihr"
    " list avg average total what which quale quali qual cual que quel quelle welche thousands mm ss hh".split()
)
# Prepositions and articles that people write in a name or leave out: "tipo de solicitud", "tipo_solicitud".
SMALL = frozenset("the of di del dello della dell dei degli delle de la el los las du des do da dos das l d".split())
# What a contact is called, and a time or a span of it: taken off, what is left of a header is which one it is.
CONTACT = frozenset(
    "ticket tickets case cases call calls conversation interaction chat incident issue request contact record"
    " segnalazione complaint enquiry inquiry sr pratica chiamata caso richiesta contatto reclamo conversazione"
    " llamada anruf"
    " appel chamado llamadas reclamation demande vorgang anfrage solicitud solicitacao incidencia queja"
    " declaration signalement rma".split()
)
POINT = frozenset(
    "date time timestamp datetime data ora orario fecha hora datum ts dt zeit zeitpunkt heure utc gmt local"
    " universal at on il d".split()
)
NUMBER = frozenset(
    "id ids no nr n num number numero nummer code codice cod key ref reference codigo uuid guid api unique".split()
)
# What a column of names, of marks or of texts is called beside the thing it is about: "Skill_Name", "FLAG_ABBANDONO".
LABEL = frozenset("name names full list label title assigned admin nome nom nombre".split())
MARK = frozenset("flag flags fl is was has yn indicator ind bool".split())
GIVEN = frozenset("created received submitted posted given completed left erstellt creato creado criado".split())
# What a rating is of, where it is one of the service as a whole.
SERVED = frozenset(
    "service support agent user experience final post servizio assistenza intervento operatore esperienza utente finale"
    " session sessione servicio atencion ivr sms survey review cidadao cittadino encuesta sondaggio pesquisa"
    " recensione resena avis usager usuario ospite guest consumidor consumer consumatore consommateur"
    " passenger passeggero passager visitor visitatore visiteur".split()
)
SPAN = frozenset(
    "time times duration length total tempo durata t secs tiempo duracion duracao zeit dauer duree temps delay delai"
    " delais ritardo atraso".split()
)
WORKER = frozenset("agent operator operatore agente user representative staff human".split())
UNITS: dict[str, str] = {
    **dict.fromkeys("seconds second secs sec s secondi sec seg segs segundo segundos secondes sekunden".split(), "s"),
    **dict.fromkeys("minutes minute mins min minuti minuto minutos minuten".split(), "min"),
    **dict.fromkeys("hours hour hrs hr h ore ora horas heures stunden std".split(), "h"),
    **dict.fromkeys("days day giorni gg dias jours jour tage tag".split(), "d"),
    **dict.fromkeys("milliseconds ms millisecondi millis".split(), "ms"),
}
OWNERS = frozenset(
    "customer client cliente user utente contact recipient requester billing home kunde"
    " ciudadano cittadino citizen usuario usager guest ospite paziente patient".split()
)
# What is sent to be filled in.
FORMS = frozenset(
    "survey surveys questionnaire questionario encuesta umfrage fragebogen sondaggio pesquisa enquete form poll".split()
)
# What a column of texts is called.
TEXTS = frozenset("comment comments message feedback remark remarks text explanation".split())
# What repeats the date.
CALENDAR = frozenset(
    "month mon mese mes mois monat quarter trimestre quartal week weeks settimana semana woche weekday weekdays day"
    " days giorno giorni dia year anno jahr hour ora".split()
)
# Ends of German compounds: "Anmeldedatum" is the date of an "Anmelde".
_COMPOUND = re.compile(
    r"^([a-z]{3,}?)s?(nummer|datum|zeitpunkt|zeit|dauer|gruppe|kanal|kategorie|bewertung|zufriedenheit)$"
)
# Words that databases write as one, where no capital parts them: "CLIENTNUM", "calldate".
_GLUED = re.compile(
    r"^(client|customer|cust|user|account|member|ticket|case|call|order|agent|incident|respondent)"
    r"(id|num|no|nr|number|code|date|name|status|type)$"
)


def parted(words: Iterable[str]) -> tuple[str, ...]:
    """The words, German compounds and those written as one in two."""
    found: list[str] = []
    for word in words:
        compound = _COMPOUND.match(word) or _GLUED.match(word)
        found += compound.groups() if compound else (word,)
    return tuple(found)
