"""Exports of products are recognised in any order, as a part, in any case; a homemade sheet is not taken for one."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from cxcore.receipt import figures
from cxcore.values import Table

ROWS = 40
QUESTIONS = {
    "How likely are you to recommend us to a friend?": lambda k: k * 7 % 11,
    "How satisfied are you with our service?": lambda k: 1 + k * 3 % 5,
    "Why did you give this answer?": lambda k: f"It took the people at the desk a while to find case {k * 31}",
}
Write = Callable[[int], object]


def iso(shift: int) -> Write:
    return lambda k: f"2026-{1 + k % 6:02}-{1 + k % 28:02} {8 + (k + shift) % 12:02}:{(k * 7 + shift) % 60:02}:00"


def clock(base: int) -> Write:
    return lambda k: f"{(base + k * 37) // 3600:02}:{(base + k * 37) // 60 % 60:02}:{(base + k * 37) % 60:02}"


def among(*values: str) -> Write:
    return lambda k: values[k * 5 % len(values)]


# How each product writes what a column holds; the headers are those of the reference file of export shapes.
USUAL: dict[str, Write] = {
    "Subject": lambda k: f"Parcel {k * 31} has not arrived",
    "Title": lambda k: f"Parcel {k * 31} has not arrived",
    "Status": among("Open", "Closed", "Solved", "Pending"),
    "Priority": among("Low", "Normal", "High"),
    "Tags": among("vip", "refund", ""),
    "Group": among("Support", "Billing", "Returns"),
    "Organization": among("Acme", "Globex", ""),
}
PEOPLE = ("Anna Rossi", "Bruno Verdi", "Carla Neri", "Dario Bianchi")
CUSTOMERS = ("Ugo Fantozzi", "Pina Silvani", "Filini Renzo", "Mariangela B")
MAILS: Write = lambda k: f"c{k}@example.com"  # noqa: E731
ID: Write = lambda k: 10_000 + k * 3  # noqa: E731
MINUTES: Write = lambda k: 5 + k * 13 % 300  # noqa: E731
PHONE: Write = lambda k: f"+3905500{k:05}"  # noqa: E731
WRITERS: dict[str, dict[str, Write]] = {
    "zendesk_csv": {
        "Summation column": lambda _: 1, "Id": ID, "Requester": among(*CUSTOMERS),
        "Requester id": lambda k: 900 + k % 9,
        "Requester email": MAILS, "Submitter": among(*CUSTOMERS), "Assignee": among(*PEOPLE),
        "Requester domain": among("example.com", "example.org"), "Requester external id": lambda k: f"X{k % 9}",
        "Via": among("Mail", "Web form", "Phone"), "Ticket type": among("Question", "Problem", "Incident"),
        "Created at": iso(0), "Updated at": iso(3), "Assigned at": iso(1), "Due date": lambda _: "",
        "Initially assigned at": iso(1), "Solved at": iso(4), "Resolution time": lambda k: 1 + k % 70,
        "Satisfaction Score": among("Good", "Bad", "Offered", "Not Offered", "Good"), "Group stations": lambda k: k % 3,
        "Assignee stations": lambda k: k % 3, "Reopens": lambda k: int(k % 9 == 0), "Replies": lambda k: 1 + k % 5,
    },
    "freshdesk_csv": {
        "Ticket ID": ID, "Source": among("Email", "Portal", "Phone"), "Type": among("Question", "Problem", "Refund"),
        "Agent": among(*PEOPLE), "Created time": iso(0), "Due by Time": iso(5), "Resolved time": iso(4),
        "Closed time": iso(4), "Last update time": iso(5), "Initial response time": iso(1), "Time tracked": clock(60),
        "First response time (in hrs)": clock(600), "Resolution time (in hrs)": clock(90_000),
        "Agent interactions": lambda k: 1 + k % 4, "Customer interactions": lambda k: k % 4,
        "Resolution status": among("Within SLA", "SLA Violated"), "First response status": among("Within SLA",
        "SLA Violated"),
        "Survey results": among("Happy", "Neutral", "Unhappy", ""), "Product": among("Shop", "App"),
    },
    "intercom_csv": {
        "Conversation ID": ID, "Conversation started at (America/New_York)": iso(0),
        "Updated at (America/New_York)": iso(3), "Started by": among("Customer", "Teammate"),
        "Conversation source": among("Messenger", "Email"), "Current conversation state": among("closed", "open"),
        "Team currently assigned": among("Tier 1", "Tier 2"), "Teammate currently assigned": among(*PEOPLE),
        "Last teammate rated": among(*PEOPLE), "Agent rated type": among("Teammate", "Fin"),
        "Conversation rating": lambda k: 1 + k * 3 % 5,
        "Conversation rating remark": lambda k: f"Thanks, that helped me with {k}",
        "Fin AI Agent involved": among("true", "false"), "Fin AI Agent deflected": among("true", "false"),
        "Fin AI Agent resolution state": among("Confirmed", "Assumed"), "Topics": among("Billing", "Login"),
        "AI Topic": among("Billing", "Login"), "AI Subtopic": among("Card", "Password"),
        "Channel": among("Chat", "Email"), "Ticket type": among("Question", "Bug"),
        "First response time (seconds)": lambda k: 20 + k * 17, "User name": among(*CUSTOMERS), "User email": MAILS,
        "Company name": among("Acme", "Globex"),
    },
    "chatwoot_csat_csv": {
        "Agent Name": among("Anna (anna@example.com)", "Bruno (bruno@example.com)"), "Rating": lambda k: 1 + k * 3 % 5,
        "Feedback Comment": lambda k: f"Very kind and quick about order {k * 31}", "Contact Name": among(*CUSTOMERS),
        "Contact Email Address": MAILS, "Contact Phone Number": PHONE,
        "Link to the conversation": lambda k: f"https://app.example.com/app/accounts/1/conversations/{k}",
        "Recorded date": lambda k: f"{iso(0)(k)} UTC",
    },
    "chatwoot_agents_csv": {
        "Agent name": lambda k: f"Agent {k}", "Assigned conversations": lambda k: 20 + k,
        "Avg first response time": lambda k: f"{1 + k % 5} minutes {k % 60} seconds",
        "Avg resolution time": lambda k: f"{1 + k % 3} days {1 + k % 23} hours",
        "Avg customer waiting time": lambda k: f"{1 + k % 9} minutes 5 seconds", "Resolution Count": lambda k: 10 + k,
    },
    "surveymonkey_csv": {
        "Respondent ID": ID, "Collector ID": among("417", "418"), "Start Date": iso(0), "End Date": iso(0),
        "IP Address": lambda k: f"10.0.0.{k}", "Email Address": MAILS, "First Name": among("Anna", "Bruno"),
        "Last Name": among("Rossi", "Verdi"), "Custom Data 1": lambda _: "",
    },
    "typeform_csv_new": {
        "#": lambda k: f"k{k * 7919:x}", "Response Type": among("completed", "partial"), "Start Date (UTC)": iso(0),
        "Stage Date (UTC)": lambda _: "", "Submit Date (UTC)": iso(0), "Network ID": lambda k: f"{k * 104729:x}",
        "Tags": lambda _: "", "Ending": among("Default", "Thanks"),
    },
    "google_forms_csv": {
        "Timestamp": lambda k: f"2026/05/{1 + k % 28:02} {1 + k % 12}:11:03 {'AP'[k % 2]}M GMT+2",
        "Email Address": MAILS,
    },
    "qualtrics_csv": {
        "StartDate": iso(0), "EndDate": iso(0), "Status": among("IP Address"), "IPAddress": lambda k: f"10.0.0.{k}",
        "Progress": lambda _: 100, "Duration (in seconds)": lambda k: 60 + k, "Finished": among("True", "False"),
        "RecordedDate": iso(0), "ResponseId": lambda k: f"R_{k * 7919:x}", "RecipientLastName": lambda _: "",
        "RecipientFirstName": lambda _: "", "RecipientEmail": MAILS, "ExternalReference": lambda k: f"C{k % 20}",
        "LocationLatitude": lambda k: 41 + k / 10, "LocationLongitude": lambda k: 12 + k / 10,
        "DistributionChannel": among("email", "anonymous"), "UserLanguage": among("EN", "IT"),
    },
    "delighted": {
        "id": ID, "person": lambda k: 70_000 + k, "survey_type": among("nps"), "score": lambda k: k * 7 % 11,
        "comment": lambda k: f"Very kind and quick about order {k * 31}",
        "permalink": lambda k: f"https://example.com/r/{k}",
        "created_at": lambda k: 1_767_225_600 + k * 86_400, "updated_at": lambda k: 1_767_225_900 + k * 86_400,
        "person_properties": lambda _: "{}", "notes": lambda _: "", "tags": lambda _: "",
        "additional_answers": lambda _: "[]",
    },
    "limesurvey_csv": {
        "id": lambda k: k + 1, "submitdate": iso(0), "lastpage": lambda _: 3, "startlanguage": among("en", "it"),
        "seed": lambda k: 100_000_007 * (k + 1) % 999_999_937, "token": lambda k: f"t{k * 7919:x}", "startdate": iso(0),
        "datestamp": iso(0), "ipaddr": lambda k: f"10.0.0.{k}", "refurl": lambda _: "",
    },
    "ms_forms": {
        "ID": lambda k: k + 1, "Start time": lambda k: f"{1 + k % 9}/{1 + k % 28}/2026 11:02",
        "Completion time": lambda k: f"{1 + k % 9}/{1 + k % 28}/2026 11:08", "Email": among("anonymous"),
        "Name": among("Anonymous"),
    },
    "genesys_interactions": {
        "Full Export Completed": among("YES"), "Partial Result Timestamp": lambda _: "", "Filters": lambda _: "",
        "Users": among("Anna Rossi; Bruno Verdi", "Carla Neri"), "Remote": among(*CUSTOMERS), "Date": iso(0),
        "End Date": iso(1), "Duration": lambda k: 200_000 + k * 1000, "Direction": among("Inbound", "Outbound"),
        "Initial Direction": among("Inbound", "Outbound"), "ANI": PHONE, "DNIS": PHONE, "Session DNIS": PHONE,
        "Queue": among("Sales", "Support"), "First Queue": among("Sales", "Support"),
        "Wrap-up": among("Billing", "ININ-WRAP-UP-TIMEOUT", "Delivery"), "Flow": among("Main", "Night"),
        "Conversation ID": lambda k: f"{k * 7919:08x}-aaaa", "Media Type": among("voice", "chat", "email"),
        "Abandoned": among("YES", "NO", "NO"), "Abandoned in Queue": among("Sales", "", ""),
        "Disconnect Type": among("Peer", "Client"), "Transferred": among("YES", "NO"), "Error Code": lambda _: "",
        "Survey Score": lambda k: 50 + k % 50, "Promoter Score": lambda k: k * 7 % 11, "Non-ACD": among("NO"),
        "Customer Short Disconnect": among("NO", "YES"), "Has Survey Data": among("YES", "NO"),
        "Total Queue": lambda k: 5_000 + k * 917, "Total Talk": lambda k: 100_000 + k * 2_003,
        "Total Hold": lambda k: k * 501, "Total ACW": lambda k: 20_000 + k * 11,
        "Total Handle": lambda k: 120_000 + k * 2_515, "Total First Response": lambda k: 9_000 + k * 917,
    },
    "five9_call_log": {
        "CALL ID": ID, "TIMESTAMP": lambda k: f"Fri, {1 + k % 28} Aug 2026 09:{k % 60:02}:06",
        "CAMPAIGN": among("Inbound IT", "[Deleted]"), "CALL TYPE": among("Inbound", "Outbound"),
        "AGENT": among("anna", "bruno", "[None]"), "AGENT NAME": among("Anna Rossi", "Bruno Verdi"),
        "DISPOSITION": among("Solved", "Callback"), "ANI": PHONE, "DNIS": PHONE, "CUSTOMER NAME": among(*CUSTOMERS),
        "CALL TIME": clock(300), "BILL TIME (ROUNDED)": clock(360), "COST": lambda k: k / 10, "IVR TIME": clock(10),
        "QUEUE WAIT TIME": clock(20), "RING TIME": lambda k: f"00:00:{k % 60:02}.235", "TALK TIME": clock(200),
        "HOLD TIME": clock(5), "PARK TIME": clock(0), "AFTER CALL WORK TIME": clock(40), "TRANSFERS": lambda k: k % 2,
        "CONFERENCES": lambda _: 0, "HOLDS": lambda k: k % 3, "ABANDONED": lambda k: k % 2, "RECORDINGS": lambda _: "",
    },
    "formbricks_csv": {
        "No.": lambda k: k + 1, "Response ID": lambda k: f"clx{k * 7919:x}", "Timestamp": lambda k: f"{iso(0)(k)} UTC",
        "Finished": among("Yes", "No"), "Quotas": lambda _: "", "Survey ID": among("cly7"),
        "Formbricks ID (internal)": lambda k: f"cm{k * 7919:x}", "User ID": lambda k: f"u{k % 30}",
        "Tags": lambda _: "", "Verified Email": MAILS,
    },
    "zammad_xls": {
        "#": lambda k: 31_000 + k, "State": among("open", "closed"), "Owner": among(*PEOPLE),
        "Customer": among(*CUSTOMERS),
        "Create Channel": among("email", "phone", "web"), "Sender": among("Customer"), "Created At": iso(0),
        "Updated At": iso(3), "Closed At": iso(4), "Close Escalation At": iso(5), "Close In Min": MINUTES,
        "Close Diff In Min": lambda k: 60 - k * 13 % 300, "First Response At": iso(1),
        "First Response Escalation At": iso(2), "First Response In Min": MINUTES,
        "Time Units Total": lambda k: k % 9 / 2,
        "First Response Diff In Min": lambda k: 60 - k * 7 % 99, "Article Count": lambda k: 1 + k % 8,
    },
    "osticket_tickets_csv": {
        "Ticket Number": ID, "Date Created": iso(0), "From": among(*CUSTOMERS), "From Email": MAILS,
        "Department": among("Support", "Sales"), "Help Topic": among("Feedback", "Report a problem"),
        "Source": among("Email", "Web", "Phone"), "Current Status": among("Open", "Closed"), "Closed Date": iso(4),
        "Overdue": among("Yes", "No"), "Answered": among("Yes", "No"), "Agent Assigned": among(*PEOPLE),
        "Team Assigned": among("Level I", ""), "Thread Count": lambda k: 1 + k % 7, "Reopen Count": lambda k: k % 2,
        "Attachment Count": lambda k: k % 3, "Task Count": lambda k: k % 2, "Merged": among("No"),
        "Linked": among("No"),
        "Last Updated": iso(5), "SLA Due Date": iso(6), "SLA Plan": among("Default"), "Due Date": lambda _: "",
    },
}  # fmt: skip
# What the notes of the reference file say each is: (name, role → header, role → unit).
EXPECTED: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "zendesk_csv": ("zendesk", {
        "interaction_id": "Id", "created_at": "Created at", "resolved_at": "Solved at", "agent": "Assignee",
        "channel": "Via", "csat": "Satisfaction Score", "customer_id": "Requester id", "replies": "Replies",
        "first_response_duration": "First reply time in minutes",
        "resolution_duration": "Full resolution time in minutes", "reopened": "Reopens", "status": "Status",
    }, {"first_response_duration": "min", "resolution_duration": "min"}),
    "freshdesk_csv": ("freshdesk", {
        "interaction_id": "Ticket ID", "created_at": "Created time", "resolved_at": "Resolved time", "agent": "Agent",
        "first_response_at": "Initial response time", "channel": "Source", "csat": "Survey results",
        "first_response_duration": "First response time (in hrs)", "resolution_duration": "Resolution time (in hrs)",
    }, {"first_response_duration": "hms", "resolution_duration": "hms"}),
    "intercom_csv": ("intercom", {
        "interaction_id": "Conversation ID", "created_at": "Conversation started at (America/New_York)",
        "agent": "Teammate currently assigned", "csat": "Conversation rating", "comment": "Conversation rating remark",
        "first_response_duration": "First response time (seconds)", "status": "Current conversation state",
    }, {"first_response_duration": "s"}),
    "chatwoot_csat_csv": ("chatwoot", {
        "agent": "Agent Name", "csat": "Rating", "comment": "Feedback Comment", "answered_at": "Recorded date",
    }, {}),
    "chatwoot_agents_csv": ("chatwoot", {"agent": "Agent name"}, {}),
    "surveymonkey_csv": ("surveymonkey", {"response_id": "Respondent ID", "answered_at": "End Date"}, {}),
    "typeform_csv_new": ("typeform", {"response_id": "#", "answered_at": "Submit Date (UTC)"}, {}),
    "google_forms_csv": ("google_forms", {"answered_at": "Timestamp"}, {}),
    "qualtrics_csv": ("qualtrics", {
        "response_id": "ResponseId", "answered_at": "RecordedDate", "customer_id": "ExternalReference",
    }, {}),
    "delighted": ("delighted", {
        "response_id": "id", "nps": "score", "comment": "comment", "answered_at": "created_at", "customer_id": "person",
    }, {}),
    "limesurvey_csv": ("limesurvey", {"response_id": "id", "answered_at": "submitdate"}, {}),
    "ms_forms": ("ms_forms", {"response_id": "ID", "answered_at": "Completion time"}, {}),
    "genesys_interactions": ("genesys", {
        "interaction_id": "Conversation ID", "created_at": "Date", "wait_duration": "Total Queue",
        "talk_duration": "Total Talk", "hold_duration": "Total Hold", "wrap_duration": "Total ACW",
        "handle_duration": "Total Handle", "agent": "Users", "team": "Queue", "channel": "Media Type",
        "abandoned": "Abandoned",
        "nps": "Promoter Score",
    }, {"wait_duration": "ms", "talk_duration": "ms", "hold_duration": "ms", "handle_duration": "ms"}),
    "five9_call_log": ("five9", {
        "interaction_id": "CALL ID", "created_at": "TIMESTAMP", "wait_duration": "QUEUE WAIT TIME",
        "talk_duration": "TALK TIME", "hold_duration": "HOLD TIME", "wrap_duration": "AFTER CALL WORK TIME",
        "agent": "AGENT", "abandoned": "ABANDONED",
    }, {"wait_duration": "hms", "talk_duration": "hms", "hold_duration": "hms", "wrap_duration": "hms"}),
    "formbricks_csv": ("formbricks", {"response_id": "Response ID", "answered_at": "Timestamp"}, {}),
    "zammad_xls": ("zammad", {
        "interaction_id": "#", "created_at": "Created At", "resolved_at": "Closed At", "agent": "Owner",
        "first_response_at": "First Response At", "first_response_duration": "First Response In Min",
        "resolution_duration": "Close In Min", "channel": "Create Channel",
    }, {"first_response_duration": "min", "resolution_duration": "min"}),
    "osticket_tickets_csv": ("osticket", {
        "interaction_id": "Ticket Number", "created_at": "Date Created", "resolved_at": "Closed Date",
        "agent": "Agent Assigned", "topic": "Help Topic", "channel": "Source", "status": "Current Status",
        "reopened": "Reopen Count", "answered": "Answered",
    }, {}),
}  # fmt: skip


def written(shape: str, header: str) -> Write:
    own = WRITERS[shape]
    if header in own or header in QUESTIONS:
        return own.get(header) or QUESTIONS[header]
    if "in minutes" in header.casefold() or header.endswith("In Min"):
        return MINUTES
    if header in USUAL:
        return USUAL[header]
    return iso(2) if header.endswith(" At") else (lambda _: "")


def headers_of(shared: Path, shape: str) -> list[str]:
    shapes = json.loads((shared / "export_shapes.json").read_text(encoding="utf-8"))
    stated: list[str] = next(one["headers"] for one in shapes if one["id"] == shape)
    kept = [header for header in stated if not re.match(r"<|1\. <|Q\d", header)]
    if shape == "google_forms_csv":
        kept.append("Email Address")
    asks = {"surveymonkey_csv", "typeform_csv_new", "google_forms_csv", "qualtrics_csv", "limesurvey_csv", "ms_forms",
            "formbricks_csv"}  # fmt: skip
    return kept + (list(QUESTIONS) if shape in asks else [])


def export(folder: Path, shape: str, headers: list[str], *, delimiter: str = ",", bom: bool = False,
           case: Callable[[str], str] = str) -> Path:  # fmt: skip
    path = folder / "export.csv"
    with path.open("w", newline="", encoding="utf-8-sig" if bom else "utf-8") as handle:
        sheet = csv.writer(handle, delimiter=delimiter)
        sheet.writerow([case(header) for header in headers])
        sheet.writerows([[written(shape, header)(k) for header in headers] for k in range(ROWS)])
    return path


def check(table: Table, shape: str, headers: list[str]) -> None:
    name, roles, units = EXPECTED[shape]
    assert table.mapping.recognised_as == name
    found = {use.role: table.header(use.role).casefold() for use in table.mapping.roles}
    expected = {role: header.casefold() for role, header in roles.items() if header in headers}
    assert {role: found.get(role) for role in expected} == expected
    for role, unit in units.items():
        use = table.mapping.use(role)
        if roles[role] in headers:
            assert use is not None
            assert use.unit == unit
    assert not [question.about for question in table.mapping.questions
                if question.about.endswith((".unit",
                ".clock")) and "handle_duration" not in question.about]  # fmt: skip


@pytest.mark.parametrize("shape", EXPECTED)
def test_an_export_is_recognised_with_its_roles_and_units(desk: Desk, shared: Path, shape: str) -> None:
    headers = headers_of(shared, shape)
    check(desk.take(export(desk.folder, shape, headers)), shape, headers)


@pytest.mark.parametrize("shape", EXPECTED)
def test_order_case_bom_and_delimiter_do_not_matter(desk: Desk, shared: Path, shape: str) -> None:
    headers = headers_of(shared, shape)
    asked = [header for header in headers if header in QUESTIONS]
    own = [header for header in headers if header not in QUESTIONS]
    if shape not in {"google_forms_csv", "ms_forms"}:
        random.Random(7).shuffle(own)
    # In capitals, "StartDate" reads as one word: the names still tell.
    path = export(desk.folder, shape, own + asked, delimiter=";", bom=True, case=str.upper)
    check(desk.take(path), shape, headers)


@pytest.mark.parametrize("shape", [
    "zendesk_csv", "freshdesk_csv", "intercom_csv", "genesys_interactions", "five9_call_log", "zammad_xls",
    "osticket_tickets_csv", "qualtrics_csv",
])  # fmt: skip
@pytest.mark.parametrize("seed", range(3))
def test_two_thirds_of_the_columns_are_enough(desk: Desk, shared: Path, shape: str, seed: int) -> None:
    headers = headers_of(shared, shape)
    draw = random.Random(seed)
    part = [header for header in headers if draw.random() < 0.67]
    table = desk.take(export(desk.folder, shape, part))
    assert table.mapping.recognised_as == EXPECTED[shape][0]
    for role, header in EXPECTED[shape][1].items():
        if header in part:
            assert table.header(role) == header


def test_all_shapes_of_the_reference_are_tried(shared: Path) -> None:
    shapes = {one["id"] for one in json.loads((shared / "export_shapes.json").read_text(encoding="utf-8"))}
    assert shapes - set(EXPECTED) == {"qualtrics_csv_legacy"}  # tried on a real file, below


def test_a_real_legacy_export_is_recognised(desk: Desk, shared: Path) -> None:
    (path,) = (shared / "data").glob("*qualtrics*legacy*.csv")
    assert desk.take(path).mapping.recognised_as == "qualtrics"


def test_an_italian_export_is_recognised(desk: Desk) -> None:
    rows: list[list[object]] = [
        [
            "Nome Operatore",
            "Valutazione",
            "Commento di Feedback",
            "Nome Contatto",
            "Indirizzo Email Contatto",
            "Link alla conversazione",
            "Data di registrazione",
        ]
    ]
    rows += [
        [
            "Anna",
            1 + k % 5,
            f"Tutto bene con la pratica {k}",
            "Ugo F",
            f"c{k}@example.com",
            f"https://example.com/{k}",
            f"2026-01-{1 + k % 28:02} 10:00:00 UTC",
        ]
        for k in range(ROWS)
    ]
    table = desk.take(desk.file("risposte.csv", rows))
    assert table.mapping.recognised_as == "chatwoot"
    assert table.header("csat") == "Valutazione"
    assert {use.fate for use in table.mapping.columns if "Contatto" in use.header} == {"personal"}


HOMEMADE: list[list[str]] = [
    ["Id", "Status", "Subject", "Created at", "Closed at", "Agent", "Group", "Priority", "Tags", "Channel"],
    ["Ticket ID", "Subject", "Status", "Priority", "Source", "Type", "Agent", "Group", "Created time", "Resolved time"],
    ["ID", "Start time", "Name", "Email", "Phone", "Notes", "Score"],
    ["Timestamp", "Email Address", "How satisfied are you?", "Comments"],
    ["Call ID", "Date", "Agent", "Queue", "Talk time", "Hold time", "ACW", "Abandoned", "Disposition"],
    ["Response ID", "Start Date", "End Date", "Status", "Channel", "NPS", "Comment"],
    ["Numero ticket", "Data apertura", "Data chiusura", "Operatore", "Reparto", "Canale", "Valutazione"],
    ["id", "created_at", "updated_at", "score", "comment", "tags"],
    ["Requester", "Assignee", "Via", "Solved at", "Replies", "Organization", "Status"],
]


@pytest.mark.parametrize("headers", HOMEMADE, ids=lambda headers: headers[0] + "," + headers[1])
def test_a_homemade_sheet_is_no_products(desk: Desk, headers: list[str]) -> None:
    rows: list[list[object]] = [
        list(headers),
        *([[f"v{k * (c + 3) % 17}" for c in range(len(headers))] for k in range(30)]),
    ]
    assert desk.take(desk.file("mine.csv", rows)).mapping.recognised_as is None


def means(desk: Desk, table: Table) -> dict[str, Any]:
    return {role: found.mean for role, found in figures(desk.engine, table).items()}


def test_whole_hours_and_minutes_in_one_file(desk: Desk) -> None:
    rows: list[list[object]] = [
        [
            "Id",
            "Requester id",
            "Assignee",
            "Via",
            "Status",
            "Satisfaction Score",
            "Resolution time",
            "First reply time in minutes",
            "Agent wait time in minutes",
            "Group stations",
        ]
    ]
    rows += [[k, k % 9, "Anna", "Mail", "Solved", "Good", 5, 30, 12, 1] for k in range(ROWS)]
    table = desk.take(desk.file("tickets.csv", rows))
    found = means(desk, table)
    assert table.mapping.recognised_as == "zendesk"
    assert (found["resolution_duration"], found["first_response_duration"]) == (5 * 3600, 30 * 60)


def test_formatted_durations_win_over_the_products_milliseconds(desk: Desk, shared: Path) -> None:
    headers = headers_of(shared, "genesys_interactions")
    path = export(desk.folder, "genesys_interactions", headers)
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.reader(handle))
    for row in rows[1:]:
        row[headers.index("Total Talk")] = "00:02:30"
    table = desk.take(desk.file("formatted.csv", rows))
    use = table.mapping.use("talk_duration")
    assert use is not None
    assert use.unit == "hms"
    assert means(desk, table)["talk_duration"] == 150
    assert "duration_unit_contradicted" in {problem.code for problem in table.problems}
