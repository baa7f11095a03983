"""Level 1. The roles of the contract as data: meaning, type, scale, and the words that name them in a header.

Words are written without accents, in lower case; `*` ends a stem ("soddisf*"). `strong` phrases name the role wherever
they stand in a header; `weak` ones only when they are the whole header, and need the values' support. `never` phrases
rule the role out. English and Italian first; Spanish, French and German for the commonest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cxcore.language import Message, say

RoleType = Literal["id", "time", "duration", "category", "flag", "count", "rating", "text", "amount"]


@dataclass(frozen=True)
class Role:
    """One role: what it means, what its cells look like once read, and what headers call it."""

    name: str
    type: RoleType
    meaning: Message
    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _role(
    name: str, kind: RoleType, meaning: Message, strong: str, weak: str = "", never: str = "",
    scale: tuple[float, float] | None = None,
) -> Role:  # fmt: skip
    return Role(name, kind, meaning, _split(strong), _split(weak), _split(never), scale)


_AVERAGES = "avg|average|medio|media"

_ALL = (
    # identity
    _role(
        "interaction_id",
        "id",
        say("the number of the ticket, call or conversation"),
        "ticket id|ticket number|ticket no|ticket nr|case id|case number|case no|caseid|call id|callid|conversation id"
        "|interaction id|chat id|incident id|incident number|request id|complaint id|complaint number|ticketid"
        "|id contatto|id ticket|numero ticket|codice ticket|id chiamata|numero pratica|codice pratica|id caso"
        "|id richiesta|numero richiesta|id reclamo|numero reclamo|codice reclamo|id interazione|id conversazione"
        "|id segnalazione|numero segnalazione|id de ticket|numero de ticket|id llamada|numero de caso|id caso"
        "|numero de dossier|id appel|ticketnummer|vorgangsnummer|fallnummer|anruf id",
        "id|ticket|case|call|codice|numero|number|n|no|nr|key|ticket #|unique id|id univoco|reference|protocollo",
    ),
    _role(
        "response_id",
        "id",
        say("the number of the survey answer"),
        "response id|responseid|respondent id|answer id|survey response id|submission id|id risposta|risposta id"
        "|codice risposta|id respuesta|id de respuesta|id reponse|antwort id|sentence id|review id|feedback id",
        "id|n|no|nr|number|numero|codice|key|unique id",
    ),
    _role(
        "customer_id",
        "id",
        say("the customer's code"),
        "customer id|customerid|customer number|customer no|customer code|client id|clientid|client number|user id"
        "|userid|cust id|account id|account number|contact id|requester id|requester external id|member id"
        "|subscriber id|external reference|external data reference|id cliente|codice cliente|cod cliente"
        "|numero cliente|cliente id|id utente|codice utente|codice contratto|numero contratto|id client"
        "|numero de cliente|id de cliente|codigo cliente|numero client|code client|kundennummer|kunden id|kundennr",
        "customer|client|cliente|utente|user|kunde|contact|contatto|account|abbonato|visitor id|player id",
        never="name|nome|email|mail|type|tipo|age|segment*|since|city|country",
    ),
    # time
    _role(
        "created_at",
        "time",
        say("when the contact began"),
        "created at|created time|created date|created on|date created|time created|create time|create date|creation date"
        "|creation time|opened at|open date|opened date|date opened|open time|opened on|ticket created|date received"
        "|received at|received date|received on|reported at|reported on|call date|call start|call started"
        "|call start time|call timestamp|conversation started at|conversation started|contact date|ticket date"
        "|complaint date|case opened|start time|started at|start date|start datetime|created datetime|interaction date"
        "|data apertura|data di apertura|ora apertura|data creazione|data di creazione|creato il|aperto il"
        "|data ticket|data chiamata|data contatto|data inizio|ora inizio|data ricezione|data reclamo|data richiesta"
        "|data segnalazione|data di ingresso|inizio chiamata|ora chiamata|fecha de creacion|fecha creacion"
        "|fecha apertura|fecha de apertura|fecha de inicio|fecha inicio|fecha llamada|date de creation|date d ouverture"
        "|date creation|erstellt am|erstelldatum|erstellt|eroffnet am|anlagedatum|data di acquisto|date of purchase"
        "|purchase date|data acquisto|issue reported",
        "date|data|fecha|datum|timestamp|day|giorno|time|ora|heure|hora|uhrzeit|datetime|date time|data ora|data e ora"
        "|when|created|opened|creato|month|mese|mes|mois|monat|period|periodo|year|anno|week|settimana|date 1|inizio",
        never="birth*|nascita|due|scaden*|expir*|updated|update|modified|last|ultim*|escalation|close*|resol*|solved"
        "|sla|first resp*|prima risp*|survey|respuesta|risposta",
    ),
    _role(
        "answered_at",
        "time",
        say("when the survey was answered"),
        "survey date|survey time|survey response date|survey submitted|response date|responded on|response timestamp"
        "|submit date|submitdate|submission date|submitted at|submitted on|date submitted|completion time|completed on"
        "|completed at|recorded date|recordeddate|end date|enddate|answer date|rated at|rated on|review date|feedback date"
        "|data risposta|data di risposta|data compilazione|data di compilazione|data sondaggio|data questionario"
        "|data intervista|data invio|informazioni cronologiche|ora di completamento|fecha respuesta|fecha de respuesta"
        "|fecha encuesta|fecha de envio|date de reponse|horodateur|marca temporal|zeitstempel|datum der antwort",
        "date|data|fecha|datum|timestamp|datestamp|day|giorno|month|mese|mes|mois|monat|period|periodo|year|anno|week"
        "|time|datetime|date time|created|created at",
        never="birth*|nascita|due|updated|modified|start|prima risposta|first resp*",
    ),
    _role(
        "first_response_at",
        "time",
        say("when a person first replied"),
        "first response at|first response time|first response|first response date|first reply at|first reply time"
        "|first reply|first responded at|first agent reply|initial response time|initial response|responded at"
        "|issue responded|call answered|answer time|answered at|answered time|first contact at|prima risposta"
        "|data prima risposta|ora prima risposta|ora risposta|data presa in carico|presa in carico|primera respuesta"
        "|premiere reponse|erste antwort|erstantwort",
        never="escalation|diff|due|business|status|sla",
    ),
    _role(
        "resolved_at",
        "time",
        say("when the case was solved"),
        "resolved at|resolved time|resolved date|resolved on|date resolved|resolution date|resolution time"
        "|time to resolution|resolution timestamp|solved at|solved date|closed at|closed time|closed date|close date"
        "|closed on|date closed|close time|closure date|end time|call ended|call end|call end time|ended at|completed at"
        "|completion date|data chiusura|data di chiusura|ora chiusura|chiuso il|data risoluzione|data di risoluzione"
        "|risolto il|data fine|ora fine|data completamento|fine chiamata|fecha cierre|fecha de cierre"
        "|fecha resolucion|fecha de resolucion|fecha fin|date de cloture|date cloture|date de resolution|geschlossen am"
        "|gelost am|abschlussdatum|erledigt am",
        "closed|resolved|solved|chiuso|risolto|end|fine|ended",
        never="escalation|due|first|status|sla",
    ),
    _role(
        "reopened_at",
        "time",
        say("when the case was opened again"),
        "reopened at|reopened date|reopen date|date reopened|data riapertura|riaperto il|fecha reapertura",
    ),
    _role(
        "event_at",
        "time",
        say("when the event of the log happened"),
        "event time|event date|event at|event timestamp|complete timestamp|completetimestamp|activity date"
        "|activity time|change date|changed at|status date|data evento|ora evento|data stato|time stamp",
        "timestamp|date|time|data|ora|fecha",
    ),
    # durations
    _role(
        "wait_duration",
        "duration",
        say("how long the customer waited for an answer"),
        "wait time|waiting time|wait length|wait duration|queue time|queue wait|queue wait time|time in queue"
        "|speed of answer|seconds to answer|time to answer|total queue|attesa|tempo di attesa|tempo attesa"
        "|durata attesa|secondi di attesa|tiempo de espera|tiempo espera|temps d attente|temps attente|wartezeit",
        "wait|asa|queue|waiting",
        never="hold|agent wait|on hold|requester wait",
    ),
    _role(
        "first_response_duration",
        "duration",
        say("how long until the first human reply"),
        "first response time|first response|first reply time|first reply|first response in min|first response duration"
        "|time to first response|time to first reply|total first response|avg first response|tempo di prima risposta"
        "|tempo prima risposta|tempo alla prima risposta|tiempo de primera respuesta|tiempo primera respuesta"
        "|temps de premiere reponse|erstantwortzeit|response time|tempo di risposta|tempo risposta",
        "frt",
        never="business|diff|escalation|status|sla",
    ),
    _role(
        "talk_duration",
        "duration",
        say("how long the conversation lasted"),
        "talk time|talk duration|talktime|avg talk|avgtalkduration|average talk|service length|service time|total talk"
        "|call length|call duration|conversation duration|conversation length|chat duration|speaking time"
        "|durata conversazione|tempo di conversazione|durata chiamata|durata della chiamata|durata telefonata"
        "|minuti di conversazione|duracion de la llamada|duracion llamada|duree d appel|duree appel|gesprachsdauer",
        "talk",
    ),
    _role(
        "hold_duration",
        "duration",
        say("how long the customer was put on hold"),
        "hold time|hold duration|total hold|on hold time|time on hold|messa in attesa|tempo in hold|durata hold",
        "hold",
        never="business",
    ),
    _role(
        "wrap_duration",
        "duration",
        say("work after the call"),
        "after call work|after call work time|total acw|acw time|wrap up time|wrap time|wrapup time|wrap up duration"
        "|tempo post chiamata|post chiamata|lavoro post chiamata|nachbearbeitungszeit|nachbearbeitung",
        "acw|wrap up|wrap",
        never="code|reason",
    ),
    _role(
        "handle_duration",
        "duration",
        say("talk, hold and after-call work together"),
        "handle time|handling time|handle duration|total handle|average handle time|avg handle time|handled time"
        "|tempo di gestione|tempo gestione|durata gestione|tempo medio di gestione|tempo di lavorazione"
        "|tempo lavorazione|tiempo de gestion|tiempo medio operativo|temps de traitement|duree de traitement"
        "|bearbeitungszeit|time tracked|time spent|time units total",
        "aht|duration|durata|duracion|duree|dauer|tma|call time|duration seconds|duration minutes|lead time",
    ),
    _role(
        "resolution_duration",
        "duration",
        say("how long until the case was solved"),
        "resolution time|full resolution time|time to resolution|time to resolve|resolution duration|resolve time"
        "|time to close|close in min|resolution hours|resolution minutes|tempo di risoluzione|tempo risoluzione"
        "|durata risoluzione|tempo di chiusura|giorni di risoluzione|tiempo de resolucion|tiempo resolucion"
        "|temps de resolution|losungszeit|days to resolve|days to close|hours to resolve",
        "ttr|mttr|resolution",
        never="business|diff|escalation|status|first resolution|sla",
    ),
    # people and place
    _role(
        "agent",
        "category",
        say("who handled the contact"),
        "agent|agent name|agent id|agentid|assignee|assigned to|assigned agent|ticket owner|operator|operator id"
        "|operatore|agente|addetto|consulente|representative|advisor|teammate currently assigned|teammate|handled by"
        "|agent assigned|gestito da|assegnato a|preso in carico da|asesor|conseiller|mitarbeiter|bearbeiter|asignado a"
        "|csr|staff id|employee id|employee",
        "owner|rep|staff|users|user agent name|incaricato",
        never="shift|tenure|wait|interaction*|replies|rated|type|involved|deflected|alerted|count|stations|browser"
        "|resolution|presence|positive|negative|email|group|user agent|fin",
    ),
    _role(
        "team",
        "category",
        say("the team, department or queue"),
        "team|team assigned|team currently assigned|department|dept|squadra|reparto|gruppo|support group|queue name"
        "|ufficio|equipo|departamento|equipe|abteilung|gruppe|business unit|division|assignment group",
        "group|area|queue|coda|skill|queues|first queue|unita|funzione",
        never="stations|size|test|control|age",
    ),
    _role(
        "channel",
        "category",
        say("the channel of the contact"),
        "channel|channel name|contact channel|ticket channel|create channel|canale|canale di contatto|canal"
        "|canal de contacto|kanal|kontaktkanal|media type|contact method|contact mode|mezzo di contatto|distribution channel",
        "source|via|medium|media|origin|origine|contact type|mode|fonte|mezzo|quelle|origen",
    ),
    _role(
        "topic",
        "category",
        say("what the contact was about"),
        "topic|topics|category|ticket type|issue type|issue category|issue|contact reason|call reason|reason code"
        "|help topic|complaint type|complaint reason|request type|case type|case reason|problem type|inquiry type"
        "|query type|argomento|motivo|motivo del contatto|motivo chiamata|motivo contatto|categoria|causale"
        "|tipo richiesta|tipo di richiesta|tipo segnalazione|tipologia|tema|motivo de contacto|tipo de solicitud"
        "|motif|categorie|sujet|thema|kategorie|anliegen|grund|churn reason|disposition|wrap up code",
        "type|subject|reason|tipo|oggetto|problema|problem|asunto|betreff|wrap up|art|sub category|subcategory",
        never="product|prodotto|encoded|code id|ai|account|customer|user|risposta|voto|score|rating",
    ),
    _role(
        "touchpoint",
        "category",
        say("the touchpoint"),
        "touchpoint|touch point|punto di contatto|kontaktpunkt",
    ),
    _role(
        "stage",
        "category",
        say("the stage of the journey"),
        "journey stage|stage|lifecycle stage|fase del percorso|tappa|fase del viaggio|etapa",
        never="date|flow",
    ),
    _role(
        "product",
        "category",
        say("the product or service"),
        "product|product name|product category|product line|product purchased|prodotto|nome prodotto|prodotto o servizio"
        "|linea di prodotto|categoria prodotto|producto|produit|produkt|service name|nome servizio",
        "item|model|modello|articolo|plan|piano|offerta",
        never="id|code|codice|price|prezzo|sku",
    ),
    _role(
        "country",
        "category",
        say("the country or market"),
        "country|country code|market|nazione|paese|mercato|pais|pays|nation",
        "land|country region",
    ),
    _role(
        "language",
        "category",
        say("the language of the customer"),
        "language|user language|customer language|lingua|idioma|langue|sprache|locale|start language|startlanguage",
    ),
    # state
    _role(
        "status",
        "category",
        say("the state of the case"),
        "status|ticket status|current status|case status|ticket state|conversation state|current conversation state"
        "|stato ticket|stato pratica|estado|statut|status name|activity|activity id|activityid|activity name"
        "|attivita|esito",
        "stato|state|event|evento|action|outcome",
        never="date|data|no|number|response|sla|resolution|marital|civile",
    ),
    _role(
        "answered",
        "flag",
        say("whether the contact was answered"),
        "answered|call answered|answered y n|answered yes no|is answered|risposta si no|ha risposto|risposta"
        "|contestada|beantwortet",
        "picked up",
    ),
    _role(
        "abandoned",
        "flag",
        say("whether the customer hung up before an answer"),
        "abandoned|is abandoned|call abandoned|abandon|abbandonata|abbandonato|abandonada|aufgelegt",
        never="in queue|time",
    ),
    _role(
        "resolved_first_contact",
        "flag",
        say("whether it was solved at the first contact"),
        "fcr|first contact resolution|first call resolution|first contact resolved|first call resolved"
        "|resolved first contact|resolved at first contact|resolved|is resolved|issue resolved|problem solved|solved"
        "|query resolved|risolto al primo contatto|risolto primo contatto|risolto|problema risolto|richiesta risolta"
        "|resuelto|resolu|gelost",
    ),
    _role(
        "reopened",
        "flag",
        say("whether, or how often, the case was opened again"),
        "reopened|is reopened|reopens|reopen count|reopen|times reopened|riaperto|riaperture|numero riaperture|riaperta"
        "|reabierto|rouvert|wiedereroffnet",
        never="date|at",
    ),
    _role(
        "replies",
        "count",
        say("how many replies the case took"),
        "replies|reply count|number of replies|agent replies|agent interactions|numero risposte|numero di risposte"
        "|interactions count|number of interactions|total replies",
        "risposte|messages|messaggi|touches|contacts",
    ),
    # ratings
    _role(
        "nps",
        "rating",
        say("how likely the customer is to recommend, 0 to 10"),
        "nps|nps score|nps rating|net promoter|net promoter score|promoter score|likely to recommend|likely recommend"
        "|likelihood to recommend|likely are you to recommend|would you recommend|you recommend|recommend us|recommendation"
        "|ltr|consiglier*|raccomand*|raccomandazione|suggeriresti|consigliarci|consigliare|recomend*|recommander*"
        "|recommandation|weiterempf*|punteggio nps|voto nps",
        "recommend|score",
        never="group|category|gruppo|segment|class|type|tipo",
        scale=(0, 10),
    ),
    _role(
        "csat",
        "rating",
        say("how satisfied the customer is"),
        "csat|csat score|customer satisfaction|satisfaction|satisfaction rating|satisfaction score|satisfaction level"
        "|overall satisfaction|how satisfied|satisfied|soddisfazione|soddisfatt*|grado di soddisfazione|gradimento"
        "|livello di soddisfazione|overall experience|esperienza complessiva|overall rating|valutazione complessiva"
        "|giudizio complessivo|satisfaccion|satisfecho|zufrieden*|conversation rating|customer rating|survey results"
        "|survey score|feedback score|how would you rate|how do you rate|come valuti|come valuteresti|come giudichi"
        "|rating score|star rating|agent rating|service rating",
        "rating|score|valutazione|voto|punteggio|stars|stelle|bewertung|calificacion|puntuacion|note globale|grade|giudizio",
        never="comment*|remark*|reason|why|motivo|date|data|reply|offered|last|teammate|credit|churn|lead|promoter|nps",
        scale=(1, 5),
    ),
    _role(
        "ces",
        "rating",
        say("how easy it was to get it done"),
        "ces|ces score|customer effort|effort score|effort|how easy|easy was it|made it easy|was easy|easy to resolve"
        "|easy to get|easy for me|sforzo|fatica|quanto e stato facile|e stato facile|facile risolvere|facile ottenere"
        "|quanto e stato semplice|esfuerzo|facil|facilite|aufwand|einfach",
        never="uso|use|utilizz*",
        scale=(1, 7),
    ),
    _role(
        "needs_met",
        "rating",
        say("whether it met the customer's needs"),
        "needs met|meets needs|met needs|meets my needs|met your needs|met my needs|meet your needs|needs|esigenze"
        "|soddisfatto le tue esigenze|bisogni|necesidades|besoins|bedurfnisse",
        scale=(1, 5),
    ),
    _role(
        "ease",
        "rating",
        say("whether it was easy"),
        "ease|ease of use|easy to use|ease of doing business|facilita d uso|facilita di utilizzo|facilita di uso"
        "|facile da usare|semplice|semplicita|facilita|facilidad de uso|benutzerfreundlichkeit",
        scale=(1, 5),
    ),
    _role(
        "enjoyment",
        "rating",
        say("whether it was enjoyable"),
        "enjoyable|enjoyment|enjoyed|enjoy|pleasant|piacevole|piacevolezza|agradable|agreable|angenehm",
        scale=(1, 5),
    ),
    # words
    _role(
        "comment",
        "text",
        say("what the customer wrote"),
        "comment|comments|customer comment|customer comments|commento|commenti|feedback|feedback comment|remarks"
        "|customer remarks|conversation rating remark|verbatim|review|review text|recensione|recensioni|suggestion*"
        "|sugger*|complaint description|ticket description|issue description|description|descrizione|comentario"
        "|comentarios|commentaire|commentaires|kommentar|kommentare|free text|testo libero|open ended|open response"
        "|open answer|risposta aperta|reason for score|reason for your score|why|perche|motivo del voto|motivo della"
        "|motivazione|anmerkung*|observaciones|sentence|other comments|what could|cosa possiamo|cosa potremmo|tell us"
        "|come possiamo migliorare|reclamo testo",
        "text|testo|note|notes|message|messaggio|details|dettagli|opinion|opinione|frase|content|body",
        never="id|date|data|count|clean*|encoded|length|score|rating|language",
    ),
    # experiment
    _role(
        "variant",
        "category",
        say("the arm of the experiment"),
        "variant|variante|experiment group|test group|treatment group|experiment arm|ab group|a b group|ab test|test arm"
        "|gruppo test|gruppo sperimentale|braccio|experiment|esperimento|con treat|treatment",
        "group|version|arm|gruppo|campaign name|campaign|versione|test|bucket|cohort|landing page",
    ),
    _role(
        "phase",
        "category",
        say("before or after the change"),
        "phase|pre post|before after|prima dopo|before or after",
        "fase|period|periodo|when",
    ),
    # outcome
    _role(
        "churned",
        "flag",
        say("whether the customer left"),
        "churned|churn value|churn label|churn|has churned|is churn|exited|attrition|attrition flag|disdetta|cessato"
        "|abbandono cliente|recesso|kundigung|desercion|baja",
        "left|perso",
        never="score|reason|category|risk|date|probab*",
    ),
    _role(
        "revenue",
        "amount",
        say("what the customer paid"),
        "revenue|ricavo|ricavi|fatturato|order value|order amount|purchase amount|total amount|importo|spesa|spent"
        "|monthly charges|monthly charge|transaction amount|item price|prezzo|ingresos|chiffre d affaires|umsatz",
        "amount|price|value|valore|total|totale|sales|vendite",
        never="count|id|score|cost",
    ),
    _role(
        "invited",
        "flag",
        say("whether the customer was asked to answer"),
        "invited|survey sent|survey offered|invitation sent|invitato|invito inviato|invitati|email sent",
        never="date|at",
    ),
    _role(
        "converted",
        "flag",
        say("whether the customer did what was hoped for"),
        "converted|conversion|is converted|conversione|convertito|retained|retention|purchased|completed purchase",
        never="date|rate|total|value",
    ),
)

ROLES: dict[str, Role] = {role.name: role for role in _ALL}
RATINGS: tuple[str, ...] = tuple(role.name for role in _ALL if role.type == "rating")
TIMES: tuple[str, ...] = tuple(role.name for role in _ALL if role.type == "time")
DURATIONS: tuple[str, ...] = tuple(role.name for role in _ALL if role.type == "duration")
FLAGS: tuple[str, ...] = tuple(role.name for role in _ALL if role.type == "flag")
CATEGORIES: tuple[str, ...] = tuple(role.name for role in _ALL if role.type == "category")

# Headers that name a person. A role's own words win over these ("agent name" is the agent, not a customer).
PERSONAL: dict[str, tuple[str, ...]] = {
    "name": _split(
        "customer name|client name|user name|contact name|requester|first name|last name|firstname|lastname|surname"
        "|full name|fullname|recipient last name|recipient first name|nome|cognome|nome cliente|nominativo|nombre"
        "|apellido|apellidos|prenom|nom de famille|vorname|nachname|patient name|submitter|respondent name|nome e cognome"
    ),
    "e-mail": _split(
        "email|e mail|mail|email address|posta elettronica|correo|correo electronico|courriel|recipient email"
    ),
    "phone": _split(
        "phone|phone number|telephone|telefono|numero di telefono|cellulare|mobile|mobile number|tel|ani|dnis|session dnis"
        "|cell|celular|telefon|handy|fax|caller number|numero chiamante"
    ),
    "address": _split("address|street|street address|indirizzo|domicilio|residenza|direccion|adresse|strasse"),
    "ip address": _split("ip|ip address|ipaddr|ipaddress|indirizzo ip"),
    "place": _split(
        "latitude|longitude|lat long|lat|long|lng|location latitude|location longitude|latitudine|longitudine"
    ),
    "tax code": _split(
        "codice fiscale|tax code|tax id|ssn|social security|partita iva|fiscal code|iban|credit card|passport"
    ),
    "date of birth": _split(
        "date of birth|birth date|birthdate|dob|data di nascita|birthday|fecha de nacimiento|geburtsdatum"
    ),
    "link": _split("link to the conversation|permalink|conversation url|user agent"),
}
# As a whole header these are a person's name too, unless the values say otherwise.
PERSONAL_WHOLE: tuple[str, ...] = _split("name|customer|client|cliente|contact|from|remote|user|person|nom|kunde")
