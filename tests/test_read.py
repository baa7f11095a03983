"""Small files made here, each with one thing to get right; what is expected can be counted by hand."""

from __future__ import annotations

import io
import os
import re
import string
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from cxcore.errors import CannotRead, CxError, FileRefused, UnknownName
from cxcore.language import Message
from cxcore.read import process, sandbox, sentences
from cxcore.read.sandbox import read
from cxcore.values import RawTable

Rows = list[tuple[Any, ...]]


def _read(tmp_path: Path, content: bytes | str, name: str = "t.csv", **options: Any) -> RawTable:
    path = tmp_path / "source"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, name, tmp_path / "tables", **options)


def _rows(table: RawTable) -> Rows:
    """The rows as tuples: the row number first, then the cells."""
    columns = parquet.read_table(table.path).to_pydict()
    return list(zip(columns["row"], *(columns[f"x{k}"] for k in range(len(table.headers))), strict=True))


def _codes(table: RawTable) -> list[str]:
    return [problem.code for problem in table.problems]


def _refused(tmp_path: Path, content: bytes | str, name: str = "t.csv") -> str:
    with pytest.raises(FileRefused) as caught:
        _read(tmp_path, content, name)
    assert all(_as_text(message) for message in (caught.value.message, caught.value.hint))
    return caught.value.code


def _as_text(message: Message) -> str:
    """All that a message will say in any language: its template and every fact."""
    facts = dict(message.facts)
    named = {name for _, name, _, _ in string.Formatter().parse(message.text) if name}
    assert named <= set(facts)
    return message.text + " ".join(
        _as_text(fact) if isinstance(fact, Message) else str(fact) for fact in facts.values()
    )


# Text: records, blanks, row numbers


def test_cells_stay_as_they_stand_and_blank_ones_are_null(tmp_path: Path) -> None:
    table = _read(tmp_path, "id,name, nps \n007, Anna ,9\n008,\u00a0 \u2003,\n\nNA,null,1E5\n")
    assert table.headers == ("id", "name", "nps")
    assert _rows(table) == [(2, "007", " Anna ", "9"), (3, "008", None, None), (5, "NA", "null", "1E5")]
    assert table.rows == 3
    assert table.problems == ()
    schema = parquet.read_schema(table.path)
    assert [str(schema.field(name).type) for name in schema.names] == ["string", "string", "string", "int32"]


def test_an_address_deep_in_a_column_is_seen_while_it_is_read(tmp_path: Path) -> None:
    rows = [f"{k},{'x@y.it' if k == 99_990 else 'z'},w" for k in range(100_000)]
    table = _read(tmp_path, "\n".join(["a,b,c", *rows]))
    assert [table.may_hold_at(k) for k in range(3)] == [False, True, False]


def test_a_quoted_cell_of_several_lines_is_one_record(tmp_path: Path) -> None:
    table = _read(tmp_path, 'id,comment,nps\r\n1,"a\r\nb ""c"", d",9\r\n2,e,8\r\n')
    assert _rows(table) == [(2, "1", 'a\r\nb "c", d', "9"), (3, "2", "e", "8")]
    assert table.problems == ()


def test_content_and_digest_of_a_path_and_of_an_upload_agree(tmp_path: Path) -> None:
    content = b"a;b\n1;2\n"
    by_path, by_upload = _read(tmp_path, content), read(io.BytesIO(content), "t.csv", tmp_path)
    # what `sha256sum` says of these bytes
    assert by_path.sha256 == "403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291"
    assert by_path.sha256 == by_upload.sha256
    assert _rows(by_path) == _rows(by_upload) == [(2, "1", "2")]
    assert (by_path.format, by_path.encoding, by_path.delimiter) == ("text", "utf-8", ";")


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("a,b,c\n1,2,3\n4,5,6\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n", ";"),
        ("a\tb\n1,5\t2\n", "\t"),
        ("a|b\nx, y|2\n", "|"),
        ("a^b\n1^2\n", "^"),
        ("a~b\n1~2\n", "~"),
        ("a\x1fb\n1\x1f2\n", "\x1f"),
        ("sep=^\na^b\n1,5^2\n", "^"),
        ('sep=;\r\n"a";"b"\r\n"1";"2"\r\n', ";"),
        ("nps\n9\n10\n", None),
        ("at\n10:00:01\n10:00:02\n", None),
        ("comment\nVery good, thank you\nToo slow, too dear, never again\n", None),
        ("day;amount\n01/02/2026;1.234,56\n02/02/2026;7,10\n", ";"),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(tmp_path: Path, content: str, delimiter: str | None) -> None:
    table = _read(tmp_path, content)
    assert table.delimiter == delimiter
    assert table.problems == ()
    assert table.rows == len(content.strip().splitlines()) - (2 if content.startswith("sep") else 1)


