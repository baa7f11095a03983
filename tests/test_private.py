"""Personal data in texts is masked, in any column; order numbers, dates and amounts keep their digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

import ibis
import pandas as pd
import pytest
from desk import Desk

from cxcore.mapping import private

MASKED = {
    "Scrivimi a mario.rossi@example.com grazie": "Scrivimi a [e-mail] grazie",
    "chiamatemi al 3331234567 dopo le 18": "chiamatemi al [telefono] dopo le 18",
    "cell. 333 12 34 567": "cell. [telefono]",
    "il mio numero è +39 333 1234567": "il mio numero è [telefono]",
    "0039 333 1234567": "[telefono]",
    "06/1234567 oppure 333-1234567": "[telefono] oppure [telefono]",
    "call me at (212) 555-0187": "call me at [telefono]",
    "020 7946 0958 is mine": "[telefono] is mine",
    "mon numéro 01 23 45 67 89": "mon numéro [telefono]",
    "fax 0212345678": "fax [telefono]",
    "due numeri 3331234567 3351234567": "due numeri [telefono] [telefono]",
    "CF RSSMRA85T10A562S": "CF [tax-id]",
    "p.iva 12345678903": "p.iva [tax-id]",
    "my SSN 078-05-1120": "my SSN [tax-id]",
    "IBAN IT60 X054 2811 1010 0000 0123 456": "IBAN [iban]",
    "DE89 3704 0044 0532 0130 00": "[iban]",  # the IBAN registry's own example
    "carta 4111 1111 1111 1111 bloccata": "carta [carta] bloccata",  # the card schemes' test numbers
    "visa 4111111111111111 e 5500-0000-0000-0004": "visa [carta] e [carta]",
    "da 192.168.1.10": "da [ip]",
    "2001:db8:85a3:0:0:8a2e:370:7334": "[ip]",
    "https://x.it/reset?token=abc123": "[link]",
}
KEPT = (
    "Il mio ordine 3391234567 non è arrivato", "ordine n. 4539578763621486", "Order #3391234567",
    "order number 404-1234567-1234567", "331-1234567-8901234 non arrivato", "il 12/03/2024 alle 10:30",
    "02/03/2024 ore 18.30", "2024-03-12 10:30:00", "ho pagato 1.234,56 € e 1234567 euro", "€ 3.391.234.567",
    "1.234.567,89", "320.000.000 persone", "fattura 0212345678", "pratica 00391234567890", "ticket 12345678",
    "versione 10.0.1.25", "https://www.example.com/prodotti/fibra", "ho aspettato 45 minuti, 3 volte su 10",
    "orario 09:00-18:00 lun-ven", "12345678901", "tracking 1Z999AA10123456784", "POD IT001E12345678",
    "prezzo 3 499 000 000", "case 4111111111111112", "chiamata del 12-03-2024", "ES20241234567", "20240312103000",
    "ho chiamato 3 volte il 10.11.2025 e il 12.11.2025",
)  # fmt: skip


def masked(texts: Sequence[str]) -> list[str]:
    rows = ibis.memtable(pd.DataFrame({"row": range(len(texts)), "text": list(texts)}))
    frame = ibis.duckdb.connect().to_pandas(rows.mutate(text=private.masked(rows["text"])).order_by("row"))
    return list(frame["text"])


def test_personal_data_in_a_text_gives_way_to_a_token() -> None:
    assert dict(zip(MASKED, masked(list(MASKED)), strict=True)) == MASKED


def test_numbers_that_name_nobody_stay() -> None:
    assert masked(KEPT) == list(KEPT)


def test_masking_twice_changes_nothing() -> None:
    assert masked(list(MASKED.values())) == list(MASKED.values())


@pytest.mark.parametrize(("number", "valid"), [("4111 1111 1111 1111", True), ("4111111111111112", False),
                                               ("12345678903", True), ("378282246310005", True)])  # fmt: skip
def test_the_check_of_card_numbers(number: str, *, valid: bool) -> None:
    assert private.passes_luhn(number) is valid
    assert ibis.duckdb.connect().execute(private.luhn(ibis.literal(number))) == valid


def messy() -> list[list[object]]:
    """Sixty contacts: e-mails as agents, an account number in one note, people in a column without a name."""
    people = ["Mario Rossi", "Giulia Bianchi", "Luca Verdi", "Anna Neri", "Paolo Gialli", "Zoran Horvat", "Sara Blu"]
    said = ["tutto bene grazie davvero", "chiamatemi al 3331234567 grazie", "ordine 3391234567 mai arrivato"]
    rows: list[list[object]] = [
        ["Ticket ID", "Customer ID", "Created at", "Channel", "CSAT (1-5)", "Comment", "Col7", "Contatto", "Nota",
         "Gruppo", "Agent"]
    ]  # fmt: skip
    for k in range(60):
        rows.append([
            f"T{k:05}", f"c{k % 30}@example.com", f"2026-01-{1 + k % 28:02} 10:00", ("chat", "phone")[k % 2], k % 5 + 1,
            said[k % 3], people[k % 7], ("a@b.it", "3331234567", "Mario R.")[k % 3],
            "IT60X0542811101000000123456" if k == 7 else "visto", "g@h.it" if k == 9 else "AB"[k % 2],
            f"op{k % 2}@example.com",
        ])  # fmt: skip
    return rows


def test_no_personal_data_is_stored_wherever_it_stands(desk: Desk) -> None:
    table = desk.take(desk.file("messy.csv", messy()))
    stored = pd.read_parquet(table.path).to_csv()
    assert re.findall(r"\S+@\S+|3331234567|IT60\w+|Rossi|Mario", stored) == []
    assert stored.count("ordine 3391234567") == 20
    fates = {use.header: use.fate for use in table.mapping.columns}
    assert (fates["Col7"], fates["Contatto"]) == ("personal", "personal")
    told = {p.column: (p.count, p.severity) for p in table.problems if p.code == "personal_data_masked"}
    assert told == {"Comment": (20, "info"), "Nota": (1, "info")}


def test_an_address_that_numbers_people_becomes_a_pseudonym(desk: Desk) -> None:
    table = desk.take(desk.file("messy.csv", messy()))
    frame = pd.read_parquet(table.path)
    assert frame["customer_id"].nunique() == 30
    assert frame["agent"].nunique() == 2
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in frame["agent"])


def test_a_column_with_personal_cells_is_no_segment(desk: Desk) -> None:
    rows = [[*row[:4], "A" if k % 2 else "B", *row[4:]] for k, row in enumerate(messy())]
    rows[0][4] = "Sigla"
    rows[5][4] = "someone@example.com"
    table = desk.take(desk.file("sigla.csv", rows))
    assert next(use.fate for use in table.mapping.columns if use.header == "Sigla") == "ignored"