def test_a_sep_line_counts_as_a_row_of_the_file(tmp_path: Path) -> None:
    assert _rows(_read(tmp_path, "sep=;\na;b\n1;2\n")) == [(3, "1", "2")]


# Text: encodings


@pytest.mark.parametrize(
    ("codec", "name", "codes"),
    [
        ("utf-8", "utf-8", []),
        ("utf-8-sig", "utf-8", []),
        ("utf-16", "utf-16-le", []),
        ("utf-32", "utf-32-le", []),
        ("utf-16-be", "utf-16-be", ["encoding_guessed"]),
        ("utf-16-le", "utf-16-le", ["encoding_guessed"]),
        ("cp1252", "cp1252", ["encoding_guessed"]),
    ],
)
def test_encodings(tmp_path: Path, codec: str, name: str, codes: list[str]) -> None:
    text = "città,voto\nForlì – “però”,9\nCefalù €,8\n"
    table = _read(tmp_path, text.encode(codec))
    assert table.headers == ("città", "voto")
    assert _rows(table) == [(2, "Forlì – “però”", "9"), (3, "Cefalù €", "8")]
    assert (table.encoding, _codes(table)) == (name, codes)


def test_shift_jis_is_told_from_latin(tmp_path: Path) -> None:
    table = _read(tmp_path, "id,comment\n1,とても良いサービスでした\n2,ありがとう\n".encode("cp932"))
    assert table.encoding == "cp932"
    assert _rows(table)[1] == (3, "2", "ありがとう")


def test_a_bad_byte_among_good_ones_is_damage_and_not_another_encoding(tmp_path: Path) -> None:
    table = _read(tmp_path, "a,b\nperché,1\ncitt\xe0,2\n".encode("latin-1").replace(b"\xe9", b"\xc3\xa9"))
    assert _rows(table) == [(2, "perché", "1"), (3, "citt�", "2")]
    assert [(p.code, p.count, p.rows) for p in table.problems] == [("undecodable_bytes_replaced", 1, (3,))]


def test_text_converted_twice_is_said_and_left_alone(tmp_path: Path) -> None:
    table = _read(tmp_path, "a,b\nperché,1\n".encode().decode("cp1252") + "NÃO,2\n")
    assert _rows(table)[0] == (2, "perchÃ©", "1")
    assert [(p.code, p.rows) for p in table.problems] == [("mojibake_suspected", (2,))]


def test_control_characters_are_removed_and_counted(tmp_path: Path) -> None:
    table = _read(tmp_path, "a,b\nx\x00y,1\n\x1bz,2\n" + "\x00" * 50)
    assert _rows(table) == [(2, "xy", "1"), (3, "z", "2")]
    assert [(p.code, p.count) for p in table.problems] == [("control_characters_removed", 52)]


# Text: broken quotes and uneven rows


def test_an_unclosed_quote_swallows_no_rows(tmp_path: Path) -> None:
    table = _read(tmp_path, 'id,comment,nps\n1,"never closed,9\n2,fine,8\n3,"a, b",7\n4,last,6\n')
    assert [row[0] for row in _rows(table)] == [2, 3, 4, 5]
    assert _rows(table)[0] == (2, "1", '"never closed', "9")
    assert _rows(table)[2] == (4, "3", "a, b", "7")
    assert _codes(table) == ["stray_quotes"]


def test_a_quote_never_closed_at_the_end_of_the_file(tmp_path: Path) -> None:
    body = "".join(f"{k},fine,{k % 11}\n" for k in range(2, 60))
    table = _read(tmp_path, 'id,comment,nps\n1,"open,9\n' + body)
    assert table.rows == 59
    assert table.problems[0].rows == (2,)


def test_backslash_quotes(tmp_path: Path) -> None:
    table = _read(tmp_path, 'id,comment\n1,"say \\"hi\\", ok"\n2,"C:\\\\x"\n3,plain\n')
    assert _rows(table) == [(2, "1", 'say "hi", ok'), (3, "2", "C:\\x"), (4, "3", "plain")]
    assert _codes(table) == ["quote_style_guessed"]


def test_a_backslash_before_a_closing_quote_is_an_ordinary_one(tmp_path: Path) -> None:
    table = _read(tmp_path, 'id,path,n\n1,"C:\\dir\\",5\n2,"D:\\",6\n')
    assert _rows(table) == [(2, "1", "C:\\dir\\", "5"), (3, "2", "D:\\", "6")]


def test_blanks_between_delimiter_and_quote(tmp_path: Path) -> None:
    table = _read(tmp_path, 'id, "comment", "n"\n1, "a, b", "5"\n2, "c", "6"\n')
    assert table.headers == ("id", "comment", "n")
    assert _rows(table) == [(2, "1", "a, b", "5"), (3, "2", "c", "6")]


def test_uneven_rows_are_kept_and_named(tmp_path: Path) -> None:
    table = _read(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12,,\n")
    assert _rows(table) == [(2, "1", "2", "3"), (3, "4", "5", None), (4, "6", "7", "8"), (5, "10", "11", "12")]
    assert [(p.code, p.count, p.rows) for p in table.problems] == [("ragged_rows", 2, (3, 4))]


def test_a_delimiter_at_the_end_of_every_row_but_the_header_shifts_nothing(tmp_path: Path) -> None:
    table = _read(tmp_path, "a,b,c\n1,2,3,\n4,5,6,\n7,8,9,\n")
    assert table.headers == ("a", "b", "c", "")
    assert _rows(table) == [(2, "1", "2", "3", None), (3, "4", "5", "6", None), (4, "7", "8", "9", None)]
    assert _codes(table) == ["unnamed_empty_column_dropped"]


def test_row_names_without_a_header_belong_to_the_first_column(tmp_path: Path) -> None:
    table = _read(tmp_path, '"nps","csat"\n"1",9,5\n"2",10,4\n"3",9,5\n')
    assert table.headers == ("", "nps", "csat")
    assert _rows(table)[0] == (2, "1", "9", "5")
    assert _codes(table) == ["unnamed_columns"]


# Layout


def test_a_title_block_is_no_header(tmp_path: Path) -> None:
    table = _read(tmp_path, "Report\nFrom,CRM\n\nid,at,nps,csat\n1,2026-01-01,9,5\n2,2026-01-02,8,4\n")
    assert table.headers == ("id", "at", "nps", "csat")
    assert _rows(table) == [(5, "1", "2026-01-01", "9", "5"), (6, "2", "2026-01-02", "8", "4")]
    assert [(p.code, p.rows) for p in table.problems] == [("header_row_detected", (4,))]


def test_groups_above_names(tmp_path: Path) -> None:
    table = _read(tmp_path, "Ticket,,Survey,\nid,opened,nps,csat\n1,2026-01-01,9,5\n2,2026-01-02,8,4\n")
    assert table.headers == ("id", "opened", "nps", "csat")
    assert table.descriptions == ("Ticket", "Ticket", "Survey", "Survey")
    assert (table.header_rows, table.rows) == (2, 2)
    assert _codes(table) == ["header_row_detected"]


def test_qualtrics_has_three_header_rows(tmp_path: Path) -> None:
    table = _read(
        tmp_path,
        "StartDate,Q1,Q2\n"
        'Start Date,"How likely are you to recommend us?",Why?\n'
        '"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"\n'
        "2026-01-01 10:00:00,9,fast\n",
    )
    assert table.headers == ("StartDate", "Q1", "Q2")
    assert table.descriptions[1] == "How likely are you to recommend us?"
    assert _rows(table) == [(4, "2026-01-01 10:00:00", "9", "fast")]
    assert table.header_rows == 3


def test_survey_monkey_questions_run_over_blanks(tmp_path: Path) -> None:
    table = _read(
        tmp_path,
        "Respondent ID,Start Date,How likely?,Which did you use?,,Why?\n"
        ",,Response,Chat,Phone,Open-Ended Response\n"
        "101,01/02/2026 10:00,9,Chat,,good\n"
        "102,01/02/2026 11:00,7,,Phone,\n",
    )
    assert table.headers == (
        "Respondent ID",
        "Start Date",
        "How likely?",
        "Which did you use? – Chat",
        "Which did you use? – Phone",
        "Why?",
    )
    assert (table.header_rows, table.rows) == (2, 2)


@pytest.mark.parametrize(
    "content",
    [
        "agent,comment\nAnna,good\nBruno,bad\nCarla,fine\n",  # nothing but words
        "agent,nps\nAnna,n/a\nBruno,9\nCarla,8\n",  # one word in a column of numbers
        "agent,nps,csat\nAnna,,\nBruno,9,4\nCarla,8,5\n",  # a first row with gaps
        "Anno,Bici,Auto\n2019,1,2\n2020,3,4\n2021,5,6\n",
        "id,nps,csat\nT1,9,5\nT2,8,4\nT3,7,3\n",
    ],
)
def test_a_row_of_data_is_never_taken_for_a_header(tmp_path: Path, content: str) -> None:
    table = _read(tmp_path, content)
    assert (table.rows, table.header_rows) == (3, 1)
    assert table.problems == ()


def test_years_as_names_are_names(tmp_path: Path) -> None:
    table = _read(tmp_path, "agent,2023,2024,2025\nAnna,5,6,7\nBruno,8,9,10\nCarla,1,2,3\n")
    assert table.headers == ("agent", "2023", "2024", "2025")


def test_a_file_without_names_keeps_its_first_row(tmp_path: Path) -> None:
    table = _read(tmp_path, "T001,2026-01-01,9\nT002,2026-01-02,8\nT003,2026-01-03,10\n")
    assert (table.headers, table.header_rows, table.rows) == (("", "", ""), 0, 3)
    assert _rows(table)[0] == (1, "T001", "2026-01-01", "9")
    assert _codes(table) == ["header_row_missing"]


def test_names_that_stand_twice_or_not_at_all_are_said(tmp_path: Path) -> None:
    table = _read(tmp_path, "id,nps,nps,,\n1,9,5,x,\n2,8,4,y,\n")
    assert table.headers == ("id", "nps", "nps", "", "")
    said = {problem.code: problem for problem in table.problems}
    assert set(said) == {"duplicate_columns", "unnamed_columns", "unnamed_empty_column_dropped"}
    assert (said["duplicate_columns"].column, said["duplicate_columns"].count) == ("nps", 2)


def test_swapped_rows_and_columns_are_said(tmp_path: Path) -> None:
    table = _read(
        tmp_path, "id,T1,T2,T3,T4\nat,2026-01-01,2026-01-02,2026-01-03,2026-01-04\nchannel,a,b,a,b\nnps,9,8,7,6\n"
    )
    assert "looks_transposed" in _codes(table)


# Rows that are no data


def test_totals_between_and_at_the_end_are_left_out(tmp_path: Path) -> None:
    table = _read(
        tmp_path,
        "agent,month,calls\nAnna,Jan,10\nAnna,Feb,20\nTotal Anna,,30\nTotal Wine,Mar,5\nBruno,Jan,5\nTotale,,40\n",
    )
    assert [row[1] for row in _rows(table)] == ["Anna", "Anna", "Total Wine", "Bruno"]
    assert [(p.code, p.count, p.rows) for p in table.problems] == [("totals_row_excluded", 2, (4, 7))]


def test_a_category_called_media_is_data(tmp_path: Path) -> None:
    table = _read(tmp_path, "channel,calls,nps\nMedia,10,3\nPhone,20,4\nMean,1,2\n")
    assert table.rows == 3


def test_notes_under_the_table_are_left_out(tmp_path: Path) -> None:
    rows = "".join(f"T{k:03d},2026-01-{k:02d},9\n" for k in range(1, 21))
    table = _read(tmp_path, f"id,at,nps\n{rows}\nGenerated on 2026-02-01\nBy ACME\n")
    assert table.rows == 20
    assert [(p.code, p.rows) for p in table.problems] == [("non_data_rows_dropped", (23, 24))]


def test_a_last_row_with_only_an_id_is_data(tmp_path: Path) -> None:
    rows = "".join(f"T{k:03d},2026-01-{k:02d},9\n" for k in range(1, 21))
    assert _read(tmp_path, f"id,at,nps\n{rows}T021,,\n").rows == 21


def test_names_repeated_in_the_middle_are_left_out(tmp_path: Path) -> None:
    table = _read(tmp_path, "id,nps\n1,9\nid,nps\n2,8\n")
    assert [row[0] for row in _rows(table)] == [2, 4]
    assert [(p.code, p.rows) for p in table.problems] == [("repeated_header_rows", (3,))]


# Fast and careful


def _many(broken: str = "") -> str:
    """40,000 rows, with what a clean text may hold: quoted lines and quotes, blanks, letters beyond ASCII."""
    rows = "".join(
        f"T{k:06d},2026-01-{k % 28 + 1:02d} 10:00:00,{'  ' if k % 9 == 0 else 'chat'},{k % 11},"
        + ('"says ""hi"",\nand goes"' if k % 5 == 0 else "perché no" if k % 3 else "")
        + "\n"
        for k in range(40_000)
    )
    return "id,at,channel,nps,comment\n" + rows + broken


@pytest.fixture
def _fast_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_FAST_FROM", 0)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_fast_and_the_careful_reader_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str) -> None:
    content = ("Report\n\n" + _many("\n\n")).encode(codec)
    careful = _read(tmp_path, content)
    monkeypatch.setattr(sandbox, "_FAST_FROM", 0)
    monkeypatch.setattr(sandbox, "_Again", None)  # raising it now fails: the fast reader must do
    fast = _read(tmp_path, content)
    assert fast.rows == careful.rows == 40_000
    assert parquet.read_table(fast.path).equals(parquet.read_table(careful.path))
    assert (fast.headers, fast.problems) == (careful.headers, careful.problems)
    # Row 40,003: title, blank line, header, and 40,000 records; 39,999 is no multiple of 5 nor of 9, but of 3.
    assert _rows(fast)[-1] == (40_003, "T039999", "2026-01-16 10:00:00", "chat", "3", None)


@pytest.mark.usefixtures("_fast_always")
@pytest.mark.parametrize(
    ("broken", "code", "rows"),
    [
        ("T1,2026-01-01\n", "ragged_rows", (40_002,)),
        ("\nT1,2026-01-01,chat,9,x\x00\n", "control_characters_removed", (40_003,)),
        ('T1,2026-01-01,chat,9,a "b" c\n', "stray_quotes", (40_002,)),
        ("T1,2026-01-01,chat,9,perchÃ©\n", "mojibake_suspected", (40_002,)),
    ],
)
def test_a_fault_far_down_is_read_carefully(tmp_path: Path, broken: str, code: str, rows: tuple[int, ...]) -> None:
    table = _read(tmp_path, _many(broken))
    assert table.rows == 40_001
    assert [(problem.code, problem.rows) for problem in table.problems] == [(code, rows)]


@pytest.mark.usefixtures("_fast_always")
def test_another_encoding_far_down_is_found(tmp_path: Path) -> None:
    content = _many().replace("perché no", "no").encode() + "T1,2026-01-01,chat,9,città\n".encode("cp1252")
    table = _read(tmp_path, content)
    assert (table.encoding, _rows(table)[-1][-1]) == ("cp1252", "città")


# Refusals


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \n\t\n", "empty_file"),
        (b"a,b\n", "no_rows"),
        (b"a,b\n,\n , \n", "no_rows"),
        (b"\x1f\x8b\x08abc", "archive_not_supported"),
        (b"7z\xbc\xaf\x27\x1cabc", "archive_not_supported"),
        (b"Rar!\x1a\x07abc", "archive_not_supported"),
        (b"%PDF-1.4\n1 0 obj", "not_a_spreadsheet"),
        (b"MZ\x90\x00\x03", "not_a_spreadsheet"),
        (b"SQLite format 3\x00", "not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\nabc", "not_a_spreadsheet"),
        (b"<svg xmlns='x'/>", "not_a_spreadsheet"),
        (b"<!doctype html><title>Log in</title>", "html_page"),
        (b"<html><table><tr><td>1</td></tr></table>", "no_rows"),
        (b'[{"a": 1}', "damaged_file"),
        (b"PAR1abcPAR1", "damaged_file"),
        (b"From: a@b\r\nTo: c@d\r\n\r\nhello", "not_a_table"),
        (b"def f(a, b):\n    return a, b\n", "not_a_table"),
        (b"PK\x03\x04", "damaged_file"),
        (b"a," * 3000 + b"a\n" + b"1," * 3000 + b"1\n", "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    assert _refused(tmp_path, content) == code
    assert list((tmp_path / "tables").iterdir()) == []


def test_a_zip_of_tables_is_an_archive_by_its_name_and_no_workbook_by_another(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("a.csv", "a,b\n1,2\n")
    assert _refused(tmp_path, packed.getvalue(), "t.zip") == "archive_not_supported"
    assert _refused(tmp_path, packed.getvalue(), "t.xlsx") == "not_a_workbook"


def test_the_wrong_extension_is_said(tmp_path: Path) -> None:
    assert _codes(_read(tmp_path, "a,b\n1,2\n", "t.xlsx")) == ["extension_mismatch"]
    assert _codes(_read(tmp_path, "a,b\n1,2\n", "t.TXT")) == []
    assert _codes(_read(tmp_path, "a,b\n1,2\n", "no extension")) == []


# Workbooks

_NS = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Cell styles 0 … 5: general, date and time, [h]:mm:ss, h:mm, day, and a format of our own.
_STYLES = "".join(f'<xf numFmtId="{n}"/>' for n in (0, 22, 46, 20, 14, 164))


def _text(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _number(ref: str, value: float | str, style: int = 0) -> str:
    return f'<c r="{ref}" s="{style}"><v>{value}</v></c>'


def _sheet(*rows: str, after: str = "", first: int = 1) -> str:
    numbered = "".join(f'<row r="{first + k}">{row}</row>' for k, row in enumerate(rows))
    return f"<sheetData>{numbered}</sheetData>{after}"


def _workbook(sheets: dict[str, str], *, hidden: tuple[str, ...] = (), date1904: bool = False) -> bytes:
    """An XLSX file by hand: each sheet's XML from <sheetData> on."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{k}" {"state=" + chr(34) + "hidden" + chr(34) if name in hidden else ""} '
        f'r:id="rId{k}"/>'
        for k, name in enumerate(sheets, 1)
    )
    targets = "".join(
        f'<Relationship Id="rId{k}" Type="{_REL}/worksheet" Target="worksheets/sheet{k}.xml"/>'
        for k in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_REL}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_NS}><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{targets}'
        f'<Relationship Id="rId99" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {_NS}><numFmts count="1"><numFmt numFmtId="164" formatCode="[hh]:mm"/></numFmts>'
        f"<cellXfs>{_STYLES}</cellXfs></styleSheet>",
    }
    for k, xml in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{k}.xml"] = f"<worksheet {_NS}>{xml}</worksheet>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return packed.getvalue()


_PLAIN = _sheet(
    _text("A1", "id") + _text("B1", "nps"), _number("A2", 1) + _number("B2", 9), _number("A3", 2) + _number("B3", 8)
)


def test_cells_of_a_workbook_as_text(tmp_path: Path) -> None:
    table = _read(
        tmp_path,
        _workbook(
            {
                "S": _sheet(
                    "".join(_text(f"{c}1", f"name {c}") for c in "ABCDEF"),
                    _number("A2", "5.0")
                    + _number("B2", "0.25")
                    + _number("C2", "45306.375", 1)
                    + _number("D2", "45306", 4)
                    + _text("E2", "007")
                    + '<c r="F2" t="b"><v>1</v></c>',
                )
            }
        ),
        "t.xlsx",
    )
    assert _rows(table) == [(2, "5", "0.25", "2024-01-15 09:00:00", "2024-01-15 00:00:00", "007", "true")]
    assert (table.format, table.sheet, table.sheets, table.problems) == ("xlsx", "S", ("S",), ())


@pytest.mark.parametrize("date1904", [False, True])
def test_durations_survive(tmp_path: Path, date1904: bool) -> None:
    """Hours by hand: days × 24. Day 59 and day 60 must not fall together, nor hours turn into a clock time."""
    days = [0.5, 1, 1.09375, 31, 59.5, 60.5, 61, 400.5, -0.25]
    hours = ["12:00", "24:00", "26:15", "744:00", "1428:00", "1452:00", "1464:00", "9612:00", "-06:00"]
    for style in (2, 5):
        cells = [_number(f"A{k}", k) + _number(f"B{k}", day, style) for k, day in enumerate(days, 2)]
        content = _workbook({"S": _sheet(_text("A1", "id") + _text("B1", "handle"), *cells)}, date1904=date1904)
        table = _read(tmp_path, content, "t.xlsx")
        assert [row[2] for row in _rows(table)] == [f"{hour}:00" for hour in hours]


def test_times_of_day_and_dates_of_1900_are_told_apart(tmp_path: Path) -> None:
    table = _read(
        tmp_path,
        _workbook(
            {
                "S": _sheet(
                    _text("A1", "time") + _text("B1", "day") + _text("C1", "wait"),
                    _number("A2", 0.375, 3) + _number("B2", 2, 4) + _number("C2", 1900),
                    _number("A3", 45306.375, 3) + _number("B3", 45306, 4) + _number("C3", 190),
                )
            }
        ),
        "t.xlsx",
    )
    assert _rows(table) == [
        (2, "09:00:00", "1900-01-02 00:00:00", "1900"),
        (3, "2024-01-15 09:00:00", "2024-01-15 00:00:00", "190"),
    ]


def test_a_table_that_starts_somewhere_in_the_sheet(tmp_path: Path) -> None:
    sheet = _sheet(
        _text("C4", "id") + _text("D4", "nps"),
        _number("C5", 1) + '<c r="D5" t="e"><v>#N/A</v></c>',
        _number("C6", 2) + _number("D6", 8),
        after='<mergeCells count="1"><mergeCell ref="C6:C7"/></mergeCells>',
        first=4,
    ).replace("</sheetData>", '<row r="7">' + _number("D7", 7) + "</row></sheetData>")
    table = _read(tmp_path, _workbook({"S": sheet}), "t.xlsx")
    assert _rows(table) == [(5, "1", None), (6, "2", "8"), (7, "2", "7")]
    said = {problem.code: problem for problem in table.problems}
    assert set(said) == {"header_row_detected", "error_cells", "merged_cells"}
    assert (said["error_cells"].column, said["error_cells"].rows) == ("nps", (5,))
    assert (said["merged_cells"].column, said["merged_cells"].rows) == ("id", (6,))


def test_formulas_without_stored_values_and_the_empty_string(tmp_path: Path) -> None:
    table = _read(
        tmp_path,
        _workbook(
            {
                "S": _sheet(
                    _text("A1", "id") + _text("B1", "nps") + _text("C1", "note"),
                    _number("A2", 1) + '<c r="B2"><f>4+5</f></c><c r="C2" t="str"><f>""</f><v></v></c>',
                    _number("A3", 2) + '<c r="B3"><f>4+4</f><v></v></c>' + _text("C3", "x"),
                    _number("A4", 3) + '<c r="B4"><f>3+4</f><v>7</v></c>' + _text("C4", "y"),
                )
            }
        ),
        "t.xlsx",
    )
    assert _rows(table) == [(2, "1", None, None), (3, "2", None, "x"), (4, "3", "7", "y")]
    assert [(p.code, p.column, p.count, p.rows) for p in table.problems] == [
        ("formulas_without_values", "nps", 2, (2, 3))
    ]


def test_a_row_of_sums_is_found_by_its_formulas(tmp_path: Path) -> None:
    rows = [_text(f"A{k}", f"T{k}") + _text(f"B{k}", "chat") + _number(f"C{k}", k) for k in range(2, 8)]
    total = '<c r="C8"><f>SUM(C2:C7)</f><v>27</v></c>'
    header = _text("A1", "id") + _text("B1", "channel") + _text("C1", "calls")
    table = _read(tmp_path, _workbook({"S": _sheet(header, *rows, total)}), "t.xlsx")
    assert table.rows == 6
    assert [(p.code, p.rows) for p in table.problems] == [("totals_row_excluded", (8,))]


def test_which_sheet(tmp_path: Path) -> None:
    notes = _sheet(_text("A1", "Read me"), _text("A2", "The data are on the next sheet"))
    content = _workbook({"Notes": notes, "Data": _PLAIN, "Secret": _PLAIN, "More": _PLAIN}, hidden=("Secret",))
    table = _read(tmp_path, content, "t.xlsx")
    assert (table.sheet, table.sheets) == ("Data", ("Notes", "Data", "More"))
    assert {(p.code, p.severity) for p in table.problems} == {
        ("hidden_sheets_ignored", "warning"),
        ("sheet_chosen", "warning"),
        ("sheets_alike", "warning"),
    }
    assert _codes(_read(tmp_path, content, "t.xlsx", sheet="more")) == ["hidden_sheets_ignored"]
    first = _read(tmp_path, _workbook({"Data": _PLAIN, "More": _PLAIN}), "t.xlsx")
    assert [(p.code, p.severity) for p in first.problems] == [("sheet_chosen", "info"), ("sheets_alike", "warning")]
    for name in ("Nowhere", "Secret"):
        with pytest.raises(UnknownName) as caught:
            _read(tmp_path, content, "t.xlsx", sheet=name)
        assert caught.value.code == "unknown_sheet"
        assert "Notes Data More" in _as_text(caught.value.hint)


def test_names_with_a_prefix_as_some_writers_put_them(tmp_path: Path) -> None:
    content = _workbook({"S": _PLAIN})
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            xml = old.read(name).decode()
            if "sheet1" in name:
                xml = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", xml).replace("xmlns=", "xmlns:x=")
            new.writestr(name, xml)
    assert _rows(_read(tmp_path, packed.getvalue(), "t.xlsx")) == [(2, "1", "9"), (3, "2", "8")]


def test_cells_without_references_and_empty_rows_to_the_end_of_the_grid(tmp_path: Path) -> None:
    bare = re.sub(r' r="\w+"| s="0"', "", _PLAIN)
    assert " r=" not in bare
    assert _rows(_read(tmp_path, _workbook({"S": bare, "T": bare}), "t.xlsx")) == [(2, "1", "9"), (3, "2", "8")]
    empty = '<row r="1048576"><c r="AMJ1048576" s="3"/></row></sheetData>'
    long = _workbook({"S": _PLAIN.replace("</sheetData>", empty)})
    assert _rows(_read(tmp_path, long, "t.xlsx")) == [(2, "1", "9"), (3, "2", "8")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (_number("XFE9", 1), "too_many_cells"),
        (_number("A99999999", 1), "too_many_cells"),
        (_number("ZZ1048576", 1), "too_many_cells"),
    ],
)
def test_cells_far_away_or_outside_the_grid(tmp_path: Path, cell: str, code: str) -> None:
    number = re.findall(r"\d+", cell)[0]
    sheet = _PLAIN.replace("</sheetData>", f'<row r="{number}">{cell}</row></sheetData>')
    with pytest.raises(CxError) as caught:
        _read(tmp_path, _workbook({"S": sheet}), "t.xlsx")
    assert caught.value.code == code


# The sandbox


def test_processor_time_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_CPU_SECONDS", 1)
    monkeypatch.setattr(sandbox, "_FAST_FROM", 10**9)
    with pytest.raises(CannotRead) as caught:
        _read(tmp_path, _many(_many() * 6))
    assert caught.value.code == "took_too_long"


def test_time_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_WALL_SECONDS", 0.05)
    with pytest.raises(CannotRead) as caught:
        _read(tmp_path, _many())
    assert caught.value.code == "took_too_long"
    assert list((tmp_path / "tables").iterdir()) == []


def test_memory_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_MEMORY", 100_000_000)
    with pytest.raises(CannotRead) as caught:
        _read(tmp_path, _many())
    assert caught.value.code in ("too_large_unpacked", "too_many_cells", "damaged_file")
    assert list((tmp_path / "tables").iterdir()) == []


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The children that are started, none of which waits yet."""
    children: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def started(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        children.append(popen(*args, **options))
        return children[-1]

    waiting: list[process._Waiting] = []
    monkeypatch.setattr(process, "_spare", waiting)
    monkeypatch.setattr(subprocess, "Popen", started)
    yield children
    for spare in waiting:
        spare.end()


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, GeneratorExit, RuntimeError])
def test_an_interrupted_call_leaves_no_child_and_no_file(
    tmp_path: Path, children: list[subprocess.Popen[bytes]], stop: type[BaseException], ahead: bool
) -> None:
    def interrupt(_step: str, _rows: int) -> None:
        raise stop

    if ahead:
        process.make_ready()
    with pytest.raises(stop):
        _read(tmp_path, _many(), progress=interrupt)
    assert [child.poll() is not None for child in children] == [True]
    assert list((tmp_path / "tables").iterdir()) == []


waits_ahead = pytest.mark.skipif(not process.POSIX, reason="Windows hands no file to a process that runs")


@waits_ahead
def test_a_child_waits_for_one_file_and_another_is_started_when_asked(
    tmp_path: Path, children: list[subprocess.Popen[bytes]]
) -> None:
    process.make_ready()
    process.make_ready()
    assert len(children) == 1
    assert _read(tmp_path, _many()).rows == 40_000
    assert _read(tmp_path, _many()).rows == 40_000
    assert len(children) == 2
    process.make_ready()
    assert [child.poll() is not None for child in children] == [True, True, False]


@waits_ahead
@pytest.mark.parametrize("seen", [True, False])
def test_a_child_that_died_while_it_waited_costs_nothing_but_time(
    tmp_path: Path, children: list[subprocess.Popen[bytes]], seen: bool
) -> None:
    process.make_ready()
    children[0].kill()
    children[0].wait()
    if seen:
        process.make_ready()
    assert _read(tmp_path, _many()).rows == 40_000
    assert len(children) == 2


@waits_ahead
def test_a_child_that_waits_ends_with_whoever_started_it() -> None:
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from cxcore.read import process; process.make_ready();"
        "print(process._spare[0].process.pid, flush=True); os._exit(0)"
    )
    root = str(Path(sandbox.__file__).parents[2])
    ran = subprocess.run([sys.executable, "-c", code, root], capture_output=True, check=True, timeout=60)
    late = time.monotonic() + 20
    while _runs(int(ran.stdout)):
        assert time.monotonic() < late
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")  # in a container nobody may wait for an orphan that has ended
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_progress_counts_rows(tmp_path: Path) -> None:
    steps: list[tuple[str, int]] = []
    _read(tmp_path, _many(), progress=lambda step, rows: steps.append((step, rows)))
    assert steps[-1] == ("reading", 40_000)


def test_the_child_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "s3cret")
    assert "A_SECRET" not in process.environment()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows knows no limits of this kind")
def test_the_child_may_write_no_file(tmp_path: Path) -> None:
    code = (
        "import sys, runpy; sys.argv = ['child', sys.argv[1], '{}'];"
        "child = runpy.run_path(sys.argv[1] + '/cxcore/read/child.py');"
        "child['limit'](1 << 31, 20); file = open('written', 'w'); file.write('x' * 10); file.close()"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code, str(Path(sandbox.__file__).parents[2])],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert b"File too large" in ran.stderr
    assert all(path.stat().st_size == 0 for path in tmp_path.iterdir())


# What is said


def test_every_code_the_child_gives_has_its_sentence() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(sandbox.__file__).parent.glob("*.py"))
    said = set(re.findall(r'(?:remarks\.add|remarks\.tally|_tally|_note)\(\s*"(\w+)"', source))
    said |= set(re.findall(r'"(\w+)"', re.search(r"for code in \(([^)]*)\)", source)[1]))  # type: ignore[index]
    refused = set(re.findall(r'(?:Refused|refusal)\(\s*"(\w+)"', source)) - {"unknown_sheet"}
    assert said <= set(sentences._PROBLEMS)
    assert refused <= set(sentences._REFUSALS)
    assert len(said) > 15
    assert len(refused) > 12


def test_no_sentence_holds_a_cell(tmp_path: Path) -> None:
    cell = "s3cr3t"
    table = _read(tmp_path, f'id,a,a\n1,{cell}"x,\x00{cell}\n2,{cell}\nid,a,a\nTotal,,9\n')
    assert len(table.problems) >= 4
    assert not [problem for problem in table.problems if cell in _as_text(problem.what)]
